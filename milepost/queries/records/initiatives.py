"""Initiatives as programs read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.models import Initiative
from milepost.queries import initiatives
from milepost.queries.cards import Reader
from milepost.queries.records.sights import in_sight
from milepost.queries.records.slices import Slice, Wanted, cut, written

READ = 500  # at once, of those of a past day


@dataclass(frozen=True, slots=True)
class InitiativeRecord:
    """A piece of work for an objective, perhaps for one key result of it; it never counts.

    `revision` is that of today on every day: what is changed is what holds now.
    """

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
    asked = {"objective_id": objective, "key_result_id": key_result, "owner_id": owner, "state": state}
    asked = {name: value for name, value in asked.items() if value is not None}
    if reader.known is None:
        rows = Initiative.objects.of(reader.actor.workspace_id).filter(in_sight(reader), **asked)
        if wanted.after is not None:
            rows = rows.filter(id__gt=wanted.after)
        found = rows.order_by("id")[: wanted.size + 1]
    else:
        found = list(islice(_stood(reader, wanted.after or 0, asked), wanted.size + 1))
    kept, onwards = cut(found, wanted, lambda row: row.id)
    return Slice(tuple(map(_record, kept)), onwards)


def _stood(reader: Reader, after: int, asked: dict[str, Any]) -> Iterator[Initiative]:
    """Yield what was as it is asked for on a past day: the tables say what is so today."""
    rows = reader.until(Initiative.objects.of(reader.actor.workspace_id), "created_at").order_by("id")
    if "objective_id" in asked:
        rows = rows.filter(objective_id=asked["objective_id"])
    while True:
        read = list(rows.filter(id__gt=after)[:READ])
        for row in initiatives.as_they_stood(reader, read):
            if all(getattr(row, name) == value for name, value in asked.items()):
                yield row
        if len(read) < READ:
            return
        after = read[-1].id


def one(reader: Reader, id: int) -> InitiativeRecord:
    """Return one initiative, or NotFound."""
    rows = reader.until(Initiative.objects.of(reader.actor.workspace_id), "created_at").filter(id=id)
    found = initiatives.as_they_stood(reader, rows)
    if not found:
        raise NotFound
    return _record(found[0])


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
