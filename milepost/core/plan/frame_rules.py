"""What must be true of the frame of a plan: the workspace, people, teams and cycles."""

from __future__ import annotations

from collections.abc import Iterator

from milepost.core.cadence import Window, check_cycle
from milepost.core.plan.findings import Path, PlanProblem, nearest
from milepost.core.plan.known import Known, ends_early, firsts, refers
from milepost.core.plan.loops import loops, way
from milepost.core.plan.unread import as_far_as_known, each, said
from milepost.core.plan.values import CyclePlan, MembershipPlan, PersonPlan, Plan, WorkspacePlan
from milepost.core.policies import OURS
from milepost.core.problems import Invalid


def workspace_problems(plan: Plan) -> Iterator[PlanProblem]:
    """Yield what is wrong with the workspace."""
    if plan.workspace is not None:
        yield from _workspace_id(plan.workspace)
        yield from _policy(plan.workspace)


@as_far_as_known
def _workspace_id(workspace: WorkspacePlan) -> Iterator[PlanProblem]:
    if "." in workspace.id:
        yield PlanProblem(
            ("workspace", "id"),
            f"A workspace’s id stands in its address, where “{workspace.id}” cannot.",
            "bad_workspace_id",
            "Write letters, digits, hyphens and underscores.",
        )


@as_far_as_known
def _policy(workspace: WorkspacePlan) -> Iterator[PlanProblem]:
    if workspace.scoring_policy not in OURS:
        yield PlanProblem(
            ("workspace", "scoring_policy"),
            f"There is no scoring policy “{workspace.scoring_policy}”.",
            "unknown_policy",
            nearest(workspace.scoring_policy, OURS) or f"Write one of: {', '.join(OURS)}.",
        )


def people_problems(plan: Plan) -> Iterator[PlanProblem]:
    """Yield what is wrong with the people."""
    seen: dict[str, str] = {}
    for index, person in enumerate(plan.people):
        yield from _email(person, seen, ("people", index, "email"))


@as_far_as_known
def _email(person: PersonPlan, seen: dict[str, str], path: Path) -> Iterator[PlanProblem]:
    if person.email is None:
        return
    email = person.email.lower()
    if email in seen:
        yield PlanProblem(
            path,
            f"{person.email} is already the address of “{seen[email]}”.",
            "duplicate_email",
            "Two people cannot share an address.",
        )
    else:
        seen[email] = person.id


def team_problems(plan: Plan, known: Known) -> Iterator[PlanProblem]:
    """Yield what is wrong with teams and memberships."""
    for index, team in enumerate(plan.teams):
        path: Path = ("teams", index)
        yield from refers(team, "parent", "teams", known, path)
        for place, member in each(team, "members"):
            here = (*path, "members", place)
            yield from refers(member, "person", "people", known, here)
            yield from _stay(member, here)
    yield from _parent_loops("teams", plan.teams, known.teams)


@as_far_as_known
def _stay(member: MembershipPlan, path: Path) -> Iterator[PlanProblem]:
    if member.since and member.until and member.until < member.since:
        yield ends_early((*path, "until"), "membership", member.since, member.until)


def cycle_problems(plan: Plan, known: Known) -> Iterator[PlanProblem]:
    """Yield what is wrong with cycles: windows, parents, rings."""
    for index, cycle in enumerate(plan.cycles):
        path: Path = ("cycles", index)
        yield from refers(cycle, "parent", "cycles", known, path)
        yield from _closed(cycle, path)
        yield from _window(cycle, path)
        yield from _nested(cycle, known, path)
    yield from _parent_loops("cycles", plan.cycles, known.cycles)


@as_far_as_known
def _closed(cycle: CyclePlan, path: Path) -> Iterator[PlanProblem]:
    if cycle.closed is not None and cycle.closed < cycle.starts:
        yield PlanProblem(
            (*path, "closed"),
            f"The cycle was closed on {cycle.closed}, before it began on {cycle.starts}.",
            "ends_before_it_starts",
            "Correct one of the two days.",
        )


@as_far_as_known
def _window(cycle: CyclePlan, path: Path) -> Iterator[PlanProblem]:
    if cycle.ends is None:
        return
    if cycle.ends < cycle.starts:
        yield ends_early((*path, "ends"), "cycle", cycle.starts, cycle.ends)
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


@as_far_as_known
def _nested(cycle: CyclePlan, known: Known, path: Path) -> Iterator[PlanProblem]:
    parent = known.cycles.get(cycle.parent) if cycle.parent else None
    if parent is None or parent is cycle:
        return
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


def _parent_loops(name: str, things: tuple, known: dict) -> Iterator[PlanProblem]:
    places = firsts((said(thing, "id"), index) for index, thing in enumerate(things))
    parents = {key: (said(thing, "parent"),) if said(thing, "parent") else () for key, thing in known.items()}
    for loop in loops(parents):
        here = next((step for step in loop if step in places), None)
        yield PlanProblem(
            (name, places[here], "parent") if here is not None else (name,),
            f"These {name} are their own parents: {way(loop)}.",
            "loop",
            "Take one of these parents away.",
        )
