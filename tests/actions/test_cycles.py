"""Cycles: their days, their nesting, closing and opening again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from milepost.actions import cycles, key_results, objectives
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound
from milepost.models import Cycle, Event
from tests.cast import NOW, TODAY, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases

YEAR = {"name": "2026", "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
QUARTER = {"name": "Q4 2026", "starts_on": date(2026, 10, 1), "ends_on": date(2026, 12, 31)}


@pytest.fixture
def year(cast: Cast) -> Cycle:
    return cycles.create(**YEAR, by=cast.ada, at=NOW)


class TestCreate:
    def test_nests(self, cast: Cast, year: Cycle):
        """A quarter lies within its year, and its key can be read."""
        quarter = cycles.create(**QUARTER, parent=year.id, by=cast.ada, at=NOW)

        assert (quarter.key, quarter.parent_id) == ("q4-2026", year.id)

    def test_refuses_to_stand_out(self, cast: Cast, year: Cycle):
        """A cycle that ends after its parent is refused, naming both with their days."""
        with pytest.raises(Invalid) as refused:
            cycles.create(
                name="Winter",
                starts_on=date(2026, 12, 1),
                ends_on=date(2027, 2, 28),
                parent=year.id,
                by=cast.ada,
                at=NOW,
            )

        assert refused.value.field == "ends_on"
        assert "2026-12-01 to 2027-02-28" in refused.value.message
        assert "2026" in refused.value.message

    def test_may_stay_open(self, cast: Cast):
        """An end may be left out."""
        assert cycles.create(name="Learning", starts_on=TODAY, by=cast.ada, at=NOW).ends_on is None

    @pytest.mark.parametrize(
        ("days", "is_right"), [(-3, False), (0, False), (5, False), (6, True), (1825, True), (1830, False)]
    )
    def test_lasts_from_7_days_to_5_years(self, cast: Cast, days: int, is_right: bool):
        """Both ends included, a cycle has 7 days at least and 5 years at most."""
        window = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=days)}

        if is_right:
            assert cycles.create(name="Fits", **window, by=cast.ada, at=NOW)
        else:
            with pytest.raises(Invalid) as refused:
                cycles.create(name="Does not", **window, by=cast.ada, at=NOW)
            assert refused.value.field == "ends_on"

    @pytest.mark.parametrize("who", ["ben", "cleo", "gus"])
    def test_is_the_admins_right(self, cast: Cast, who: str):
        """Leads, members and guests create no cycle."""
        with pytest.raises(NotAllowed):
            cycles.create(**YEAR, by=getattr(cast, who), at=NOW)

    def test_refuses_a_parent_of_another_workspace(self, cast: Cast, year: Cycle):
        """A foreign cycle is none here."""
        with pytest.raises(Invalid) as refused:
            cycles.create(**QUARTER, parent=year.id, by=cast.zed, at=NOW)

        assert refused.value.field == "parent"


class TestUpdate:
    def test_moves_days(self, cast: Cast, year: Cycle):
        """An admin corrects a name and the days; the key stays."""
        row = cycles.update(
            cycle=year.id, changed={"name": "FY 26", "ends_on": date(2027, 1, 31)}, by=cast.ada, at=NOW
        )

        told = Event.objects.of(cast.acme.id).get(kind="cycle.changed")
        assert (row.key, row.name, row.ends_on) == ("2026", "FY 26", date(2027, 1, 31))
        assert told.data["changes"]["ends_on"] == ["2026-12-31", "2027-01-31"]

    def test_keeps_what_lies_within(self, cast: Cast, year: Cycle):
        """A year cannot end before its last quarter."""
        cycles.create(**QUARTER, parent=year.id, by=cast.ada, at=NOW)

        with pytest.raises(Invalid, match="Q4 2026"):
            cycles.update(cycle=year.id, changed={"ends_on": date(2026, 11, 30)}, by=cast.ada, at=NOW)

    def test_turns_no_key_result_upside_down(self, cast: Cast, okrs: Okrs):
        """One with an end of its own would begin after that; nor may its objective move to such a cycle."""
        ends = okrs.cycle.starts_on + timedelta(days=20)
        key_results.update(
            key_result=okrs.growth.id, changed={"ends_on": ends}, reason="Sooner.", by=cast.ada, at=NOW
        )

        with pytest.raises(Conflict) as moved:
            cycles.update(
                cycle=okrs.cycle.id, changed={"starts_on": ends + timedelta(days=1)}, by=cast.ada, at=NOW
            )
        with pytest.raises(Conflict) as taken:
            objectives.update(
                objective=okrs.growth.objective_id, changed={"cycle": okrs.next_cycle.id}, by=cast.ada, at=NOW
            )

        assert moved.value.code == taken.value.code == "dates_do_not_fit"
        assert okrs.growth.title in moved.value.message

    def test_refuses_a_loop(self, cast: Cast, year: Cycle):
        """Two cycles of the same days cannot lie within one another."""
        twin = cycles.create(**YEAR | {"name": "Twin"}, parent=year.id, by=cast.ada, at=NOW)

        with pytest.raises(Invalid, match="2026 → Twin → 2026"):
            cycles.update(cycle=year.id, changed={"parent": twin.id}, by=cast.ada, at=NOW)

    def test_does_not_reach_another_workspace(self, cast: Cast, year: Cycle):
        """A cycle of another workspace is not there."""
        with pytest.raises(NotFound):
            cycles.update(cycle=year.id, changed={"name": "Ours"}, by=cast.zed, at=NOW)


class TestClose:
    def test_is_dated(self, cast: Cast, year: Cycle):
        """Closing notes the day, and closing twice notes it once."""
        cycles.close(cycle=year.id, by=cast.ada, at=NOW)
        row = cycles.close(cycle=year.id, by=cast.ada, at=NOW + timedelta(days=3))

        assert row.closed_on == TODAY
        assert Event.objects.of(cast.acme.id).filter(kind="cycle.closed").count() == 1

    def test_waits_for_its_beginning(self, cast: Cast):
        """What has not begun cannot be closed."""
        ahead = cycles.create(
            name="2027", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31), by=cast.ada, at=NOW
        )

        with pytest.raises(Conflict):
            cycles.close(cycle=ahead.id, by=cast.ada, at=NOW)

    def test_fixes_the_days(self, cast: Cast, year: Cycle):
        """The days of a closed cycle no longer move; its name may."""
        cycles.close(cycle=year.id, by=cast.ada, at=NOW)

        with pytest.raises(cycles.CycleIsClosed):
            cycles.update(cycle=year.id, changed={"ends_on": date(2027, 1, 31)}, by=cast.ada, at=NOW)
        assert cycles.update(cycle=year.id, changed={"name": "Old"}, by=cast.ada, at=NOW).name == "Old"

    def test_can_be_undone_for_14_days(self, cast: Cast, year: Cycle):
        """A cycle closed by mistake opens again, for two weeks."""
        cycles.close(cycle=year.id, by=cast.ada, at=NOW)

        with pytest.raises(cycles.CycleIsClosed):
            cycles.reopen(cycle=year.id, by=cast.ada, at=NOW + timedelta(days=15))
        assert cycles.reopen(cycle=year.id, by=cast.ada, at=NOW + timedelta(days=14)).closed_on is None
