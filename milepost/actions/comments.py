"""What may happen in a discussion."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from milepost.actions import wording
from milepost.actions.events import tell
from milepost.core import access
from milepost.core.access import Actor
from milepost.core.problems import Invalid
from milepost.ledger import redactions
from milepost.models import Comment
from milepost.queries import standings

TEXT_LENGTH = 20_000


def add(
    *, text: str, objective: int | None = None, key_result: int | None = None, by: Actor, at: datetime
) -> Comment:
    """Say something about an objective or a key result."""
    text = wording.printable(text, field="text")
    if not text:
        raise Invalid("There is nothing to post yet.", field="text", remedy="Write something first.")
    if len(text) > TEXT_LENGTH:
        raise Invalid(f"A comment holds {TEXT_LENGTH:,} characters.", field="text", remedy="Shorten it.")
    with transaction.atomic():
        if key_result is not None:
            objective = standings.key_result(by, key_result)[1].id
        # Held, so whoever takes it away at this moment waits, or has done so.
        row, _ = standings.objective(by, objective or 0, lock=True)
        one = None if key_result is None else standings.key_result(by, key_result)[0]
        access.require(access.may_comment(by), "comment here")
        new = Comment.objects.create(
            workspace_id=by.workspace_id, objective=row, key_result=one, by_id=by.person_id, at=at, text=text
        )
        tell(
            "comment.added",
            objective=row.id,
            key_result=one.id if one else None,
            subject=new.id,
            data={"text": text[:280]},
            by=by,
            at=at,
        )
    return new


def withdraw(*, comment: int, by: Actor, at: datetime) -> None:
    """Take a comment away: whoever wrote it may, and admins."""
    with transaction.atomic():
        old = Comment.objects.of(by.workspace_id).held(comment)
        if old.key_result_id is not None:
            standings.key_result(by, old.key_result_id)
        else:
            standings.objective(by, old.objective_id)
        mine = old.by_id is not None and old.by_id == by.person_id and access.may_comment(by)
        access.require(mine or access.may_oversee(by), "take this comment away")
        tell(
            "comment.withdrawn",
            objective=old.objective_id,
            key_result=old.key_result_id,
            subject=old.id,
            by=by,
            at=at,
        )
        redactions.delete(old, why="comment.withdrawn", by=by, at=at)
