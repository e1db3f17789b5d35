"""What must be true of a plan, whichever file it came from: `check`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from milepost.core.plan.alignment_rules import ring_problems
from milepost.core.plan.findings import Path, PlanProblem, path_text
from milepost.core.plan.frame_rules import cycle_problems, people_problems, team_problems, workspace_problems
from milepost.core.plan.known import Known
from milepost.core.plan.objective_rules import objective_problems
from milepost.core.plan.values import Plan

__all__ = ["PlanProblem", "check", "path_text"]


def check(plan: Plan, have: Plan | None = None, *, most: int = 50) -> list[PlanProblem]:
    """Return up to `most` problems of a plan: references, loops, windows, weights, measures.

    `have` is what the workspace holds already: a reference may be met, and a loop closed, by either.
    """
    return list(islice(_problems(plan, Known.of(plan, have or Plan())), most))


def _problems(plan: Plan, known: Known) -> Iterator[PlanProblem]:
    yield from _unique(plan)
    yield from workspace_problems(plan)
    yield from people_problems(plan)
    yield from team_problems(plan, known)
    yield from cycle_problems(plan, known)
    for index, objective in enumerate(plan.objectives):
        yield from objective_problems(objective, known, ("objectives", index))
    yield from ring_problems(plan, known)


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
