"""What can still be undone, as pages offer it. Whether it can be is decided when it is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from milepost.core import access, addresses, undoing
from milepost.core.cadence import REOPEN_WITHIN_DAYS
from milepost.core.states import State

if TYPE_CHECKING:
    from milepost.ledger.structure import ObjectiveRow
    from milepost.models import Event
    from milepost.queries.cards import Reader
    from milepost.queries.sentences import Happening


# Most pages ask for it, and putting it together from querysets took as long as all the rest of the statement.
IS_UNDONE = (
    "EXISTS (SELECT 1 FROM event AS later WHERE later.workspace_id = event.workspace_id"
    " AND later.undoes_id = event.id)"
)


def is_undone(until: datetime | None = None) -> RawSQL:
    """Tell of each row of events whether another one undoes it, in the statement that reads them.

    `until` is the moment by which that had been done; without it, by now.
    """
    if until is None:
        return RawSQL(IS_UNDONE, (), output_field=BooleanField())
    moment = connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(until)
    return RawSQL(f"{IS_UNDONE[:-1]} AND later.at < %s)", (moment,), output_field=BooleanField())


def _is_open(reader: Reader, event: Happening | Event, row: ObjectiveRow) -> bool:
    """Say whether no closing lies between; a closing itself is undone while it could be reopened."""
    if reader.cycle_of(row).closed_on:
        return False
    if event.kind != undoing.CLOSING:
        return not State(row.state).is_on_record
    gone = reader.today - reader.local(event.at).date()
    return row.state == State.CLOSED and gone <= timedelta(days=REOPEN_WITHIN_DAYS)


def _is_lately(reader: Reader, event: Happening | Event) -> bool:
    return reader.today - reader.local(event.at).date() <= undoing.LASTS + timedelta(days=1)


def url(reader: Reader, event: Happening | Event) -> str:
    """Return where an event can be undone; empty where it cannot be, or not by this reader."""
    if event.kind not in undoing.KINDS or not undoing.may_undo(reader.actor, event.actor_id):
        return ""
    about = [id for id in (event.objective_id, event.key_result_id) if id is not None]
    if not all(map(reader.finds, about)):
        # What became of it is not theirs to know; that they left it to others, they do.
        is_theirs = "left" in event.data and event.actor_id == reader.actor.person_id
        return addresses.undoing(reader.slug, event.id) if is_theirs and _is_lately(reader, event) else ""
    if getattr(event, "is_undone", False):
        return ""
    if event.kind == "plan.applied" and not ("kept" in event.data and access.may_apply_a_file(reader.actor)):
        return ""
    if not _is_lately(reader, event):
        return ""
    row = reader.image.objectives.get(event.objective_id)
    if row is not None and not _is_open(reader, event, row):
        return ""
    return addresses.undoing(reader.slug, event.id)
