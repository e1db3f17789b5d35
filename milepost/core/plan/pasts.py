"""What held before: the history of a thing, walked backwards from what holds now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from milepost.core.plan.findings import Path, PlanProblem
from milepost.core.plan.unread import as_far_as_known
from milepost.core.plan.values import (
    CyclePlan,
    HistoryPlan,
    KeyResultPlan,
    ObjectivePlan,
    TeamPlan,
    WorkspacePlan,
)

Remembered = ObjectivePlan | KeyResultPlan | CyclePlan | TeamPlan | WorkspacePlan
_ANY_ORDER = ("contributors", "visible_to")


def spelt_once(was: Mapping[str, Any]) -> dict[str, Any]:
    """Bring what may be told in two ways into one: a curve with its points, people in any order."""
    once = {name: sorted(value) if name in _ANY_ORDER else value for name, value in was.items()}
    if "points" in once:
        once.setdefault("curve", "points")
    if once.get("curve", "points") != "points":
        once.pop("points", None)
    return once


def backwards(
    thing: Remembered, *, objective: str | None = None
) -> Iterator[tuple[int, HistoryPlan, dict[str, Any]]]:
    """Yield each change, the latest first: its place in the history, itself, and what held after it.

    Of two changes at one moment, the one that the list tells later came later. `objective` is the one that a
    key result stands under now.
    """
    if not thing.history:
        return
    held = _now(thing, objective)
    ordered = sorted(enumerate(thing.history), key=lambda pair: (pair[1].at, pair[0]), reverse=True)
    for index, change in ordered:
        yield index, change, held
        held = held | _whole(spelt_once(change.was))


@as_far_as_known
def told_in_vain(
    thing: Remembered, path: Path, *, objective: str | None = None, known: Iterable[HistoryPlan] = ()
) -> Iterator[PlanProblem]:
    """Yield changes that changed nothing: mostly they tell the new value in the place of the old.

    What is `known` already did change something: the file that tells it again has a new value for today.
    """
    known_at = {
        (change.at, name): value for change in known for name, value in spelt_once(change.was).items()
    }
    for index, change, after in backwards(thing, objective=objective):
        here = (*path, "history", index)
        if not change.was:
            message = "This change does not say what was different."
            yield PlanProblem(here, message, "no_change", "Add was: {…}, or take it out.")
        for name, value in spelt_once(change.was).items():
            if (change.at, name) in known_at and known_at[change.at, name] == value:
                continue
            if name in after and value == after[name] and (name, value) != ("curve", "points"):
                yield PlanProblem(
                    (*here, "was", "plan" if name in ("curve", "points") else name),
                    f"“{name}” is told to have been what it was afterwards too.",
                    "no_change",
                    "Write the value before the change, or take the field out.",
                )


def _now(thing: Remembered, objective: str | None) -> dict[str, Any]:
    held = {one.name: getattr(thing, one.name) for one in fields(thing)}
    if isinstance(thing, KeyResultPlan):
        held |= {one.name: getattr(thing.measure, one.name) for one in fields(thing.measure)}
        held["objective"] = objective
    return _whole(spelt_once(held))


def _whole(was: dict[str, Any]) -> dict[str, Any]:
    """Say of a curve with a name that it has no points, so that nothing older shows through."""
    return was | {"points": ()} if was.get("curve", "points") != "points" else was
