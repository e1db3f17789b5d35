"""Progress by kind: raw and uncapped, one small rule for each (method 2.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from milepost.core.policies import DEFAULT, Flat, Missing, Policy
from milepost.core.scoring.kinds import FROM_ZERO, LINEAR, Kind
from milepost.core.scoring.measures import Measure, Reading, ScoringProblem

ZERO, ONE = Fraction(0), Fraction(1)

Rule = Callable[[Measure, Reading, Policy], Fraction]


def progress(measure: Measure, reading: Reading, policy: Policy = DEFAULT) -> Fraction:
    """Compute raw progress, where 1 is the target; may be below 0 or above 1.

    Raises ScoringProblem with a code of method 0; `no_data` where the reading is None. Formulas: method 2.2.
    """
    return RULES[measure.kind](measure, reading, policy)


def _along_a_line(measure: Measure, reading: Reading, policy: Policy) -> Fraction:
    start, target = measure.line
    _check_direction(measure, start, target)
    if start == target and measure.direction is None and policy.flat is Flat.PROBLEM:
        raise ScoringProblem(
            "Start and target are the same, so there is no way to go.",
            code="start_equals_target",
            field="target",
            remedy="Change one of them, or choose “keep above” or “keep below” instead.",
        )
    current = _reported(measure, reading, policy)
    if start == target:
        return _flat(measure, target, current, policy)
    share = (current - start) / (target - start)
    return ZERO if policy.regression_is_zero and share < 0 else share


def _check_direction(measure: Measure, start: Fraction, target: Fraction) -> None:
    declared = {_DIRECTION_OF.get(measure.kind), measure.direction} - {None}
    drawn = None if start == target else "up" if target > start else "down"
    if len(declared) > 1 or (drawn and declared and drawn not in declared):
        said = " and ".join(f"“{word}”" for word in sorted(map(str, declared)))
        way = f"the numbers go {drawn or 'nowhere'}"
        raise ScoringProblem(
            f"{said} are declared at once, and {way}."
            if len(declared) > 1
            else f"{said} is declared, but {way}.",
            code="direction_mismatch",
            field="target",
            remedy="Leave the direction out, or change the kind."
            if len(declared) > 1
            else "Swap start and target, or change the kind.",
        )


def _flat(measure: Measure, target: Fraction, current: Fraction, policy: Policy) -> Fraction:
    if measure.direction == "up":
        return Fraction(current >= target)
    if measure.direction == "down":
        return Fraction(current <= target)
    return Fraction(policy.flat is Flat.MET_OR_ZERO and current == target)


def _kept(measure: Measure, reading: Reading, policy: Policy) -> Fraction:
    sign = _SIGN[measure.kind]
    target = sign * measure.needed("target")
    floor = target if measure.floor is None else sign * measure.floor
    if floor > target:
        raise ScoringProblem(
            "The worst acceptable value lies on the good side of the target.",
            code="bad_range",
            field="floor",
            remedy="Swap the two, or leave the worst acceptable value out.",
        )
    current = sign * _reported(measure, reading, policy)
    if current >= target:
        return ONE
    return ZERO if floor == target else max(ZERO, (current - floor) / (target - floor))


def _share_of_periods_kept(measure: Measure, reading: Reading, policy: Policy) -> Fraction:
    sign = _SIGN[measure.kind]
    target = sign * measure.needed("target")
    periods = _listed(measure, reading)
    return Fraction(sum(value is not None and sign * value >= target for value in periods), len(periods))


def _each_period(measure: Measure, reading: Reading, policy: Policy) -> Fraction:
    target = measure.needed("target")
    if target <= 0:
        raise ScoringProblem(
            "The target for each period must be above zero.",
            code="start_equals_target" if target == 0 else "bad_range",
            field="target",
            remedy="Say how much each period is to bring.",
        )
    periods = _listed(measure, reading)
    return sum((min(ONE, (value or ZERO) / target) for value in periods), ZERO) / len(periods)


def _inside(measure: Measure, reading: Reading, policy: Policy) -> Fraction:
    low, high, tolerance = measure.low, measure.high, measure.tolerance or ZERO
    if low is None or high is None:
        raise ScoringProblem(
            "The range has no ends.", code="no_target", field="target", remedy="Give both, such as 40..60."
        )
    if low > high or tolerance < 0:
        raise ScoringProblem(
            "The range ends before it begins." if low > high else "The tolerance is below zero.",
            code="bad_range",
            field="target",
            remedy="Put the lower end first." if low > high else "Give a tolerance of zero or more.",
        )
    current = _reported(measure, reading, policy)
    distance = max(low - current, current - high, ZERO)
    if distance == 0:
        return ONE
    return ZERO if tolerance == 0 else max(ZERO, 1 - distance / tolerance)


def _yes_or_no(measure: Measure, reading: Reading, policy: Policy) -> Fraction:
    if reading is None:
        raise _no_data()
    if isinstance(reading, tuple) or reading not in (0, 1):
        raise ScoringProblem(
            "A yes-or-no key result is either done or not.",
            code="binary_not_boolean",
            field="current",
            remedy="Use milestones for work that is partly done.",
        )
    wanted = ONE if measure.target is None else measure.target
    return Fraction(Fraction(reading) == wanted)


def _milestones(measure: Measure, reading: Reading, policy: Policy) -> Fraction:
    weights = measure.milestones or ()
    if any(weight < 0 for weight in weights):
        raise negative_weight()
    if not any(weights):
        raise all_weights_zero()
    done = _listed(measure, reading)
    if len(done) != len(weights):
        raise ScoringProblem(
            f"There are {len(weights)} milestones but {len(done)} values.",
            code="milestone_count",
            field="current",
            remedy="Give one value for each milestone.",
        )
    reached = (
        weight * min(ONE, max(ZERO, share or ZERO)) for weight, share in zip(weights, done, strict=True)
    )
    return sum(reached, ZERO) / sum(weights, ZERO)


def _baseline(measure: Measure, reading: Reading, policy: Policy) -> Fraction:
    if isinstance(reading, bool):
        return Fraction(reading)
    return _along_a_line(measure, reading, policy)


def _reported(measure: Measure, reading: Reading, policy: Policy) -> Fraction:
    if reading is None and measure.kind.is_on_a_line and policy.missing is not Missing.NO_DATA:
        return measure.line[0] if policy.missing is Missing.START else ZERO
    if reading is None:
        raise _no_data()
    if isinstance(reading, tuple):
        raise ScoringProblem(
            "One value is expected here, not a list.", field="current", remedy="Give the latest value."
        )
    return Fraction(reading)


def _listed(measure: Measure, reading: Reading) -> tuple[Fraction | None, ...]:
    if isinstance(reading, tuple):
        listed = reading
    else:
        listed = () if reading is None else (Fraction(reading),)
    if not listed:
        raise _no_data()
    return listed


def _no_data() -> ScoringProblem:
    return ScoringProblem(
        "There is no value yet.", code="no_data", field="current", remedy="Check in with the latest value."
    )


def negative_weight() -> ScoringProblem:
    """Make the problem of a weight below zero."""
    return ScoringProblem(
        "A weight is below zero.",
        code="negative_weight",
        field="weight",
        remedy="Use 0 to show an item without counting it.",
    )


def all_weights_zero(why: str = "every weight is zero") -> ScoringProblem:
    """Make the problem of having nothing that counts, for whichever reason."""
    return ScoringProblem(
        f"Nothing here counts: {why}.",
        code="all_weights_zero",
        field="weight",
        remedy="Give at least one item a weight above zero.",
    )


_DIRECTION_OF: Mapping[Kind, str] = MappingProxyType({Kind.INCREASE: "up", Kind.DECREASE: "down"})

# Keeping below a line is keeping above its mirror image.
_SIGN: Mapping[Kind, int] = MappingProxyType(
    {
        Kind.MAINTAIN_ABOVE: 1,
        Kind.MAINTAIN_BELOW: -1,
        Kind.MAINTAIN_ABOVE_RATIO: 1,
        Kind.MAINTAIN_BELOW_RATIO: -1,
    }
)

RULES: Mapping[Kind, Rule] = MappingProxyType(
    dict.fromkeys(LINEAR | FROM_ZERO | {Kind.RELATIVE}, _along_a_line)
    | {
        Kind.MAINTAIN_ABOVE: _kept,
        Kind.MAINTAIN_BELOW: _kept,
        Kind.MAINTAIN_ABOVE_RATIO: _share_of_periods_kept,
        Kind.MAINTAIN_BELOW_RATIO: _share_of_periods_kept,
        Kind.RANGE: _inside,
        Kind.BINARY: _yes_or_no,
        Kind.MILESTONES: _milestones,
        Kind.PER_PERIOD: _each_period,
        Kind.BASELINE: _baseline,
    }
)
