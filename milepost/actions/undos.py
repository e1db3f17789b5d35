"""Undoing: what happened is taken back by an ordinary change, whose event names the one it undoes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from milepost.actions import events
from milepost.actions.inverses import INVERSES, ChangedSince, Undoing
from milepost.core import undoing
from milepost.core.access import Actor
from milepost.core.problems import Conflict, NotAllowed
from milepost.core.states import State
from milepost.models import Event, Objective, Transition
from milepost.queries import standings

__all__ = ["CannotUndo", "ChangedSince", "ClosedSince", "TooLate", "UndoneAlready", "undo"]


class CannotUndo(Conflict):
    """There is nothing that would take it back."""

    code = "cannot_undo"


class TooLate(Conflict):
    """It happened more than 30 days ago."""

    code = "too_late_to_undo"


class UndoneAlready(Conflict):
    """It was taken back before."""

    code = "undone_already"


class ClosedSince(Conflict):
    """A closing lies between: what it graded is on record."""

    code = "closed_since"


def undo(*, event: int, anyway: bool = False, by: Actor, at: datetime) -> Event:
    """Take back what an event tells of, through the ordinary actions; return the event that does so.

    `anyway` writes over what was changed since. Raises NotFound, NotAllowed, CannotUndo, TooLate,
    UndoneAlready, ClosedSince, ChangedSince, and what the action that takes it back refuses.
    """
    with transaction.atomic():
        told = standings.event(by, event, lock=True)
        if not undoing.may_undo(by, told.actor_id):
            raise NotAllowed("You may not undo what somebody else did.", remedy="Ask them, or an admin.")
        return _undone(told, anyway, by=by, at=at)


def _undone(told: Event, anyway: bool, *, by: Actor, at: datetime) -> Event:
    _require_possible(told, at)
    if told.kind in undoing.BUNDLES:
        return _bundle(told, anyway, by=by, at=at)
    before = len(events.told(by=by, at=at))
    INVERSES[told.kind](Undoing(told, anyway, by, at))
    made = events.told(by=by, at=at)[before:]
    if not made:
        raise CannotUndo(
            "It is as it was before already, so there is nothing to undo.", code="nothing_to_undo"
        )
    new = Event.objects.of(by.workspace_id).get(id=made[0])
    new.undoes_id = told.id
    new.save(update_fields=["undoes_id"])
    return new


def _bundle(told: Event, anyway: bool, *, by: Actor, at: datetime) -> Event:
    """Undo everything that was done as one, the latest first, all of it or nothing."""
    rows = Event.objects.of(by.workspace_id)
    undone = set(rows.filter(undoes_id__in=told.data["events"]).values_list("undoes_id", flat=True))
    parts = [rows.get(id=id) for id in reversed(told.data["events"]) if id not in undone]
    made = [_undone(standings.event(by, part.id), anyway, by=by, at=at) for part in parts]
    if not made:
        raise CannotUndo("Everything of it was undone one by one.", code="nothing_to_undo")
    return events.tell(
        undoing.BUNDLES[told.kind],
        objective=told.objective_id,
        key_result=told.key_result_id,
        subject=told.subject_id,
        data={**told.data, "events": [one.id for one in made]},
        undoes=told.id,
        by=by,
        at=at,
    )


def _require_possible(told: Event, at: datetime) -> None:
    if told.kind not in undoing.KINDS:
        raise CannotUndo(
            "This cannot be undone.", remedy="Change it where it stands; its page offers what can be done."
        )
    if not undoing.is_in_time(told.at, at):
        raise TooLate(
            f"This was done on {told.at:%-d %b %Y}; undoing is for {undoing.LASTS.days} days.",
            remedy="Change it where it stands: the history keeps both.",
        )
    if Event.objects.of(told.workspace_id).filter(undoes_id=told.id).exists():
        raise UndoneAlready("This was undone already.", remedy="Undo that, or change it where it stands.")
    if told.objective_id is not None:
        _require_no_closing(told)


def _require_no_closing(told: Event) -> None:
    row = Objective.objects.of(told.workspace_id).select_related("cycle").get(id=told.objective_id)
    closings = Transition.objects.of(told.workspace_id).filter(objective=row, to_state=State.CLOSED)
    if row.state in (State.GRADED, State.CLOSED) or closings.filter(at__gte=told.at).exists():
        raise ClosedSince(
            "The objective was closed since; what it was graded on is part of the record.",
            remedy="An admin can reopen it within 14 days; then it is changed on its page.",
        )
    if row.cycle.closed_on is not None:
        raise ClosedSince(f"{row.cycle.name} is closed; what happened in it is part of the record.")
