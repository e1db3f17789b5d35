"""Where a value or a day lies on a drawing: round steps for numbers, calendar steps for days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, isnan, log10

from milepost.web.words import MONTHS, Number

FURTHEST = 1e300
SUFFIXES = ((1e12, " tn"), (1e9, " bn"), (1e6, " m"), (1e3, " k"))


def drawable(value: Number) -> float:
    """Turn any number into a float that can be drawn; what is too large goes to the furthest one."""
    try:
        drawn = float(value)
    except OverflowError:
        drawn = FURTHEST if value > 0 else -FURTHEST
    return 0.0 if isnan(drawn) else max(-FURTHEST, min(FURTHEST, drawn))


@dataclass(frozen=True, slots=True)
class Values:
    """A scale of numbers from `low` (drawn at the bottom) to `high`, with round steps between."""

    low: float
    high: float
    step: float

    @classmethod
    def around(cls, values: Iterable[Number], lines: int = 4) -> Values:
        """Widen the range of some values to the next round steps (1, 2, 2.5 or 5 times ten to the n)."""
        drawn = [drawable(value) for value in values] or [0.0, 1.0]
        low, high = min(drawn), max(drawn)
        if high - low <= max(abs(low), abs(high)) * 1e-9:
            # One value only, or too close to tell apart: leave it in the middle of something readable.
            room = abs(high) * 0.1 or 1.0
            low, high = low - room, high + room
        step = _round_step((high - low) / lines)
        return cls(floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step, step)

    def share(self, value: Number) -> float:
        """Place a value between 0 (low) and 1 (high), never outside."""
        return max(0.0, min(1.0, (drawable(value) - self.low) / (self.high - self.low)))

    def ticks(self) -> list[float]:
        """List the round values from low to high."""
        count = round((self.high - self.low) / self.step)
        return [self.low + i * self.step for i in range(count + 1)]

    def label(self, value: float) -> str:
        """Write a tick in as few characters as tell it from its neighbours: 0.5, 300 k, 1.5 m."""
        largest = max(abs(self.low), abs(self.high))
        if largest >= 1e16 or self.step < 1e-4:
            return f"{value:.3g}".replace("-", "\u2212") if value else "0"
        unit, suffix = next(((u, s) for u, s in SUFFIXES if largest >= u * 10 and self.step >= u / 100), (1.0, ""))
        if not value:
            return "0"
        places = max(0, ceil(-log10(self.step / unit) - 1e-9) + (1 if _is_quarter(self.step) else 0))
        text = f"{value / unit:,.{places}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return f"{text}{suffix}".replace("-", "\u2212")


@dataclass(frozen=True, slots=True)
class Days:
    """A scale of days from `first` to `last`."""

    first: date
    last: date

    @classmethod
    def around(cls, starts_on: date, ends_on: date | None, others: Iterable[date]) -> Days:
        """Span a window and whatever was recorded outside it; an open window gets room to the right."""
        days = sorted([starts_on, *([ends_on] if ends_on else []), *others])
        first, last = days[0], days[-1]
        return cls(first, last if ends_on and last > first else last + timedelta(days=28))

    def share(self, on: date) -> float:
        """Place a day between 0 (first) and 1 (last), never outside."""
        return max(0.0, min(1.0, (on - self.first).days / (self.last - self.first).days))

    def ticks(self, most: int = 5) -> list[tuple[date, str]]:
        """List the days worth a label between first and last: weeks, months, quarters or years."""
        length = (self.last - self.first).days
        if length <= 42:
            gap = 7 * ceil(length / 7 / most) or 7
            days = [self.first + timedelta(days=i) for i in range(gap, length, gap)]
            return [(on, f"{on.day} {MONTHS[on.month - 1]}") for on in days]
        months = length / 30.4
        gap = next((gap for gap in (1, 2, 3, 6, 12, 24, 60, 120) if months / gap <= most), 240)
        found = []
        index = self.first.year * 12 + self.first.month  # months since year 0, already the next one
        while True:
            year, month = divmod(index, 12)
            if year > 9999 or date(year, month + 1, 1) >= self.last:
                return found
            if index % gap == 0 or gap == 1:
                found.append((date(year, month + 1, 1), str(year) if month == 0 and months > 12 else MONTHS[month]))
            index += 1


def _round_step(rough: float) -> float:
    power = 10.0 ** floor(log10(rough))
    for multiple in (1, 2, 2.5, 5, 10):
        if rough <= multiple * power * (1 + 1e-9):
            return multiple * power
    return 10 * power


def _is_quarter(step: float) -> bool:
    lead = step / 10.0 ** floor(log10(step) + 1e-9)
    return abs(lead - 2.5) < 1e-6
