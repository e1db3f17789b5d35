"""Retelling: the events of a past that was brought in whole, so that the feed can tell it too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import Any

from django.db import transaction

from milepost.actions import history
from milepost.core import access
from milepost.core.access import Actor
from milepost.models import (
    Checkin,
    Comment,
    Event,
    KeyResult,
    KeyResultVersion,
    Objective,
    ObjectiveVersion,
    Transition,
)
from milepost.models.exact import plain
from milepost.models.ids import COUNTER_BITS
from milepost.models.key_results import KEY_RESULT_FIELDS
from milepost.models.objectives import OBJECTIVE_FIELDS

SHORT = 280  # characters of a note that a feed shows
BATCH = 1_000
DOOR = "web"

_STEPS: Mapping[str, str] = MappingProxyType(
    {
        "create": "objective.drafted",
        "commit": "objective.activated",
        "cancel": "objective.cancelled",
        "defer": "objective.deferred",
        "park": "objective.parked",
        "reflect": "objective.closed",
    }
)


def retell(*, by: Actor, at: datetime) -> int:
    """Write the events of everything that a plan told of a workspace's past; return how many.

    For a workspace that has just been made from a plan: what has events of its own would be told twice.
    Each event's id holds the moment it is about, so the feed reads in the order in which things happened.
    """
    access.require(access.may_manage(by), "retell the past", remedy="Ask an admin.")
    with transaction.atomic():
        told = sorted(_Past(by.workspace_id).events(), key=lambda event: event.at)
        for number, event in enumerate(told):
            event.id = int(event.at.timestamp() * 1000) << COUNTER_BITS | number % (1 << COUNTER_BITS)
        Event.objects.bulk_create(told, batch_size=BATCH)
    return len(told)


class _Past:
    """What a workspace remembers, as events."""

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id
        self.objectives = {row.id: row for row in Objective.objects.of(workspace_id)}
        self.key_results = {row.id: row for row in KeyResult.objects.of(workspace_id)}

    def events(self) -> Iterator[Event]:
        """Yield an event for each thing that is remembered with its moment."""
        yield from self._check_ins()
        yield from self._comments()
        yield from self._steps()
        yield from self._changes(KeyResultVersion, "key_result_id", KEY_RESULT_FIELDS)
        yield from self._changes(ObjectiveVersion, "objective_id", OBJECTIVE_FIELDS)

    def _check_ins(self) -> Iterator[Event]:
        for row in Checkin.objects.of(self.workspace_id).iterator(BATCH):
            one = self.key_results[row.key_result_id]
            data: dict[str, Any] = {
                "title": one.title,
                "value": None if row.value is None else plain(row.value),
            }
            if row.confidence is not None:
                data["confidence"] = row.confidence
            if row.note:
                data["note"] = row.note[:SHORT]
            kind = "checkin.recorded"
            if row.corrects_id is not None:
                kind = "checkin.withdrawn" if row.is_withdrawn else "checkin.corrected"
                data["corrects"] = row.corrects_id
            yield self._event(kind, row.recorded_at, row.by_id, row.id, data, key_result=one)

    def _comments(self) -> Iterator[Event]:
        for row in Comment.objects.of(self.workspace_id):
            one = self.key_results.get(row.key_result_id)
            data = {"text": row.text[:SHORT]}
            yield self._event(
                "comment.added", row.at, row.by_id, row.id, data, objective=row.objective_id, key_result=one
            )

    def _steps(self) -> Iterator[Event]:
        rows = Transition.objects.of(self.workspace_id).filter(event__in=_STEPS)
        for row in rows:
            whole = self.objectives[row.objective_id]
            data = {"title": whole.title, "state": row.to_state}
            if row.reason:
                data["reason"] = row.reason
            yield self._event(_STEPS[row.event], row.at, row.by_id, whole.id, data, objective=whole.id)

    def _changes(self, model, column: str, names: Sequence[str]) -> Iterator[Event]:
        rows = model.objects.of(self.workspace_id).order_by(column, "at", "id")
        for id, versions in groupby(rows, key=lambda row: getattr(row, column)):
            for old, new in pairwise(versions):
                found = dict(_found(old, new, names))
                if not found:
                    continue
                one = self.key_results.get(id)
                kind = "key_result.changed" if one else "objective.changed"
                data = {"title": new.title, "changes": history.in_words(found), "reason": new.reason}
                yield self._event(kind, new.at, new.by_id, id, data, objective=id, key_result=one)

    def _event(
        self,
        kind: str,
        at: datetime,
        by: int | None,
        subject: int,
        data: dict[str, Any],
        *,
        objective: int | None = None,
        key_result: KeyResult | None = None,
    ) -> Event:
        return Event(
            workspace_id=self.workspace_id,
            kind=kind,
            at=at,
            actor_id=by,
            door=DOOR,
            objective_id=key_result.objective_id if key_result else objective,
            key_result_id=key_result.id if key_result else None,
            subject_id=subject,
            data=data,
        )


def _found(old: Any, new: Any, names: Iterable[str]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    # A state has its own step in the log.
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if name != "state" and before != after:
            yield name, (before, after)
