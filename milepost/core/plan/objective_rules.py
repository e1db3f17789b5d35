"""What must be true of an objective, its key results and its initiatives."""

from __future__ import annotations

from collections.abc import Iterator

from milepost.core.plan.alignment_rules import link_problems, linked_twice
from milepost.core.plan.findings import Path, PlanProblem
from milepost.core.plan.known import Known, ends_early, names, refers, refers_to_people, weighs
from milepost.core.plan.measuring import check_in_problems, measure_problems
from milepost.core.plan.pasts import told_in_vain
from milepost.core.plan.unread import all_said, as_far_as_known, each, said
from milepost.core.plan.values import (
    NOTHING,
    HistoryPlan,
    InitiativePlan,
    KeyResultPlan,
    ObjectivePlan,
    PlanPoint,
)


def objective_problems(objective: ObjectivePlan, known: Known, path: Path) -> Iterator[PlanProblem]:
    """Yield what is wrong with an objective and everything in it."""
    for name, kind in (("cycle", "cycles"), ("team", "teams"), ("owner", "people"), ("sponsor", "people")):
        yield from refers(objective, name, kind, known, path)
    yield from refers_to_people(objective, "contributors", known, path)
    yield from _audience(objective, objective, known, path)
    yield from _authors(objective, known, path, ("transitions", "history", "comments"))
    if said(objective, "history"):
        yield from _past(objective, known, path)
        yield from told_in_vain(objective, path, known=_recorded(objective, "objectives", known))
    for index, link in each(objective, "aligned_to"):
        yield from link_problems(link, known, (*path, "aligned_to", index))
    yield from linked_twice(objective, (*path, "aligned_to"))
    for index, key_result in each(objective, "key_results"):
        yield from _key_result(key_result, objective, known, (*path, "key_results", index))
    for index, initiative in each(objective, "initiatives"):
        yield from _initiative(initiative, objective, known, (*path, "initiatives", index))
    yield from _grade(objective, known, path)


def _key_result(
    key_result: KeyResultPlan, objective: ObjectivePlan, known: Known, path: Path
) -> Iterator[PlanProblem]:
    yield from refers(key_result, "owner", "people", known, path)
    yield from _audience(key_result, objective, known, path)
    yield from weighs(key_result, (*path, "weight"))
    if said(key_result, "starts") or said(key_result, "ends"):
        yield from _window(key_result, objective, known, path)
    if said(key_result, "curve") == "points" or said(key_result, "points"):
        yield from curve_problems(key_result, (*path, "plan"))
    yield from _measure(key_result, (*path, "measure"))
    yield from check_in_problems(key_result, path)
    yield from _authors(key_result, known, path, ("history", "check_ins", "comments"))
    if said(key_result, "history"):
        yield from _past(key_result, known, path)
        there = _recorded(key_result, "key_results", known)
        yield from told_in_vain(key_result, path, objective=said(objective, "id"), known=there)
    yield from _grade(key_result, known, path)


def _recorded(thing: ObjectivePlan | KeyResultPlan, kind: str, known: Known) -> tuple[HistoryPlan, ...]:
    return known.pasts.get((kind, said(thing, "id")), ())


@as_far_as_known
def _window(
    key_result: KeyResultPlan, objective: ObjectivePlan, known: Known, path: Path
) -> Iterator[PlanProblem]:
    starts, ends = key_result.starts, key_result.ends
    if starts is None or ends is None:
        cycle = known.cycles.get(objective.cycle)
        starts = starts or (cycle.starts if cycle else None)
        ends = ends or (cycle.ends if cycle else None)
    if starts and ends and ends < starts:
        yield ends_early((*path, "ends" if key_result.ends else "starts"), "key result", starts, ends)


@as_far_as_known
def _measure(key_result: KeyResultPlan, path: Path) -> Iterator[PlanProblem]:
    yield from measure_problems(key_result.measure, path)


def curve_problems(key_result: KeyResultPlan, path: Path) -> Iterator[PlanProblem]:
    """Yield what is wrong with a plan of one's own."""
    if said(key_result, "curve") == "points" and not said(key_result, "points"):
        yield PlanProblem(
            path,
            "A plan of one's own needs at least one point.",
            "bad_plan",
            "Write plan: [{at: 0.5, expect: 0.2}], or choose linear, s, back or front.",
        )
    last = None
    for index, point in each(key_result, "points"):
        for name in ("at", "expect"):
            yield from _share(point, name, (*path, index, name))
        at = said(point, "at")
        if last is not None and at is not None and at <= last:
            yield PlanProblem(
                (*path, index, "at"),
                f"This point lies at {at:f}, not after the one before it, at {last:f}.",
                "bad_plan",
                "List the points in the order of time.",
            )
        last = at


