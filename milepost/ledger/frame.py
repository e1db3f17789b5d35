"""The frame as it was: cycles and teams, their names, days and places, and what stood in which order.

All change seldom, and the event of a change keeps what was before it. So a past day's frame is today's, with
the changes since then taken back, the latest first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from django.db import connection

from milepost.ledger.columns import Rows
from milepost.ledger.statements import zoned
from milepost.ledger.structure import FRAME_EVENTS, MADE, MOVES, CycleRow, TeamRow

# What is dated of them.
CYCLE_FIELDS = ("name", "starts_on", "ends_on", "closed_on", "parent_id")
TEAM_FIELDS = ("name", "purpose", "parent_id")
Row = TypeVar("Row", CycleRow, TeamRow)
SETTINGS_EVENTS = "objective_id IS NULL AND kind = 'workspace.changed'"


class FrameChange(NamedTuple):
    """A change of a cycle or a team: when, by whom, and what each field was before it."""

    kind: str
    subject_id: int
    at: datetime
    by_id: int | None
    was: Mapping[str, Any]


def changes(
    workspace_id: int, since: datetime | None = None, *, events: str = FRAME_EVENTS
) -> list[FrameChange]:
    """Return the changes of cycles and teams, or those from a moment on, in the order they were made in."""
    found, latest = [], datetime.min.replace(tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, subject_id, at, actor_id, data, door FROM event WHERE workspace_id = %s AND "
            f"{events} AND at >= %s ORDER BY id",
            [workspace_id, connection.ops.adapt_datetimefield_value(since or latest)],
        )
        for kind, id, at, by, data, door in cursor.fetchall():
            at = zoned(at)
            # Of two who change one thing at once, who came first may have had to wait: their ids are in the
            # order in which it was done. What a file tells of the past has ids of the day it was applied.
            if door != "file":
                at = latest = max(at, latest)
            found.append(FrameChange(kind, id, at, by, _was(kind, data)))
    return sorted(found, key=attrgetter("at"))


def _orders(workspace_id: int, since: datetime) -> list[list[int]]:
    """Return in which order key results stood before each move from a moment on, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT data FROM event WHERE workspace_id = %s AND {MOVES} AND at >= %s ORDER BY id DESC",
            [workspace_id, connection.ops.adapt_datetimefield_value(since)],
        )
        return [_said(data).get("before", []) for (data,) in cursor.fetchall()]


def made(workspace_id: int, since: datetime | None = None) -> dict[int, datetime]:
    """Return when cycles and teams were made, or those that were from a moment on."""
    since = since or datetime.min.replace(tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT subject_id, at FROM event WHERE workspace_id = %s AND {MADE} AND at >= %s ORDER BY at",
            [workspace_id, connection.ops.adapt_datetimefield_value(since)],
        )
        return {id: zoned(at) for id, at in cursor.fetchall()}


class Frame:
    """The cycles and teams of a workspace as they were before the moment `known`, when a day was over."""

    def __init__(self, workspace_id: int, day: date, known: datetime) -> None:
        self._day = day
        self._since = changes(workspace_id, known)[::-1]
        self._made = made(workspace_id, known)
        self._orders = _orders(workspace_id, known)

    def cycles(self, living: Mapping[int, CycleRow], used: Iterable[int]) -> dict[int, CycleRow]:
        """Return the cycles of then, in the order of today's; those `used` by objectives were there."""
        found = dict(living)
        for change in self._since:
            if change.subject_id in found and change.kind.startswith("cycle."):
                was = {name: change.was[name] for name in CYCLE_FIELDS if name in change.was}
                found[change.subject_id] = replace(found[change.subject_id], **was)
        found = {
            # A file may say of a cycle when it was closed, without any event.
            id: replace(row, closed_on=None) if row.closed_on and row.closed_on > self._day else row
            for id, row in found.items()
        }
        return self._there(found, used)

    def teams(self, living: Mapping[int, TeamRow], used: Iterable[int]) -> dict[int, TeamRow]:
        """Return the teams where they stood then, by the names of then; their members are those of today."""
        found = dict(living)
        for change in self._since:
            if change.subject_id in found and change.kind.startswith("team."):
                was = {name: change.was[name] for name in TEAM_FIELDS if name in change.was}
                found[change.subject_id] = replace(found[change.subject_id], **was)
        return self._there(found, used)

    def _there(self, found: dict[int, Row], used: Iterable[int]) -> dict[int, Row]:
        """Leave out what was made since, but for what something stood in: a file may tell of a past."""
        made = set(self._made)
        waiting = [*used, *(found.keys() - made)]
        while waiting:
            id = waiting.pop()
            made.discard(id)
            above = found[id].parent_id if id in found else None
            if above in made:
                waiting.append(above)
        return {id: row for id, row in found.items() if id not in made}

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
