"""What held before of the workspace, its cycles and teams: what a file tells of it, beside what is known.

What is known stays. So a file adds to it only what makes a difference: a change that says of a field what it
held at that moment anyway is nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from milepost.core.plan.values import CyclePlan, HistoryPlan, TeamPlan, WorkspacePlan
from milepost.core.plan.words import CYCLE_PAST, TEAM_PAST, WORKSPACE_PAST

Dated = CyclePlan | TeamPlan | WorkspacePlan


class Told(NamedTuple):
    """A change that is told anew, and what its fields held after it."""

    change: HistoryPlan
    became: Mapping[str, Any]


def told_anew(before: Dated | None, thing: Dated) -> list[Told]:
    """Return what the history of a thing adds to what is known `before` of it, the latest first."""
    known = _by_moment(before.history if before is not None else ())
    told = _by_moment(thing.history)
    held = {name: getattr(thing, name) for name in _dated(thing)}
    if before is not None:
        held |= {name: getattr(before, name) for name in changed_now(before, thing)}
    found = []
    for at in sorted({*known, *told}, reverse=True):
        was = known[at].was if at in known else {}
        if at in told:
            new = {
                name: value for name, value in told[at].was.items() if name not in was and value != held[name]
            }
            if new:
                change = replace(told[at], was=MappingProxyType(new))
                found.append(Told(change, {name: held[name] for name in new}))
                held |= new
        held |= was
    return found


def settled(thing: Dated) -> Dated:
    """Return a thing whose history tells each moment once, the earliest first, and only what changed."""
    changes = tuple(one.change for one in reversed(told_anew(None, thing)))
    return replace(thing, history=changes)


def changed_now(before: Dated, thing: Dated) -> Iterator[str]:
    """Yield the dated fields that a file changes without telling when: they change as it is applied."""
    for name in _dated(thing):
        was = getattr(before, name)
        if was != getattr(thing, name) and not _is_told(name, was, before.history, thing.history):
            yield name


def _dated(thing: Dated) -> tuple[str, ...]:
    if isinstance(thing, WorkspacePlan):
        return WORKSPACE_PAST
    return CYCLE_PAST if isinstance(thing, CyclePlan) else TEAM_PAST


def _is_told(name: str, was: Any, known: Iterable[HistoryPlan], told: Iterable[HistoryPlan]) -> bool:
    """Say whether what is told begins where what is known ends: with what held last."""
    last = max((change.at for change in known if name in change.was), default=None)
    since = [change for change in told if name in change.was and (last is None or change.at > last)]
    return bool(since) and min(since, key=lambda change: change.at).was[name] == was


def is_made_anew(before: CyclePlan | TeamPlan | None, thing: CyclePlan | TeamPlan) -> bool:
    """Say whether it is told when a thing was made, which is not known `before`."""
    return thing.created is not None and (before is None or before.created is None)


def told_otherwise(before: Dated, thing: Dated) -> Iterator[tuple[int, str, Any, Any]]:
    """Yield what is known otherwise of the same moment: the place, the field, what is known, what is told."""
    known, seen = _by_moment(before.history), set()
    for index, change in enumerate(thing.history):
        there = known[change.at].was if change.at in known else {}
        for name, value in change.was.items():
            if (change.at, name) in seen:
                continue
            seen.add((change.at, name))
            if name in there and there[name] != value:
                yield index, name, there[name], value


def _by_moment(history: Iterable[HistoryPlan]) -> dict[datetime, HistoryPlan]:
    """Return the changes of each moment as one: of a field that is told twice, what held first."""
    found: dict[datetime, HistoryPlan] = {}
    for change in history:
        there = found.setdefault(change.at, change)
        if there is not change:
            found[change.at] = replace(there, was=MappingProxyType({**change.was, **there.was}))
    return found
