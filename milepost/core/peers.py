"""Other products' scoring, reproduced: two engines differ on the same input, and these say in what.

`evaluate(suite, case)` answers a case of a published suite of vectors. Each answer comes from a Policy, from
one of our own measures, or from a few lines of arithmetic, and is exact until it is rounded once:

| suite | what it does that others do not |
|---|---|
| openokr.kr_progress | clamped; no way to go is 0; maintain is a band that fades over its own width |
| openokr.kr_progress_kpi | a KPI's achievement, clamped; missing is 0 |
| openokr.goal_progress | tree of weighted means; weights held at 100; no weight is 0; rounded once |
| openokr.score_bands, .portfolio, .confidence | thresholds; the portfolio's highest is strict |
| openokr.inside_band_share | share of measured time that the last known value was inside a band |
| openokr.kpi_achievement | actual ÷ target or target ÷ actual, at most 200 |
| openokr.alignment_band | thresholds of the case; unanchored is a gap |
| puzzle.kr_progress | not clamped above; the wrong way is 0 |
| puzzle.commit_target_stretch | 30 %, 70 % and 100 % of one span; solves for the one that is missing |
| oslo.kr_progress_display | never clamped; a missing value is the start |
| burning.company_series | mean of what there is, day by day |
| leantime.goal_progress | rounded to whole percents, clamped |
| leantime.child_rollup_sum | sum of raw values, whatever their units |
| shamanr.kr_progress_v2 | whole percents; start equal to target is 100 when met |
| shamanr.kr_checkpoints_interpolated_v1 | straight lines between checkpoints, both ways (see below) |
| shamanr.project_stages | sum of the weights of finished stages, clamped |
| hrms.kra_weighted_score | completion × weight; weights must total 100; out of 5 as well |
| texandesi.kr_progress | current ÷ target, no baseline, not clamped below |
| lyluongthien.checkin_progress | sum of currents ÷ sum of targets, whatever their units |

All suites can be expressed. Where a suite's product has a known error (checkpoints with a start above the
target read 100 at the start), we keep to what the suite says it means, not to the error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from milepost.core.policies import (
    Bands,
    Flat,
    Missing,
    Policy,
    Threshold,
    Weightless,
    rounded_to,
)
from milepost.core.problems import Invalid, NotFound
from milepost.core.scoring import Kind, Measure, Part, exact, progress, roll_up

ZERO, HUNDRED = Fraction(0), Fraction(100)

Case = Mapping[str, Any]
Value = Decimal | Fraction | str | None | list["Value"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a suite says about a case; `more` holds further figures by their name in the suite."""

    value: Value
    more: Mapping[str, Value | bool] = field(default_factory=dict)


def _percent(name: str, **settings: Any) -> Policy:
    return Policy(name, scale=100, earned_one=False, **settings)


LINEAR: Mapping[str, Policy] = MappingProxyType(
    {
        policy.name: policy
        for policy in (
            _percent("openokr.kr_progress", places=2, flat=Flat.ZERO),
            _percent(
                "puzzle.kr_progress",
                places=None,
                highest=None,
                regression_is_zero=True,
                flat=Flat.MET_OR_ZERO,
            ),
            _percent(
                "oslo.kr_progress_display",
                places=2,
                lowest=None,
                highest=None,
                missing=Missing.START,
                flat=Flat.ZERO,
            ),
            _percent("leantime.goal_progress", places=0, flat=Flat.ZERO),
            _percent("shamanr.kr_progress_v2", places=0, flat=Flat.MET_OR_ZERO),
        )
    }
)
"""The linear families: the same formula, five answers at the edges."""

ROLL_UP = Policy(
    "openokr.goal_progress", weightless=Weightless.ZERO, heaviest=HUNDRED, lowest=None, highest=None
)

SCORE_BANDS = Bands(
    (
        Threshold(Fraction(1), "fully_achieved"),
        Threshold(Fraction(6, 10), "strong"),
        Threshold(Fraction(3, 10), "partial"),
    ),
    "little",
)
PORTFOLIO = Bands(
    (
        Threshold(Fraction(85, 100), "too_safe", strict=True),
        Threshold(Fraction(6, 10), "healthy"),
        Threshold(Fraction(4, 10), "partial"),
    ),
    "outran_capacity",
)
CONFIDENCE = Bands((Threshold(Fraction(7, 10), "high"), Threshold(Fraction(4, 10), "medium")), "low")
MOST_DAYS = 36_600
ESCALATES_UP_TO = Fraction(3, 10)


