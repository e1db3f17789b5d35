"""How dates, numbers and people are written on pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from milepost.core.numbers import NO_BREAK, with_unit
from milepost.core.plan.words import TEXT_LONGEST

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTHING = "–"
MINUS = "\u2212"

Number = int | float | Decimal | Fraction


class PastDay(date):
    """A day that is over, told by a page of the past: what is “today” there would be read as now."""

    @classmethod
    def of(cls, day: date) -> PastDay:
        """Return a day as one that is over."""
        return cls(day.year, day.month, day.day)


def day(value: date | None, today: date | None = None) -> str:
    """Write a day as "24 Nov", with its year when that is not this year."""
    if value is None:
        return NOTHING
    written = f"{value.day}{NO_BREAK}{MONTHS[value.month - 1]}"
    if today is None or value.year == today.year:
        return written
    return f"{written}{NO_BREAK}{value.year}"


def day_to(first: date, last: date | None, today: date) -> str:
    """Write the days from one to another, "1 Oct – 31 Dec"; with years where there are two."""
    apart = last is not None and first.year != last.year
    begins, ends = (
        f"{day(one)}{NO_BREAK}{one.year}" if apart else day(one, today) for one in (first, last or first)
    )
    return f"{begins} – {ends if last else 'open'}"


def dated(text: str, days: Iterable[date]) -> str:
    """Write the days that a text names as programs read them as people do: "2026-10-05" as "5 Oct 2026"."""
    for one in days:
        text = text.replace(one.isoformat(), f"{day(one)}{NO_BREAK}{one.year}")
    return text


def day_value(value: date | str | None) -> str:
    """Write a day as a date field takes it; nothing where it is no day, which no date field can show."""
    try:
        return (value if isinstance(value, date) else date.fromisoformat(value or "")).isoformat()
    except ValueError:
        return ""


def ago(value: date | None, today: date) -> str:
    """Write how long ago a day was: today, yesterday, 2 d ago, 3 Nov; a moment in the workspace's zone.

    Seen from a past day, by its date.
    """
    if value is None:
        return NOTHING
    on = value.date() if isinstance(value, datetime) else value
    if isinstance(today, PastDay):
        return "that day" if on == today else day(on, today)
    days = (today - on).days
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    if 2 <= days <= 7:
        return f"{days}{NO_BREAK}d ago"
    return day(on, today)


def exact(value: Number) -> Fraction:
    """Read any number without loss."""
    return Fraction(value)


def rounded(value: Number, places: int = 0) -> int:
    """Round half away from zero, from the exact value; counts in units of the last place: 6.25 at 1 is 63."""
    over, under = value.as_integer_ratio()
    whole = (2 * abs(over) * 10**places + under) // (2 * under)
    return -whole if over < 0 else whole


def percent(value: Number | None, places: int = 0) -> str:
    """Write a share as a percentage: 0.64 → "64 %"; nothing known is a dash."""
    if value is None:
        return NOTHING
    return f"{_written(rounded(value, places + 2), places)}{NO_BREAK}%"


def signed(value: Number | None, places: int = 1) -> str:
    """Write a difference: 16.2 → "+16.2", a real minus sign; nothing known is a dash."""
    written = number(value, places)
    return f"+{written}" if value is not None and rounded(value, places) > 0 else written


def apart(before: Number | None, after: Number | None, places: int = 1) -> str:
    """Write how many points lie between two shares, so that it is what one gets from the two as written."""
    if before is None or after is None:
        return NOTHING
    shown = [rounded(share, places + 2) for share in (before, after)]
    return signed(Fraction(shown[1] - shown[0], 10**places), places)


def number(value: Number | None, places: int = 4, least: int = 0) -> str:
    """Write a number as people do: 1200.50 → "1,200.5", a real minus sign, `least` to `places` decimals."""
    return NOTHING if value is None else _written(rounded(value, places), places, least)


def amount(value: Number | None, unit: str = "", places: int = 4) -> str:
    """Write a number with its unit: "83 %", "6.2 days", "EUR 1,200"."""
    written = number(value, places)
    return written if value is None else with_unit(written, value, unit)


def sight(measure: object) -> int:
    """Say how many decimals one can see of a measure: a hundredth of the way, or what its own ends have."""
    ends = [getattr(measure, name, None) for name in ("start", "target", "low", "high")]
    known = [exact(end) for end in ends if end is not None]
    span = (max(known) - min(known) or abs(known[0])) if known else Fraction(0)
    seen = next((places for places in range(4) if span * 10**places >= 100), 4) if span else 4
    written = (places for places in range(4) if all(end * 10**places % 1 == 0 for end in known))
    return max(seen, next(written, 4))


def plain_number(value: Number | None) -> str:
    """Write a number as an input field takes it: no grouping, no exponent, a hyphen for minus."""
    if value is None:
        return ""
    return _written(rounded(value, 12), 12).replace(",", "").replace(MINUS, "-")


def _written(count: int, places: int, least: int = 0) -> str:
    whole, part = divmod(abs(count), 10**places)
    decimals = f"{part:0{places}d}".rstrip("0").ljust(least, "0") if places else ""
    return f"{MINUS if count < 0 else ''}{whole:,}{'.' if decimals else ''}{decimals}"


def initials(name: str) -> str:
    """Shorten a name to two letters: first and last word, or the first two letters of one word.

    A number at its end stays whole up to 999, so that teams that are told apart by theirs are so here, too.
    """
    words = ["".join(filter(str.isalnum, word)) for word in name.split()]
    words = [word for word in words if word]
    if not words:
        return "?"
    if len(words) == 1:
        return words[0][:2].upper()
    if words[-1].isdigit() and 2 <= len(words[-1]) <= 3:
        return (words[0][0] + words[-1])[-3:].upper()
    return (words[0][0] + words[-1][0]).upper()


def tint(identity: int | str) -> str:
    """Choose one of five meaningless tints, a to e, by id."""
    key = identity if isinstance(identity, int) else sum(map(ord, identity))
    return "abcde"[key % 5]


def echoed(value: object) -> object:
    """Return what a field shows again of what was typed: no more than twice as much as any keeps.

    So whoever wrote somewhat too much finds all of it; and what is cut off is refused again, never kept in
    part.
    """
    return value[: 2 * TEXT_LONGEST] if isinstance(value, str) else value
