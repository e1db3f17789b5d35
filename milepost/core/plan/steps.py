"""The past states that an objective's steps tell, of itself and of its key results, as a history tells them.

So a history does not repeat them (`apart`), and whoever needs every state puts them back in (`joined`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby, takewhile
from operator import attrgetter

from milepost.core.plan.values import HistoryPlan, KeyResultPlan, ObjectivePlan, TransitionPlan

Told = Mapping[datetime, HistoryPlan]

# A key result's state, and the states in which its objective has brought it there.
_TOGETHER = {"graded": ("graded", "closed"), "cancelled": ("cancelled",), "paused": ("deferred",)}


def of_objective(steps: Iterable[TransitionPlan], since: datetime | None) -> Told:
    """Return by moment what the steps changed the state from, after `since` (None: ever)."""
    found, state = {}, None
    for step in _lasting(steps):
        if state not in (None, step.to) and (since is None or step.at > since):
            found[step.at] = HistoryPlan(step.at, {"state": state}, step.by, step.reason)
        state = step.to
    return found


def of_key_result(
    state: str, history: Iterable[HistoryPlan], steps: Iterable[TransitionPlan], since: datetime | None
) -> Told:
    """Return when a key result ended with its objective, by whose `steps`; nothing if its history says else.

    Until then it is taken to have been active: that is what it was worked on as.
    """
    if state not in _TOGETHER:
        return {}
    latest_first = reversed([*_lasting(steps)])
    ended = [*takewhile(lambda step: step.to in _TOGETHER[state], latest_first)]
    if not ended or (since is not None and ended[-1].at <= since):
        return {}
    first = ended[-1]
    if any("state" in entry.was and entry.at != first.at for entry in history):
        return {}
    return {first.at: HistoryPlan(first.at, {"state": "active"}, first.by, first.reason)}


def joined(history: Iterable[HistoryPlan], told: Told) -> tuple[HistoryPlan, ...]:
    """Return a history with the states that steps tell; what it tells of a moment itself holds."""
    entries = list(history)
    itself = {entry.at for entry in entries if "state" in entry.was}
    left = {at: entry for at, entry in told.items() if at not in itself}
    for place, entry in enumerate(entries):
        if entry.at in left:
            entries[place] = replace(entry, was={**entry.was, **left.pop(entry.at).was})
    return (*entries, *left.values())


def apart(history: Iterable[HistoryPlan], told: Told) -> Iterator[HistoryPlan]:
    """Yield a history without the states that steps tell."""
    entries = list(history)
    if not told:
        yield from entries
        return
    times = Counter(entry.at for entry in entries if "state" in entry.was)
    for entry in entries:
        step = told.get(entry.at)
        if step is None or times[entry.at] != 1 or entry.was.get("state") != step.was["state"]:
            yield entry
        elif rest := {name: value for name, value in entry.was.items() if name != "state"}:
            yield replace(entry, was=rest)


def told_once(objective: ObjectivePlan, steps: Iterable[TransitionPlan]) -> ObjectivePlan:
    """Return an objective whose histories, and those of its key results, leave to `steps` what these tell."""
    key_results = tuple(_told_once(one, steps) for one in objective.key_results)
    history = tuple(apart(objective.history, of_objective(steps, objective.created)))
    if history == objective.history and key_results == objective.key_results:
        return objective
    return replace(objective, history=history, key_results=key_results)


def _told_once(one: KeyResultPlan, steps: Iterable[TransitionPlan]) -> KeyResultPlan:
    if not any("state" in entry.was for entry in one.history):
        return one
    told = of_key_result(one.state, one.history, steps, one.created)
    return replace(one, history=tuple(apart(one.history, told)))


def _lasting(steps: Iterable[TransitionPlan]) -> Iterator[TransitionPlan]:
    """Yield of the steps made in one moment the last: no day saw the others."""
    in_order = sorted(steps, key=attrgetter("at"))
    for _, made in groupby(in_order, key=attrgetter("at")):
        *_, last = made
        yield last
