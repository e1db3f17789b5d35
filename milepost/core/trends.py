"""What a key result's charts draw, as plain values: the doors turn it into pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

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
