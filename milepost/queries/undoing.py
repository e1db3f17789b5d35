"""What can still be undone, as pages offer it. Whether it can be is decided when it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from milepost.core import addresses, undoing
from milepost.core.states import State

if TYPE_CHECKING:
    from milepost.models import Event
    from milepost.queries.cards import Reader
    from milepost.queries.sentences import Happening


# Most pages ask for it, and putting it together from querysets took as long as all the rest of the statement.
_IS_UNDONE = (
    "EXISTS (SELECT 1 FROM event AS later WHERE later.workspace_id = event.workspace_id"
    " AND later.undoes_id = event.id)"
)


def is_undone() -> RawSQL:
    """Tell of each row of events whether another one undoes it, in the statement that reads them."""
    return RawSQL(_IS_UNDONE, (), output_field=BooleanField())


def url(reader: Reader, event: Happening | Event) -> str:
    """Return where an event can be undone; empty where it cannot be, or not by this reader."""
    if event.kind not in undoing.KINDS or getattr(event, "is_undone", False):
        return ""
    if not undoing.may_undo(reader.actor, event.actor_id):
        return ""
    if not all(id in reader.image.node and reader.sees(id) for id in event.data.get("items", ())):
        return ""  # all of it or nothing: also not by an admin who sees a part of it
    if reader.today - event.at.astimezone(reader.zone).date() > undoing.LASTS + timedelta(days=1):
        return ""
    row = reader.image.objectives.get(event.objective_id)
    if row is not None and (row.state in (State.GRADED, State.CLOSED) or reader.cycle_of(row).closed_on):
        return ""
    return addresses.undoing(reader.slug, event.id)
