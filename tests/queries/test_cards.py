"""What a reader knows of very many things at once."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.queries.cards import Reader

ZONES = (
    "Pacific/Auckland",
    "Pacific/Apia",
    "America/Los_Angeles",
    "Asia/Kathmandu",
    "UTC",
    "Africa/Casablanca",
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def reader_in(zone: str) -> Reader:
    """A reader who knows nothing but the time zone."""
    found = Reader.__new__(Reader)
    found.zone, found.image = ZoneInfo(zone), SimpleNamespace(workspace=SimpleNamespace(time_zone=zone))
    return found


class TestDays:
    @pytest.mark.parametrize("zone", ZONES)
    @given(moments=st.lists(MOMENTS, min_size=1, max_size=20))
    def test_are_for_many_moments_what_they_are_for_each(self, zone, moments):
        """Whatever the zone does on that day: changes its clocks, or leaves a day out."""
        reader, seconds = reader_in(zone), [int(moment.timestamp()) for moment in moments]

        found = reader.days_of(np.array(seconds))

        assert found.tolist() == [reader.day_of(each).toordinal() for each in seconds]

    def test_end_where_a_day_was_left_out(self):
        """Samoa went from the 29th of December 2011 to the 31st."""
        reader, turn = reader_in("Pacific/Apia"), int(datetime(2011, 12, 30, 10, tzinfo=UTC).timestamp())
        seconds = [turn - 1, turn, turn + 1]

        found = reader.days_of(np.array(seconds))

        assert found.tolist() == [reader.day_of(each).toordinal() for each in seconds]
