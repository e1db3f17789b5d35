"""Discussions as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from milepost.core.ids import encode
from milepost.models import Comment
from milepost.queries.cards import PersonCard, Reader


@dataclass(frozen=True, slots=True)
class CommentCard:
    """What somebody said, and on which day of the workspace."""

    id: str
    by: PersonCard | None
    at: datetime
    on: date
    text: str


def discussion(
    reader: Reader, *, objective: int | None = None, key_result: int | None = None
) -> tuple[CommentCard, ...]:
    """Return the discussion of an objective (or of a key result), oldest first."""
    rows = reader.until(Comment.objects.of(reader.actor.workspace_id))
    about = {"key_result_id": key_result} if key_result else {"objective_id": objective, "key_result": None}
    return tuple(
        CommentCard(encode(one.id), reader.person(one.by_id), one.at, reader.local(one.at).date(), one.text)
        for one in rows.filter(**about).order_by("at", "id")
    )
