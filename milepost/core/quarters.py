"""Years and quarters of the calendar: what a new cycle is usually called and when it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Span:
    """A named stretch of days, both ends included."""

    name: str
    starts_on: date
    ends_on: date

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.ends_on - self.starts_on + timedelta(days=1)


def year_of(day: date) -> Span:
    """Return the calendar year that a day belongs to, as “2026”."""
    return Span(str(day.year), date(day.year, 1, 1), date(day.year, 12, 31))


def quarter_of(day: date) -> Span:
    """Return the quarter of the calendar year that a day belongs to, as “Q4 2026”."""
    number = (day.month - 1) // _MONTHS
    starts_on = date(day.year, number * _MONTHS + 1, 1)
    following = date(day.year + (number == 3), (number + 1) % 4 * _MONTHS + 1, 1)
    return Span(f"Q{number + 1} {day.year}", starts_on, following - timedelta(days=1))


def following(span: Span) -> Span:
    """Return the year or the quarter that comes next."""
    day = span.ends_on + timedelta(days=1)
    return year_of(day) if span == year_of(span.starts_on) else quarter_of(day)
