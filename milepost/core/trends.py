"""What a key result's charts draw, as plain values: the doors turn it into pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from operator import attrgetter

MOST = 200  # points of a line: a drawing is a few hundred pixels wide
LEAST_BEFORE = 28  # days before a window that a drawing always has room for

Number = Fraction | Decimal | int | float


@dataclass(frozen=True, slots=True)
class Point:
    """One value on one day; `corrected` marks an entry that a later one replaced."""

    day: date
    value: Number
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """Check-ins against plan and target. `low` and `high` bound the band of a measure to be kept.

    `ends_on` None leaves the window open. `every` is the cadence in days. `of` is how many check-ins there
    are, where the points are only some of very many; 0: they are all.
    """

    points: Sequence[Point]
    starts_on: date
    ends_on: date | None
    today: date
    plan: Sequence[Point] = ()
    start: Number | None = None
    target: Number | None = None
    low: Number | None = None
    high: Number | None = None
    status: str | None = None
    unit: str = ""
    every: int = 7
    is_past: bool = False  # `today` is a day long gone that is looked at
    of: int = 0

    def plan_on(self, day: date) -> Fraction | None:
        """Read the planned value of a day, straight between planned points; None outside them."""
        for before, after in pairwise(sorted(self.plan, key=attrgetter("day"))):
            if before.day <= day <= after.day:
                length = (after.day - before.day).days
                share = Fraction((day - before.day).days, length) if length else Fraction(1)
                return Fraction(before.value) + share * (Fraction(after.value) - Fraction(before.value))
        return None


def drawn_since(starts_on: date, ends_on: date | None, today: date) -> date:
    """Find the day from which points are drawn: half a window before it, and never less than some weeks."""
    ends = ends_on or max(today, starts_on)
    room = max((ends - starts_on).days // 2, LEAST_BEFORE)
    return date.fromordinal(max(1, starts_on.toordinal() - room))


def thinned(moments: Sequence[float], values: Sequence[float], *, since: float) -> tuple[list[int], float]:
    """Say which of very many points, oldest first, a line goes through that looks like that through all.

    Of each step of time the lowest and the highest are kept, besides the first and the last of all: at most
    MOST places. What lies before `since` is in the first step. Also return how long a step is.
    """
    count = MOST // 2 - 1
    begin = max(moments[0], since)
    length = max(moments[-1] - begin, 1) / count
    lowest: dict[int, int] = {}
    highest: dict[int, int] = {}
    for place, (moment, value) in enumerate(zip(moments, values, strict=True)):
        step = min(max(int((moment - begin) / length), 0), count - 1)
        if value < values[lowest.setdefault(step, place)]:
            lowest[step] = place
        if value > values[highest.setdefault(step, place)]:
            highest[step] = place
    return sorted({0, *lowest.values(), *highest.values(), len(moments) - 1}), length
