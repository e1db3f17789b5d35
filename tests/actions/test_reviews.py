"""Closing: final values become grades, and grades become facts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from milepost.actions import alignments, checkins, key_results, objectives, reviews
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound
from milepost.core.scoring import stored
from milepost.core.states import GuardNotMet
from milepost.ledger import reckoning
from milepost.models import Grade, Objective
from tests.cast import LATER, NOW, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases


def grades(cast: Cast, row: Objective) -> dict[int | None, Grade]:
    return {
        one.key_result_id: one for one in Grade.objects.of(cast.acme.id).filter(objective=row).order_by("id")
    }


class TestClose:
    def test_stores_raw_grade_and_policy(self, cast: Cast, okrs: Okrs):
        """Raw progress, grade, policy and what was learned are stored; a cancelled key result is left out."""
        key_results.cancel(key_result=okrs.guides.id, reason="Nobody reads.", by=cast.ben, at=NOW)

        row = reviews.close(
            objective=okrs.helpful.id, values={okrs.waiting.id: Decimal("7.25")}, learned=" Benches. ",
            by=cast.ben, at=LATER,
        )  # fmt: skip

        stored = grades(cast, row)
        assert row.state == "closed"
        assert set(stored) == {okrs.waiting.id, None}
        # (7.25 − 9) ÷ (4 − 9) is exactly 7/20, a tie that rounds up.
        assert (stored[okrs.waiting.id].raw, stored[okrs.waiting.id].grade) == (
            Decimal("0.35"),
            Decimal("0.4"),
        )
        assert (stored[None].grade, stored[None].policy) == (Decimal("0.4"), "milepost.v1")
        assert stored[None].learned == "Benches."

    def test_grades_silence_as_zero_and_says_so(self, cast: Cast, okrs: Okrs):
        """A key result without data is graded 0.0 for that reason."""
        row = reviews.close(objective=okrs.helpful.id, by=cast.ben, at=NOW)

        silent = grades(cast, row)[okrs.guides.id]
        assert (silent.grade, silent.raw, silent.reason) == (0, None, "no_data_at_close")

    def test_does_not_count_what_not_all_see(self, cast: Cast, okrs: Okrs):
        """The company's grade is the same with and without the restricted objective beneath it."""
        checkins.record(key_result=okrs.shares.id, value=Decimal(60), by=cast.ada, at=NOW)

        row = reviews.close(objective=okrs.company.id, by=cast.ada, at=NOW)

        assert grades(cast, row)[None].grade == Decimal("0.3")

    def test_grades_alike_what_rests_on_very_much(self, cast: Cast, okrs: Okrs, monkeypatch):
        """Reckoned beforehand, a little at a time, the figures are those that are reckoned at once."""
        monkeypatch.setattr(reckoning, "MOST_BELOW", 0)
        monkeypatch.setattr(reckoning, "AT_ONCE", 1)

        row = reviews.close(
            objective=okrs.company.id, values={okrs.growth.id: Decimal(45)}, by=cast.ada, at=NOW
        )

        assert grades(cast, row)[None].raw == stored((Fraction(3, 4) + 2 * Fraction(1, 4)) / 3)

    def test_stays_when_values_come_later(self, cast: Cast, okrs: Okrs):
        """A stored grade does not move with what is entered afterwards below it."""
        row = reviews.close(objective=okrs.company.id, by=cast.ada, at=NOW)
        checkins.record(key_result=okrs.waiting.id, value=Decimal(4), by=cast.cleo, at=LATER)

        assert grades(cast, row)[None].grade == Decimal("0.3")
        with pytest.raises(Conflict):
            checkins.record(key_result=okrs.growth.id, value=Decimal(50), by=cast.ada, at=LATER)

    def test_refuses_a_wrong_final_value_whole(self, cast: Cast, okrs: Okrs):
        """A final value that cannot be kept closes nothing."""
        with pytest.raises(Invalid):
            reviews.close(objective=okrs.helpful.id, values={okrs.guides.id: Decimal(1)}, by=cast.ben, at=NOW)

        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "active"
        assert not grades(cast, okrs.helpful)

    def test_asks_who_may(self, cast: Cast, okrs: Okrs):
        """Owner, lead and admin close; others are refused, strangers find nothing."""
        for by, problem in ((cast.cleo, NotAllowed), (cast.gus, NotAllowed), (cast.zed, NotFound)):
            with pytest.raises(problem):
                reviews.close(objective=okrs.helpful.id, by=by, at=NOW)


class TestReopen:
    def test_is_an_admins_right_for_14_days(self, cast: Cast, okrs: Okrs):
        """The owner asks an admin; after two weeks the record is shut."""
        reviews.close(objective=okrs.helpful.id, by=cast.ben, at=NOW)
        reopen = {"objective": okrs.helpful.id, "reason": "A value was wrong."}

        with pytest.raises(NotAllowed):
            objectives.reopen(**reopen, by=cast.ben, at=LATER)
        with pytest.raises(GuardNotMet):
            objectives.reopen(**reopen, by=cast.ada, at=NOW + timedelta(days=14, minutes=1))
        assert objectives.reopen(**reopen, by=cast.ada, at=NOW + timedelta(days=14)).state == "grading"

    def test_leads_to_a_new_grade(self, cast: Cast, okrs: Okrs):
        """Closed again, the new grade stands and the old one stays on record."""
        reviews.close(objective=okrs.helpful.id, by=cast.ben, at=NOW)
        objectives.reopen(objective=okrs.helpful.id, reason="Wrong.", by=cast.ada, at=LATER)

        row = reviews.close(
            objective=okrs.helpful.id, values={okrs.waiting.id: Decimal(4)}, by=cast.ben, at=LATER
        )

        assert grades(cast, row)[None].grade == Decimal("0.5")
        assert Grade.objects.of(cast.acme.id).filter(objective=row, key_result=None).count() == 2


class TestGradesAbove:
    def test_read_contributors_as_they_stand(self, cast: Cast, okrs: Okrs):
        """A key result fed by contributors is graded by their weighted mean."""
        key_results.update(
            key_result=okrs.growth.id,
            changed={"source": "contributors"},
            reason="The shops count.",
            by=cast.ada,
            at=NOW,
        )
        alignments.align(child=okrs.draft.id, objective=okrs.helpful.id, how="supports", by=cast.ben, at=NOW)
        link = {"child": okrs.helpful.id, "key_result": okrs.growth.id, "by": cast.ben, "at": NOW}
        alignments.align(**link)

        row = reviews.close(objective=okrs.company.id, by=cast.ada, at=NOW)

        assert grades(cast, row)[okrs.growth.id].raw == Decimal("0.25")
