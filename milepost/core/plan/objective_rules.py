"""What must be true of an objective, its key results and its initiatives."""

from __future__ import annotations

from collections.abc import Iterator

from milepost.core.plan.alignment_rules import link_problems, linked_twice
from milepost.core.plan.findings import Path, PlanProblem
from milepost.core.plan.known import Known, ends_early, names, names_people, names_person, negative_weight
from milepost.core.plan.measuring import check_in_problems, measure_problems
from milepost.core.plan.pasts import backwards, spelt_once
from milepost.core.plan.values import InitiativePlan, KeyResultPlan, ObjectivePlan


def objective_problems(objective: ObjectivePlan, known: Known, path: Path) -> Iterator[PlanProblem]:
    """Yield what is wrong with an objective and everything in it."""
    yield from names(objective.cycle, known.cycles, "cycle", "cycles", (*path, "cycle"))
    yield from names(objective.team, known.teams, "team", "teams", (*path, "team"))
    yield from names_person(objective.owner, known, (*path, "owner"))
    yield from names_person(objective.sponsor, known, (*path, "sponsor"))
    yield from names_people(objective.contributors, known, (*path, "contributors"))
    yield from _audience(objective, known, path, may_be_private=True)
    yield from _authors(objective, known, path, ("transitions", "history", "comments"))
    yield from _past(objective, known, path)
    yield from _told_in_vain(objective, path)
    for index, link in enumerate(objective.aligned_to):
        yield from link_problems(link, known, (*path, "aligned_to", index))
    yield from linked_twice(objective, (*path, "aligned_to"))
    for index, key_result in enumerate(objective.key_results):
        yield from _key_result(key_result, objective, known, (*path, "key_results", index))
    for index, initiative in enumerate(objective.initiatives):
        yield from _initiative(initiative, objective, known, (*path, "initiatives", index))
    yield from _grade(objective, known, path)


def _key_result(
    key_result: KeyResultPlan, objective: ObjectivePlan, known: Known, path: Path
) -> Iterator[PlanProblem]:
    yield from names_person(key_result.owner, known, (*path, "owner"))
    yield from _audience(key_result, known, path, team=objective.team)
    if key_result.weight < 0:
        yield negative_weight((*path, "weight"))
    cycle = known.cycles.get(objective.cycle)
    starts = key_result.starts or (cycle.starts if cycle else None)
    ends = key_result.ends or (cycle.ends if cycle else None)
    if starts and ends and ends < starts and (key_result.starts or key_result.ends):
        yield ends_early((*path, "ends" if key_result.ends else "starts"), "key result", starts, ends)
    yield from _curve(key_result, (*path, "plan"))
    yield from measure_problems(key_result.measure, (*path, "measure"))
    yield from check_in_problems(key_result, path)
    yield from _authors(key_result, known, path, ("history", "check_ins", "comments"))
    yield from _past(key_result, known, path)
    yield from _told_in_vain(key_result, path, objective.id)
    yield from _grade(key_result, known, path)


def _curve(key_result: KeyResultPlan, path: Path) -> Iterator[PlanProblem]:
    if key_result.curve == "points" and not key_result.points:
        yield PlanProblem(
            path,
            "A plan of one's own needs at least one point.",
            "bad_plan",
            "Write plan: [{at: 0.5, expect: 0.2}], or choose linear, s, back or front.",
        )
    last = None
    for index, point in enumerate(key_result.points):
        for name in ("at", "expect"):
            if not 0 <= getattr(point, name) <= 1:
                yield PlanProblem(
                    (*path, index, name), f"“{name}” is a share, from 0 to 1.", "out_of_range", "Half is 0.5."
                )
        if last is not None and point.at <= last:
            yield PlanProblem(
                (*path, index, "at"),
                f"This point lies at {point.at:f}, not after the one before it, at {last:f}.",
                "bad_plan",
                "List the points in the order of time.",
            )
        last = point.at


