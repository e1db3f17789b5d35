"""What happened, as it is read, and who may hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from milepost.core import access, undoing
from milepost.core.plan import parts
from milepost.ledger.feed import SHOWN
from milepost.models import Event
from milepost.queries.cards import PersonCard, Reader
from milepost.queries.standings import CONFIDENTIAL


class Happening(NamedTuple):
    """An event as it is read; a row of the events table has the same names."""

    id: int
    kind: str
    at: datetime
    actor_id: int | None
    door: str
    objective_id: int | None
    key_result_id: int | None
    subject_id: int | None
    data: dict[str, Any]
    undoes_id: int | None = None
    is_undone: bool = False  # as queries.undoing annotates it


def may_see(reader: Reader, event: Happening | Event) -> bool:
    """Say whether the reader may hear of an event."""
    for id in (event.objective_id, event.key_result_id):
        # What is gone has no audience any more, so nobody is told about it.
        if id is not None and not reader.finds(id):
            return False
    if event.kind.startswith("view."):
        data = event.data
        return access.may_see_view(
            reader.actor, owner=event.actor_id, shared=data.get("shared", ""), team=data.get("team")
        )
    if event.kind.startswith("token."):
        return reader.actor.is_admin or event.actor_id == reader.actor.person_id
    if event.kind in undoing.OF_FILES:
        mine = event.actor_id is not None and event.actor_id == reader.actor.person_id
        return mine or parts.is_told(event.data, reader.finds)
    if event.kind in CONFIDENTIAL:
        return reader.actor.is_admin or event.subject_id == reader.actor.person_id
    return True


def author(reader: Reader, event: Happening | Event) -> PersonCard:
    """Return who did it: a person, or what stands in for one."""
    known = reader.person(event.actor_id)
    if known is not None:
        return known
    return PersonCard(0, "Milepost" if event.door == "worker" else "The operator", "")


def note(event: Happening | Event) -> str:
    """Return what was written to it: a comment, a note, a reason; of a long one the beginning."""
    data = event.data
    if event.kind == "comment.added":
        return _beginning(data.get("text"))
    return _beginning(data.get("note")) or str(data.get("reason") or "")


def _beginning(kept: str | None) -> str:
    # An event keeps no more of a text, which may end in the middle of a word.
    text = str(kept or "")
    return text if len(text) < SHOWN else f"{text.rpartition(' ')[0] or text}…"
