"""Initiatives as programs read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.models import Initiative
from milepost.queries.cards import Reader
from milepost.queries.records.sights import in_sight
from milepost.queries.records.slices import Slice, Wanted, cut, written


@dataclass(frozen=True, slots=True)
class InitiativeRecord:
    """A piece of work for an objective, perhaps for one key result of it; it never counts."""

    id: str
    key: str
    objective: str
    key_result: str | None
    title: str
    description: str
    state: str
    owner: str | None
    due_on: date | None
    revision: int
    created_at: datetime


def slice_of(
    reader: Reader,
    wanted: Wanted,
    *,
    objective: int | None = None,
    key_result: int | None = None,
    owner: int | None = None,
    state: str | None = None,
) -> Slice:
    """Return some of the initiatives, the oldest first."""
    rows = Initiative.objects.of(reader.actor.workspace_id).filter(in_sight(reader))
    asked = {"objective_id": objective, "key_result_id": key_result, "owner_id": owner, "state": state}
    rows = rows.filter(**{name: value for name, value in asked.items() if value is not None})
    if wanted.after is not None:
        rows = rows.filter(id__gt=wanted.after)
    kept, onwards = cut(rows.order_by("id")[: wanted.size + 1], wanted, lambda row: row.id)
    return Slice(tuple(map(_record, kept)), onwards)


def one(reader: Reader, id: int) -> InitiativeRecord:
    """Return one initiative, or NotFound."""
    row = Initiative.objects.of(reader.actor.workspace_id).filter(in_sight(reader), id=id).first()
    if row is None:
        raise NotFound
    return _record(row)


def _record(row: Initiative) -> InitiativeRecord:
    return InitiativeRecord(
        id=encode(row.id),
        key=row.key,
        objective=encode(row.objective_id),
        key_result=written(row.key_result_id),
        title=row.title,
        description=row.description,
        state=row.state,
        owner=written(row.owner_id),
        due_on=row.due_on,
        revision=row.revision,
        created_at=row.created_at,
    )
