"""What must be true of a measure and of the check-ins that report it (method 2.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from milepost.core.plan.findings import Path, PlanProblem
from milepost.core.plan.ledgers import CheckIns
from milepost.core.plan.loops import loops, way
from milepost.core.plan.unread import all_said, as_far_as_known, each, said
from milepost.core.plan.values import CheckInPlan, KeyResultPlan, MeasurePlan

_ONLY_FOR = {
    "low": ("range",),
    "high": ("range",),
    "tolerance": ("range",),
    "milestones": ("milestones",),
    "floor": ("maintain_above", "maintain_below"),
}


def measure_problems(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    """Yield what is wrong with how a key result is measured."""
    for name, kinds in _ONLY_FOR.items():
        if said(measure, name) not in (None, ()):
            yield from _applies(measure, name, kinds, (*path, name))
    yield from _BY_KIND.get(said(measure, "kind"), _anything)(measure, path)


@as_far_as_known
def _applies(measure: MeasurePlan, name: str, kinds: tuple[str, ...], path: Path) -> Iterator[PlanProblem]:
    if measure.kind not in kinds:
        yield PlanProblem(
            path,
            f"“{name}” says nothing about a measure of kind “{measure.kind}”.",
            "does_not_apply",
            f"Take it out, or write kind: {' or '.join(kinds)}.",
        )


def _anything(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    """Ask nothing: of a kind without rules, or one that could not be read."""
    yield from ()


def _range(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    yield from _two_ends(measure, path)
    yield from _tolerance(measure, path)
    yield from _no_target(measure, path)


@as_far_as_known
def _two_ends(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    if None in (measure.low, measure.high):
        yield PlanProblem(
            path,
            "A range needs a low and a high end.",
            "bad_range",
            "Write, for example, low: 40 and high: 60.",
        )
    elif measure.low > measure.high:
        yield PlanProblem(
            (*path, "low"),
            f"The low end of the range, {measure.low:f}, lies above its high end, {measure.high:f}.",
            "bad_range",
            "Swap the two.",
        )


@as_far_as_known
def _tolerance(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    if measure.tolerance is not None and measure.tolerance < 0:
        yield PlanProblem(
            (*path, "tolerance"),
            "A tolerance is how far outside the range still counts for something; it is never negative.",
            "bad_range",
            "Write 0 or more.",
        )


@as_far_as_known
def _no_target(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    if measure.target is not None:
        yield PlanProblem(
            (*path, "target"),
            "A range has two ends and no target.",
            "does_not_apply",
            "Write low and high instead, or choose another kind.",
        )


@as_far_as_known
def _binary(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    if measure.target not in (None, 1):
        yield PlanProblem(
            (*path, "target"),
            "A binary key result is done or it is not: its target can only be 1.",
            "binary_not_boolean",
            "Leave the target out, or choose the kind “reach” or “milestones”.",
        )


@as_far_as_known
def _milestones(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    if not measure.milestones:
        yield PlanProblem(
            (*path, "milestones"),
            "A measure by milestones needs at least one milestone.",
            "milestone_count",
            "List them under milestones, each with a title.",
        )
        return
    negative = [index for index, milestone in enumerate(measure.milestones) if milestone.weight < 0]
    for index in negative:
        yield PlanProblem(
            (*path, "milestones", index, "weight"),
            "A milestone's weight cannot be negative.",
            "negative_weight",
            "Write 0 for a milestone that is shown and does not count.",
        )
    if not negative and not any(milestone.weight for milestone in measure.milestones):
        yield PlanProblem(
            (*path, "milestones"),
            "The weights of all milestones are zero, so none of them counts.",
            "all_weights_zero",
            "Give at least one milestone a weight above 0.",
        )


@as_far_as_known
def _floor(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    if measure.floor is None or measure.target is None:
        return
    above = measure.kind == "maintain_above"
    if measure.floor == measure.target or (measure.floor < measure.target) != above:
        side = "below" if above else "above"
        yield PlanProblem(
            (*path, "floor"),
            f"The floor, {measure.floor:f}, is the worst value that still counts for something: "
            f"it lies {side} the target, {measure.target:f}.",
            "bad_floor",
            f"Write a number {side} the target, or leave the floor out.",
        )


@as_far_as_known
def _line(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    """A line needs two ends apart, and a verb that points from one to the other (method 2.2)."""
    start, target = measure.start, measure.target
    if start is None or target is None or measure.direction is not None:
        return
    if start == target:
        yield PlanProblem(
            (*path, "target"),
            f"The target is the start, {start:f}, so there is no way to go.",
            "start_equals_target",
            "To hold a value, choose kind: maintain_above or maintain_below; else give another target.",
        )
    elif (measure.kind == "increase" and target < start) or (measure.kind == "decrease" and target > start):
        up, down = ("decrease", "below") if measure.kind == "increase" else ("increase", "above")
        yield PlanProblem(
            (*path, "target"),
            f"The target, {target:f}, lies {down} the start, {start:f}, which is no {measure.kind}.",
            "direction_mismatch",
            f"Swap the two, or choose kind: {up}.",
        )


@as_far_as_known
def _from_zero(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    if measure.target == 0:
        yield PlanProblem(
            (*path, "target"),
            "It counts up from 0, so a target of 0 is reached before it begins.",
            "start_equals_target",
            "Give another target, or choose kind: decrease with a start.",
        )


@as_far_as_known
def _relative(measure: MeasurePlan, path: Path) -> Iterator[PlanProblem]:
    if measure.start == 0 and measure.target is not None:
        yield PlanProblem(
            (*path, "start"),
            "A change relative to zero has no size.",
            "relative_to_zero",
            "Give an absolute target, with kind: increase or decrease.",
        )


_BY_KIND = {
    **dict.fromkeys(("increase", "decrease", "percent", "currency", "count", "duration", "score"), _line),
    "reach": _from_zero,
    "learning": _from_zero,
    "relative": _relative,
    "range": _range,
    "binary": _binary,
    "milestones": _milestones,
    "maintain_above": _floor,
    "maintain_below": _floor,
}


def check_in_problems(key_result: KeyResultPlan, path: Path) -> Iterator[PlanProblem]:
    """Yield what is wrong with the entries of a key result's ledger."""
    yield from _reports(key_result, path)
    entries = said(key_result, "check_ins", ())
    if _are_plain(entries):
        return
    ids = set(all_said(entries, "id"))
    for index, entry in enumerate(entries):
        yield from _confidence(entry, (*path, "check_ins", index))
        yield from _correction(entry, ids, (*path, "check_ins", index))
    yield from _correction_rings(key_result, path)


