"""How a number came about, so that a page can unfold “64 %, how?” to the arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from milepost.core.policies import DEFAULT, Policy, rounded_to
from milepost.core.scoring.figures import FEWEST_PLACES, MOST_PLACES, in_hundred, in_points, percent, plain
from milepost.core.scoring.grades import score
from milepost.core.scoring.kinds import FROM_ZERO, LINEAR, Kind
from milepost.core.scoring.measures import Measure, Reading, ScoringProblem
from milepost.core.scoring.progress import ONE, ZERO
from milepost.core.scoring.rollups import Contribution, Part, RollUp, Standing

FROM_START = "(now − start) ÷ (target − start)"
UP_TO_TARGET = "now ÷ target"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the arithmetic: what, how, and what it gives; weight and what it adds only in roll-ups."""

    label: str
    arithmetic: str
    result: str
    weight: str | None = None
    adds: str | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """List the cells of the row; the first one heads it."""
        return tuple(
            c for c in (self.label, self.arithmetic, self.result, self.weight, self.adds) if c is not None
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """A number with its arithmetic: structured for a table, worded for a person.

    `raw` and `grade` are exact; everything else is text. `head`, `rows` and `foot` make the table;
    `policy` is the name of the scoring policy, which carries its version.
    """

    title: str
    formula: str
    substituted: str | None
    result: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]
    foot: tuple[str, str]
    caps: str
    rounding: str
    policy: str
    notes: tuple[str, ...] = ()
    raw: Fraction | None = None
    grade: Decimal | None = None

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Give the table's rows as cells."""
        return tuple(line.cells for line in self.lines)


def explain(
    measure: Measure, reading: Reading, policy: Policy = DEFAULT, *, closing: bool = False
) -> Explanation:
    """Explain the score of one key result (method 2.2 and 2.3); never raises for what it was given."""
    scored = score(measure, reading, policy=policy, closing=closing)
    formula = FORMULAS[measure.kind]
    substituted = arithmetic(measure, reading)
    result = percent(scored.raw, 1) if scored.raw is not None else "no value"
    lines = [*_before(measure, reading), Line("Progress", substituted or formula, result)]
    if scored.raw is not None and scored.raw != scored.capped:
        lines.append(Line("Capped", "not below 0 %, not above 100 %", percent(scored.capped, 1)))
    if scored.grade is not None:
        lines.append(Line("Grade if it ended now", _rounding(policy), str(scored.grade)))
    return Explanation(
        title=f"Why {percent(scored.raw)}?" if scored.raw is not None else "Why no number?",
        formula=formula,
        substituted=substituted,
        result=result,
        head=("Step", "Arithmetic", "Result"),
        lines=tuple(lines),
        foot=("Band", scored.band.value),
        caps="The grade stays between 0.0 and 1.0; progress is shown as it is.",
        rounding=_rounding(policy),
        policy=policy.name,
        notes=(*((scored.reason,) if scored.reason else ()), *_leeway(measure, reading)),
        raw=scored.raw,
        grade=scored.grade,
    )


def explain_roll_up(rolled: RollUp, policy: Policy = DEFAULT, *, notes: Sequence[str] = ()) -> Explanation:
    """Explain an objective's progress as a table of parts with weight and what each adds (method 2.5)."""
    total = sum((policy.weight(c.part.weight) for c in rolled.parts if c.part.counted), ZERO)
    adding = [c for c in rolled.parts if c.standing in {Standing.COUNTED, Standing.NO_DATA}]
    places = _places(rolled.raw, adding)
    result = percent(rolled.raw, places) if rolled.raw is not None else "no value"
    return Explanation(
        title=f"Why {percent(rolled.raw)}?" if rolled.raw is not None else "Why no number?",
        formula="sum of weight × progress ÷ sum of weights",
        substituted=" + ".join(in_points(c.adds, places) for c in adding) or None,
        result=result,
        head=("Part", "Arithmetic", "Progress", "Weight", "Adds"),
        lines=tuple(_line(contribution, total, policy, places) for contribution in rolled.parts),
        foot=("Mean, capped at 100 % each, rounded once at the end", result),
        caps="Each part counts at least 0 % and at most 100 %, before the mean is taken.",
        rounding=_rounding(policy),
        policy=policy.name,
        notes=(*_roll_up_notes(rolled), *_lost_in_rounding(rolled.raw, adding, places), *notes),
        raw=rolled.raw,
        grade=rolled.grade,
    )


