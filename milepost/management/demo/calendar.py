"""When things happen at the demo company: every day and moment follows from the day it is told."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from milepost.core.plan import CyclePlan

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUARTER = timedelta(weeks=13)
WEEKS_SINCE_THE_QUARTER_BEGAN = 8  # today lies in its ninth week
OPENS, SHUTS = 8, 17  # hours between which people write things down

_WHEN = re.compile(r"(-?\d+)(mon|tue|wed|thu|fri|sat|sun)")


def lot(*names: object) -> int:
    """Draw a number that depends on these names alone, so the same day always tells the same story."""
    drawn = hashlib.blake2b("/".join(map(str, names)).encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big")


@dataclass(frozen=True)
class Span:
    """A cycle and its weeks; week 1 begins with it, week 0 is the one before."""

    plan: CyclePlan
    zone: ZoneInfo

    def day(self, when: str) -> date:
        """Return the day that “3wed” names."""
        named = _WHEN.fullmatch(when)
        if named is None:
            raise ValueError(f"“{when}” names no day; write a week and a weekday, such as 3wed.")
        return self.day_of(int(named[1]), named[2])

    def day_of(self, week: int, weekday: str) -> date:
        """Return a weekday of a week."""
        return self.plan.starts + timedelta(days=7 * (week - 1) + WEEKDAYS.index(weekday))

    def moment(self, when: str, *names: object) -> datetime:
        """Return a moment within working hours of that day, in UTC."""
        return self.moment_on(self.day(when), *names)

    def moment_on(self, day: date, *names: object) -> datetime:
        """Return a moment within working hours of a day, in UTC."""
        seconds = OPENS * 3600 + lot(day, *names) % ((SHUTS - OPENS) * 3600)
        clock = time(seconds // 3600, seconds // 60 % 60, seconds % 60, tzinfo=self.zone)
        return datetime.combine(day, clock).astimezone(UTC)

    def first_moment(self) -> datetime:
        """Return the moment at which the cycle begins, in UTC."""
        return datetime.combine(self.plan.starts, time(tzinfo=self.zone)).astimezone(UTC)

    def last_moment(self) -> datetime:
        """Return a moment on the evening of the last day, in UTC."""
        return datetime.combine(self.plan.ends, time(23, 59, tzinfo=self.zone)).astimezone(UTC)


@dataclass(frozen=True)
class Calendar:
    """The year and its four quarters, in their order."""

    today: date
    year: Span
    quarters: tuple[Span, Span, Span, Span]

    @property
    def running(self) -> Span:
        return self.quarters[2]

    @property
    def spans(self) -> tuple[Span, ...]:
        return (self.year, *self.quarters)

    def is_past(self, moment: datetime) -> bool:
        """Say whether a moment lies before today; what is not yet past has not been written down."""
        return moment.astimezone(self.running.zone).date() < self.today


def of(today: date, zone: str) -> Calendar:
    """Lay out the year in which `today` lies in the ninth week of the third quarter."""
    clock = ZoneInfo(zone)
    monday = today - timedelta(days=today.weekday())
    running = monday - timedelta(weeks=WEEKS_SINCE_THE_QUARTER_BEGAN)
    first = running - 2 * QUARTER
    number, calendar_year = _quarter_of(running + QUARTER / 2)
    named = [_stepped(number, calendar_year, step) for step in (-2, -1, 0, 1)]
    years = sorted({year for _, year in named})
    name = str(years[0]) if len(years) == 1 else f"{years[0]}/{years[-1] % 100:02}"
    year = CyclePlan("year", f"Year {name}", first, first + 4 * QUARTER - timedelta(days=1))
    quarters = []
    for step, (number, calendar_year) in enumerate(named):
        begins = first + step * QUARTER
        ends = begins + QUARTER - timedelta(days=1)
        closed = ends + timedelta(days=5) if step < 2 else None
        quarters.append(
            CyclePlan(
                f"{calendar_year}-q{number}", f"Q{number} {calendar_year}", begins, ends, "year", closed
            )
        )
    return Calendar(today, Span(year, clock), tuple(Span(quarter, clock) for quarter in quarters))


def _quarter_of(day: date) -> tuple[int, int]:
    return (day.month - 1) // 3 + 1, day.year


def _stepped(number: int, year: int, step: int) -> tuple[int, int]:
    # Counted on rather than read off: thirteen weeks drift against the calendar's quarters.
    years, rest = divmod(number - 1 + step, 4)
    return rest + 1, year + years