def evaluate(suite: str, case: Case) -> Answer:
    """Answer a case by a suite's rules; numbers may be int, Decimal, Fraction or text.

    Raises `unknown_policy` for a suite there is none of, `bad_case` for a case without what the suite needs.
    """
    if suite not in SUITES:
        raise NotFound(
            f"There is no scoring policy called “{suite}”.",
            code="unknown_policy",
            field="policy",
            remedy=f"Choose one of: {', '.join(sorted(SUITES))}.",
        )
    try:
        return SUITES[suite](case)
    except KeyError as missing:
        raise _bad_case(suite, f"“{missing.args[0]}” is missing") from None
    except (TypeError, ValueError, AttributeError, IndexError, ArithmeticError, RecursionError):
        raise _bad_case(suite, "a value has the wrong shape") from None


def _bad_case(suite: str, why: str) -> Invalid:
    return Invalid(
        f"This is no case of {suite}: {why}.",
        code="bad_case",
        remedy="Give the fields that the suite’s cases have.",
    )


# --- one key result -----------------------------------------------------------------------------------------


def _linear(policy: Policy) -> Callable[[Case], Answer]:
    def answer(case: Case) -> Answer:
        measure = Measure.of(Kind.COUNT, start=case["baseline"], target=case["target"])
        return Answer(policy.shown(progress(measure, exact(case["current"]), policy)))

    return answer


def _openokr_progress(case: Case) -> Answer:
    policy = LINEAR["openokr.kr_progress"]
    if case.get("direction") != "maintain":
        return _linear(policy)(case)
    low, high = sorted((_exact(case["baseline"]), _exact(case["target"])))
    band = Measure(Kind.RANGE, low=low, high=high, tolerance=high - low)
    return Answer(policy.shown(progress(band, exact(case["current"]), policy)))


def _achievement_as_progress(case: Case) -> Answer:
    achieved = exact(case["achievement"])
    return Answer(_rounded(ZERO if achieved is None else min(HUNDRED, max(ZERO, achieved))))


def _kpi_achievement(case: Case) -> Answer:
    actual, target = exact(case["actual"]), exact(case["target"])
    if actual is None or target is None or target < 0:
        return Answer(None)
    if actual == target:
        return Answer(_rounded(HUNDRED))
    good, whole = (actual, target) if case["direction"] == "higher_better" else (target, actual)
    if whole <= 0:
        # Nothing to divide by: whichever way is better decides between the ceiling and the floor.
        beaten = actual > target if case["direction"] == "higher_better" else True
        return Answer(_rounded(2 * HUNDRED if beaten else ZERO))
    return Answer(_rounded(min(2 * HUNDRED, max(ZERO, good / whole * 100))))


def _ratio_of_target(case: Case) -> Answer:
    current, target = _exact(case["current"]), _exact(case["target"])
    return Answer(ZERO if target <= 0 else min(HUNDRED, current / target * 100))


def _checkpoints(case: Case) -> Answer:
    points = [(_exact(case["baseline"]), ZERO), (_exact(case["target"]), HUNDRED)]
    points[1:1] = [(_exact(value), _exact(share)) for value, share in case.get("checkpoints", ())]
    current = _exact(case["current"])
    if points[-1][0] < points[0][0]:
        points, current = [(-value, share) for value, share in points], -current
    points.sort()
    if current <= points[0][0]:
        return Answer(_rounded(ZERO, 0))
    for (v0, p0), (v1, p1) in pairwise(points):
        if current <= v1:
            return Answer(_rounded(p0 + (p1 - p0) * (current - v0) / (v1 - v0), 0))
    return Answer(_rounded(HUNDRED, 0))


def _stages(case: Case) -> Answer:
    done = sum((_exact(weight) for weight, is_done in case["stages"] if is_done), ZERO)
    return Answer(min(HUNDRED, max(ZERO, done)))


def _commit_target_stretch(case: Case) -> Answer:
    wanted = case["solve_for"]
    baseline, target, stretch = (exact(case.get(name)) for name in ("baseline", "target", "stretch"))
    commit_at, target_at = Fraction(3, 10), Fraction(7, 10)
    if wanted == "baseline":
        baseline = stretch - (stretch - target) / (1 - target_at)
    elif wanted == "stretch":
        stretch = baseline + (target - baseline) / target_at
    span = stretch - baseline
    solved = {"baseline": baseline, "target": baseline + target_at * span, "stretch": stretch}[wanted]
    return Answer(_rounded(solved), {"commit": _rounded(baseline + commit_at * span)})


