"""Where a value or a day lies on a drawing: round steps for numbers, calendar steps for days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, isnan, log10

from milepost.web.words import MINUS, MONTHS, Number

FURTHEST = 1e300
NEAREST = 1e-290
SUFFIXES = ((1e12, 1e12, " tn"), (1e9, 1e9, " bn"), (1e6, 1e6, " m"), (1e4, 1e3, " k"))  # from, unit, word
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 12000)


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
        """Widen the range of some values to the next round steps: 1, 2, 2.5 or 5 times ten to the n."""
        drawn = [drawable(value) for value in values] or [0.0, 1.0]
        low, high = min(drawn), max(drawn)
        if high - low <= max(NEAREST, max(abs(low), abs(high)) * 1e-9):
            # One value only, or too close to tell apart: put it in the middle of something readable.
            room = max(abs(high) * 0.1, NEAREST) if high else 1.0
            low, high = low - room, high + room
        step = _round_step((high - low) / lines)
        return cls(floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step, step)

    def lifted(self, values: Iterable[Number]) -> Values:
        """Leave room under a lowest value that would lie on the axis, unless it is nought."""
        touches = self.low and min(map(drawable, values), default=self.high) <= self.low
        return Values(self.low - self.step / 2, self.high, self.step) if touches else self

    def tightened(self, values: Iterable[Number]) -> Values:
        """Narrow the range to the values themselves, for a drawing without an axis."""
        drawn = sorted(map(drawable, values))
        wide = drawn and drawn[-1] - drawn[0] > self.step * 1e-6
        return Values(drawn[0], drawn[-1], self.step) if wide else self

    def share(self, value: Number) -> float:
        """Place a value between 0 (low) and 1 (high), never outside."""
        return max(0.0, min(1.0, (drawable(value) - self.low) / (self.high - self.low)))

    def ticks(self) -> list[float]:
        """List the round values from low to high."""
        first, last = ceil(self.low / self.step - 1e-6), floor(self.high / self.step + 1e-6)
        return [count * self.step for count in range(first, last + 1)]

    def label(self, value: float) -> str:
        """Write a tick in as few characters as tell it from its neighbours: 0.5, 300 k, 1.5 m."""
        if not value:
            return "0"
        largest = max(abs(self.low), abs(self.high))
        if largest >= 1e16 or self.step < 1e-4:
            return f"{value:.3g}".replace("-", MINUS)
        shortened = ((u, s) for since, u, s in SUFFIXES if largest >= since and self.step >= u / 100)
        unit, suffix = next(shortened, (1.0, ""))
        places = max(0, ceil(-log10(self.step / unit) - 1e-9)) + 1
        text = f"{value / unit:,.{places}f}".rstrip("0").rstrip(".")
        return f"{text}{suffix}".replace("-", MINUS)


@dataclass(frozen=True, slots=True)
class Days:
    """A scale of days from `first` to `last`."""

    first: date
    last: date

    @classmethod
    def around(cls, starts_on: date, ends_on: date | None, others: Iterable[date]) -> Days:
        """Span a window and whatever was recorded outside it; an open window gets room to the right."""
        days = sorted([starts_on, *([ends_on] if ends_on else []), *others])
        first, last = days[0].toordinal(), days[-1].toordinal()
        if ends_on is None or first == last:
            last += 28
        beyond = max(0, last - date.max.toordinal())
        return cls(date.fromordinal(first - beyond), date.fromordinal(last - beyond))

    def share(self, on: date) -> float:
        """Place a day between 0 (first) and 1 (last), never outside."""
        return max(0.0, min(1.0, (on - self.first).days / (self.last - self.first).days))

    def ticks(self, most: int = 5) -> Iterator[tuple[date, str]]:
        """List the days worth a label between first and last: weeks, months, quarters or years."""
        length = (self.last - self.first).days
        if length <= 42:
            gap = 7 * ceil(length / 7 / most)
            for on in (self.first + timedelta(days=days) for days in range(gap, length, gap)):
                yield on, f"{on.day} {MONTHS[on.month - 1]}"
            return
        months = length / 30.4
        gap = next((gap for gap in MONTH_STEPS if months / gap <= most + 0.5), MONTH_STEPS[-1])
        ended = self.last.year * 12 + self.last.month - 1
        begun = self.first.year * 12 + self.first.month - 1
        for count in range((begun // gap + 1) * gap, ended + 1, gap):
            year, month = divmod(count, 12)
            begins = not month and self.first.year < self.last.year
            yield date(year, month + 1, 1), str(year) if begins else MONTHS[month]


def month_labels(weeks: Sequence[date], now: int | None) -> list[str]:
    """Name months along a strip, one text a week: of two that would touch the later stands."""
    count = len(weeks)
    # Shares of the strip as it is on paper, where it is narrowest: 130 pixels; “Week 10” takes 31, “Sep” 18.
    taken = set(_under(now - 1, count, ceil(count / 4))) if now else set()
    labels = [""] * count
    for index in reversed(range(count)):
        opens = index == 0 or weeks[index].month != weeks[index - 1].month
        under = _under(index, count, ceil(count * 0.14))
        if opens and taken.isdisjoint(under):
            taken.update(under)
            labels[index] = MONTHS[weeks[index].month - 1]
    return labels


def _under(index: int, count: int, width: int) -> range:
    """The weeks above a label: it begins at its own, and the last two end at the strip's end."""
    first = index if index < count - 2 else index + 1 - width
    return range(max(0, first), first + width)


def _round_step(rough: float) -> float:
    power = 10.0 ** floor(log10(rough))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if rough <= m * power * (1 + 1e-9))
