"""Days of a time zone: many moments at once fall on the days on which each falls by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.ledger.calendar import Calendar

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
        found = Calendar(zone).days_of(np.array(moments, dtype=np.int64))

        assert found.tolist() == [Calendar(zone).day_of(each).toordinal() for each in moments]

    @pytest.mark.parametrize("zone", ZONES)
    def test_knows_where_each_day_of_a_year_begins(self, zone: str):
        """Every half hour of a year, and the seconds around it."""
        first = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
        moments = [first + half * 1800 + beside for half in range(365 * 48) for beside in (-1, 0)]

        found = Calendar(zone).days_of(np.array(moments))

        assert found.tolist() == [Calendar(zone).day_of(each).toordinal() for each in moments]


class TestDayOf:
    def test_is_the_day_there(self):
        """Late in the evening in Auckland it is still the same morning in London."""
        noon = datetime(2026, 11, 5, 12, tzinfo=UTC)

        days = [
            Calendar("Pacific/Auckland").day_of(int((noon + timedelta(hours=hours)).timestamp())).day
            for hours in (-2, 2)
        ]

        assert days == [5, 6]


FIRST, LAST = (int(datetime(2011, month, 1, tzinfo=UTC).timestamp()) for month in (11, 12))
NEAR = st.integers(FIRST - 3 * 86_400, LAST + 3 * 86_400)


@st.composite
def moved(draw) -> Calendar:
    """Draw a workspace that has changed its time zone, as often as it liked."""
    changes = sorted(draw(st.lists(st.sampled_from(range(FIRST, LAST, 1800)), max_size=4)))
    zones = [draw(st.sampled_from(ZONES)) for _ in range(len(changes) + 1)]
    return Calendar(zones[-1], tuple(zip(changes, zones, strict=False)))


class TestCalendar:
    @given(moved(), st.lists(NEAR, max_size=20))
    def test_says_of_many_moments_what_it_says_of_each(self, calendar: Calendar, moments: list[int]):
        """Whenever the zones changed."""
        found = calendar.days_of(np.array(moments, dtype=np.int64))

        assert found.tolist() == [calendar.day_of(each).toordinal() for each in moments]

    @given(moved(), NEAR)
    def test_a_day_ends_after_all_of_its_moments(self, calendar: Calendar, moment: int):
        """And at its end no earlier day is left to come: what is known then is known of every day before."""
        day = calendar.day_of(moment)
        over = int(calendar.end_of(day).timestamp())

        assert moment < over
        assert calendar.day_of(over) > day and calendar.day_of(over - 1) <= day
        assert calendar.end_of(day) <= calendar.end_of(day + timedelta(days=1))

    @given(moved(), NEAR)
    def test_a_day_has_a_moment_that_stands_for_it(self, calendar: Calendar, moment: int):
        """Its noon where it had one, by the clock of that day; otherwise its end."""
        day = calendar.day_of(moment)
        noon = calendar.noon(day)

        assert calendar.day_of(int(noon.timestamp())) <= day
        assert calendar.local(noon).hour == 12 or noon == calendar.end_of(day) - timedelta(seconds=1)

    def test_keeps_the_days_of_before(self):
        """A company moves from Auckland to Los Angeles on a Friday, where it is Thursday once more."""
        friday = datetime(2026, 11, 5, 20, tzinfo=UTC)  # 9:00 on the 6th in Auckland, noon on the 5th there
        at = int(friday.timestamp())
        calendar = Calendar("America/Los_Angeles", ((at, "Pacific/Auckland"),))

        assert [calendar.day_of(at + beside).day for beside in (-1, 0)] == [6, 5]
        assert calendar.end_of(date(2026, 11, 4)) == datetime(2026, 11, 4, 11, tzinfo=UTC)
        assert calendar.end_of(date(2026, 11, 5)) == datetime(2026, 11, 6, 8, tzinfo=UTC)
        assert calendar.noon(date(2026, 11, 3)) == datetime(2026, 11, 2, 23, tzinfo=UTC)
        assert calendar.noon(date(2026, 11, 7)) == datetime(2026, 11, 7, 20, tzinfo=UTC)

    def test_leaves_out_a_day_that_a_zone_left_out(self):
        """In Apia there was no 30 December 2011: it ended as it began; its moment is of the day before."""
        calendar = Calendar("Pacific/Apia")
        gone = date(2011, 12, 30)

        assert calendar.end_of(gone) == calendar.end_of(gone - timedelta(days=1))
        assert calendar.day_of(int(calendar.noon(gone).timestamp())) == date(2011, 12, 29)

    @pytest.mark.parametrize(
        ("zone", "day", "hours"),
        [
            ("Europe/Berlin", date(2026, 3, 29), 23),
            ("Europe/Berlin", date(2026, 10, 25), 25),
            ("America/Sao_Paulo", date(2018, 11, 4), 23),  # midnight itself was left out
            ("America/Sao_Paulo", date(2018, 2, 17), 25),
            ("Pacific/Apia", date(2011, 12, 31), 24),
            ("Asia/Kathmandu", date(2026, 3, 29), 24),
        ],
    )
    def test_has_days_of_other_lengths(self, zone: str, day: date, hours: int):
        """Where clocks change a day has 23 hours, or 25; every moment of it is of that day."""
        calendar = Calendar(zone)
        begin, end = (calendar.end_of(day - timedelta(days=back)) for back in (1, 0))
        moments = np.arange(int(begin.timestamp()), int(end.timestamp()), 600)

        assert end - begin == timedelta(hours=hours)
        assert set(calendar.days_of(moments).tolist()) == {day.toordinal()}
        assert calendar.local(calendar.noon(day)).strftime("%Y-%m-%d %H") == f"{day} 12"
