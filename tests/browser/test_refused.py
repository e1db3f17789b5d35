"""Forms that were refused: what was typed is there, what is wrong can be heard and seen, on every screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone

from milepost.core.ids import encode
from milepost.models import User
from tests.browser.inspector import inspector
from tests.cast import enter_as
from tests.routes import routes
from tests.web.borders import ROUTES, address, form
from tests.worlds import at_work, visible

pytestmark = pytest.mark.browser
NO_NUMBER, NO_DAY, NO_ID = "about six", "soon", "zz!"

# They take no words that could be wrong, or answer with a message on the page they were sent from.
REFUSES_NOTHING = {
    "withdraw_checkin", "looks", "objective_comments", "key_result_comments", "restore_key_result",
    "move_key_result", "end_alignment", "start_demo", "start_application", "uninvite_person",
    "depart_person", "readmit_person", "persona", "end_membership", "close_cycle", "reopen_cycle",
    "preferences", "revoke_token", "choose_view", "copy_view", "delete_view", "undoing",
}  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """What is sent instead of what a route takes, and with what it is refused."""

    sent: Mapping[str, object]
    status: int = 422
    on: str = "objective"  # which objective it is opened on
    only: bool = False  # nothing else is sent


KEY_RESULT = Refused({
    "title": "", "kind": "range", "low": NO_NUMBER, "high": NO_NUMBER, "weight": "-1", "owner": NO_ID,
    "starts_on": NO_DAY, "ends_on": NO_DAY, "visible_to": [NO_ID],
})  # fmt: skip
CHECKIN = Refused({"value": NO_NUMBER, "confidence": "11", "note": "Two benches", "on": NO_DAY})
NO_REASON = Refused({"reason": ""})
CYCLE = Refused({"name": "", "starts_on": NO_DAY, "ends_on": NO_DAY, "parent": NO_ID})
OBJECTIVE = Refused({
    "title": "", "cycle": NO_ID, "team": NO_ID, "owner": NO_ID, "sponsor": NO_ID, "parent": "o",
    "visibility": "people", "kr1_title": "", "kr1_start": NO_NUMBER, "kr1_target": NO_NUMBER, "weight": "x",
})  # fmt: skip
NO_CHOICE = Refused({"commitment": "some", "level": "other", "visibility": "few"})
KEY_RESULT_CHOICE = Refused({
    "kind": "number", "curve": "wavy", "source": "air", "direction": "sideways", "visibility": "few",
})  # fmt: skip


REFUSED: dict[str, tuple[Refused, ...]] = {
    # the round
    "checkins": (CHECKIN,),
    "sweep": (CHECKIN,),
    "edit_checkin": (CHECKIN,),
    # objectives, key results and what belongs to them
    "new_objective": (OBJECTIVE, NO_CHOICE, Refused({}, only=True)),
    "edit_objective": (OBJECTIVE, Refused({"title": "Mine", "revision": "0"}, 409)),
    "closing": (Refused({"value_{key_result}": NO_NUMBER, "learned": "Start sooner."}),),
    "activation": (Refused({}, on="draft"),),
    "parking": (Refused({"reason": ""}, on="draft"),),
    "deferral": (NO_REASON,),
    "cancellation": (NO_REASON,),
    "redrafting": (NO_REASON,),
    "reopening": (NO_REASON,),
    "new_key_result": (KEY_RESULT, KEY_RESULT_CHOICE, Refused({"kind": "milestones", "milestone": ""})),
    "new_initiative": (Refused({"title": "", "owner": NO_ID, "due_on": NO_DAY}),),
    "new_alignment": (
        Refused({"parent": "", "weight": NO_NUMBER}),
        Refused({"parent": "o{objective}"}),
        Refused({"how": "blocks"}),
    ),
    "edit_key_result": (KEY_RESULT, Refused({"title": "Mine", "revision": "0"}, 409)),
    "cancel_key_result": (NO_REASON,),
    "edit_initiative": (Refused({"state": "paused"}),),
    "initiative_state": (Refused({"state": "paused"}),),
    "edit_alignment": (Refused({"weight": NO_NUMBER}), Refused({"how": "blocks"})),
    "objective_place": (Refused({"to": "o{objective}"}), Refused({"weight": NO_NUMBER})),
    # the tree
    "bulk": (Refused({"owner": NO_ID}),),
    "new_view": (Refused({"name": ""}),),
    "edit_view": (Refused({"name": ""}),),
    # the first run
    "start_blank": (Refused({"cycle_name": "", "starts_on": NO_DAY, "ends_on": NO_DAY}),),
    "start_file": (Refused({}, only=True),),
    "start_invite": (Refused({"name-1": "Ben", "email-1": "ben", "name-2": "", "email-2": "x@y.example"}),),
    # people, teams, cycles, settings
    "new_person": (
        Refused({"name": "", "email": "ben", "team": NO_ID}),
        Refused({"role": "king"}),
        Refused({"email": "ben@acme.example"}, 409),
    ),
    "handover": (Refused({"to": NO_ID}),),
    "keyboard": (Refused({"map": "c", "palette": "c"}, only=True),),
    "person": (Refused({"name": "", "email": "ben"}), Refused({"role": "king"})),
    "invite_person": (Refused({}, 409),),
    "new_team": (Refused({"name": "", "parent": NO_ID}),),
    "edit_team": (Refused({"name": "", "parent": NO_ID}),),
    "members": (Refused({"person": "", "since_on": NO_DAY}),),
    "new_cycle": (CYCLE, Refused({"name": "Short", "starts_on": "2031-01-05", "ends_on": "2031-01-04"})),
    "edit_cycle": (CYCLE,),
    "tokens": (Refused({"name": "", "scope": "all", "days": "soon", "team": NO_ID}),),
    "settings": (Refused({"name": "", "time_zone": "Atlantis", "check_in_every": "0"}),),
}  # fmt: skip


@pytest.fixture
def things(cast) -> dict[str, int]:
    """One of everything in Acme."""
    return visible(cast, at_work(cast, timezone.now()))


@pytest.fixture
def ada(cast) -> Client:
    return enter_as(Client(), User.objects.get(email="ada@acme.example"))


class TestTable:
    def test_names_every_form(self):
        """A new form needs a row: what is sent that it refuses, or that there is nothing to refuse."""
        takes_forms = {name for name, row in ROUTES.items() if row.takes is not None}

        assert {*REFUSED, *REFUSES_NOTHING} == takes_forms
        assert not {*REFUSED} & REFUSES_NOTHING


class TestRefusedForms:
    def test_are_sound(self, browser, live_server, ada, things):
        """Valid, accessible in light and dark on three screens; the page says what is wrong."""
        with inspector(browser, live_server.url) as looking:
            for route in routes():
                for number, refused in enumerate(REFUSED.get(route.name, ()), 1):
                    answer = sent(ada, route, refused, things)
                    looking.show(f"{route.name}, refused {number}", answer, refused.status)
            problems = looking.everything()

        assert problems == []


def sent(client: Client, route, refused: Refused, things: Mapping[str, int]):
    """Send a form that is refused."""
    row = ROUTES[route.name]
    written = {kind: encode(id) for kind, id in things.items()}
    wrong = {
        name.format(**written): value.format(**written) if isinstance(value, str) else value
        for name, value in refused.sent.items()
    }
    right = {} if refused.only else form(row, things)
    where = address(route.pattern, "acme", things, {**row.on, "objective": refused.on})
    return client.post(where, {**right, **wrong})
