"""Years and quarters of the calendar."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from milepost.core import cadence, quarters
from milepost.core.cadence import Window

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 12, 31))


class TestQuarter:
    def test_is_named_with_its_year(self):
        """The 21st of November 2026 lies in Q4 2026, which ends with the year."""
        found = quarters.quarter_of(date(2026, 11, 21))

        assert found == quarters.Span("Q4 2026", date(2026, 10, 1), date(2026, 12, 31))

    @given(DAYS)
    def test_holds_its_day_and_lies_within_the_year(self, day: date):
        """Every day lies in its quarter, every quarter in its year, and both may be cycles."""
        quarter, year = quarters.quarter_of(day), quarters.year_of(day)

        within = Window(quarter.starts_on, quarter.ends_on)
        whole = Window(year.starts_on, year.ends_on)
        assert within.includes(day)
        assert within.is_within(whole)
        assert cadence.check_cycle(within) and cadence.check_cycle(whole)

    @given(DAYS)
    def test_is_followed_by_the_next_without_a_gap(self, day: date):
        """The next quarter and the next year begin on the day after."""
        for span in (quarters.quarter_of(day), quarters.year_of(day)):
            after = quarters.following(span)

            assert after.starts_on == span.ends_on + timedelta(days=1)
            assert len(after.name) == len(span.name)
