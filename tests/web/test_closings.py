"""Closing an objective: what it would give, what it gives, and what stands on record then."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.ledger import day as a_day
from milepost.models import Checkin, Grade, Objective
from tests.cast import Cast
from tests.okrs import Okrs
from tests.web.reading import text

pytestmark = pytest.mark.both_databases


def url(row: Objective) -> str:
    return addresses.objective("acme", row.id) + "closing/"


def grades_of(page: str) -> list[str]:
    """List the grades that a page would give."""
    return re.findall(r"<b>(-?\d\.\d)</b>", page)


class TestNew:
    def test_suggests_from_the_last_values(self, signed_in, okrs: Okrs):
        """The last value stands in the field, with its grade; what has no data says so."""
        page = text(signed_in("ben").get(url(okrs.helpful)))

        assert (
            f'name="value_{encode(okrs.waiting.id)}" inputmode="decimal" autocomplete="off" value="6.5"'
            in page
        )
        assert "<b>0.5</b>" in page
        assert "no data: graded 0.0" in page
        assert "hold the improvement meeting" in page

    def test_suggests_the_same_of_what_rests_on_very_much(self, signed_in, okrs: Okrs, monkeypatch):
        """Figures that are taken from the arrays, for there is much behind them, give the same grades."""
        exact = grades_of(text(signed_in("ada").get(url(okrs.company))))
        monkeypatch.setattr(a_day, "MOST_BELOW", -1)

        assert grades_of(text(signed_in("ada").get(url(okrs.company)))) == exact
        assert exact

    def test_reckons_without_saving(self, signed_in, cast: Cast, okrs: Okrs):
        """“See the grades” shows what other values would give, and changes nothing."""
        sent = {f"value_{encode(okrs.waiting.id)}": "4", "learned": "Much.", "look": "1"}

        answer = signed_in("ben").post(url(okrs.helpful), sent)

        page = text(answer)
        assert answer.status_code == 200
        assert "<b>1.0</b>" in page
        assert "Much." in page
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "active"
        assert Checkin.objects.of(cast.acme.id).filter(key_result=okrs.waiting).count() == 1

    @pytest.mark.parametrize(("who", "status"), [("cleo", 403), ("gus", 403), ("zed", 404)])
    def test_is_not_for_others(self, signed_in, cast: Cast, okrs: Okrs, who: str, status: int):
        """Only who may change an objective closes it."""
        assert signed_in(who).get(url(okrs.helpful)).status_code == status
        assert signed_in(who).post(url(okrs.helpful)).status_code == status
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "active"

    def test_refuses_what_is_not_running(self, signed_in, okrs: Okrs):
        """A draft has nothing to close."""
        assert signed_in("ben").get(url(okrs.draft)).status_code == 409


class TestCreate:
    def test_stores_grades_verdict_and_learning(self, signed_in, cast: Cast, okrs: Okrs):
        """Final values are checked in, grades stored with their policy, and the page says how it ended."""
        ben = signed_in("ben")
        sent = {f"value_{encode(okrs.waiting.id)}": "4,0 days", "learned": "Benches beat forms."}

        answer = ben.post(url(okrs.helpful), sent, follow=True)

        page = text(answer)
        assert "Closed with grade 0.5." in page
        assert "Missed" in page
        assert "no data at closing" in page
        assert "Benches beat forms." in page
        assert "milepost.v1" in page
        stored = {
            one.key_result_id: one for one in Grade.objects.of(cast.acme.id).filter(objective=okrs.helpful)
        }
        assert {id: one.grade for id, one in stored.items()} == {
            okrs.waiting.id: Decimal(1), okrs.guides.id: Decimal(0), None: Decimal("0.5"),
        }  # fmt: skip
        assert stored[okrs.guides.id].reason == "no_data_at_close"
        assert Checkin.objects.of(cast.acme.id).filter(key_result=okrs.waiting).latest("id").value == 4

    def test_leaves_an_unchanged_value_alone(self, signed_in, cast: Cast, okrs: Okrs):
        """A final value that is the last one is no new check-in."""
        signed_in("ben").post(url(okrs.helpful), {f"value_{encode(okrs.waiting.id)}": "6.5"})

        assert Checkin.objects.of(cast.acme.id).filter(key_result=okrs.waiting).count() == 1

    def test_keeps_everything_when_a_value_is_wrong(self, signed_in, cast: Cast, okrs: Okrs):
        """A value that is no number is said beside its field, and nothing is closed."""
        sent = {f"value_{encode(okrs.waiting.id)}": "four", "learned": "Keep me"}

        answer = signed_in("ben").post(url(okrs.helpful), sent)

        page = text(answer)
        assert answer.status_code == 422
        assert "does not read as a number" in page
        assert "Keep me" in page
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "active"

    def test_judges_learning_by_what_was_learned(self, signed_in, cast: Cast, okrs: Okrs):
        """A learning objective succeeds by an insight that is written down."""
        Objective.objects.of(cast.acme.id).filter(id=okrs.secret.id).update(commitment="learning")

        answer = signed_in("ada").post(url(okrs.secret), {"learned": "They will not sell."}, follow=True)

        assert "Success" in text(answer)

    def test_leaves_nothing_to_edit(self, signed_in, okrs: Okrs):
        """What is closed is part of the record: forms and check-ins are gone, and say why."""
        ben, there = signed_in("ben"), addresses.objective("acme", okrs.helpful.id)
        ben.post(url(okrs.helpful), {})

        assert ben.get(there + "edit/").status_code == 409
        assert ben.get(there + "key-results/new/").status_code == 409
        assert ben.get(addresses.key_result("acme", okrs.waiting.id) + "edit/").status_code == 409
        assert 'id="check-in"' not in text(ben.get(addresses.key_result("acme", okrs.waiting.id)))

    def test_can_be_reopened_and_closed_again(self, signed_in, cast: Cast, okrs: Okrs):
        """After reopening the objective is graded anew; the latest grade stands."""
        ada, there = signed_in("ada"), addresses.objective("acme", okrs.helpful.id)
        ada.post(url(okrs.helpful), {})

        ada.post(there + "reopening/", {"reason": "A value was wrong."})
        again = ada.post(url(okrs.helpful), {f"value_{encode(okrs.waiting.id)}": "5"}, follow=True)

        assert "Closed with grade 0.4." in text(again)
        assert "A value was wrong." in text(again)
        assert Grade.objects.of(cast.acme.id).filter(objective=okrs.helpful, key_result=None).count() == 2