def arithmetic(measure: Measure, reading: Reading) -> str | None:
    """Write the formula with its numbers in place: “(6.2 − 9) ÷ (4 − 9)”; None where it cannot be."""
    if reading is None:
        return None
    try:
        return _WRITERS[measure.kind](measure, reading)
    except (ScoringProblem, TypeError):
        return None


def _places(raw: Fraction | None, adding: Sequence[Contribution]) -> int:
    """Choose the fewest decimals with which the parts, as shown, add up to the whole as shown."""
    fitting = (places for places in range(FEWEST_PLACES, MOST_PLACES + 1) if not _apart(raw, adding, places))
    return next(fitting, FEWEST_PLACES)


def _apart(raw: Fraction | None, adding: Sequence[Contribution], places: int) -> Decimal:
    shown = in_hundred(ZERO if raw is None else raw, places)
    return shown - sum((rounded_to(c.adds * 100, places) for c in adding), Decimal(0))


def _lost_in_rounding(raw: Fraction | None, adding: Sequence[Contribution], places: int) -> list[str]:
    apart = _apart(raw, adding, places)
    if raw is None or not apart:
        return []  # thirds never come out even, whatever the decimals: say so
    shown, size = in_hundred(raw, places), plain(apart.copy_abs(), places)
    return [
        f"The parts are rounded one by one and add up to {plain(shown - apart, places)};"
        f" the exact sum is {plain(shown, places)}. The {size} between them is rounding alone."
    ]


def _line(contribution: Contribution, total: Fraction, policy: Policy, places: int) -> Line:
    part = contribution.part
    counts = contribution.standing in {Standing.COUNTED, Standing.NO_DATA}
    shown = percent(part.raw, 1) if part.raw is not None else "no data"
    weight = (
        f"{plain(policy.weight(part.weight))} of {plain(total)}" if counts else _ASIDE[contribution.standing]
    )
    adds = in_points(contribution.adds, places) if counts else "–"
    return Line(part.label, part.how or "", shown, weight, adds)


def _roll_up_notes(rolled: RollUp) -> list[str]:
    notes = [rolled.reason] if rolled.reason else []
    if rolled.reported < rolled.counted:
        notes.append(f"{rolled.reported} of {rolled.counted} parts reported; what has no data counts 0 %.")
    for contribution in rolled.parts:
        part = contribution.part
        if contribution.standing is Standing.COUNTED and part.raw != contribution.capped:
            notes.append(
                f"“{part.label}” stands at {percent(part.raw or ZERO)}"
                f" and counts as {percent(contribution.capped)}."
            )
        if contribution.standing is Standing.LEFT_OUT:
            notes.append(f"“{part.label}” {_why_left_out(part)}.")
        if contribution.standing is Standing.WEIGHTLESS:
            notes.append(f"“{part.label}” has weight 0: shown, not counted.")
    return notes


def _why_left_out(part: Part) -> str:
    if part.is_restricted:
        return "is not seen by everyone who sees this, so it does not count here"
    return "is cancelled or deferred and left out"


def _rounding(policy: Policy) -> str:
    if policy.places is None:
        return "not rounded"
    decimals = {0: "a whole number", 1: "one decimal", 2: "two decimals"}.get(
        policy.places, f"{policy.places} decimals"
    )
    earned = "; the highest grade only when the target is reached" if policy.earned_one else ""
    return f"rounded {policy.rounding.words} to {decimals}, once, at the end{earned}"


