"""Days of a time zone: many moments at once fall on the days on which each falls by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.ledger import calendar

# Clocks are put forward at midnight in Beirut, back over midnight in Havana and Asunción, by half an hour on
# Lord Howe; Apia left out a whole day in 2011.
ZONES = (
    "UTC", "Pacific/Auckland", "America/Los_Angeles", "Asia/Beirut", "America/Havana", "America/Asuncion",
    "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Pacific/Kiritimati",
)  # fmt: skip
MOMENTS = st.lists(
    st.datetimes(datetime(2010, 1, 1), datetime(2027, 1, 1)).map(
        lambda at: int(at.replace(tzinfo=UTC).timestamp())
    ),
    max_size=20,
)


class TestDaysOf:
    @given(MOMENTS, st.sampled_from(ZONES))
    def test_says_what_each_says_by_itself(self, moments: list[int], zone: str):
        """Whatever a zone does with its clocks."""
        found = calendar.days_of(np.array(moments, dtype=np.int64), zone)

        assert found.tolist() == [calendar.day_of(each, zone).toordinal() for each in moments]

    @pytest.mark.parametrize("zone", ZONES)
    def test_knows_where_each_day_of_a_year_begins(self, zone: str):
        """Every half hour of a year, and the seconds around it."""
        first = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
        moments = [first + half * 1800 + beside for half in range(365 * 48) for beside in (-1, 0)]

        found = calendar.days_of(np.array(moments), zone)

        assert found.tolist() == [calendar.day_of(each, zone).toordinal() for each in moments]


class TestDayOf:
    def test_is_the_day_there(self):
        """Late in the evening in Auckland it is still the same morning in London."""
        noon = datetime(2026, 11, 5, 12, tzinfo=UTC)

        days = [
            calendar.day_of(int((noon + timedelta(hours=hours)).timestamp()), "Pacific/Auckland").day
            for hours in (-2, 2)
        ]

        assert days == [5, 6]
