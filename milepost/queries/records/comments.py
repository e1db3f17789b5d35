"""Discussions as programs read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.models import Comment
from milepost.queries.cards import Reader
from milepost.queries.records.sights import in_sight
from milepost.queries.records.slices import Slice, Wanted, cut, written


@dataclass(frozen=True, slots=True)
class CommentRecord:
    """Something someone said about an objective, or about one key result of it."""

    id: str
    objective: str
    key_result: str | None
    by: str | None
    at: datetime
    text: str


def slice_of(
    reader: Reader,
    wanted: Wanted,
    *,
    objective: int | None = None,
    key_result: int | None = None,
    by: int | None = None,
) -> Slice:
    """Return some of the comments, the latest first."""
    rows = Comment.objects.of(reader.actor.workspace_id).filter(in_sight(reader))
    if objective is not None:
        rows = rows.filter(objective_id=objective)
    if key_result is not None:
        rows = rows.filter(key_result_id=key_result)
    if by is not None:
        rows = rows.filter(by_id=by)
    if wanted.after is not None:
        rows = rows.filter(id__lt=wanted.after)
    kept, onwards = cut(rows.order_by("-id")[: wanted.size + 1], wanted, lambda row: row.id)
    return Slice(tuple(map(_record, kept)), onwards)


def one(reader: Reader, id: int) -> CommentRecord:
    """Return one comment, or NotFound."""
    row = Comment.objects.of(reader.actor.workspace_id).filter(in_sight(reader), id=id).first()
    if row is None:
        raise NotFound
    return _record(row)


def _record(row: Comment) -> CommentRecord:
    return CommentRecord(
        encode(row.id),
        encode(row.objective_id),
        written(row.key_result_id),
        written(row.by_id),
        row.at,
        row.text,
    )
