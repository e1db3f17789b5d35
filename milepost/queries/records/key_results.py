"""Key results as programs read them: measure, last value, and the figures of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.ledger.structure import KeyResultRow
from milepost.models import KeyResult, KeyResultVersion
from milepost.queries.cards import Reader
from milepost.queries.records.figures import exact, shares
from milepost.queries.records.slices import Slice, Wanted, fits, following, ids_of, written
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


ALL = Asked()


def slice_of(reader: Reader, wanted: Wanted, asked: Asked = ALL) -> Slice:
    """Return some of the key results, the oldest first."""
    image = reader.image
    if asked.objective is not None:
        pool = [one.id for one in image.key_results_of.get(asked.objective, ())]
    else:
        pool = image.key_results
    rows = image.key_results
    ids = (id for id in following(pool, wanted) if _is_asked(reader, rows[id], asked) and reader.sees(id))
    kept, onwards = ids_of(ids, wanted)
    return Slice(tuple(_records(reader, [rows[id] for id in kept])), onwards)


def one(reader: Reader, id: int) -> KeyResultRecord:
    """Return one key result, or NotFound."""
    (record,) = _records(reader, [reader.key_result_row(id)])
    return record


def due(reader: Reader) -> Slice:
    """Return the reader's own whose check-in is due, the one that waits longest first."""
    return Slice(tuple(_records(reader, due_now(reader))), None)


def _is_asked(reader: Reader, row: KeyResultRow, asked: Asked) -> bool:
    above = reader.image.objectives[row.objective_id]
    pairs = (
        (asked.owner, row.owner_id),
        (asked.team, above.team_id),
        (asked.cycle, above.cycle_id),
        (asked.state, row.state),
    )
    if not fits(*pairs):
        return False
    return asked.status is None or reader.day.status_of(row.id).word == asked.status


def _records(reader: Reader, rows: list[KeyResultRow]) -> Iterable[KeyResultRecord]:
    here = KeyResult.objects.of(reader.actor.workspace_id).filter(id__in=[row.id for row in rows])
    names = ("id", "description", "data_source", "revision", "created_at")
    kept = {found[0]: found[1:] for found in here.values_list(*names)}
    then = _texts_then(reader, [row.id for row in rows])
    for row in rows:
        description, data_source, revision, created_at = kept[row.id]
        description, data_source = then.get(row.id, (description, data_source))
        window, current = reader.window(row), reader.image.entries.current(row.id)
        reading = None if current is None else reader.image.entries.exact(current)
        yield KeyResultRecord(
            id=encode(row.id),
            key=row.key,
            url=addresses.key_result(reader.slug, row.id),
            objective=encode(row.objective_id),
            title=row.title,
            description=description,
            state=row.state,
            **shares(reader, row.id),
            value=exact(reading) if isinstance(reading, Fraction) else None,
            confidence=current.confidence or None if current else None,
            checked_on=reader.day_of(current.effective) if current else None,
            due_on=reader.due_on(row, current),
            kind=row.kind,
            start=row.start,
            target=row.target,
            unit=row.unit,
            direction=row.direction,
            floor=row.floor,
            low=row.low,
            high=row.high,
            tolerance=row.tolerance,
            milestones=tuple(_milestones(row, reading)),
            weight=row.weight,
            counts=reader.image.counted(row.id, row.objective_id),
            starts_on=window.begins_on,
            ends_on=window.ends_on,
            curve=row.curve,
            points=tuple(PointRecord(at, expect) for at, expect in row.points),
            owner=written(row.owner_id),
            source=row.source,
            data_source=data_source,
            visibility=row.visibility,
            visible_to=tuple(encode(id) for id in row.visible_to),
            position=_place(reader, row),
            revision=revision,
            created_at=created_at,
        )


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