def _before(measure: Measure, reading: Reading) -> list[Line]:
    """Show the step that comes before a range's own formula: how far outside it lies."""
    if measure.kind is not Kind.RANGE or not isinstance(reading, Fraction | int | Decimal):
        return []
    low, high, now = measure.low, measure.high, _number(reading)
    if low is None or high is None or low > high or low <= now <= high:
        return []
    how = f"{plain(low)} − {_operand(now)}" if now < low else f"{plain(now)} − {_operand(high)}"
    return [Line("Outside the range by", how, plain(max(low - now, now - high)))]


def _leeway(measure: Measure, reading: Reading) -> list[str]:
    """Say what a tolerance or a worst accepted value does, and where it was set."""
    if measure.kind is Kind.RANGE and measure.low is not None and measure.high is not None:
        whole = f"{plain(measure.low)} to {plain(measure.high)}"
        if not measure.tolerance:
            return [f"No tolerance is set, so {whole} counts 100 % and everything outside counts 0 %."]
        return [
            f"{whole} counts 100 %. Outside, credit runs out evenly over the tolerance of"
            f" {plain(measure.tolerance)}: at {plain(measure.low - measure.tolerance)} and at"
            f" {plain(measure.high + measure.tolerance)} nothing is left. "
            "The tolerance was set with the range, in the key result’s form."
        ]
    if measure.kind in {Kind.MAINTAIN_ABOVE, Kind.MAINTAIN_BELOW} and measure.target is not None:
        side = "above" if measure.kind is Kind.MAINTAIN_ABOVE else "below"
        if measure.floor is None:
            short = reading is not None and arithmetic(measure, reading) is not None
            return [f"{plain(measure.target)} or {side} counts 100 %, anything else 0 %."] if short else []
        return [
            f"{plain(measure.target)} or {side} counts 100 %. Short of it, credit runs out evenly until"
            f" {plain(measure.floor)}, set as the worst acceptable value in the key result’s form."
        ]
    return []


def _operand(value: Fraction) -> str:
    return f"({plain(value)})" if value < 0 else plain(value)


def _write_line(measure: Measure, reading: Reading) -> str:
    start, target = measure.line
    now = _number(reading)
    if start == target:
        sign = (
            ("≥" if now >= target else "<") if measure.direction == "up" else ("≤" if now <= target else ">")
        )
        return f"{plain(now)} {sign} {plain(target)}"
    if measure.kind.runs_from_zero:
        return f"{plain(now)} ÷ {_operand(target)}"
    return f"({plain(now)} − {_operand(start)}) ÷ ({plain(target)} − {_operand(start)})"


def _write_kept(measure: Measure, reading: Reading) -> str:
    target, now, floor = measure.needed("target"), _number(reading), measure.floor
    above = measure.kind is Kind.MAINTAIN_ABOVE
    met = now >= target if above else now <= target
    if met or floor is None or floor == target:
        sign = ("≥" if met else "<") if above else ("≤" if met else ">")
        return f"{plain(now)} {sign} {plain(target)}"
    share = f"({plain(now)} − {_operand(floor)}) ÷ ({plain(target)} − {_operand(floor)})"
    return share if (now - floor) / (target - floor) >= 0 else f"{share}, at least 0"


def _write_ratio(measure: Measure, reading: Reading) -> str:
    target, periods = measure.needed("target"), _list(reading)
    above = measure.kind is Kind.MAINTAIN_ABOVE_RATIO
    kept = sum(v is not None and (v >= target if above else v <= target) for v in periods)
    return f"{kept} of {len(periods)} periods at {plain(target)} or {'above' if above else 'below'}"


