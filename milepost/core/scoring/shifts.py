"""Why a roll-up went from one number to another: what each part did to the difference, exactly.

A part adds share × progress. Between two days both may move, so what it does is split at the middle:
(share before + share after) ÷ 2 × how far its progress moved, and (progress before + progress after) ÷ 2 ×
how far its share moved. The two add up to what the part adds more or less, and all parts to the difference.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from milepost.core.policies import rounded_to
from milepost.core.scoring.figures import (
    FEWEST_PLACES,
    MINUS,
    MOST_PLACES,
    in_hundred,
    in_points,
    percent,
    plain,
)
from milepost.core.scoring.progress import ZERO
from milepost.core.scoring.rollups import Contribution, RollUp

_PLACES = {1: "a tenth", 2: "a hundredth", 3: "a thousandth"}


@dataclass(frozen=True, slots=True)
class Shift:
    """What one part did to the difference, in shares of 1; a side is None where it was not there.

    `by_progress` comes from its own progress, `by_share` from what it counts among the others.
    """

    before: Contribution | None
    after: Contribution | None
    by_progress: Fraction
    by_share: Fraction

    @property
    def label(self) -> str:
        return self._there.part.label

    @property
    def ref(self) -> Hashable:
        return self._there.part.ref

    @property
    def adds(self) -> Fraction:
        """What it adds more after than before."""
        return self.by_progress + self.by_share

    @property
    def _there(self) -> Contribution:
        return self.after or self.before


def shifts(before: RollUp, after: RollUp) -> tuple[Shift, ...]:
    """Return what each part did to the difference between two roll-ups; their sum is the difference."""
    then, now = _by_ref(before), _by_ref(after)
    return tuple(_shift(then.get(ref), now.get(ref)) for ref in dict.fromkeys([*now, *then]))


def _by_ref(rolled: RollUp) -> Mapping[Hashable, Contribution]:
    return {each.part.ref: each for each in rolled.parts}


def _shift(before: Contribution | None, after: Contribution | None) -> Shift:
    if before is None or after is None:
        # What comes or goes moved nothing by itself: it counts, or it does not.
        sign, there = (1, after) if before is None else (-1, before)
        return Shift(before, after, ZERO, sign * there.adds)
    by_progress = (before.share + after.share) / 2 * (after.capped - before.capped)
    by_share = (before.capped + after.capped) / 2 * (after.share - before.share)
    return Shift(before, after, by_progress, by_share)


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """One row of the arithmetic: what the part added then and now, and the difference, in points."""

    label: str
    ref: Hashable
    before: str
    before_how: str
    after: str
    after_how: str
    points: str


@dataclass(frozen=True, slots=True)
class ShiftExplanation:
    """A difference with its arithmetic: the lines' points add up to `points`, or a note names the rounding.

    `exact` is the difference itself, in shares of 1.
    """

    lines: tuple[ShiftLine, ...]
    before: str
    after: str
    points: str
    notes: tuple[str, ...]
    exact: Fraction


def explain_shifts(before: RollUp, after: RollUp) -> ShiftExplanation:
    """Explain the difference between two roll-ups as a table of parts whose points add up to it."""
    found = shifts(before, after)
    then, now = before.raw or ZERO, after.raw or ZERO
    places = _places(found, then, now)
    lines = sorted(found, key=lambda each: abs(each.adds), reverse=True)
    return ShiftExplanation(
        lines=tuple(_line(each, places) for each in lines),
        before=percent(then, places) if before.raw is not None else "no number",
        after=percent(now, places) if after.raw is not None else "no number",
        points=_signed(now - then, places),
        notes=tuple(_notes(found, then, now, places)),
        exact=now - then,
    )


def _line(shift: Shift, places: int) -> ShiftLine:
    return ShiftLine(
        shift.label,
        shift.ref,
        *_added(shift.before, places),
        *_added(shift.after, places),
        _signed(shift.adds, places),
    )


def _added(one: Contribution | None, places: int) -> tuple[str, str]:
    if one is None:
        return "–", "not there"
    if not one.part.counted:
        return "–", "not counted"
    if one.part.raw is None:
        return in_points(one.adds, places), "no data"
    share = str(one.share) if one.share.denominator < 1_000 else plain(one.share, 4)
    return in_points(one.adds, places), f"{percent(one.capped, 1)} × {share}"


def _places(found: tuple[Shift, ...], then: Fraction, now: Fraction) -> int:
    """Choose the fewest decimals with which every column, as shown, adds up to its sum as shown."""
    fitting = (n for n in range(FEWEST_PLACES, MOST_PLACES + 1) if not _apart(found, then, now, n))
    return next(fitting, FEWEST_PLACES)


def _apart(found: tuple[Shift, ...], then: Fraction, now: Fraction, places: int) -> bool:
    columns = (
        (rounded_to((now - then) * 100, places), [each.adds for each in found]),
        (in_hundred(then, places), [each.before.adds for each in found if each.before]),
        (in_hundred(now, places), [each.after.adds for each in found if each.after]),
    )
    return any(
        whole != sum((rounded_to(share * 100, places) for share in shares), Decimal(0))
        for whole, shares in columns
    )


def _notes(found: tuple[Shift, ...], then: Fraction, now: Fraction, places: int) -> list[str]:
    by_progress = sum((each.by_progress for each in found), ZERO)
    by_share = now - then - by_progress
    notes = []
    if by_share:
        notes.append(
            f"{_signed(by_progress, places)} points come from progress, {_signed(by_share, places)} from what"
            " counts and with what weight. Where both moved, each takes the middle of the other."
        )
    if _apart(found, then, now, places):
        notes.append(
            "Each figure is rounded by itself, so a column may miss its sum by a last digit;"
            f" {_exactly(now - then)} points."
        )
    elif (by_share and _is_off((by_progress, by_share), now - then, places)) or _rows_miss(found, places):
        notes.append(f"Shown rounded to {_PLACES[places]}.")
    return notes


def _rows_miss(found: tuple[Shift, ...], places: int) -> bool:
    """Say whether what a part adds on both days, as shown, is further apart or nearer than its points."""
    sides = ((ZERO if one is None else one.adds for one in (each.after, each.before)) for each in found)
    return any(
        _is_off((after, -before), each.adds, places)
        for each, (after, before) in zip(found, sides, strict=True)
    )


def _is_off(shares: tuple[Fraction, ...], whole: Fraction, places: int) -> bool:
    shown = sum((rounded_to(share * 100, places) for share in shares), Decimal(0))
    return shown != rounded_to(whole * 100, places)


def _exactly(share: Fraction) -> str:
    points = share * 100
    sign = MINUS if points < 0 else "+" if points else ""
    if points.denominator < 100_000:
        return f"exactly it is {sign}{abs(points)}"
    return f"to six decimals it is {sign}{plain(abs(points), 6)}"


def _signed(share: Fraction, places: int) -> str:
    written = in_points(share, places)
    return f"+{written}" if rounded_to(share * 100, places) > 0 else written
