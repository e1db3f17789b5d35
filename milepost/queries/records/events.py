"""What happened, as programs read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from milepost.core.ids import decode, encode
from milepost.models import Event
from milepost.queries import activity
from milepost.queries.activity import Narrowed
from milepost.queries.cards import Reader
from milepost.queries.records.slices import Slice, Wanted, written

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


def slice_of(reader: Reader, wanted: Wanted, narrowed: Narrowed = EVERYTHING) -> Slice:
    """Return some of what happened, the latest first."""
    # One more than wanted, so that only what is seen decides whether the list goes on.
    found = activity.feed(reader, narrowed, before=wanted.after, size=wanted.size + 1)
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
        records.append(
            EventRecord(
                id=one.id,
                kind=one.kind,
                at=row.at,
                by=encode(one.by.id) if one.by.id else None,
                by_name=one.by.name,
                door=row.door,
                objective=written(row.objective_id),
                key_result=written(row.key_result_id),
                subject=written(row.subject_id),
                text=one.text,
                note=one.note,
            )
        )
    return Slice(tuple(records), onwards)
