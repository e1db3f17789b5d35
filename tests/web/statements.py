"""How many SQL statements each page costs, frozen: making one grow is a decision, taken here.

A number is counted on a warm process, signed in, on a page with something on it. Every page has one, or
stands among those that have none; tests/web/test_statements.py says when one is forgotten.
"""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

STATEMENTS = {
    "edit_checkin": 3,
    "sweep": 3,
    "objective": 9,
    "new_objective": 2,
    "edit_objective": 4,
    "closing": 2,
    "new_alignment": 2,
    "objective_place": 2,
    "key_result": 8,  # with the events by which its changes can be undone
    "edit_key_result": 4,
    "alignment": 2,
    "alignment_json": 2,
    "alignment_rows": 2,
    "alignment, a past day": 2,
    "alignment_json, a past day": 2,
    "map": 2,
    "map, a past day": 2,
    "map_svg": 2,
    "week": 7,
    "overview": 2,
    "overview, a past day": 2,
    "overview_json": 2,
    "teams": 2,
    "team": 4,
    "team_json": 2,
    "activity": 3,
    "objective_comparison": 7,
    "objective_comparison_json": 6,
    "team_comparison": 8,
    "team_comparison_json": 7,
    "company_comparison": 7,
    "company_comparison_json": 6,
    "alignment_comparison": 8,
    "alignment_comparison_json": 7,
    "search": 3,
    "palette": 3,
    "choices": 2,
    "search, a slip": 5,  # after the comma: in which case
    "palette, some of the words": 7,
    "people": 7,
    "person": 6,
    "edit_team": 3,
    "cycles": 2,
    "settings": 3,
    "preferences": 3,
    "tokens": 4,  # in which order, and then those of the page
    # counted in tests/web/test_statements.py
    "bulk": 16,  # does what it shows, and takes it back
    "views": 2,
    "new_view": 2,
    "edit_view": 2,
    "company": 4,
    "company_json": 2,
    "activation": 2,
    "parking": 2,
    "deferral": 2,
    "cancellation": 2,
    "new_key_result": 2,
    "new_initiative": 2,
    "objective_comments": 9,
    "cancel_key_result": 4,
    "key_result_comments": 8,
    "edit_initiative": 3,
    "edit_alignment": 3,
    "undoing": 33,  # undone, to see whether that can be, and taken back
    "start": 2,
    "start_blank": 1,
    "start_file": 1,
    "start_invite": 1,
    "new_person": 2,
    "personal_data_json": 15,
    "handover": 4,
    "revoke_token": 3,
    "new_team": 2,
    "new_cycle": 2,
    "edit_cycle": 2,
    "account": 10,  # with the one workspace whose pages are a step away
    "new_app": 3,
    "new_passkey": 3,
    "new_email": 2,
    "password": 4,
    "keyboard": 2,
    "signing_out": 2,
    "ask_password": 0,
    "account_reset_password_done": 0,
    "sign_in_link": 0,
}

# Counted where more is known of the page than its address.
ELSEWHERE = {
    "edit_checkin", "sweep", "objective", "new_objective", "edit_objective", "closing", "new_alignment",
    "objective_place", "key_result", "edit_key_result", "alignment", "alignment_json", "alignment_rows",
    "alignment, a past day", "alignment_json, a past day",
    "map", "map, a past day", "map_svg", "week", "overview", "overview, a past day", "overview_json", "teams",
    "team", "team_json", "activity",
    "objective_comparison", "objective_comparison_json", "team_comparison", "team_comparison_json",
    "company_comparison", "company_comparison_json", "alignment_comparison", "alignment_comparison_json",
    "search", "search, a slip", "palette", "palette, some of the words", "choices", "people", "person",
    "edit_team", "cycles", "settings", "preferences", "tokens",
}  # fmt: skip

# What a page is asked about, where its address alone says too little.
ASKED = {"bulk": "?id={objective}&change=activate"}

# Why a page has no number.
UNCOUNTED = {
    "takes what a form sends, and is no page": (
        "copy_view", "choose_view", "delete_view", "withdraw_checkin", "looks", "restore_key_result",
        "move_key_result", "initiative_state", "end_alignment", "start_demo", "start_application",
        "invite_person", "uninvite_person", "depart_person", "readmit_person", "persona", "members",
        "end_membership", "close_cycle", "reopen_cycle", "remove_app", "passkey",
        "remove_passkey", "recovery_codes", "end_other_sessions", "end_session", "send_confirmation",
        "cancel_email",
        "appearance",
    ),
    "leads on": ("home", "checkins", "new_token", "signing_in", "second_step", "passkey_sign_in"),
    "is of a state that is rare, and made like its neighbours": ("redrafting", "reopening"),
    "is opened once, by a secret from a letter or the terminal": (
        "confirm_email", "account_set_password", "account_reset_password_from_key", "invitation", "setup",
        "setup_person", "take_email",
    ),
    "is asked by machines": ("livez", "readyz", "metrics"),
}  # fmt: skip


def count(client: Client, address: str, **more) -> int:
    """Count the statements of a page after it has been seen once."""
    client.get(address, **more)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, **more)
    assert answer.status_code in (200, 304), answer.status_code
    return len(captured)
