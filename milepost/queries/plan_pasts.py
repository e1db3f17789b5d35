"""The history of the workspace, its cycles and teams as a file says it: what each change found before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from milepost.core.plan.values import HistoryPlan
from milepost.core.plan.words import CYCLE_PAST, TEAM_PAST, WORKSPACE_PAST
from milepost.ledger import frame

_NAMES = {"starts_on": "starts", "ends_on": "ends", "closed_on": "closed", "parent_id": "parent"}
COLUMNS = {plan: column for column, plan in _NAMES.items()}


class Pasts(NamedTuple):
    """By number: how the workspace, its cycles and teams changed, and when each of these was made."""

    changes: Mapping[int, tuple[HistoryPlan, ...]]
    made: Mapping[int, datetime]

    def of(self, id: int) -> dict[str, Any]:
        """Return what a plan says of the past of a cycle or a team."""
        return {"history": self.changes.get(id, ()), "created": self.made.get(id)}


def of(
    workspace_id: int, people: Mapping[int, str], teams: Mapping[int, str], cycles: Mapping[int, str]
) -> Pasts:
    """Return what is known of the past of the workspace, its cycles and teams, the earliest first.

    The others lead from numbers to text ids.
    """
    kinds = {"cycle": (CYCLE_PAST, cycles), "team": (TEAM_PAST, teams)} | {"workspace": (WORKSPACE_PAST, {})}
    found: dict[int, list[HistoryPlan]] = defaultdict(list)
    for change in frame.changes(workspace_id, events=f"({frame.FRAME_EVENTS} OR {frame.SETTINGS_EVENTS})"):
        dated, keys = kinds[change.kind.partition(".")[0]]
        was = {}
        for column, value in change.was.items():
            name = _NAMES.get(column, column)
            if name == "parent" and value is not None:
                if value not in keys:
                    continue  # it was taken away on the day it was made, which no past day shows
                value = keys[value]
            if name in dated:
                was[name] = value
        if was:
            found[change.subject_id].append(HistoryPlan(change.at, was, people.get(change.by_id)))
    return Pasts({id: tuple(changes) for id, changes in found.items()}, frame.made(workspace_id))