def _write_periods(measure: Measure, reading: Reading) -> str:
    target, periods = measure.needed("target"), _list(reading)
    return f"({' + '.join(_of_target(v or ZERO, target) for v in periods)}) ÷ {len(periods)}"


def _of_target(value: Fraction, target: Fraction) -> str:
    share = min(ONE, value / target)
    # Rounded shares would add up to another figure.
    return plain(share) if share == rounded_to(share, 3) else f"{plain(value)} ÷ {_operand(target)}"


def _write_range(measure: Measure, reading: Reading) -> str:
    now, low, high = _number(reading), measure.low, measure.high
    if low is None or high is None:
        raise TypeError("a range has two ends")
    distance = max(low - now, now - high, ZERO)
    if distance and measure.tolerance:
        share = f"1 − {plain(distance)} ÷ {plain(measure.tolerance)}"
        return share if distance <= measure.tolerance else f"{share}, at least 0"
    return f"{plain(now)} is {'outside' if distance else 'within'} {plain(low)} to {plain(high)}"


def _write_yes_or_no(measure: Measure, reading: Reading) -> str:
    return "done" if reading else "not done"


def _write_milestones(measure: Measure, reading: Reading) -> str:
    weights, done = measure.milestones or (), _list(reading)
    terms = " + ".join(f"{plain(w)} × {plain(d or ZERO)}" for w, d in zip(weights, done, strict=False))
    return f"({terms}) ÷ {plain(sum(weights, ZERO))}"


def _write_baseline(measure: Measure, reading: Reading) -> str:
    return _write_yes_or_no(measure, reading) if isinstance(reading, bool) else _write_line(measure, reading)


def _number(reading: Reading) -> Fraction:
    if reading is None or isinstance(reading, tuple):
        raise TypeError("one number is expected")
    return Fraction(reading)


def _list(reading: Reading) -> tuple[Fraction | None, ...]:
    return reading if isinstance(reading, tuple) else (_number(reading),)


_ASIDE: Mapping[Standing, str] = MappingProxyType(
    {Standing.WEIGHTLESS: "0, not counted", Standing.LEFT_OUT: "left out"}
)

FORMULAS: Mapping[Kind, str] = MappingProxyType(
    dict.fromkeys(LINEAR | {Kind.RELATIVE}, FROM_START)
    | dict.fromkeys(FROM_ZERO, UP_TO_TARGET)
    | {
        Kind.MAINTAIN_ABOVE: "met from the target up; below, the share of the way from the worst accepted",
        Kind.MAINTAIN_BELOW: "met from the target down; above, the share of the way from the worst accepted",
        Kind.MAINTAIN_ABOVE_RATIO: "periods at the target or above ÷ all periods",
        Kind.MAINTAIN_BELOW_RATIO: "periods at the target or below ÷ all periods",
        Kind.RANGE: "met inside the range; outside, 1 − distance ÷ tolerance",
        Kind.BINARY: "done is 100 %, not done is 0 %",
        Kind.MILESTONES: "sum of weight × done ÷ sum of weights",
        Kind.PER_PERIOD: "mean of each period’s value ÷ target, at most 1 each",
        Kind.BASELINE: "done when the baseline is established",
    }
)

_WRITERS: Mapping[Kind, Callable[[Measure, Reading], str]] = MappingProxyType(
    dict.fromkeys(LINEAR | FROM_ZERO | {Kind.RELATIVE}, _write_line)
    | {
        Kind.MAINTAIN_ABOVE: _write_kept,
        Kind.MAINTAIN_BELOW: _write_kept,
        Kind.MAINTAIN_ABOVE_RATIO: _write_ratio,
        Kind.MAINTAIN_BELOW_RATIO: _write_ratio,
        Kind.RANGE: _write_range,
        Kind.BINARY: _write_yes_or_no,
        Kind.MILESTONES: _write_milestones,
        Kind.PER_PERIOD: _write_periods,
        Kind.BASELINE: _write_baseline,
    }
)
