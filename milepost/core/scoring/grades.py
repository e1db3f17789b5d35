"""From raw progress to a grade and its band (method 2.3 and 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from milepost.core.policies import DEFAULT, Policy, rounded_to
from milepost.core.scoring.kinds import Kind
from milepost.core.scoring.measures import Measure, Reading, ScoringProblem
from milepost.core.scoring.progress import ONE, ZERO, progress

RAW_PLACES = 12  # decimals of the raw progress that is stored with a grade


class Band(StrEnum):
    """What a grade means in a word; `error` cannot be scored, `ungraded` has nothing to score yet."""

    FAILURE = "failure"
    PROGRESS = "progress"
    DELIVERY = "delivery"
    ERROR = "error"
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True)
class Score:
    """What a reading is worth: raw (uncapped) and capped shares, grade 0.0 to 1.0, band.

    Without a score, raw and grade are None; `problem` is a code of method 0 and `reason` says it in words.
    """

    raw: Fraction | None
    capped: Fraction
    grade: Decimal | None
    band: Band
    problem: str | None = None
    reason: str | None = None


def score(measure: Measure, reading: Reading, *, policy: Policy = DEFAULT, closing: bool = False) -> Score:
    """Score a reading; never raises for what it was given.

    Without data it is ungraded in the cycle, and graded 0.0 for `no_data_at_close` when closing (method 2.4).
    """
    try:
        raw = progress(measure, reading, policy)
    except ScoringProblem as problem:
        return _without_progress(measure, problem, policy, closing)
    graded = grade(raw, policy)
    return Score(raw, capped(raw), graded, band(graded, policy))


def grade(raw: Fraction, policy: Policy = DEFAULT) -> Decimal:
    """Grade raw progress on the policy's scale; 1.0 only where raw ≥ 1 (method 2.3)."""
    shown = policy.shown(raw)
    return shown if isinstance(shown, Decimal) else Decimal(shown.numerator) / Decimal(shown.denominator)


def band(grade: Decimal, policy: Policy = DEFAULT) -> Band:
    """Name the band of a rounded grade (method 2.3)."""
    return Band(policy.bands.of(grade))


def band_of_raw(raw: Fraction, policy: Policy = DEFAULT) -> Band:
    """Name the band of raw progress: round first, band afterwards (decision D-01)."""
    return band(grade(raw, policy), policy)


def capped(raw: Fraction) -> Fraction:
    """Hold raw progress between 0 and 1."""
    return min(ONE, max(ZERO, raw))


def stored(raw: Fraction) -> Decimal:
    """Return raw progress as it is stored with a grade, rounded once to twelve decimals."""
    return rounded_to(raw, RAW_PLACES)


def _without_progress(measure: Measure, problem: ScoringProblem, policy: Policy, closing: bool) -> Score:
    code, reason = problem.code, problem.message
    if code == "no_data" and closing:
        closed = grade(ZERO, policy)
        return Score(None, ZERO, closed, band(closed, policy), "no_data_at_close", "No value was ever given.")
    waiting = code == "no_data" or (measure.kind is Kind.BASELINE and not measure.is_established)
    return Score(None, ZERO, None, Band.UNGRADED if waiting else Band.ERROR, code, reason)
