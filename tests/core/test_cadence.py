"""Cycles, weeks, and what is due when (method 5.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core import cadence
from milepost.core.cadence import CycleState, Window
from milepost.core.problems import Invalid

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
QUARTER = Window(FIRST, LAST)
OPEN = Window(FIRST)
DAY = timedelta(days=1)

windows = st.builds(
    lambda first, days: Window(first, first + timedelta(days=days)),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(0, 1900),
)


def refused(function, *args, **kwargs) -> Invalid:
    with pytest.raises(Invalid) as caught:
        function(*args, **kwargs)
    assert caught.value.remedy
    return caught.value


class TestCycle:
    @pytest.mark.parametrize(
        ("day", "closed_on", "wanted"),
        [
            (FIRST - DAY, None, CycleState.UPCOMING),
            (FIRST, None, CycleState.RUNNING),
            (LAST - DAY, None, CycleState.RUNNING),
            (LAST, None, CycleState.GRADING),
            (LAST + 90 * DAY, None, CycleState.GRADING),
            (LAST + 3 * DAY, LAST + 3 * DAY, CycleState.CLOSED),
            (LAST + 2 * DAY, LAST + 3 * DAY, CycleState.GRADING),
            (FIRST + DAY, FIRST, CycleState.CLOSED),
        ],
    )
    def test_stands_where_its_dates_say(self, day, closed_on, wanted):
        """A cycle is upcoming, running, grading from its last day, and closed once closed."""
        assert cadence.state(QUARTER, day, closed_on) is wanted

    def test_may_reach_to_the_end_of_the_calendar(self):
        """A file that writes “never” as the last day there is breaks nothing."""
        window = Window(date(9999, 12, 27), date(9999, 12, 31))

        assert cadence.key_days(window).close_by == date.max
        assert cadence.weeks(window)[0].ends_on == date.max
        assert cadence.due_on(Window(date(9999, 12, 1)), date.max) == date.max
        assert cadence.key_days(Window(date.min)).planning_opens_on == date.min

    def test_without_an_end_keeps_running(self):
        """An open cycle is never asked to grade."""
        assert cadence.state(OPEN, FIRST + 5000 * DAY) is CycleState.RUNNING

    @pytest.mark.parametrize(
        "window",
        [
            QUARTER,
            OPEN,
            Window(FIRST, FIRST + 6 * DAY),
            Window(date(2026, 1, 1), date(2030, 12, 31)),
            Window(date(2024, 2, 29), date(2029, 2, 28)),
            Window(date(9999, 12, 1), date(9999, 12, 31)),
        ],
    )
    def test_lasts_seven_days_to_five_years(self, window):
        """The shortest, the longest and the open cycle are accepted."""
        assert cadence.check_cycle(window) is window

    @pytest.mark.parametrize(
        ("window", "said"),
        [
            (Window(FIRST, FIRST + 5 * DAY), "at least 7 days"),
            (Window(date(2026, 1, 1), date(2031, 1, 1)), "at most 5 years"),
            (Window(FIRST, FIRST - DAY), "before it begins"),
        ],
    )
    def test_refuses_other_lengths(self, window, said):
        """Too short, too long and backwards are refused, each in its words."""
        problem = refused(cadence.check_cycle, window)

        assert (problem.code, said in problem.message) == ("bad_window", True)

    def test_brings_its_days_with_it(self):
        """Planning, lateness, mid-review, grading and the deadline for closing follow from the dates."""
        found = cadence.key_days(QUARTER)

        assert found.planning_opens_on == date(2026, 9, 10)
        assert found.late_after == date(2026, 10, 14)
        assert found.mid_review_on == date(2026, 11, 16)
        assert (found.grading_opens_on, found.close_by) == (LAST, date(2027, 1, 14))

    def test_an_open_one_has_only_a_beginning(self):
        """What depends on the end is unknown while the end is open."""
        found = cadence.key_days(OPEN)

        assert (found.commit_by, found.mid_review_on, found.close_by) == (FIRST, None, None)


class TestNesting:
    @pytest.mark.parametrize("child", [QUARTER, Window(FIRST + DAY, LAST - DAY), Window(FIRST, FIRST)])
    def test_accepts_what_lies_within(self, child):
        """A window may fill its parent, or less."""
        cadence.check_nesting(child, QUARTER)
        cadence.check_nesting(child, OPEN)

    @pytest.mark.parametrize(
        ("child", "field"),
        [
            (Window(FIRST - DAY, LAST), "begins_on"),
            (Window(FIRST, LAST + DAY), "ends_on"),
            (OPEN, "ends_on"),
        ],
    )
    def test_refuses_what_sticks_out(self, child, field):
        """What begins before or ends after its parent is refused, naming both windows."""
        problem = refused(cadence.check_nesting, child, QUARTER, child_name="KR 1", parent_name="Q4")

        assert (problem.code, problem.field) == ("window_mismatch", field)
        assert "KR 1 (" in problem.message
        assert "Q4 (2026-10-01 to 2026-12-31)" in problem.message

    def test_refuses_a_backward_child(self):
        """A window that ends before it begins is no window."""
        assert refused(cadence.check_nesting, Window(LAST, FIRST), QUARTER).code == "bad_window"


class TestElapsed:
    @pytest.mark.parametrize(
        ("day", "wanted"),
        [
            (FIRST - DAY, 0),
            (FIRST, Fraction(1, 92)),
            (date(2026, 11, 15), Fraction(1, 2)),
            (LAST, 1),
            (LAST + DAY, 1),
        ],
    )
    def test_counts_the_days_gone_by(self, day, wanted):
        """The share of a window grows by a day each day and is whole on the last."""
        assert cadence.elapsed(QUARTER, day) == wanted

    def test_an_open_window_has_no_share(self):
        """Without an end there is no share of it."""
        assert cadence.elapsed(OPEN, LAST) == 0

    @given(windows, st.integers(-10, 2000))
    def test_never_falls(self, window, days):
        """A day later is never less."""
        day = window.begins_on + timedelta(days=days)

        assert 0 <= cadence.elapsed(window, day) <= cadence.elapsed(window, day + DAY) <= 1


class TestWeeks:
    @pytest.mark.parametrize(
        ("days", "count", "last"),
        [
            (90, 13, 6), (91, 13, 7), (92, 13, 8), (365, 52, 8), (366, 52, 9),
            (7, 1, 7), (10, 1, 10), (11, 2, 4), (3, 1, 3), (31, 4, 10),
        ],
    )  # fmt: skip
    def test_are_as_many_as_people_would_count(self, days, count, last):
        """Every quarter has 13 and every year 52: up to three days left over belong to the last week."""
        found = cadence.weeks(Window(FIRST, FIRST + (days - 1) * DAY))

        assert len(found) == count
        assert (found[-1].ends_on - found[-1].begins_on).days + 1 == last

    @pytest.mark.parametrize(
        ("window", "day", "wanted"),
        [
            (Window(FIRST, FIRST + 90 * DAY), FIRST + 49 * DAY, "week 8 of 13"),
            (QUARTER, FIRST, "week 1 of 13"),
            (QUARTER, FIRST + 6 * DAY, "week 1 of 13"),
            (QUARTER, FIRST + 7 * DAY, "week 2 of 13"),
            (QUARTER, LAST, "week 13 of 13"),
            (QUARTER, FIRST - DAY, "starts in 1 day"),
            (QUARTER, FIRST - 3 * DAY, "starts in 3 days"),
            (QUARTER, LAST + 2 * DAY, "ended 2 days ago"),
            (OPEN, FIRST + 70 * DAY, "week 11"),
        ],
    )
    def test_are_said_in_words(self, window, day, wanted):
        """Any day can say where it stands in a window."""
        assert cadence.week_words(window, day) == wanted

    @given(windows, st.integers(0, 1900))
    def test_each_day_belongs_to_one_week(self, window, days):
        """The week of a day is in the list and includes that day."""
        day = min(window.begins_on + timedelta(days=days), window.ends_on)

        week = cadence.week_of(window, day)

        assert week == cadence.weeks(window)[week.number - 1]
        assert week.begins_on <= day <= week.ends_on

    def test_outside_there_is_none(self):
        """A day outside has no week, and an open window lists none."""
        assert cadence.week_of(QUARTER, LAST + DAY) is None
        assert cadence.weeks(OPEN) == ()


class TestDue:
    @pytest.mark.parametrize(
        ("last", "wanted"),
        [
            (None, FIRST),
            (FIRST - 30 * DAY, FIRST),
            (FIRST, FIRST + 7 * DAY),
            (LAST - 7 * DAY, LAST),
            (LAST - 3 * DAY, LAST),
            (LAST, None),
            (LAST + DAY, None),
        ],
    )
    def test_falls_a_cadence_after_the_last_one(self, last, wanted):
        """The first is due as the window begins, the next a cadence later, the final one on the last day."""
        assert cadence.due_on(QUARTER, last) == wanted

    def test_keeps_another_cadence(self):
        """A fortnightly key result is due after a fortnight."""
        assert cadence.due_on(OPEN, FIRST, 14) == FIRST + 14 * DAY

    @pytest.mark.parametrize(
        ("last", "today", "due", "overdue"),
        [
            (None, FIRST - DAY, False, 0),
            (None, FIRST, True, 0),
            (None, FIRST + 4 * DAY, True, 4),
            (FIRST, FIRST + 6 * DAY, False, 0),
            (FIRST, FIRST + 7 * DAY, True, 0),
            (FIRST, FIRST + 9 * DAY, True, 2),
            (LAST - 20 * DAY, LAST + 5 * DAY, True, 18),
            (LAST, LAST + 50 * DAY, False, 0),
        ],
    )
    def test_is_due_from_that_day_on(self, last, today, due, overdue):
        """It stays due until checked in, and counts the days since."""
        assert cadence.is_due(QUARTER, last, today) is due
        assert cadence.days_overdue(QUARTER, last, today) == overdue

    def test_refuses_a_cadence_of_nothing(self):
        """A cadence is at least a day."""
        assert refused(cadence.due_on, QUARTER, None, 0).code == "bad_cadence"


class TestDayIn:
    @pytest.mark.parametrize(
        ("zone", "wanted"),
        [
            ("UTC", date(2026, 11, 24)),
            ("Pacific/Auckland", date(2026, 11, 25)),
            ("America/New_York", date(2026, 11, 24)),
        ],
    )
    def test_is_the_day_where_the_workspace_is(self, zone, wanted):
        """The same moment is another day elsewhere."""
        moment = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)

        assert cadence.day_in(zone, moment) == wanted

    @pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
    def test_refuses_a_zone_there_is_not(self, zone):
        """An unknown or malicious name is refused politely."""
        moment = datetime(2026, 11, 24, tzinfo=UTC)

        assert refused(cadence.day_in, zone, moment).code == "unknown_timezone"

    def test_refuses_a_moment_without_an_offset(self):
        """A moment that does not say where it is, is a mistake of the caller."""
        with pytest.raises(ValueError, match="offset"):
            cadence.day_in("UTC", datetime(2026, 11, 24))
