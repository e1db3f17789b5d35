"""What a page can do, a program can do: each form of a page has its operation, or a reason to have none."""

from __future__ import annotations

from milepost.api.routers import api
from tests.api.borders import OPERATIONS
from tests.routes import routes
from tests.web.borders import ROUTES

# Each page of a workspace that takes a form, and the operations that do the same.
FORMS = {
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
    "new_objective": ["objectives_create"],
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
    "looks": "what a person has seen is known by their eyes alone",
    "preferences": "how a browser shows pages is kept in that browser",
    "keyboard": "which key does what is kept in that browser",
    "persona": "in the demo, one looks around as somebody else, in a browser",
    "start_demo": "it makes another workspace, and a token opens one",
    "tokens": "a token that could make tokens could not be revoked for good",
    "revoke_token": "a program ends its own token (me_sign_out), and no other one",
}
# Addresses outside of workspaces: signing in, and an account, which belongs to its person in all workspaces.
ACCOUNTS = (
    "sign-in/", "sign-out/", "account/", "invitation/", "setup/", "appearance/", "tokens/new/", "api/",
)  # fmt: skip
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

    def test_outside_of_workspaces_are_about_accounts(self):
        """Whatever stands in no workspace is the way in, one's account, or asks for nothing."""
        others = [one.pattern for one in routes() if not one.is_in_workspace]

        answering = [pattern for pattern in others if pattern and not pattern.startswith(ACCOUNTS)]

        assert {*answering} <= {
            "livez",
            "readyz",
            "metrics",
            "favicon.ico",
            "robots.txt",
            "static/<path:path>",
        }
