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
from milepost.queries.records.figures import shares
from milepost.queries.records.slices import Slice, Wanted, fits, following, ids_of, written

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
    title: str | None = None


ALL = Asked()


def slice_of(reader: Reader, wanted: Wanted, asked: Asked = ALL) -> Slice:
    """Return some of the objectives, the oldest first."""
    rows = reader.image.objectives
    ids = (id for id in following(rows, wanted) if _is_asked(reader, rows[id], asked) and reader.sees(id))
    kept, onwards = ids_of(ids, wanted)
    return Slice(tuple(_records(reader, [rows[id] for id in kept])), onwards)


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
    )
    if not fits(*pairs):
        return False
    if asked.title is not None and asked.title.casefold() not in row.title.casefold():
        return False
    return asked.status is None or reader.day.status_of(row.id).word == asked.status


def _records(reader: Reader, rows: list[ObjectiveRow]) -> Iterable[ObjectiveRecord]:
    here = Objective.objects.of(reader.actor.workspace_id).filter(id__in=[row.id for row in rows])
    kept = {found[0]: found[1:] for found in here.values_list("id", "description", "revision", "created_at")}
    descriptions = _descriptions_then(reader, [row.id for row in rows])
    grades = _grades(reader, [row.id for row in rows if row.state in GRADED])
    for row in rows:
        description, revision, created_at = kept[row.id]
        yield ObjectiveRecord(
            id=encode(row.id),
            key=row.key,
            url=addresses.objective(reader.slug, row.id),
            title=row.title,
            description=descriptions.get(row.id, description),
            state=row.state,
            **shares(reader, row.id),
            grade=grades.get(row.id),
            commitment=row.commitment,
            level=row.level,
            visibility=row.visibility,
            visible_to=tuple(encode(id) for id in row.visible_to),
            cycle=encode(row.cycle_id),
            team=written(row.team_id),
            owner=written(row.owner_id),
            sponsor=written(row.sponsor_id),
            contributors=tuple(encode(id) for id in row.contributors),
            key_results=tuple(encode(one.id) for one in reader.key_results_of(row)),
            serves=tuple(alignments.of(reader, row.id)),
            revision=revision,
            created_at=created_at,
        )


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
