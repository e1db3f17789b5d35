"""Is it going well enough by now? Plan curves, statuses, confidence, staleness (method 2.6 to 2.12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from milepost.core.problems import Invalid
from milepost.core.scoring.figures import percent
from milepost.core.scoring.measures import ScoringProblem, exact
from milepost.core.scoring.verdicts import expected_grade

ZERO, ONE = Fraction(0), Fraction(1)
Share = Fraction  # of an array's figure too: it is made exact by whoever hands it in

ON_TRACK_FROM = Fraction(9, 10)
AT_RISK_FROM = Fraction(6, 10)
TOO_EARLY_BELOW = Fraction(5, 100)
NO_DATA_AFTER = Fraction(15, 100)
LIKELY_FROM = Fraction(6, 10)
POSSIBLE_FROM = Fraction(3, 10)
SEEN_FROM = Fraction(2, 100)
"""A bar that ends nearer to its tick than this looks as if it reached it."""


class Status(StrEnum):
    """How it is going."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    ACHIEVED = "achieved"
    NOT_STARTED = "not_started"
    NO_DATA = "no_data"

    @property
    def rank(self) -> int | None:
        """Order the statuses that say how well it goes, from 0; None for the others (method 2.12)."""
        return _RANKS.get(self)


class Staleness(StrEnum):
    """How long ago the last check-in was, against its cadence."""

    FRESH = "fresh"
    LATE = "late"
    STALE = "stale"
    ZOMBIE = "zombie"


class Agreement(StrEnum):
    """How the owner's view compares with the model's."""

    AGREE = "agree"
    OPTIMISTIC = "optimistic"
    PESSIMISTIC = "pessimistic"
    WATERMELON = "watermelon"


_RANKS: Mapping[Status, int] = MappingProxyType(
    {Status.OFF_TRACK: 0, Status.AT_RISK: 1, Status.ON_TRACK: 2, Status.ACHIEVED: 3}
)


# --- the plan -----------------------------------------------------------------------------------------------

CURVES: Mapping[str, Callable[[Fraction], Fraction]] = MappingProxyType(
    {
        "linear": lambda t: t,
        "s": lambda t: 3 * t**2 - 2 * t**3,
        "back": lambda t: t**2,
        "front": lambda t: 1 - (1 - t) ** 2,
    }
)


def expected(curve: str, elapsed: Fraction) -> Fraction:
    """Give the planned progress, 0 to 1, at an elapsed share of the window (clamped to 0 to 1).

    `curve` is linear, s, back, front or “points:0.5=0.2;0.8=0.9” (piecewise linear from 0=0 to 1=1).
    Raises `unknown_curve` or `bad_curve`. Formula: method 2.6.
    """
    share = min(ONE, max(ZERO, elapsed))
    if curve in CURVES:
        return CURVES[curve](share)
    return _between(points_of(curve), share)


@lru_cache(maxsize=1024)
def points_of(curve: str) -> tuple[tuple[Fraction, Fraction], ...]:
    """Read “points:0.5=0.2;0.8=0.9” as points from (0, 0) to (1, 1); raises `unknown_curve`, `bad_curve`."""
    name, _, listed = curve.partition(":")
    if name != "points":
        raise Invalid(
            f"There is no plan curve called “{curve[:40]}”.",
            code="unknown_curve",
            field="plan_curve",
            remedy=f"Use one of: {', '.join(CURVES)}, or points:0.5=0.2;0.8=0.9.",
        )
    given = [_point(pair) for pair in listed.split(";") if pair.strip()]
    times = [time for time, _ in given]
    if not given or times != sorted(set(times)):
        raise _bad_curve("its points must be given in the order of time, each time once")
    first = [] if times[0] == 0 else [(ZERO, ZERO)]
    last = [] if times[-1] == 1 else [(ONE, ONE)]
    return (*first, *given, *last)


def _point(pair: str) -> tuple[Fraction, Fraction]:
    time_text, equals, share_text = pair.partition("=")
    try:
        time, share = exact(time_text.strip()), exact(share_text.strip())
    except ScoringProblem:
        time = share = None
    if not equals or time is None or share is None:
        raise _bad_curve(f"“{pair.strip()[:40]}” is no point")
    if not (0 <= time <= 1 and 0 <= share <= 1):
        raise _bad_curve(f"“{pair.strip()[:40]}” lies outside 0 to 1")
    return time, share


