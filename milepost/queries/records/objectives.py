"""Objectives as programs read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.ledger.structure import ObjectiveRow
from milepost.models import Grade, Objective, ObjectiveVersion
from milepost.models.exact import plain
from milepost.queries.cards import Reader
from milepost.queries.records import alignments
from milepost.queries.records.alignments import AlignmentRecord
from milepost.queries.records.figures import STANDING
from milepost.queries.records.slices import Only, Slice, Wanted, fits, following, ids_of, made, written

GRADED = ("closed", "graded")


@dataclass(frozen=True, slots=True)
class ObjectiveRecord:
    """An objective with its figures of the day; `grade` is stored at closing.

    `revision` is always that of today: what is written is written today.
    """

    id: str
    key: str
    url: str
    title: str
    description: str
    state: str
    status: str
    progress: float | None
    percent: str | None
    expected: float
    grade: str | None
    commitment: str
    level: str
    visibility: str
    visible_to: tuple[str, ...]
    cycle: str
    team: str | None
    owner: str | None
    sponsor: str | None
    contributors: tuple[str, ...]
    key_results: tuple[str, ...]
    serves: tuple[AlignmentRecord, ...]
    revision: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of objectives is narrowed to; None does not narrow."""

    cycle: int | None = None
    team: int | None = None
    owner: int | None = None
    state: str | None = None
    status: str | None = None
    commitment: str | None = None
    level: str | None = None
    title: str | None = None  # a part of it
    key: str | None = None


ALL = Asked()


def slice_of(reader: Reader, wanted: Wanted, asked: Asked = ALL, only: Only = None) -> Slice:
    """Return some of the objectives, the oldest first."""
    rows = reader.image.objectives
    ids = (id for id in following(rows, wanted) if _is_asked(reader, rows[id], asked) and reader.sees(id))
    kept, onwards = ids_of(ids, wanted)
    return Slice(tuple(_records(reader, [rows[id] for id in kept], only)), onwards)


def one(reader: Reader, id: int) -> ObjectiveRecord:
    """Return one objective, or NotFound."""
    (record,) = _records(reader, [reader.objective_row(id)])
    return record


def _is_asked(reader: Reader, row: ObjectiveRow, asked: Asked) -> bool:
    pairs = (
        (asked.cycle, row.cycle_id),
        (asked.team, row.team_id),
        (asked.owner, row.owner_id),
        (asked.state, row.state),
        (asked.commitment, row.commitment),
        (asked.level, row.level),
        (asked.key, row.key),
    )
    if not fits(*pairs):
        return False
    if asked.title is not None and asked.title.casefold() not in row.title.casefold():
        return False
    return asked.status is None or reader.day.status_of(row.id).word == asked.status


# What the table holds and the image does not.
_STORED = ("description", "revision", "created_at")


@dataclass(slots=True)
class _Facts:
    """What the fields of a record come from."""

    reader: Reader
    row: ObjectiveRow
    stored: tuple
    grade: str | None


_FIELDS = {
    "id": lambda it: encode(it.row.id),
    "key": lambda it: it.row.key,
    "url": lambda it: addresses.objective(it.reader.slug, it.row.id),
    "title": lambda it: it.row.title,
    "description": lambda it: it.stored[0],
    "state": lambda it: it.row.state,
    **STANDING,
    "grade": lambda it: it.grade,
    "commitment": lambda it: it.row.commitment,
    "level": lambda it: it.row.level,
    "visibility": lambda it: it.row.visibility,
    "visible_to": lambda it: tuple(map(encode, it.row.visible_to)),
    "cycle": lambda it: encode(it.row.cycle_id),
    "team": lambda it: written(it.row.team_id),
    "owner": lambda it: written(it.row.owner_id),
    "sponsor": lambda it: written(it.row.sponsor_id),
    "contributors": lambda it: tuple(map(encode, it.row.contributors)),
    "key_results": lambda it: tuple(encode(one.id) for one in it.reader.key_results_of(it.row)),
    "serves": lambda it: tuple(alignments.of(it.reader, it.row.id)),
    "revision": lambda it: it.stored[1],
    "created_at": lambda it: it.stored[2],
}


def _records(reader: Reader, rows: list[ObjectiveRow], only: Only = None) -> Iterable[ObjectiveRecord]:
    stored: dict[int, tuple] = {}
    grades: dict[int, str] = {}
    if only is None or not set(_STORED).isdisjoint(only):
        stored = _stored(reader, [row.id for row in rows])
    if only is None or "grade" in only:
        grades = _grades(reader, [row.id for row in rows if row.state in GRADED])
    for row in rows:
        facts = _Facts(reader, row, stored.get(row.id, ()), grades.get(row.id))
        yield made(ObjectiveRecord, _FIELDS, facts, only)


def _stored(reader: Reader, ids: list[int]) -> dict[int, tuple]:
    here = Objective.objects.of(reader.actor.workspace_id).filter(id__in=ids)
    kept = {found[0]: found[1:] for found in here.values_list("id", *_STORED)}
    for id, description in _descriptions_then(reader, ids).items():
        kept[id] = (description, *kept[id][1:])
    return kept


def _descriptions_then(reader: Reader, ids: list[int]) -> dict[int, str]:
    """Read what the descriptions were on a past day; the image holds none."""
    if reader.known is None:
        return {}
    rows = reader.until(ObjectiveVersion.objects.of(reader.actor.workspace_id)).filter(objective_id__in=ids)
    return dict(rows.order_by("at", "id").values_list("objective_id", "description"))


def _grades(reader: Reader, ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = reader.until(Grade.objects.of(reader.actor.workspace_id))
    rows = rows.filter(objective_id__in=ids, key_result=None)
    # The latest closing stands.
    return {id: plain(grade) for id, grade in rows.order_by("id").values_list("objective_id", "grade")}
