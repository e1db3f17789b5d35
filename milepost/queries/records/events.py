"""What happened, as programs read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from milepost.core.access import Actor
from milepost.core.ids import decode, encode
from milepost.core.problems import NotFound
from milepost.models import Event
from milepost.queries import activity
from milepost.queries.activity import Narrowed
from milepost.queries.cards import Reader
from milepost.queries.records.slices import Slice, Wanted, written
from milepost.queries.sentences import Sentence, sentence
from milepost.queries.undoing import is_undone

EVERYTHING = Narrowed()


@dataclass(frozen=True, slots=True)
class EventRecord:
    """A change: `kind` for programs (`checkin.recorded`), `text` for people. `by` None: the system."""

    id: str
    kind: str
    at: datetime
    by: str | None
    by_name: str
    door: str
    objective: str | None
    key_result: str | None
    subject: str | None
    text: str
    note: str
    undoes: str | None
    may_undo: bool


@dataclass(frozen=True, slots=True)
class UndoingRecord:
    """The event that undid another: `kind` is that of an ordinary change."""

    id: str
    undoes: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HandoverRecord:
    """The event by which everything of a person went to others; undoing it undoes all of its changes."""

    id: str
    person: str
    changes: int
    at: datetime


def slice_of(reader: Reader, wanted: Wanted, narrowed: Narrowed = EVERYTHING) -> Slice:
    """Return some of what happened, the latest first."""
    # One more than wanted, so that only what is seen decides whether the list goes on.
    found = activity.feed(reader, narrowed, before=wanted.after, size=wanted.size + 1, parts=True)
    told = [sentence for day in found.days for sentence in day.sentences]
    onwards = found.older if len(told) <= wanted.size else told[wanted.size - 1].id
    told = told[: wanted.size]
    rows = {
        row.id: row
        for row in Event.objects.of(reader.actor.workspace_id).filter(id__in=[decode(one.id) for one in told])
    }
    records = []
    for one in told:
        row = rows[decode(one.id)]
        records.append(_record(one, row))
    return Slice(tuple(records), onwards)


def one(reader: Reader, id: int) -> EventRecord:
    """Return one event that the reader may see; raises NotFound."""
    rows = Event.objects.of(reader.actor.workspace_id).annotate(is_undone=is_undone())
    row = rows.filter(id=id).first()
    told = None if row is None else sentence(reader, row)
    if told is None:
        raise NotFound
    return _record(told, row)


def about_person(reader: Reader, person: int) -> tuple[EventRecord, ...]:
    """Return what was done about a person, their role and their teams, the latest first."""
    told = Event.objects.of(reader.actor.workspace_id).filter(objective_id=None)
    of_teams = Q(kind__startswith="team.", data__person=person)
    rows = told.filter(Q(kind__startswith="person.", subject_id=person) | of_teams).order_by("-id")
    rows = rows.annotate(is_undone=is_undone())
    return tuple(_record(one, row) for row in rows if (one := sentence(reader, row)) is not None)


def together(actor: Actor, id: int) -> tuple[int, ...]:
    """Return those that an event tells as one, and it last; none where there is no event of this id."""
    row = Event.objects.of(actor.workspace_id).filter(id=id).only("data").first()
    return () if row is None else (*row.data.get("events", ()), row.id)


def undoing(actor: Actor, id: int) -> UndoingRecord:
    """Return the event that this actor has just undone another by."""
    row = Event.objects.of(actor.workspace_id).get(id=id)
    return UndoingRecord(encode(row.id), encode(row.undoes_id), row.kind, row.at)


def handover(actor: Actor, id: int) -> HandoverRecord:
    """Return the event by which everything was just handed over."""
    row = Event.objects.of(actor.workspace_id).get(id=id)
    return HandoverRecord(encode(row.id), encode(row.subject_id), len(row.data["events"]), row.at)


def _record(told: Sentence, row: Event) -> EventRecord:
    return EventRecord(
        id=told.id,
        kind=told.kind,
        at=row.at,
        by=encode(told.by.id) if told.by.id else None,
        by_name=told.by.name,
        door=row.door,
        objective=written(row.objective_id),
        key_result=written(row.key_result_id),
        subject=written(row.subject_id),
        text=told.text,
        note=told.note,
        undoes=written(row.undoes_id),
        may_undo=bool(told.undo_url),
    )
