"""Discussions as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from milepost.core.ids import decode, encode
from milepost.models import Comment
from milepost.queries.cards import PersonCard, Reader
from milepost.queries.listed import LISTED, Listed, cut


@dataclass(frozen=True, slots=True)
class CommentCard:
    """What somebody said, and on which day of the workspace."""

    id: str
    by: PersonCard | None
    at: datetime
    on: date
    text: str


def discussion(
    reader: Reader, *, objective: int | None = None, key_result: int | None = None, before: str = ""
) -> Listed[CommentCard]:
    """Return the latest of the discussion of an objective (or a key result), or those before one of them.

    They stand in the order in which they were said; `onwards` leads to earlier ones.
    """
    rows = reader.until(Comment.objects.of(reader.actor.workspace_id))
    about = {"key_result_id": key_result} if key_result else {"objective_id": objective, "key_result": None}
    whole = rows = rows.filter(**about)
    begins = None
    if before:
        last = rows.filter(id=decode(before)).values_list("at", "id").first()
        begins = last is not None
        if last is not None:
            rows = rows.filter(at__lte=last[0]).exclude(at=last[0], id__gte=last[1])
    found, onwards = cut(rows.order_by("-at", "-id")[: LISTED + 1], lambda one: encode(one.id))
    cards = tuple(
        CommentCard(encode(one.id), reader.person(one.by_id), one.at, reader.local(one.at).date(), one.text)
        for one in reversed(found)
    )
    total = whole.count() if onwards or begins else len(cards)
    return Listed(entries=cards, total=total, onwards=onwards, begins=begins)