def _initiative(
    initiative: InitiativePlan, objective: ObjectivePlan, known: Known, path: Path
) -> Iterator[PlanProblem]:
    yield from names_person(initiative.owner, known, (*path, "owner"))
    here = (*path, "key_result")
    yield from names(initiative.key_result, known.key_results, "key result", "key_results", here)
    owner = known.key_results.get(initiative.key_result or "")
    if owner is not None and owner != objective.id:
        yield PlanProblem(
            here,
            f"The key result “{initiative.key_result}” belongs to another objective, “{owner}”.",
            "wrong_objective",
            "Move the initiative there, or name a key result of this objective.",
        )


def _audience(
    thing: ObjectivePlan | KeyResultPlan,
    known: Known,
    path: Path,
    *,
    team: str | None = None,
    may_be_private: bool = False,
) -> Iterator[PlanProblem]:
    yield from names_people(thing.visible_to, known, (*path, "visible_to"))
    if thing.visible_to and thing.visibility != "people":
        yield PlanProblem(
            (*path, "visible_to"),
            "A list of people who may see this says nothing unless only they may.",
            "does_not_apply",
            "Add visibility: people, or take visible_to out.",
        )
    if thing.visibility == "team" and (thing.team if may_be_private else team) is None:
        yield PlanProblem(
            (*path, "visibility"),
            "Only its team may see this, and the objective has no team.",
            "no_team",
            "Name a team, or choose another visibility.",
        )
    if thing.visibility == "private" and thing.owner is None:
        yield PlanProblem(
            (*path, "visibility"),
            "A private objective is seen by its owner alone, and it has none.",
            "no_owner",
            "Name an owner, or choose another visibility.",
        )


def _authors(thing: object, known: Known, path: Path, names: tuple[str, ...]) -> Iterator[PlanProblem]:
    people = known.people
    for name in names:
        for index, entry in enumerate(getattr(thing, name)):
            if entry.by is not None and entry.by not in people:
                yield from names_person(entry.by, known, (*path, name, index, "by"))


def _past(thing: ObjectivePlan | KeyResultPlan, known: Known, path: Path) -> Iterator[PlanProblem]:
    for index, past in enumerate(thing.history):
        here = (*path, "history", index, "was")
        for name in ("owner", "sponsor"):
            yield from names_person(past.was.get(name), known, (*here, name))
        for name in ("contributors", "visible_to"):
            yield from names_people(past.was.get(name) or (), known, (*here, name))
        for name, ids in (("cycle", known.cycles), ("team", known.teams), ("objective", known.objectives)):
            yield from names(past.was.get(name), ids, name, f"{name}s", (*here, name))


def _told_in_vain(
    thing: ObjectivePlan | KeyResultPlan, path: Path, objective: str | None = None
) -> Iterator[PlanProblem]:
    """A change that changed nothing is mostly one that tells the new value in the place of the old."""
    for index, change, after in backwards(thing, objective=objective):
        here = (*path, "history", index)
        if not change.was:
            message = "This change does not say what was different."
            yield PlanProblem(here, message, "no_change", "Add was: {…}, or take it out.")
        for name, value in spelt_once(change.was).items():
            if name in after and value == after[name] and (name, value) != ("curve", "points"):
                yield PlanProblem(
                    (*here, "was", "plan" if name in ("curve", "points") else name),
                    f"“{name}” is told to have been what it was afterwards too.",
                    "no_change",
                    "Write the value before the change, or take the field out.",
                )


def _grade(thing: ObjectivePlan | KeyResultPlan, known: Known, path: Path) -> Iterator[PlanProblem]:
    if thing.grade is None:
        return
    yield from names_person(thing.grade.by, known, (*path, "grade", "by"))
    if not 0 <= thing.grade.grade <= 1:
        yield PlanProblem(
            (*path, "grade", "grade"),
            f"A grade runs from 0 to 1, not {thing.grade.grade:f}.",
            "out_of_range",
            "Write seventy per cent as 0.7; progress beyond the target belongs in raw.",
        )
