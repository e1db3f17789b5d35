"""Measures as arrays compute them: a family and six numbers. What they do not compute goes the exact path."""

from __future__ import annotations

from collections.abc import Iterable

from milepost.core.rollup import Family
from milepost.core.scoring import Kind, ScoringProblem
from milepost.ledger.structure import KeyResultRow

NAN = float("nan")
DECREASE = Kind.DECREASE.value  # looked up once: it is asked of every key result
PLAIN_LINES = frozenset(kind.value for kind in Kind if kind.is_linear)
GIVEN = (Family.GIVEN, NAN, NAN, NAN, NAN, NAN)


def floats(points: Iterable[tuple[str, str]]) -> list[tuple[float, float]]:
    """Return the points of a plan as arrays take them."""
    return [(float(x), float(y)) for x, y in points]


def shape(one: KeyResultRow) -> tuple:
    """Return how arrays compute a measure: family, start (or floor), target, low, high, tolerance.

    What arrays do not compute, or what is wrong with it, is left to the exact path.
    """
    if one.kind in PLAIN_LINES and one.direction is None and one.start is not None and one.target is not None:
        # Nearly all are of these kinds: told apart without making fractions of their ends.
        start, target = float(one.start), float(one.target)
        if start < target if one.kind != DECREASE else start > target:
            return Family.LINEAR, start, target, NAN, NAN, NAN
    kind, measure = Kind(one.kind), one.measure
    if kind.is_on_a_line:
        try:
            start, target = measure.line
        except ScoringProblem:
            return GIVEN
        wrong = (kind is Kind.INCREASE and target < start) or (kind is Kind.DECREASE and target > start)
        if start == target or wrong or measure.direction is not None:
            return GIVEN
        return Family.LINEAR, float(start), float(target), NAN, NAN, NAN
    if kind.is_threshold and measure.target is not None:
        is_up = kind is Kind.MAINTAIN_ABOVE
        if measure.floor is not None and (measure.floor >= measure.target) is is_up:
            return GIVEN
        floor = NAN if measure.floor is None else float(measure.floor)
        return Family.ABOVE if is_up else Family.BELOW, floor, float(measure.target), NAN, NAN, NAN
    if kind is Kind.RANGE and None not in (measure.low, measure.high) and measure.low <= measure.high:
        return Family.RANGE, NAN, NAN, float(measure.low), float(measure.high), float(measure.tolerance or 0)
    if kind is Kind.BINARY:
        return Family.BINARY, NAN, NAN, NAN, NAN, NAN
    return GIVEN
