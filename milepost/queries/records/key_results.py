"""Key results as programs read them: measure, last value, and the figures of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property

from milepost.core import addresses
from milepost.core.cadence import Window
from milepost.core.ids import encode
from milepost.ledger.entries import Entry
from milepost.ledger.structure import KeyResultRow
from milepost.models import KeyResult, KeyResultVersion
from milepost.queries.cards import Reader
from milepost.queries.records.figures import STANDING, exact
from milepost.queries.records.slices import Only, Slice, Wanted, fits, following, ids_of, made, written
from milepost.queries.shell import due_now


@dataclass(frozen=True, slots=True)
class MilestoneRecord:
    """A milestone; `done` is the share of it that is, None before the first check-in."""

    title: str
    weight: str
    done: str | None


@dataclass(frozen=True, slots=True)
class PointRecord:
    """A point of a plan: at this share of the window, this share is expected."""

    at: str
    expect: str


@dataclass(frozen=True, slots=True)
class KeyResultRecord:
    """A key result. Exact numbers are text; `progress` and `expected` are shares, 1 is done."""

    id: str
    key: str
    url: str
    objective: str
    title: str
    description: str
    state: str
    status: str
    progress: float | None
    percent: str | None
    expected: float
    value: str | None
    confidence: int | None
    checked_on: date | None
    due_on: date | None
    kind: str
    start: str | None
    target: str | None
    unit: str
    direction: str | None
    floor: str | None
    low: str | None
    high: str | None
    tolerance: str | None
    milestones: tuple[MilestoneRecord, ...]
    weight: str
    counts: bool
    starts_on: date
    ends_on: date | None
    curve: str
    points: tuple[PointRecord, ...]
    owner: str | None
    source: str
    data_source: str
    visibility: str | None
    visible_to: tuple[str, ...]
    position: int
    revision: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of key results is narrowed to; None does not narrow."""

    objective: int | None = None
    owner: int | None = None
    team: int | None = None
    cycle: int | None = None
    state: str | None = None
    status: str | None = None
    title: str | None = None  # a part of it
    key: str | None = None


ALL = Asked()


def slice_of(reader: Reader, wanted: Wanted, asked: Asked = ALL, only: Only = None) -> Slice:
    """Return some of the key results, the oldest first."""
    image = reader.image
    if asked.objective is not None:
        pool = [one.id for one in image.key_results_of.get(asked.objective, ())]
    else:
        pool = image.key_results
    rows = image.key_results
    ids = (id for id in following(pool, wanted) if _is_asked(reader, rows[id], asked) and reader.sees(id))
    kept, onwards = ids_of(ids, wanted)
    return Slice(tuple(_records(reader, [rows[id] for id in kept], only)), onwards)


def one(reader: Reader, id: int) -> KeyResultRecord:
    """Return one key result, or NotFound."""
    (record,) = _records(reader, [reader.key_result_row(id)])
    return record


def due(reader: Reader, only: Only = None) -> Slice:
    """Return the reader's own whose check-in is due, the one that waits longest first."""
    return Slice(tuple(_records(reader, due_now(reader), only)), None)


def _is_asked(reader: Reader, row: KeyResultRow, asked: Asked) -> bool:
    above = reader.image.objectives[row.objective_id]
    pairs = (
        (asked.owner, row.owner_id),
        (asked.team, above.team_id),
        (asked.cycle, above.cycle_id),
        (asked.state, row.state),
        (asked.key, row.key),
    )
    if not fits(*pairs):
        return False
    if asked.title is not None and asked.title.casefold() not in row.title.casefold():
        return False
    return asked.status is None or reader.day.status_of(row.id).word == asked.status


# What the table holds and the image does not.
_STORED = ("description", "data_source", "revision", "created_at")


class _Facts:
    """What the fields of a record come from; what takes work is worked out once a field asks for it."""

    def __init__(self, reader: Reader, row: KeyResultRow, stored: tuple) -> None:
        self.reader, self.row, self.stored = reader, row, stored

    @cached_property
    def window(self) -> Window:
        return self.reader.window(self.row)

    @cached_property
    def current(self) -> Entry | None:
        return self.reader.image.entries.current(self.row.id)

    @cached_property
    def reading(self) -> object:
        return None if self.current is None else self.reader.image.entries.exact(self.current)


