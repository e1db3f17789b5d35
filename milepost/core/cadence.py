"""Cycles and their states, the weeks of a window, and what is due when. Whole days only (method 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from milepost.core.problems import Invalid

WEEKLY = 7
# A quarter of 92 days has 13 weeks, not 14: three days or fewer at the end are the last week's.
OWN_WEEK_FROM = 4
SHORTEST_DAYS = 7
LONGEST_YEARS = 5
CLOSE_WITHIN_DAYS = 14
PLANNING_BEGINS_DAYS_BEFORE = 21
REOPEN_WITHIN_DAYS = 14


class CycleState(StrEnum):
    """Where a cycle stands on a day."""

    UPCOMING = "upcoming"
    RUNNING = "running"
    GRADING = "grading"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `begins_on` to `ends_on`, both included; no end means that it stays open."""

    begins_on: date
    ends_on: date | None = None

    @property
    def days(self) -> int | None:
        """Count the days, both ends included; None for an open window."""
        return None if self.ends_on is None else (self.ends_on - self.begins_on).days + 1

    def includes(self, day: date) -> bool:
        """Say whether a day lies within."""
        return self.begins_on <= day and (self.ends_on is None or day <= self.ends_on)

    def is_within(self, other: Window) -> bool:
        """Say whether all of it lies within another window."""
        if self.begins_on < other.begins_on:
            return False
        return other.ends_on is None or (self.ends_on is not None and self.ends_on <= other.ends_on)


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a window: its number from 1, and its days; the last one has 4 to 10 of them."""

    number: int
    begins_on: date
    ends_on: date


def check_cycle(window: Window) -> Window:
    """Give back a window that a cycle may have, 7 days to 5 years or open; raises `bad_window`."""
    _check_order(window)
    if window.ends_on is not None:
        if (window.days or 0) < SHORTEST_DAYS:
            raise _bad_window(
                f"A cycle lasts at least {SHORTEST_DAYS} days; this one has {window.days}.", window
            )
        begins, ends = window.begins_on, window.ends_on
        # Compared part by part, for 29 February has no day five years later.
        if (ends.year - LONGEST_YEARS, ends.month, ends.day) >= (begins.year, begins.month, begins.day):
            raise _bad_window(f"A cycle lasts at most {LONGEST_YEARS} years.", window)
    return window


def check_nesting(
    child: Window, parent: Window, *, child_name: str = "It", parent_name: str = "its parent"
) -> None:
    """Accept a window that lies within its parent's; raises `window_mismatch` naming both (method 5.1)."""
    _check_order(child)
    if not child.is_within(parent):
        raise Invalid(
            f"{child_name} ({_written(child)}) does not lie within {parent_name} ({_written(parent)}).",
            code="window_mismatch",
            field="ends_on" if child.begins_on >= parent.begins_on else "begins_on",
            remedy="Change one of the dates, or choose another parent.",
        )


def state(window: Window, today: date, closed_on: date | None = None) -> CycleState:
    """Tell where a cycle stands: grading opens on its last day and lasts until it is closed (method 5.1)."""
    if closed_on is not None and closed_on <= today:
        return CycleState.CLOSED
    if today < window.begins_on:
        return CycleState.UPCOMING
    if window.ends_on is None or today < window.ends_on:
        return CycleState.RUNNING
    return CycleState.GRADING


def elapsed(window: Window, day: date) -> Fraction:
    """Give the share of a window gone by at the end of a day, 0 to 1; an open window has no share, so 0."""
    days = window.days
    if days is None or days <= 0:
        return Fraction(0)
    gone = (day - window.begins_on).days + 1
    return min(Fraction(1), max(Fraction(0), Fraction(gone, days)))


def weeks(window: Window) -> tuple[Week, ...]:
    """List the weeks of a closed window, counted from its first day; an open one has none to list.

    What is left at the end is a week of its own from four days on; less joins the week before, so that every
    quarter has 13 weeks and every year 52.
    """
    return tuple(_week(window, number) for number in range(1, (_weeks_in(window) or 0) + 1))


