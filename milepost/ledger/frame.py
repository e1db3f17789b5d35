"""The frame as it was: when cycles began and ended, which team stood below which, what stood in which order.

All change seldom, and the event of a change keeps what was before it. So a past day's frame is today's, with
the changes since then taken back, the latest first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from milepost.ledger.columns import Rows
from milepost.ledger.structure import FRAME_EVENTS, MOVES, CycleRow, TeamRow

# What is dated of them; names read as they are now, as everywhere.
CYCLE_FIELDS = ("starts_on", "ends_on", "closed_on", "parent_id")
TEAM_FIELDS = ("parent_id",)


class Since(NamedTuple):
    """A change since then: of which cycle or team, and what each field was before it."""

    kind: str
    subject_id: int
    was: Mapping[str, Any]


class Frame:
    """The cycles and teams of a workspace as they were before the moment `known`, when a day was over."""

    def __init__(self, workspace_id: int, day: date, known: datetime) -> None:
        self._day = day
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT kind, subject_id, data FROM event WHERE workspace_id = %s AND {FRAME_EVENTS} "
                "AND at >= %s ORDER BY id DESC",
                [workspace_id, connection.ops.adapt_datetimefield_value(known)],
            )
            self._since = [Since(kind, id, _was(kind, data)) for kind, id, data in cursor.fetchall()]
            cursor.execute(
                f"SELECT data FROM event WHERE workspace_id = %s AND {MOVES} AND at >= %s ORDER BY id DESC",
                [workspace_id, connection.ops.adapt_datetimefield_value(known)],
            )
            self._orders = [_said(data).get("before", []) for (data,) in cursor.fetchall()]

    def cycles(self, living: Mapping[int, CycleRow]) -> dict[int, CycleRow]:
        """Return the cycles of then, in the order of today's."""
        found = dict(living)
        for change in self._since:
            if change.subject_id in found and change.kind.startswith("cycle."):
                was = {name: change.was[name] for name in CYCLE_FIELDS if name in change.was}
                found[change.subject_id] = replace(found[change.subject_id], **was)
        return {
            # A file may say of a cycle when it was closed, without any event.
            id: replace(row, closed_on=None) if row.closed_on and row.closed_on > self._day else row
            for id, row in found.items()
        }

    def teams(self, living: Mapping[int, TeamRow]) -> dict[int, TeamRow]:
        """Return the teams where they stood then, by the names of today and with their members of today."""
        found = dict(living)
        for change in self._since:
            if change.subject_id in found and change.kind.startswith("team."):
                was = {name: change.was[name] for name in TEAM_FIELDS if name in change.was}
                found[change.subject_id] = replace(found[change.subject_id], **was)
        return found

    def key_results(self, living: Rows) -> Rows:
        """Return key results in the order in which they stood on their objectives."""
        place = {id: place for order in self._orders for place, id in enumerate(order)}
        moved = [(row, at) for id, at in place.items() if (row := living.get(id)) and row.position != at]
        return living.changed(replace(row, position=at) for row, at in moved) if moved else living


def _said(data: str | Mapping[str, Any]) -> Mapping[str, Any]:
    return json.loads(data) if isinstance(data, str) else data


def _was(kind: str, data: str | Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event says was there before it."""
    was = {name: old for name, (old, _) in _said(data).get("changes", {}).items()}
    if kind == "cycle.closed":
        was["closed_on"] = None
    return {
        name: date.fromisoformat(old) if name.endswith("_on") and old else old for name, old in was.items()
    }
