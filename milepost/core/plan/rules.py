"""What must be true of a plan, whichever file it came from: `check`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise

from milepost.core.cadence import Window, check_cycle
from milepost.core.plan.findings import Path, PlanProblem, nearest, path_text
from milepost.core.plan.loops import loops, way
from milepost.core.plan.measuring import check_in_problems, measure_problems
from milepost.core.plan.pasts import backwards, spelt_once
from milepost.core.plan.values import (
    AlignmentPlan,
    CyclePlan,
    InitiativePlan,
    KeyResultPlan,
    ObjectivePlan,
    Plan,
    TeamPlan,
)
from milepost.core.policies import OURS
from milepost.core.problems import Invalid

__all__ = ["PlanProblem", "check", "path_text"]


def check(plan: Plan, have: Plan | None = None, *, most: int = 50) -> list[PlanProblem]:
    """Return up to `most` problems of a plan: references, loops, windows, weights, measures.

    `have` is what the workspace holds already: a reference may be met, and a loop closed, by either.
    """
    return list(islice(_problems(plan, _Known.of(plan, have or Plan())), most))


@dataclass
class _Known:
    """What a reference may name, in the plan or in the workspace it is applied to."""

    people: set[str] = field(default_factory=set)
    teams: dict[str, TeamPlan] = field(default_factory=dict)
    cycles: dict[str, CyclePlan] = field(default_factory=dict)
    objectives: dict[str, ObjectivePlan] = field(default_factory=dict)
    key_results: dict[str, str] = field(default_factory=dict)  # id → its objective's id

    @classmethod
    def of(cls, plan: Plan, have: Plan) -> _Known:
        known = cls()
        for source in (have, plan):
            known.people.update(person.id for person in source.people)
            known.teams.update((team.id, team) for team in source.teams)
            known.cycles.update((cycle.id, cycle) for cycle in source.cycles)
            known.objectives.update((objective.id, objective) for objective in source.objectives)
            known.key_results.update(
                (key_result.id, objective.id)
                for objective in source.objectives
                for key_result in objective.key_results
            )
        return known


def _problems(plan: Plan, known: _Known) -> Iterator[PlanProblem]:
    yield from _unique(plan)
    yield from _workspace(plan)
    yield from _people(plan)
    yield from _teams(plan, known)
    yield from _cycles(plan, known)
    for index, objective in enumerate(plan.objectives):
        yield from _objective(objective, known, ("objectives", index))
    yield from _alignment_loops(plan, known)


# --- ids -----------------------------------------------------------------------------------------------


def _unique(plan: Plan) -> Iterator[PlanProblem]:
    for name, things in (
        ("people", plan.people),
        ("teams", plan.teams),
        ("cycles", plan.cycles),
        ("objectives", plan.objectives),
    ):
        yield from _twice((((name, index), thing.id) for index, thing in enumerate(things)), name)
    for name in ("key_results", "initiatives"):
        yield from _twice(
            (
                (("objectives", upper, name, index), thing.id)
                for upper, objective in enumerate(plan.objectives)
                for index, thing in enumerate(getattr(objective, name))
            ),
            name,
        )
    for upper, objective in enumerate(plan.objectives):
        path: Path = ("objectives", upper)
        yield from _twice(_ids(objective.comments, (*path, "comments")), "comments")
        for index, key_result in enumerate(objective.key_results):
            here = (*path, "key_results", index)
            yield from _twice(_ids(key_result.check_ins, (*here, "check_ins")), "check-ins")
            yield from _twice(_ids(key_result.comments, (*here, "comments")), "comments")


def _ids(entries: Iterable, path: Path) -> Iterator[tuple[Path, str]]:
    return (((*path, index), entry.id) for index, entry in enumerate(entries))


def _twice(places: Iterable[tuple[Path, str]], name: str) -> Iterator[PlanProblem]:
    first: dict[str, Path] = {}
    for path, thing_id in places:
        if thing_id in first:
            yield PlanProblem(
                (*path, "id"),
                f"The id “{thing_id}” is already that of {path_text(first[thing_id])}.",
                "duplicate_id",
                f"Each of the {name.replace('_', ' ')} needs an id of its own.",
            )
        else:
            first[thing_id] = path


# --- references ----------------------------------------------------------------------------------------


def _refers(wanted: str | None, known: Collection[str], noun: str, where: str, path: Path):
    if wanted is not None and wanted not in known:
        yield PlanProblem(
            path,
            f"There is no {noun} “{wanted}”.",
            "unknown_reference",
            nearest(wanted, known) or f"Add it under {where}, or name one that is there.",
        )


def _person(wanted: str | None, known: _Known, path: Path) -> Iterator[PlanProblem]:
    return _refers(wanted, known.people, "person", "people", path)


def _persons(wanted: Collection[str], known: _Known, path: Path) -> Iterator[PlanProblem]:
    for index, person in enumerate(wanted):
        yield from _person(person, known, (*path, index))


# --- the workspace, people, teams, cycles --------------------------------------------------------------


def _workspace(plan: Plan) -> Iterator[PlanProblem]:
    if plan.workspace is not None and plan.workspace.scoring_policy not in OURS:
        yield PlanProblem(
            ("workspace", "scoring_policy"),
            f"There is no scoring policy “{plan.workspace.scoring_policy}”.",
            "unknown_policy",
            nearest(plan.workspace.scoring_policy, OURS) or f"Write one of: {', '.join(OURS)}.",
        )


def _people(plan: Plan) -> Iterator[PlanProblem]:
    seen: dict[str, str] = {}
    for index, person in enumerate(plan.people):
        if person.email is None:
            continue
        email = person.email.lower()
        if email in seen:
            yield PlanProblem(
                ("people", index, "email"),
                f"{person.email} is already the address of “{seen[email]}”.",
                "duplicate_email",
                "Two people cannot share an address.",
            )
        seen.setdefault(email, person.id)


def _teams(plan: Plan, known: _Known) -> Iterator[PlanProblem]:
    for index, team in enumerate(plan.teams):
        path: Path = ("teams", index)
        yield from _refers(team.parent, known.teams, "team", "teams", (*path, "parent"))
        for place, member in enumerate(team.members):
            here = (*path, "members", place)
            yield from _person(member.person, known, (*here, "person"))
            if member.since and member.until and member.until < member.since:
                yield _ends_early((*here, "until"), "membership", member.since, member.until)
    yield from _parent_loops("teams", plan.teams, known.teams)


def _cycles(plan: Plan, known: _Known) -> Iterator[PlanProblem]:
    for index, cycle in enumerate(plan.cycles):
        path: Path = ("cycles", index)
        yield from _refers(cycle.parent, known.cycles, "cycle", "cycles", (*path, "parent"))
        yield from _window(cycle, path)
        parent = known.cycles.get(cycle.parent) if cycle.parent else None
        if parent is not None and parent is not cycle:
            yield from _nested(cycle, parent, path)
    yield from _parent_loops("cycles", plan.cycles, known.cycles)


def _window(cycle: CyclePlan, path: Path) -> Iterator[PlanProblem]:
    if cycle.closed is not None and cycle.closed < cycle.starts:
        yield PlanProblem(
            (*path, "closed"),
            f"The cycle was closed on {cycle.closed}, before it began on {cycle.starts}.",
            "ends_before_it_starts",
            "Correct one of the two days.",
        )
    if cycle.ends is None:
        return
    if cycle.ends < cycle.starts:
        yield _ends_early((*path, "ends"), "cycle", cycle.starts, cycle.ends)
        return
    try:
        check_cycle(Window(cycle.starts, cycle.ends))
    except Invalid as wrong:
        yield PlanProblem(
            (*path, "ends"),
            f"{wrong.message} It runs from {cycle.starts} to {cycle.ends}.",
            "cycle_length",
            "Change one of the days, or leave the end out where it is open.",
        )


def _nested(cycle: CyclePlan, parent: CyclePlan, path: Path) -> Iterator[PlanProblem]:
    if cycle.starts < parent.starts:
        name, what = "starts", f"begins on {cycle.starts}, before"
    elif parent.ends is not None and cycle.ends is None:
        name, what = "ends", "has an open end, past the end of"
    elif parent.ends is not None and cycle.ends > parent.ends:
        name, what = "ends", f"ends on {cycle.ends}, after"
    else:
        return
    yield PlanProblem(
        (*path, name),
        f"The cycle {what} its parent “{parent.id}” ({parent.starts} to {parent.ends or 'an open end'}).",
        "outside_parent",
        "A cycle lies within its parent: move it, widen the parent, or name no parent.",
    )


def _ends_early(path: Path, noun: str, starts: object, ends: object) -> PlanProblem:
    return PlanProblem(
        path,
        f"The {noun} ends on {ends}, before it begins on {starts}.",
        "ends_before_it_starts",
        "Swap the two days, or correct one of them.",
    )


def _parent_loops(name: str, things: tuple, known: dict) -> Iterator[PlanProblem]:
    places = {thing.id: index for index, thing in enumerate(things)}
    parents = {key: (thing.parent,) if thing.parent else () for key, thing in known.items()}
    for loop in loops(parents):
        here = next((step for step in loop if step in places), None)
        yield PlanProblem(
            (name, places[here], "parent") if here is not None else (name,),
            f"These {name} are their own parents: {way(loop)}.",
            "loop",
            "Take one of these parents away.",
        )


# --- objectives and what is in them --------------------------------------------------------------------


def _objective(objective: ObjectivePlan, known: _Known, path: Path) -> Iterator[PlanProblem]:
    yield from _refers(objective.cycle, known.cycles, "cycle", "cycles", (*path, "cycle"))
    yield from _refers(objective.team, known.teams, "team", "teams", (*path, "team"))
    yield from _person(objective.owner, known, (*path, "owner"))
    yield from _person(objective.sponsor, known, (*path, "sponsor"))
    yield from _persons(objective.contributors, known, (*path, "contributors"))
    yield from _audience(objective, known, path, may_be_private=True)
    yield from _authors(objective, known, path, ("transitions", "history", "comments"))
    yield from _past(objective, known, path)
    yield from _told_in_vain(objective, path)
    for index, link in enumerate(objective.aligned_to):
        yield from _link(objective, link, known, (*path, "aligned_to", index))
    yield from _linked_twice(objective, (*path, "aligned_to"))
    for index, key_result in enumerate(objective.key_results):
        yield from _key_result(key_result, objective, known, (*path, "key_results", index))
    for index, initiative in enumerate(objective.initiatives):
        yield from _initiative(initiative, objective, known, (*path, "initiatives", index))
    yield from _grade(objective, known, path)


def _key_result(
    key_result: KeyResultPlan, objective: ObjectivePlan, known: _Known, path: Path
) -> Iterator[PlanProblem]:
    yield from _person(key_result.owner, known, (*path, "owner"))
    yield from _audience(key_result, known, path, team=objective.team)
    if key_result.weight < 0:
        yield _negative_weight((*path, "weight"))
    cycle = known.cycles.get(objective.cycle)
    starts = key_result.starts or (cycle.starts if cycle else None)
    ends = key_result.ends or (cycle.ends if cycle else None)
    if starts and ends and ends < starts and (key_result.starts or key_result.ends):
        yield _ends_early((*path, "ends" if key_result.ends else "starts"), "key result", starts, ends)
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
    initiative: InitiativePlan, objective: ObjectivePlan, known: _Known, path: Path
) -> Iterator[PlanProblem]:
    yield from _person(initiative.owner, known, (*path, "owner"))
    here = (*path, "key_result")
    yield from _refers(initiative.key_result, known.key_results, "key result", "key_results", here)
    owner = known.key_results.get(initiative.key_result or "")
    if owner is not None and owner != objective.id:
        yield PlanProblem(
            here,
            f"The key result “{initiative.key_result}” belongs to another objective, “{owner}”.",
            "wrong_objective",
            "Move the initiative there, or name a key result of this objective.",
        )


def _negative_weight(path: Path) -> PlanProblem:
    return PlanProblem(
        path,
        "A weight cannot be negative.",
        "negative_weight",
        "Write 0 for what is shown and does not count.",
    )


def _audience(
    thing: ObjectivePlan | KeyResultPlan,
    known: _Known,
    path: Path,
    *,
    team: str | None = None,
    may_be_private: bool = False,
) -> Iterator[PlanProblem]:
    yield from _persons(thing.visible_to, known, (*path, "visible_to"))
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


def _authors(thing: object, known: _Known, path: Path, names: tuple[str, ...]) -> Iterator[PlanProblem]:
    people = known.people
    for name in names:
        for index, entry in enumerate(getattr(thing, name)):
            if entry.by is not None and entry.by not in people:
                yield from _person(entry.by, known, (*path, name, index, "by"))


def _past(thing: ObjectivePlan | KeyResultPlan, known: _Known, path: Path) -> Iterator[PlanProblem]:
    for index, past in enumerate(thing.history):
        here = (*path, "history", index, "was")
        for name in ("owner", "sponsor"):
            yield from _person(past.was.get(name), known, (*here, name))
        for name in ("contributors", "visible_to"):
            yield from _persons(past.was.get(name) or (), known, (*here, name))
        for name, ids in (("cycle", known.cycles), ("team", known.teams), ("objective", known.objectives)):
            yield from _refers(past.was.get(name), ids, name, f"{name}s", (*here, name))


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


def _grade(thing: ObjectivePlan | KeyResultPlan, known: _Known, path: Path) -> Iterator[PlanProblem]:
    if thing.grade is None:
        return
    yield from _person(thing.grade.by, known, (*path, "grade", "by"))
    if not 0 <= thing.grade.grade <= 1:
        yield PlanProblem(
            (*path, "grade", "grade"),
            f"A grade runs from 0 to 1, not {thing.grade.grade:f}.",
            "out_of_range",
            "Write seventy per cent as 0.7; progress beyond the target belongs in raw.",
        )


# --- alignment -----------------------------------------------------------------------------------------


def _link(objective: ObjectivePlan, link: AlignmentPlan, known: _Known, path: Path) -> Iterator[PlanProblem]:
    if (link.objective is None) == (link.key_result is None):
        yield PlanProblem(
            path,
            "An alignment names one objective or one key result that this objective serves.",
            "one_parent",
            "Write either objective: or key_result:.",
        )
        return
    yield from _refers(link.objective, known.objectives, "objective", "objectives", (*path, "objective"))
    yield from _refers(link.key_result, known.key_results, "key result", "key_results", (*path, "key_result"))
    if link.weight < 0:
        yield _negative_weight((*path, "weight"))
    if link.since and link.until and link.until < link.since:
        yield _ends_early((*path, "until"), "alignment", link.since, link.until)


def _linked_twice(objective: ObjectivePlan, path: Path) -> Iterator[PlanProblem]:
    seen = set()
    for index, link in enumerate(objective.aligned_to):
        target = (link.objective, link.key_result)
        if link.until is not None:
            continue
        if target in seen:
            yield PlanProblem(
                (*path, index),
                f"The objective already serves “{link.objective or link.key_result}”.",
                "aligned_twice",
                "Keep one of the two, or end the earlier one with until:.",
            )
        seen.add(target)


def _alignment_loops(plan: Plan, known: _Known) -> Iterator[PlanProblem]:
    """A key result stands under its objective, so an edge to either leads to the objective."""
    places = {objective.id: index for index, objective in enumerate(plan.objectives)}
    links: dict[str, dict[str, tuple[int, AlignmentPlan]]] = {}
    for objective in known.objectives.values():
        upper: dict[str, tuple[int, AlignmentPlan]] = {}
        for index, link in enumerate(objective.aligned_to):
            parent = link.objective or known.key_results.get(link.key_result or "")
            if link.until is None and parent is not None:
                upper.setdefault(parent, (index, link))
        links[objective.id] = upper
    for loop in loops({child: tuple(parents) for child, parents in links.items()}):
        steps, where = [loop[0]], ("objectives",)
        for child, parent in pairwise(loop):
            index, link = links[child][parent]
            if link.key_result is not None:
                steps.append(f"key result {link.key_result}")
            steps.append(parent)
            if child in places:
                where = ("objectives", places[child], "aligned_to", index)
        yield PlanProblem(
            where,
            f"These objectives serve each other in a ring: {way(steps)}.",
            "loop",
            "Take one of these alignments away, or end it with until:.",
        )