def _bad_curve(why: str) -> Invalid:
    return Invalid(
        f"This plan curve cannot be used: {why}.",
        code="bad_curve",
        field="plan_curve",
        remedy="Write it like points:0.5=0.2;0.8=0.9, with shares of time and progress between 0 and 1.",
    )


def _between(points: Sequence[tuple[Fraction, Fraction]], share: Fraction) -> Fraction:
    (t0, p0), (t1, p1) = next((left, right) for left, right in pairwise(points) if share <= right[0])
    return p0 + (p1 - p0) * (share - t0) / (t1 - t0)


def needed(curve: str, elapsed: Fraction, commitment: str) -> Fraction:
    """Give the progress needed by now: e(t) × the expected grade of the commitment (method 2.6)."""
    return expected(curve, elapsed) * expected_grade(commitment)


# --- status -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pace:
    """A status with the figures behind it; `ratio` is raw ÷ needed, None where it was not compared."""

    status: Status
    needed: Fraction
    ratio: Fraction | None = None
    reason: str = ""


def pace(raw: Fraction | None, needed: Fraction, *, elapsed: Fraction, checkins: int) -> Pace:
    """Judge progress against what is needed by now (method 2.7).

    `raw` is uncapped progress, `elapsed` the share of the window gone by, `checkins` how many there were.
    """
    if checkins == 0 or raw is None:
        if checkins == 0 and elapsed <= NO_DATA_AFTER:
            return Pace(Status.NOT_STARTED, needed, None, "no check-in yet, and the window has just begun")
        return Pace(Status.NO_DATA, needed, None, "no check-in: silence is never on track")
    if raw >= 1:
        return Pace(Status.ACHIEVED, needed, None, "the target is reached")
    if needed < TOO_EARLY_BELOW:
        if raw < 0:
            return Pace(Status.AT_RISK, needed, None, "below the start value")
        return Pace(Status.ON_TRACK, needed, None, "too early to judge")
    ratio = raw / needed
    if ratio >= ON_TRACK_FROM:
        return Pace(Status.ON_TRACK, needed, ratio, "at least 90 % of what is needed by now")
    if ratio >= AT_RISK_FROM:
        return Pace(Status.AT_RISK, needed, ratio, "between 60 % and 90 % of what is needed by now")
    return Pace(Status.OFF_TRACK, needed, ratio, "less than 60 % of what is needed by now")


def beside(
    status: str, raw: Share | None, *, expected: Share | None, needed: Share, is_past: bool = False
) -> str:
    """Say in a few words why something is on track although its bar ends short of its tick; "" otherwise.

    The tick is the plan, e(t); the status compares with what is needed, e(t) × the expected grade, and leaves
    a tenth of it (method 0 and 2.7). `is_past` is said of a day that is over.
    """
    if status != Status.ON_TRACK or raw is None or expected is None or raw > expected - SEEN_FROM:
        return ""
    if needed < TOO_EARLY_BELOW:
        return "too early to judge"
    if needed < expected:
        return f"{percent(Fraction(needed))} is enough by {'then' if is_past else 'now'}"
    return "within a tenth of its plan"


def because(status: str, raw: Share | None, *, needed: Share) -> str:
    """Say which figures make a status, in words that hold for both sides of a limit (method 2.7)."""
    if raw is None or status in (Status.NOT_STARTED, Status.NO_DATA):
        is_early = status == Status.NOT_STARTED
        return "no check-in yet, and the window had just begun" if is_early else "no check-in in time"
    if status == Status.ACHIEVED:
        return "the target is reached"
    if needed < TOO_EARLY_BELOW:
        return "below the start value" if raw < 0 else "too early to judge"
    share = {Status.ON_TRACK: "at least nine", Status.AT_RISK: "less than nine"}.get(status, "less than six")
    return f"{percent(raw, 1)} where {percent(needed, 1)} is needed, {share} tenths of it"


def status(
    raw: Fraction | None, *, curve: str = "linear", elapsed: Fraction, commitment: str, checkins: int
) -> Status:
    """Give the status of a key result from its progress, plan and time (method 2.7)."""
    return pace(raw, needed(curve, elapsed, commitment), elapsed=elapsed, checkins=checkins).status


@dataclass(frozen=True, slots=True)
class Need:
    """What one part of an objective needs by now, with the weight it counts with."""

    weight: Fraction
    needed: Fraction


