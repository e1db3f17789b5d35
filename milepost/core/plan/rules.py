"""What must be true of a plan, whichever file it came from: `check`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from milepost.core.plan.alignment_rules import ring_problems
from milepost.core.plan.findings import Path, PlanProblem, path_text
from milepost.core.plan.frame_past_rules import frame_past_problems
from milepost.core.plan.frame_rules import cycle_problems, people_problems, team_problems, workspace_problems
from milepost.core.plan.known import Known
from milepost.core.plan.objective_rules import objective_problems
from milepost.core.plan.unread import all_said, each, said
from milepost.core.plan.values import Plan
from milepost.core.problems import MOST_TOLD

__all__ = ["PlanProblem", "check", "path_text"]


def check(
    plan: Plan, have: Plan | None = None, *, most: int = MOST_TOLD, unsure: Collection[str] = ()
) -> list[PlanProblem]:
    """Return up to `most` problems of a plan: references, loops, windows, weights, measures.

    `have` is what the workspace holds already: a reference may be met, and a loop closed, by either. The plan
    may be that of a file with mistakes (see `unread`); of the kinds that are `unsure` it may lack some.
    """
    have = have or Plan()
    known = Known.of(plan, have, unsure)
    found = list(islice(_problems(plan, have, known), most))
    excused = known.excused()
    return [problem for problem in found if problem not in excused]


def _problems(plan: Plan, have: Plan, known: Known) -> Iterator[PlanProblem]:
    yield from _unique(plan)
    yield from workspace_problems(plan)
    yield from people_problems(plan)
    yield from team_problems(plan, known)
    yield from cycle_problems(plan, known)
    yield from frame_past_problems(plan, have, known)
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
        yield from _twice(_ids(enumerate(things), (name,)), name)
    for name in ("key_results", "initiatives"):
        yield from _twice(
            (
                spot
                for upper, objective in enumerate(plan.objectives)
                for spot in _ids(each(objective, name), ("objectives", upper, name))
            ),
            name,
        )
    for upper, objective in enumerate(plan.objectives):
        path: Path = ("objectives", upper)
        yield from _twice_in(objective, "comments", "comments", path)
        for index, key_result in each(objective, "key_results"):
            here = (*path, "key_results", index)
            yield from _twice_in(key_result, "check_ins", "check-ins", here)
            yield from _twice_in(key_result, "comments", "comments", here)


def _twice_in(thing: Any, name: str, noun: str, path: Path) -> Iterator[PlanProblem]:
    entries = said(thing, name, ())
    if len(entries) > 1 and len({*all_said(entries, "id")}) != len(entries):
        yield from _twice(_ids(each(thing, name), (*path, name)), noun)


def _ids(numbered: Iterable[tuple[int, Any]], path: Path) -> Iterator[tuple[Path, str | None]]:
    return (((*path, index), said(entry, "id")) for index, entry in numbered)


def _twice(places: Iterable[tuple[Path, str | None]], name: str) -> Iterator[PlanProblem]:
    first: dict[str, Path] = {}
    for path, thing_id in places:
        if thing_id is None:
            continue
        if thing_id in first:
            yield PlanProblem(
                (*path, "id"),
                f"The id “{thing_id}” is already that of {path_text(first[thing_id])}.",
                "duplicate_id",
                f"Each of the {name.replace('_', ' ')} needs an id of its own.",
            )
        else:
            first[thing_id] = path
