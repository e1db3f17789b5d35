"""What a page can do, a program can do: each form, and each page that is read, has operations or a reason."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from milepost.api.document import document
from milepost.api.routers import api
from milepost.models import User
from tests.api.borders import OPERATIONS
from tests.routes import routes
from tests.web.borders import ROUTES
from tests.web.borders import address as page_of
from tests.worlds import at_work, visible

METHODS = {
    told["operationId"]: method
    for methods in document()["paths"].values()
    for method, told in methods.items()
}
# Each page of a workspace that takes a form, and the operations that do the same.
FORMS = {
    "looks": ["me_look"],
    "checkins": ["checkins_create"],
    "sweep": ["checkins_create"],
    "edit_checkin": ["checkins_correct"],
    "withdraw_checkin": ["checkins_withdraw"],
    "bulk": ["bulk_apply"],
    "new_view": ["views_create"],
    "edit_view": ["views_update"],
    "copy_view": ["views_show", "views_create"],
    "choose_view": ["views_choose", "views_unchoose"],
    "delete_view": ["views_delete"],
    "new_objective": ["objectives_create", "cycles_create"],
    "edit_objective": ["objectives_update"],
    "closing": ["closings_close"],
    "activation": ["objectives_activate"],
    "parking": ["objectives_park"],
    "deferral": ["objectives_defer"],
    "cancellation": ["objectives_cancel"],
    "redrafting": ["objectives_redraft"],
    "reopening": ["objectives_reopen"],
    "new_key_result": ["key_results_create"],
    "new_initiative": ["initiatives_create"],
    "new_alignment": ["alignments_create"],
    "objective_place": ["alignments_move"],
    "objective_comments": ["comments_on_objective"],
    "edit_key_result": ["key_results_update"],
    "cancel_key_result": ["key_results_cancel"],
    "restore_key_result": ["key_results_restore"],
    "move_key_result": ["key_results_move"],
    "key_result_comments": ["comments_on_key_result"],
    "edit_initiative": ["initiatives_update"],
    "initiative_state": ["initiatives_update"],
    "edit_alignment": ["alignments_update"],
    "end_alignment": ["alignments_end"],
    "undoing": ["events_undo"],
    "start_demo": ["workspace_open_demo"],
    "start_blank": ["cycles_create", "teams_create"],
    "start_file": ["plans_preview"],
    "start_application": ["plans_apply"],
    "start_invite": ["people_create", "people_invite"],
    "new_person": ["people_create"],
    "person": ["people_update", "people_set_role"],
    "invite_person": ["people_invite"],
    "uninvite_person": ["people_uninvite"],
    "handover": ["people_hand_over"],
    "depart_person": ["people_depart"],
    "readmit_person": ["people_readmit"],
    "new_team": ["teams_create"],
    "edit_team": ["teams_update"],
    "members": ["teams_set_member"],
    "end_membership": ["teams_end_member"],
    "new_cycle": ["cycles_create"],
    "edit_cycle": ["cycles_update"],
    "close_cycle": ["cycles_close"],
    "reopen_cycle": ["cycles_reopen"],
    "settings": ["workspace_update"],
}
# Forms that no program can send, and why.
REASONS = {
    "preferences": "how a browser shows pages is kept in that browser, never here",
    "keyboard": "which key does what is kept in that browser, never here",
    "persona": "in the demo, one looks around as somebody else, in a browser",
    "tokens": "a token that could make tokens could not be revoked for good",
    "revoke_token": "a program ends its own token (me_sign_out), and no other one",
}
# Each page of a workspace that is read, and the operations that tell a program the same.
OBJECTIVE = [
    "objectives_show",
    "key_results_index",
    "objectives_explain",
    "alignments_index",
    "initiatives_index",
    "comments_index",
    "history_of_objective",
    "closings_show",
    "history_learned_of_objective",
]
KEY_RESULT = [
    "key_results_show",
    "key_results_explain",
    "checkins_history",
    "alignments_index",
    "initiatives_index",
    "comments_index",
    "history_of_key_result",
]
TEAM = ["teams_show", "teams_members", "teams_stand", "events_index", "history_learned_of_team"]
COMPANY = ["teams_stand_company", "events_index", "history_learned_of_company"]
TREE = ["events_whole", "map_show", "history_learned_of_tree"]
READ = {
    "week": ["me_week"],
    "sweep": ["me_sweep"],
    "overview": ["overview_show"],
    "overview_json": ["overview_show"],
    "alignment": TREE,
    "alignment_rows": TREE,
    "alignment_json": ["events_whole"],
    "map": ["map_show", "suppositions_of_key_result", "suppositions_of_several"],
    "map_svg": ["map_show"],
    "teams": ["overview_of_teams"],
    "team": TEAM,
    "team_json": ["teams_stand"],
    "company": COMPANY,
    "company_json": ["teams_stand_company"],
    "objective": OBJECTIVE,
    "objective_comments": OBJECTIVE,
    "key_result": KEY_RESULT,
    "key_result_comments": KEY_RESULT,
    "closing": ["closings_show", "closings_preview"],
    "objective_place": ["suppositions_of_objective"],
    "objective_comparison": ["comparisons_of_objective"],
    "objective_comparison_json": ["comparisons_of_objective"],
    "team_comparison": ["comparisons_of_team"],
    "team_comparison_json": ["comparisons_of_team"],
    "company_comparison": ["comparisons_of_company"],
    "company_comparison_json": ["comparisons_of_company"],
    "alignment_comparison": ["comparisons_of_tree"],
    "alignment_comparison_json": ["comparisons_of_tree"],
    "activity": ["events_index"],
    "undoing": ["events_show"],
    "search": ["search_index"],
    "palette": ["search_index"],
    "choices": ["people_index", "teams_index", "search_index"],
    "views": ["views_index"],
    "bulk": ["bulk_preview"],
    "people": ["people_index"],
    "person": ["people_show", "objectives_index", "key_results_index", "checkins_index"],
    "handover": ["people_holding"],
    "personal_data_json": ["people_personal_data"],
    "cycles": ["cycles_index"],
    "settings": ["workspace_show"],
    # forms that begin with what is there
    "edit_view": ["views_show"],
    "edit_objective": ["objectives_show"],
    "edit_key_result": ["key_results_show"],
    "edit_initiative": ["initiatives_show"],
    "edit_alignment": ["alignments_show"],
    "edit_checkin": ["checkins_show"],
    "edit_team": ["teams_show", "teams_members"],
    "edit_cycle": ["cycles_show"],
    # what may be chosen in them
    "new_view": ["teams_index"],
    "new_objective": ["cycles_index", "teams_index", "people_index"],
    "new_key_result": ["people_index"],
    "new_initiative": ["key_results_index", "people_index"],
    "new_alignment": ["search_index", "events_whole"],
    "new_person": ["teams_index"],
    "new_team": ["teams_index"],
    "new_cycle": ["cycles_index"],
}
# Pages that tell nothing of their own to a program, and why.
UNREAD = {
    **dict.fromkeys(
        ("activation", "parking", "deferral", "cancellation", "redrafting", "reopening", "cancel_key_result"),
        "it asks whether one is sure, and for a reason",
    ),
    **dict.fromkeys(
        ("start", "start_blank", "start_file", "start_invite"),
        "it takes people through their first run, step by step",
    ),
    "revoke_token": "it asks whether one is sure",
    "checkins": "it leads on to the page of its key result",
    "preferences": "how a browser shows pages is kept in that browser",
    "keyboard": "which key does what is kept in that browser",
    "tokens": "a stolen token should not learn of the others; of itself it learns by me_show",
}
# Addresses outside of workspaces, by how they begin, and why no token opens them (decision 0015).
ENTRANCE = "whoever comes this way has no token yet"
ACCOUNT = "an account is its person's in all workspaces; a token opens one, and cannot show who holds it"
OUTSIDE = {
    "sign-in/": ENTRANCE,
    "invitation/": ENTRANCE,
    "setup/": ENTRANCE,
    "sign-out/": "it ends the session of a browser; a program ends its token (me_sign_out)",
    "account/": ACCOUNT,
    "appearance/": "how a browser shows pages is kept in that browser, never here",
    "tokens/new/": "a token that could make tokens could not be revoked for good",
    "api/": "the API itself",
}
SERVING = {"livez", "readyz", "metrics", "favicon.ico", "robots.txt", "static/<path:path>"}


class TestForms:
    def test_have_an_operation_or_a_reason(self):
        """Each page that takes a form says which operations do the same, or why there can be none."""
        forms = {name for name, row in ROUTES.items() if row.takes is not None}

        assert forms - FORMS.keys() - REASONS.keys() == set()
        assert (FORMS.keys() | REASONS.keys()) - forms == set()
        assert FORMS.keys() & REASONS.keys() == set()

    def test_have_operations_that_are_there(self):
        """Every operation that is named here is one."""
        assert {name for names in FORMS.values() for name in names} - OPERATIONS.keys() == set()
        assert api.title == "Milepost"

    def test_outside_of_workspaces_have_a_reason(self):
        """Whatever stands in no workspace is the way in, one's account, or asks for nothing."""
        others = [one.pattern for one in routes() if not one.is_in_workspace]

        answering = [pattern for pattern in others if pattern and not pattern.startswith((*OUTSIDE,))]

        assert {*answering} <= SERVING
        assert [begun for begun in OUTSIDE if not any(each.startswith(begun) for each in others)] == []


class TestPages:
    @pytest.mark.django_db
    def test_have_an_operation_or_a_reason(self, cast):
        """Each page of a workspace that can be read says which operations tell the same, or why none does."""
        client = Client()
        client.force_login(User.objects.get(email="ada@acme.example"))
        things = visible(cast, at_work(cast, timezone.now()))

        pages = {
            one.name
            for one in routes()
            if one.name in ROUTES
            and client.get(page_of(one.pattern, "acme", things, ROUTES[one.name].on)).status_code != 405
        }

        assert pages - READ.keys() - UNREAD.keys() == set()
        assert (READ.keys() | UNREAD.keys()) - pages == set()
        assert READ.keys() & UNREAD.keys() == set()

    def test_have_operations_that_read(self):
        """Every operation that is named here is there, and changes nothing."""
        named = {name for names in READ.values() for name in names}

        assert named - OPERATIONS.keys() == set()
        assert {name for name in named if METHODS[name] != "get"} <= {"bulk_preview", "closings_preview"}