def needed_by_now(needs: Iterable[Need]) -> Fraction:
    """Average what the parts need by now, by weight; 0 where nothing counts (method 0)."""
    listed = list(needs)
    total = sum((need.weight for need in listed), ZERO)
    return sum((need.weight * need.needed for need in listed), ZERO) / total if total else ZERO


def objective_pace(raw: Fraction | None, needs: Iterable[Need], *, elapsed: Fraction, reported: int) -> Pace:
    """Judge an objective by its own rolled-up progress against the mean of what its parts need (method 0).

    `reported` is how many counted parts have data; `elapsed` the share of the objective's own window.
    """
    return pace(raw, needed_by_now(needs), elapsed=elapsed, checkins=reported)


def forecast_status(commitment: str, *, p70: Fraction, p100: Fraction) -> Status:
    """Give the status from a forecast: Pr(1.0) for committed, Pr(grade ≥ 0.7) otherwise (method 2.8)."""
    odds = _probability(p100, "p100") if expected_grade(commitment) == 1 else _probability(p70, "p70")
    if odds >= LIKELY_FROM:
        return Status.ON_TRACK
    return Status.AT_RISK if odds >= POSSIBLE_FROM else Status.OFF_TRACK


def natural_frequency(odds: Fraction) -> str:
    """Say a probability as a frequency: “about 3 in 10 like this one delivered” (method 2.8)."""
    tenths = (20 * _probability(odds, "odds").numerator + odds.denominator) // (2 * odds.denominator)
    counted = {0: "fewer than 1", 10: "more than 9"}.get(tenths, f"about {tenths}")
    return f"{counted} in 10 like this one delivered"


def _probability(odds: Fraction, field: str) -> Fraction:
    if not 0 <= odds <= 1:
        raise Invalid(
            "A probability lies between 0 and 1.",
            code="bad_probability",
            field=field,
            remedy="Give 0.6 for 60 %.",
        )
    return odds


# --- confidence ---------------------------------------------------------------------------------------------

OPENING_CONFIDENCE = 5  # every key result opens at even odds (method 2.9)
BUTTON_CONFIDENCE: Mapping[Status, int] = MappingProxyType(
    {Status.OFF_TRACK: 2, Status.AT_RISK: 5, Status.ON_TRACK: 8}
)
"""What the three buttons stand for where ten would be too many (method 0)."""


def confidence_probability(confidence: int) -> Decimal:
    """Read confidence 1 to 10 as a probability, held between 0.05 and 0.95 (method 2.9)."""
    return min(Decimal("0.95"), max(Decimal("0.05"), Decimal(_confidence(confidence)).scaleb(-1)))


def confidence_status(confidence: int) -> Status:
    """Read confidence as the owner's status: 1–3 off track, 4–6 at risk, 7–10 on track (method 0)."""
    level = _confidence(confidence)
    if level >= 7:
        return Status.ON_TRACK
    return Status.AT_RISK if level >= 4 else Status.OFF_TRACK


def _confidence(confidence: int) -> int:
    if isinstance(confidence, bool) or not isinstance(confidence, int) or not 1 <= confidence <= 10:
        raise Invalid(
            "Confidence is a whole number from 1 to 10.",
            code="bad_confidence",
            field="confidence",
            remedy="Choose 5 for even odds.",
        )
    return confidence


# --- silence and disagreement -------------------------------------------------------------------------------


def staleness(days: int, cadence: int = 7) -> Staleness:
    """Compare the days since the last check-in with the cadence in days (method 2.10)."""
    if cadence <= 0:
        raise Invalid(
            "A cadence is at least one day.", code="bad_cadence", field="cadence", remedy="Use 7 for weekly."
        )
    if days <= cadence:
        return Staleness.FRESH
    if days <= 2 * cadence:
        return Staleness.LATE
    return Staleness.STALE if days <= 3 * cadence else Staleness.ZOMBIE


def agreement(owner: Status, model: Status) -> Agreement:
    """Compare the owner's status with the model's; raises `no_opinion` where one has none (method 2.12)."""
    ours, theirs = owner.rank, model.rank
    if ours is None or theirs is None:
        raise Invalid(
            "Only on_track, at_risk, off_track and achieved can be compared.",
            code="no_opinion",
            remedy="Leave the comparison out where there is no data.",
        )
    if ours >= _RANKS[Status.ON_TRACK] and model is Status.OFF_TRACK:
        return Agreement.WATERMELON
    if ours == theirs:
        return Agreement.AGREE
    return Agreement.OPTIMISTIC if ours > theirs else Agreement.PESSIMISTIC
