"""Telling: one event row for every change, in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from milepost.core import undoing
from milepost.core.access import Actor
from milepost.ledger import sight
from milepost.models import Event
from milepost.queries import people

# Who acted when, and what they have told at that moment, as (id, kind): what a door offers to undo.
_told: ContextVar[tuple[tuple, list[tuple[int, str]]]] = ContextVar("told", default=((), []))


def told(*, by: Actor, at: datetime) -> list[int]:
    """Return the ids of the events that this actor has told at this moment, the earliest first."""
    return [id for id, _ in _heard(by, at)]


def listen(*, by: Actor, at: datetime) -> Callable[[], list[int]]:
    """Return what says, when it is called, which events this actor has told since now."""
    before = len(told(by=by, at=at))
    return lambda: told(by=by, at=at)[before:]


def undoable(*, by: Actor, at: datetime) -> int | None:
    """Return the event by which all that was just done can be undone, if there is one."""
    heard = [(id, kind) for id, kind in _heard(by, at) if kind in undoing.KINDS]
    drafted = [id for id, kind in heard if kind == "objective.drafted"]  # with what was drafted below it
    return drafted[0] if drafted else heard[-1][0] if heard else None


def note(*, event: int, kind: str, by: Actor, at: datetime) -> None:
    """Note an event that was written without `tell`."""
    _told.set(((by.workspace_id, by.person_id, at), [*_heard(by, at), (event, kind)]))


def _heard(by: Actor, at: datetime) -> list[tuple[int, str]]:
    moment, heard = _told.get()
    return heard if moment == (by.workspace_id, by.person_id, at) else []


def tell(
    kind: str,
    *,
    objective: int | None = None,
    key_result: int | None = None,
    subject: int | None = None,
    data: dict[str, Any] | None = None,
    undoes: int | None = None,
    by: Actor,
    at: datetime,
) -> Event:
    """Write the event of a change, named in the past tense (`objective.drafted`)."""
    # What an account does is told in each of its workspaces, before it is let into one.
    with sight.reaching(by.workspace_id):
        new = Event.objects.create(
            workspace_id=by.workspace_id,
            kind=kind,
            at=at,
            actor_id=by.person_id,
            door=by.door,
            objective_id=objective,
            key_result_id=key_result,
            subject_id=subject,
            data=data or {},
            undoes_id=undoes,
        )
    note(event=new.id, kind=kind, by=by, at=at)
    return new


def tell_of_account(
    kind: str, *, user_id: int, data: dict[str, Any] | None = None, by: Actor, at: datetime
) -> None:
    """Tell in each workspace of an account what its person did, through the door of `by`."""
    for own in people.own_actors(user_id, door=by.door):
        tell(kind, subject=own.person_id, data=data, by=own, at=at)