def _are_whole(entries: Collection[CheckInPlan]) -> bool:
    return type(entries) is CheckIns or {*map(type, entries)} <= {CheckInPlan}


def _are_plain(entries: Collection[CheckInPlan]) -> bool:
    """Say whether nothing about any entry alone can be wrong: that holds for most, and they are many."""
    return (
        _are_whole(entries)
        and not any(all_said(entries, "corrects"))
        and not any(all_said(entries, "withdrawn"))
        and _CONFIDENCES.issuperset(all_said(entries, "confidence"))
    )


_CONFIDENCES = frozenset((None, *range(1, 11)))


@as_far_as_known
def _reports(key_result: KeyResultPlan, path: Path) -> Iterator[PlanProblem]:
    measure = key_result.measure
    # An entry made before the measure was changed fits the measure of its day.
    kinds = {measure.kind} | {past.was["kind"] for past in key_result.history if "kind" in past.was}
    counts = {len(measure.milestones)} | {
        len(past.was["milestones"]) for past in key_result.history if "milestones" in past.was
    }
    entries = key_result.check_ins
    takes_any_number = kinds.isdisjoint(("milestones", "binary"))
    if takes_any_number and _are_whole(entries) and {*all_said(entries, "parts")} <= {None}:
        return
    for index, entry in enumerate(entries):
        yield from _report(entry, kinds, counts, (*path, "check_ins", index))


@as_far_as_known
def _report(entry: CheckInPlan, kinds: set[str], counts: set[int], path: Path) -> Iterator[PlanProblem]:
    if entry.parts is not None:
        yield from _parts(entry, kinds, counts, path)
    elif entry.value is not None and kinds == {"milestones"}:
        yield PlanProblem(
            (*path, "value"),
            "A measure by milestones is reported milestone by milestone.",
            "milestone_count",
            "Write parts: [1, 0.5, …] with the done share of each milestone.",
        )
    if entry.value not in (None, 0, 1) and kinds == {"binary"}:
        yield PlanProblem(
            (*path, "value"),
            f"A binary key result is done (1) or not (0), never {entry.value:f}.",
            "binary_not_boolean",
            "Write 1 or 0; for something in between, measure by milestones.",
        )


@as_far_as_known
def _confidence(entry: CheckInPlan, path: Path) -> Iterator[PlanProblem]:
    if entry.confidence is not None and not 1 <= entry.confidence <= 10:
        yield PlanProblem(
            (*path, "confidence"),
            f"Confidence runs from 1 to 10, not {entry.confidence}.",
            "out_of_range",
            "Write a whole number from 1 to 10.",
        )


def _correction_rings(key_result: KeyResultPlan, path: Path) -> Iterator[PlanProblem]:
    entries = {
        said(entry, "id"): (index, said(entry, "corrects")) for index, entry in each(key_result, "check_ins")
    }
    corrections = {id: (corrects,) for id, (_, corrects) in entries.items() if corrects and id is not None}
    for loop in loops(corrections):
        yield PlanProblem(
            (*path, "check_ins", entries[loop[0]][0], "corrects"),
            f"These check-ins correct each other in a ring: {way(loop)}.",
            "loop",
            "A correction names an earlier check-in.",
        )


def _parts(entry: CheckInPlan, kinds: set[str], counts: set[int], path: Path) -> Iterator[PlanProblem]:
    if "milestones" not in kinds:
        yield PlanProblem(
            (*path, "parts"),
            "Only a measure of kind “milestones” is reported in parts.",
            "does_not_apply",
            "Write value: and the number.",
        )
    elif len(entry.parts) not in counts:
        most = max(counts)
        yield PlanProblem(
            (*path, "parts"),
            f"There are {len(entry.parts)} parts for {most} milestone{'' if most == 1 else 's'}.",
            "milestone_count",
            "Write the done share of each milestone, in their order.",
        )


@as_far_as_known
def _correction(entry: CheckInPlan, ids: Collection[str | None], path: Path) -> Iterator[PlanProblem]:
    if entry.corrects is None:
        if entry.withdrawn:
            yield PlanProblem(
                (*path, "withdrawn"),
                "A withdrawal is a new entry that names the check-in it takes back.",
                "does_not_apply",
                "Add corrects: with the id of that check-in.",
            )
        return
    if entry.corrects not in ids and None not in ids:
        yield PlanProblem(
            (*path, "corrects"),
            f"This key result has no check-in “{entry.corrects}”.",
            "unknown_reference",
            "Write the id of the check-in that this one corrects.",
        )