_FIELDS = {
    "id": lambda it: encode(it.row.id),
    "key": lambda it: it.row.key,
    "url": lambda it: addresses.key_result(it.reader.slug, it.row.id),
    "objective": lambda it: encode(it.row.objective_id),
    "title": lambda it: it.row.title,
    "description": lambda it: it.stored[0],
    "state": lambda it: it.row.state,
    **STANDING,
    "value": lambda it: exact(it.reading) if isinstance(it.reading, Fraction) else None,
    "confidence": lambda it: it.current.confidence or None if it.current else None,
    "checked_on": lambda it: it.reader.day_of(it.current.effective) if it.current else None,
    "due_on": lambda it: it.reader.due_on(it.row, it.current),
    "kind": lambda it: it.row.kind,
    "start": lambda it: it.row.start,
    "target": lambda it: it.row.target,
    "unit": lambda it: it.row.unit,
    "direction": lambda it: it.row.direction,
    "floor": lambda it: it.row.floor,
    "low": lambda it: it.row.low,
    "high": lambda it: it.row.high,
    "tolerance": lambda it: it.row.tolerance,
    "milestones": lambda it: tuple(_milestones(it.row, it.reading)),
    "weight": lambda it: it.row.weight,
    "counts": lambda it: it.reader.image.counted(it.row.id, it.row.objective_id),
    "starts_on": lambda it: it.window.begins_on,
    "ends_on": lambda it: it.window.ends_on,
    "curve": lambda it: it.row.curve,
    "points": lambda it: tuple(PointRecord(at, expect) for at, expect in it.row.points),
    "owner": lambda it: written(it.row.owner_id),
    "source": lambda it: it.row.source,
    "data_source": lambda it: it.stored[1],
    "visibility": lambda it: it.row.visibility,
    "visible_to": lambda it: tuple(map(encode, it.row.visible_to)),
    "position": lambda it: _place(it.reader, it.row),
    "revision": lambda it: it.stored[2],
    "created_at": lambda it: it.stored[3],
}


def _records(reader: Reader, rows: list[KeyResultRow], only: Only = None) -> Iterable[KeyResultRecord]:
    stored: dict[int, tuple] = {}
    if only is None or not set(_STORED).isdisjoint(only):
        stored = _stored(reader, [row.id for row in rows])
    for row in rows:
        yield made(KeyResultRecord, _FIELDS, _Facts(reader, row, stored.get(row.id, ())), only)


def _stored(reader: Reader, ids: list[int]) -> dict[int, tuple]:
    here = KeyResult.objects.of(reader.actor.workspace_id).filter(id__in=ids)
    kept = {found[0]: found[1:] for found in here.values_list("id", *_STORED)}
    for id, texts in _texts_then(reader, ids).items():
        kept[id] = (*texts, *kept[id][2:])
    return kept


def _texts_then(reader: Reader, ids: list[int]) -> dict[int, tuple[str, str]]:
    """Read what the texts were on a past day; the image holds none."""
    if reader.known is None:
        return {}
    rows = reader.until(KeyResultVersion.objects.of(reader.actor.workspace_id)).filter(key_result_id__in=ids)
    listed = rows.order_by("at", "id").values_list("key_result_id", "description", "data_source")
    return {id: (description, data_source) for id, description, data_source in listed}


def _place(reader: Reader, row: KeyResultRow) -> int:
    """Return where it stands among those of its objective that the reader sees, from 0."""
    return list(filter(reader.sees, reader.image.key_results_of.ids(row.objective_id))).index(row.id)


def _milestones(row: KeyResultRow, reading: object) -> Iterable[MilestoneRecord]:
    done = reading if isinstance(reading, tuple) and len(reading) == len(row.milestones) else None
    for place, (title, weight) in enumerate(row.milestones):
        yield MilestoneRecord(title, weight, exact(done[place]) if done else None)
