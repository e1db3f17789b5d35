"""What a key result's charts draw, as plain values: the doors turn it into pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from operator import attrgetter

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

    `ends_on` None leaves the window open. `every` is the cadence in days.
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

    def plan_on(self, day: date) -> Fraction | None:
        """Read the planned value of a day, straight between planned points; None outside them."""
        for before, after in pairwise(sorted(self.plan, key=attrgetter("day"))):
            if before.day <= day <= after.day:
                length = (after.day - before.day).days
                share = Fraction((day - before.day).days, length) if length else Fraction(1)
                return Fraction(before.value) + share * (Fraction(after.value) - Fraction(before.value))
        return None
