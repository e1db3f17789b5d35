"""Cycles as programs read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from milepost.core import cadence
from milepost.core.cadence import Window
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger.structure import CycleRow
from milepost.queries.cards import Reader
from milepost.queries.records.slices import Slice, Wanted, following, ids_of, written


@dataclass(frozen=True, slots=True)
class CycleRecord:
    """A cycle; `ends_on` None is open. `state`: upcoming, running, grading or closed."""

    id: str
    key: str
    name: str
    starts_on: date
    ends_on: date | None
    parent: str | None
    state: str
    closed_on: date | None


def slice_of(reader: Reader, wanted: Wanted, *, state: str | None = None) -> Slice:
    """Return some of the cycles, in the order in which they were created."""
    records = (_record(reader, reader.image.cycles[id]) for id in following(reader.image.cycles, wanted))
    found = {record.id: record for record in records if state is None or record.state == state}
    rows = reader.image.cycles
    kept, onwards = ids_of((id for id in sorted(rows) if encode(id) in found), wanted)
    return Slice(tuple(found[encode(id)] for id in kept), onwards)


def one(reader: Reader, id: int) -> CycleRecord:
    """Return one cycle, or NotFound."""
    row = reader.image.cycles.get(id)
    if row is None:
        raise NotFound
    return _record(reader, row)


def _record(reader: Reader, row: CycleRow) -> CycleRecord:
    return CycleRecord(
        id=encode(row.id),
        key=row.key,
        name=row.name,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        parent=written(row.parent_id),
        state=cadence.state(Window(row.starts_on, row.ends_on), reader.today, row.closed_on).value,
        closed_on=row.closed_on,
    )