def _inside_band_share(case: Case) -> Answer:
    begins, ends = (_exact(edge) for edge in case["window"])
    low, high = (_exact(edge) for edge in case["band"])
    points = sorted((_exact(at), _exact(value)) for at, value in case["points"])
    inside = measured = ZERO
    for index, (at, value) in enumerate(points):
        until = points[index + 1][0] if index + 1 < len(points) else ends
        lasted = max(ZERO, min(until, ends) - max(at, begins))
        measured += lasted
        inside += lasted if low <= value <= high else 0
    return Answer(_rounded(inside / measured) if measured else None)


# --- many together ------------------------------------------------------------------------------------------


def _goal_progress(case: Case) -> Answer:
    return Answer(_rounded(_goal(case["tree"])))


def _goal(goal: Case) -> Fraction:
    own = [Part(_weight(weight), _exact(share)) for weight, share in goal.get("krs", ())]
    below = [Part(_weight(child["w"]), _goal(child)) for child in goal.get("children", ())]
    return roll_up([*own, *below], ROLL_UP).raw or ZERO


def _weight(weight: Any) -> Fraction:
    return max(ZERO, _exact(weight))


def _mean_of_series(case: Case) -> Answer:
    days = int(_exact(case["days"]))
    if not 0 <= days <= MOST_DAYS:
        raise ValueError("no such number of days")
    return Answer([_mean(_on_day(case["series"], day)) for day in range(days)])


def _on_day(series: Iterable[Sequence[Any]], day: int) -> list[Fraction]:
    return [_exact(one[day]) for one in series if day < len(one) and one[day] is not None]


def _mean(values: Sequence[Fraction]) -> Fraction | None:
    return sum(values, ZERO) / len(values) if values else None


def _sum_of_children(case: Case) -> Answer:
    return Answer(
        sum(
            (_exact(below if link == "linkAndReport" else own) for link, own, below in case["children"]), ZERO
        )
    )


def _kra_weighted(case: Case) -> Answer:
    rows = [(_exact(completion), _exact(weight)) for completion, weight in case["kras"]]
    if rounded_to(sum((weight for _, weight in rows), ZERO), 2) != 100:
        raise Invalid(
            "The weights do not total 100.", code="weights_not_100", field="kras", remedy="Change a weight."
        )
    scores = [completion * weight / 100 for completion, weight in rows]
    total = sum(scores, ZERO)
    return Answer(total, {"goal_scores": list(scores), "percent": total, "of_5": rounded_to(total / 20, 3)})


def _ratio_of_sums(case: Case) -> Answer:
    obtained, target = (sum((_exact(row[column]) for row in case["krs"]), ZERO) for column in (0, 1))
    return Answer(_rounded(obtained / target * 100 if target else ZERO, 0))


# --- bands --------------------------------------------------------------------------------------------------


def _confidence(case: Case) -> Answer:
    level = _exact(case["confidence"])
    return Answer(CONFIDENCE.of(level), {"escalate": level <= ESCALATES_UP_TO})


def _alignment_band(case: Case) -> Answer:
    thresholds = (Threshold(_exact(case["healthy"]), "healthy"), Threshold(_exact(case["watch"]), "watch"))
    return Answer(Bands(thresholds, "gap").of(_exact(case["score"])) if case["anchored"] else "gap")


def _banded(bands: Bands, name: str) -> Callable[[Case], Answer]:
    return lambda case: Answer(bands.of(_exact(case[name])))


def _exact(value: Any) -> Fraction:
    number = exact(value)
    if number is None:
        raise TypeError("a number is missing")
    return number


def _rounded(value: Fraction, places: int = 2) -> Decimal:
    return rounded_to(value, places)


SUITES: Mapping[str, Callable[[Case], Answer]] = MappingProxyType(
    {name: _linear(policy) for name, policy in LINEAR.items()}
    | {
        "openokr.kr_progress": _openokr_progress,
        "openokr.kr_progress_kpi": _achievement_as_progress,
        "openokr.goal_progress": _goal_progress,
        "openokr.score_bands": _banded(SCORE_BANDS, "score"),
        "openokr.portfolio": _banded(PORTFOLIO, "average"),
        "openokr.confidence": _confidence,
        "openokr.inside_band_share": _inside_band_share,
        "openokr.kpi_achievement": _kpi_achievement,
        "openokr.alignment_band": _alignment_band,
        "puzzle.commit_target_stretch": _commit_target_stretch,
        "burning.company_series": _mean_of_series,
        "leantime.child_rollup_sum": _sum_of_children,
        "shamanr.kr_checkpoints_interpolated_v1": _checkpoints,
        "shamanr.project_stages": _stages,
        "hrms.kra_weighted_score": _kra_weighted,
        "texandesi.kr_progress": _ratio_of_target,
        "lyluongthien.checkin_progress": _ratio_of_sums,
    }
)
