"""Initiatives: added, changed, and moved on from their rows."""

from __future__ import annotations

import pytest
from django.utils import timezone

from milepost.actions import key_results
from milepost.core import addresses
from milepost.core.ids import encode
from milepost.models import Initiative
from tests.cast import Cast
from tests.okrs import Okrs
from tests.web.reading import text, versions

pytestmark = pytest.mark.both_databases


def objective_url(okrs: Okrs) -> str:
    return addresses.objective("acme", okrs.helpful.id)


def url(one: Initiative, tail: str) -> str:
    return f"/w/acme/initiatives/{encode(one.id)}/{tail}"


class TestCreate:
    def test_adds_for_the_objective_or_a_key_result(self, signed_in, cast: Cast, okrs: Okrs):
        """An initiative has a title, and perhaps a key result, an owner and a day."""
        sent = {
            "title": "Second  bench", "key_result": encode(okrs.waiting.id), "state": "doing",
            "owner": encode(cast.cleo.person_id), "due_on": "2030-05-01", "submission": "one",
        }  # fmt: skip
        ben = signed_in("ben")

        for _ in range(2):
            assert ben.post(objective_url(okrs) + "initiatives/new/", sent).status_code == 303

        one = Initiative.objects.of(cast.acme.id).get(title="Second bench")
        assert (one.key_result_id, one.owner_id, one.state) == (okrs.waiting.id, cast.cleo.person_id, "doing")
        assert "Second bench" in text(ben.get(objective_url(okrs)))

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"title": ""}, "needs a title"),
            ({"due_on": "soon"}, "is no day"),
            ({"state": "stuck"}, "no state"),
        ],
    )
    def test_refuses_and_keeps_what_was_typed(
        self, signed_in, cast: Cast, okrs: Okrs, wrong: dict, said: str
    ):
        """What is wrong is said, and the rest stays in the form."""
        sent = {"title": "Bench", "state": "planned", "description": "Keep me"} | wrong

        answer = signed_in("ben").post(objective_url(okrs) + "initiatives/new/", sent)

        assert answer.status_code == 422
        assert said in text(answer)
        assert "Keep me" in text(answer)
        assert Initiative.objects.of(cast.acme.id).count() == 1

    @pytest.mark.parametrize(("who", "status"), [("cleo", 403), ("gus", 403), ("zed", 404)])
    def test_is_not_for_others(self, signed_in, okrs: Okrs, who: str, status: int):
        """Who may not change the objective adds nothing to it."""
        browser = signed_in(who)

        assert browser.get(objective_url(okrs) + "initiatives/new/").status_code == status
        assert browser.post(objective_url(okrs) + "initiatives/new/", {"title": "X"}).status_code == status


class TestUpdate:
    def test_is_for_its_owner_too(self, signed_in, cast: Cast, okrs: Okrs):
        """Whoever does it may change it, though the objective is somebody else's."""
        sent = {
            "title": "Triage form 2",
            "state": "doing",
            "owner": encode(cast.cleo.person_id),
            "revision": "1",
        }
        cleo = signed_in("cleo")

        assert cleo.get(url(okrs.triage, "edit/")).status_code == 200
        assert cleo.post(url(okrs.triage, "edit/"), sent).status_code == 303
        assert signed_in("gus").post(url(okrs.triage, "edit/"), sent).status_code == 403
        assert signed_in("zed").post(url(okrs.triage, "edit/"), sent).status_code == 404
        assert Initiative.objects.of(cast.acme.id).get().title == "Triage form 2"

    def test_shows_both_versions_when_somebody_came_first(self, signed_in, cast: Cast, okrs: Okrs):
        """An older revision is not written over."""
        ben = signed_in("ben")
        sent = {"title": "Mine", "state": "planned", "revision": "1"}
        ben.post(url(okrs.triage, "edit/"), sent | {"title": "Theirs"})

        answer = ben.post(url(okrs.triage, "edit/"), sent)

        assert answer.status_code == 409
        assert versions(text(answer))[1:] == ["Theirs", "Mine"]


class TestMove:
    def test_moves_on_without_leaving_the_page(self, signed_in, cast: Cast, okrs: Okrs):
        """For htmx the answer is the row in its new state; without it one goes back to the list."""
        cleo = signed_in("cleo")

        swapped = cleo.post(url(okrs.triage, "state/"), {"state": "doing"}, headers={"HX-Request": "true"})
        plain = cleo.post(url(okrs.triage, "state/"), {"state": "done"})

        assert f'id="i-{encode(okrs.triage.id)}"' in text(swapped)
        assert "In progress" in text(swapped)
        assert "<html" not in text(swapped)
        assert (plain.status_code, plain["Location"]) == (303, objective_url(okrs) + "#initiatives")
        assert Initiative.objects.of(cast.acme.id).get().state == "done"
        assert "finished the initiative" in text(cleo.get(objective_url(okrs)))

    def test_refuses_what_is_no_state(self, signed_in, okrs: Okrs):
        """A made-up state changes nothing."""
        assert signed_in("cleo").post(url(okrs.triage, "state/"), {"state": "stuck"}).status_code == 422

    def test_hides_what_is_done_for_a_hidden_key_result(self, signed_in, cast: Cast, okrs: Okrs):
        """Whoever may not see a key result is not told what is done for it."""
        key_results.update(
            key_result=okrs.waiting.id, changed={"visibility": "people", "owner": cast.ben.person_id},
            by=cast.ben, at=timezone.now(),
        )  # fmt: skip

        assert "Triage form" not in text(signed_in("gus").get(objective_url(okrs)))
        assert signed_in("gus").get(url(okrs.triage, "edit/")).status_code == 404
        assert "Triage form" in text(signed_in("ben").get(objective_url(okrs)))