@as_far_as_known
def _share(point: PlanPoint, name: str, path: Path) -> Iterator[PlanProblem]:
    if not 0 <= getattr(point, name) <= 1:
        yield PlanProblem(path, f"“{name}” is a share, from 0 to 1.", "out_of_range", "Half is 0.5.")


def _initiative(
    initiative: InitiativePlan, objective: ObjectivePlan, known: Known, path: Path
) -> Iterator[PlanProblem]:
    yield from refers(initiative, "owner", "people", known, path)
    yield from refers(initiative, "key_result", "key_results", known, path)
    yield from _served(initiative, objective, known, path)


@as_far_as_known
def _served(
    initiative: InitiativePlan, objective: ObjectivePlan, known: Known, path: Path
) -> Iterator[PlanProblem]:
    owner = known.key_results.get(initiative.key_result or "")
    if owner is not None and owner != objective.id:
        yield PlanProblem(
            (*path, "key_result"),
            f"The key result “{initiative.key_result}” belongs to another objective, “{owner}”.",
            "wrong_objective",
            "Move the initiative there, or name a key result of this objective.",
        )


_OPEN = (None, "workspace")  # what nearly all are: nothing can be wrong with it


def _audience(
    thing: ObjectivePlan | KeyResultPlan, objective: ObjectivePlan, known: Known, path: Path
) -> Iterator[PlanProblem]:
    if said(thing, "visibility") in _OPEN and not said(thing, "visible_to"):
        return
    yield from refers_to_people(thing, "visible_to", known, path)
    yield from _idle_audience(thing, path)
    yield from _team_audience(thing, objective, path)
    yield from _private_audience(thing, path)


@as_far_as_known
def _idle_audience(thing: ObjectivePlan | KeyResultPlan, path: Path) -> Iterator[PlanProblem]:
    if thing.visible_to and thing.visibility != "people":
        yield PlanProblem(
            (*path, "visible_to"),
            "A list of people who may see this says nothing unless only they may.",
            "does_not_apply",
            "Add visibility: people, or take visible_to out.",
        )


@as_far_as_known
def _team_audience(
    thing: ObjectivePlan | KeyResultPlan, objective: ObjectivePlan, path: Path
) -> Iterator[PlanProblem]:
    if thing.visibility == "team" and objective.team is None:
        yield PlanProblem(
            (*path, "visibility"),
            "Only its team may see this, and the objective has no team.",
            "no_team",
            "Name a team, or choose another visibility.",
        )


@as_far_as_known
def _private_audience(thing: ObjectivePlan | KeyResultPlan, path: Path) -> Iterator[PlanProblem]:
    if thing.visibility == "private" and thing.owner is None:
        yield PlanProblem(
            (*path, "visibility"),
            "A private objective is seen by its owner alone, and it has none.",
            "no_owner",
            "Name an owner, or choose another visibility.",
        )


def _authors(thing: object, known: Known, path: Path, names: tuple[str, ...]) -> Iterator[PlanProblem]:
    for name in names:
        entries = said(thing, name, ())
        if not entries or known.people.issuperset({*all_said(entries, "by")} - {None}):
            continue
        for index, entry in enumerate(entries):
            yield from refers(entry, "by", "people", known, (*path, name, index))


_REFERRING = (
    ("owner", "people"), ("sponsor", "people"), ("cycle", "cycles"), ("team", "teams"),
    ("objective", "objectives"),
)  # fmt: skip


def _past(thing: ObjectivePlan | KeyResultPlan, known: Known, path: Path) -> Iterator[PlanProblem]:
    for index, past in each(thing, "history"):
        was, here = said(past, "was", NOTHING), (*path, "history", index, "was")
        for name, kind in _REFERRING:
            yield from names(was.get(name), kind, known, (*here, name))
        for name in ("contributors", "visible_to"):
            for place, person in enumerate(was.get(name) or ()):
                yield from names(person, "people", known, (*here, name, place))


@as_far_as_known
def _grade(thing: ObjectivePlan | KeyResultPlan, known: Known, path: Path) -> Iterator[PlanProblem]:
    if thing.grade is None:
        return
    yield from refers(thing.grade, "by", "people", known, (*path, "grade"))
    if not 0 <= thing.grade.grade <= 1:
        yield PlanProblem(
            (*path, "grade", "grade"),
            f"A grade runs from 0 to 1, not {thing.grade.grade:f}.",
            "out_of_range",
            "Write seventy per cent as 0.7; progress beyond the target belongs in raw.",
        )