def week_of(window: Window, day: date) -> Week | None:
    """Find the week that a day belongs to; None outside the window."""
    return _week(window, (day - window.begins_on).days // WEEKLY + 1) if window.includes(day) else None


def week_words(window: Window, day: date) -> str:
    """Say “week 8 of 13”; “week 8” in an open window; “starts in 3 days”, “ended 2 days ago” outside."""
    week = week_of(window, day)
    if week is None:
        ahead = (window.begins_on - day).days
        if ahead > 0:
            return f"starts in {_days(ahead)}"
        return f"ended {_days((day - (window.ends_on or day)).days)} ago"
    total = _weeks_in(window)
    return f"week {week.number} of {total}" if total else f"week {week.number}"


def due_on(window: Window, last_checkin_on: date | None, cadence: int = WEEKLY) -> date | None:
    """Give the day from which the next check-in is due; None once the window has ended before that.

    Due on the window's first day if there was none; otherwise `cadence` days after the last one. What falls
    due past the end is asked for on the last day, for the final value.
    """
    if cadence <= 0:
        raise Invalid("A cadence is at least one day.", code="bad_cadence", remedy="Use 7 for weekly.")
    if last_checkin_on is None or last_checkin_on < window.begins_on:
        return window.begins_on
    following = _shifted(last_checkin_on, cadence)
    if window.ends_on is None or following <= window.ends_on:
        return following
    return window.ends_on if last_checkin_on < window.ends_on else None


def is_due(window: Window, last_checkin_on: date | None, today: date, cadence: int = WEEKLY) -> bool:
    """Say whether a check-in is due today: never before the window begins, also after it has ended."""
    due = due_on(window, last_checkin_on, cadence)
    return due is not None and due <= today and window.begins_on <= today


def days_overdue(window: Window, last_checkin_on: date | None, today: date, cadence: int = WEEKLY) -> int:
    """Count the days since a check-in fell due; 0 while none is."""
    due = due_on(window, last_checkin_on, cadence)
    return 0 if due is None else max(0, (today - due).days)


@dataclass(frozen=True, slots=True)
class KeyDays:
    """The days that a cycle brings with it; None where they depend on an end that is open."""

    planning_opens_on: date
    commit_by: date
    late_after: date | None
    mid_review_on: date | None
    grading_opens_on: date | None
    close_by: date | None


def key_days(window: Window) -> KeyDays:
    """Work out the days a cycle brings with it (method 5.1)."""
    begins, ends, days = window.begins_on, window.ends_on, window.days
    return KeyDays(
        planning_opens_on=_shifted(begins, -PLANNING_BEGINS_DAYS_BEFORE),
        commit_by=begins,
        late_after=None if days is None else _shifted(begins, days * 15 // 100),
        mid_review_on=None if days is None else _shifted(begins, days // 2),
        grading_opens_on=ends,
        close_by=None if ends is None else _shifted(ends, CLOSE_WITHIN_DAYS),
    )


def day_in(timezone: str, moment: datetime) -> date:
    """Turn a moment into its day in a time zone.

    Raises `unknown_timezone`; ValueError for a moment without an offset from UTC.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("A moment needs its offset from UTC; this one has none.")
    try:
        # UTC must work where the system has no time zone database.
        zone = UTC if timezone == "UTC" else ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            f"There is no time zone called “{timezone[:60]}”.",
            code="unknown_timezone",
            field="timezone",
            remedy="Use a name such as Europe/Prague, or UTC.",
        ) from None
    return moment.astimezone(zone).date()


def _weeks_in(window: Window) -> int | None:
    if window.ends_on is None:
        return None
    whole, left = divmod(window.days or 0, WEEKLY)
    return max(1, whole + (left >= OWN_WEEK_FROM))


def noon(timezone: str, day: date) -> datetime:
    """Return the moment that stands for a past day of a time zone: its noon."""
    return datetime.combine(day, time(12), tzinfo=UTC if timezone == "UTC" else ZoneInfo(timezone))


def _week(window: Window, number: int) -> Week:
    last = _weeks_in(window)
    number = number if last is None else min(number, last)
    begins = _shifted(window.begins_on, (number - 1) * WEEKLY)
    return Week(number, begins, window.ends_on if number == last else _shifted(begins, WEEKLY - 1))


def _shifted(day: date, days: int) -> date:
    # “9999-12-31” is how some files write “never”; no day lies beyond it.
    ordinal = min(date.max.toordinal(), max(date.min.toordinal(), day.toordinal() + days))
    return date.fromordinal(ordinal)


def _check_order(window: Window) -> None:
    if window.ends_on is not None and window.ends_on < window.begins_on:
        raise _bad_window("It ends before it begins.", window)


def _bad_window(message: str, window: Window) -> Invalid:
    return Invalid(
        message, code="bad_window", field="ends_on", remedy=f"Change the dates ({_written(window)})."
    )


def _written(window: Window) -> str:
    return f"{window.begins_on} to {window.ends_on or 'open'}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
