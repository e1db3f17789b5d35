"""Ids that went to something else, because somebody used them who could not see what had them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from milepost.core import ids
from milepost.core.plan.findings import Path, PlanProblem
from milepost.core.plan.values import Plan

KEPT = 50  # characters of an id that are still there when it has moved; of 64
_Spot = tuple[Path, str]


def moved(id: str, mark: int) -> str:
    """Return the id that something gets whose own was given to something else; nobody guesses its end."""
    return f"{id[:KEPT]}-{ids.encode(mark)}"


def moved_problems(plan: Plan, have: Plan) -> Iterator[PlanProblem]:
    """Yield a problem for each id of the plan by which its writer may mean what has another id by now.

    Without it a file that was written before would write over what has the id today.
    """
    for spots, there in zip(_spots(plan), _spots(have), strict=True):
        yield from _in_one_kind(spots, {id for _, id in there})


def _in_one_kind(spots: list[_Spot], there: Collection[str]) -> Iterator[PlanProblem]:
    origins = {origin: id for id in there if (origin := _origin(id)) is not None}
    named = {id for _, id in spots}
    for path, id in spots if origins else ():
        now = origins.get(id[:KEPT])
        if now is not None and now not in named:
            yield PlanProblem(
                (*path, "id"),
                f"What had the id {id} when this file was written may be {now} by now: another file took "
                f"{id} for something of its own.",
                code="id_moved",
                remedy=f"Write {now} where that is meant; keep {id} for the other one, or leave it out.",
            )


def _origin(id: str) -> str | None:
    """Return the beginning of an id that has moved; None for any other."""
    origin, _, mark = id.rpartition("-")
    return origin if origin and ids.decode(mark) is not None else None


def _spots(plan: Plan) -> tuple[list[_Spot], list[_Spot], list[_Spot]]:
    """Return where which ids stand: of objectives, of key results, of initiatives."""
    rows = list(enumerate(plan.objectives))
    return (
        [(("objectives", place), row.id) for place, row in rows],
        *(
            [
                (("objectives", place, kind, inner), each.id)
                for place, row in rows
                for inner, each in enumerate(getattr(row, kind))
            ]
            for kind in ("key_results", "initiatives")
        ),
    )
