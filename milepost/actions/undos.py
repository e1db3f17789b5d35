"""Undoing: what happened is taken back by an ordinary change, whose event names the one it undoes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from milepost.actions import events
from milepost.actions.inverses import INVERSES
from milepost.actions.objectives import REOPEN_WITHIN
from milepost.actions.overwriting import ChangedSince, Undoing
from milepost.actions.workspaces import held
from milepost.core import access, undoing
from milepost.core.access import Actor
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound, Problem
from milepost.core.states import Event as Step
from milepost.core.states import State
from milepost.models import Event, KeyResult, Objective, Transition
from milepost.queries import shutting_out, standings

__all__ = ["CannotUndo", "ChangedSince", "ClosedSince", "OutOfSight", "TooLate", "UndoneAlready", "undo"]

NOTHING = "nothing_to_undo"
MOST_NAMED = 3  # in one message


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


class OutOfSight(Conflict):
    """The actor shut themselves out, and something they cannot see stands against taking that back."""

    code = "out_of_sight"


FAR_REACHING = frozenset({"plan.applied", undoing.CLOSING})


def undo(*, event: int, anyway: bool = False, by: Actor, at: datetime) -> Event:
    """Take back what an event tells of, through the ordinary actions; return the event that does so.

    `anyway` writes over what was changed since. Raises NotFound, NotAllowed, CannotUndo, TooLate,
    UndoneAlready, ClosedSince, ChangedSince, OutOfSight, and what the action that takes it back refuses.
    """
    with transaction.atomic():
        held(by.workspace_id)  # it may be a change of many
        told, is_left = _found(by, event)
        if not undoing.may_undo(by, told.actor_id):
            raise NotAllowed("You may not undo what somebody else did.", remedy="Ask them, or an admin.")
        return _undone(told, is_left, anyway, by=by, at=at)


def _found(by: Actor, event: int) -> tuple[Event, bool]:
    """Return an event, and whether the actor does not see it because they shut themselves out by it."""
    try:
        return standings.event(by, event, lock=True), False
    except NotFound:
        if (left := shutting_out.left(by, event, lock=True)) is None:
            raise
        return left, True


def is_foretold(kind: str) -> bool:
    """Say whether what happened is one thing, so that undoing it can be tried beforehand."""
    return kind not in {*undoing.BUNDLES, *FAR_REACHING}


def foretell(*, event: int, by: Actor, at: datetime) -> Problem | None:
    """Return why `undo` would refuse, by doing it and taking it back; None where it would be done.

    What may be many things at once is not tried: a page that asks is no reason to write thousands of rows.
    Raises NotFound.
    """
    try:
        told = standings.event(by, event)
    except NotFound:
        if shutting_out.left(by, event) is None:
            raise
        return None  # what stands against it is not theirs to know
    if not is_foretold(told.kind):
        return None
    with transaction.atomic():
        try:
            with transaction.atomic():
                undo(event=event, by=by, at=at)
        except NotFound:
            raise
        except Problem as wrong:
            return wrong
        transaction.set_rollback(True)
    return None


def _undone(told: Event, is_left: bool, anyway: bool, *, by: Actor, at: datetime) -> Event:
    if told.kind in undoing.BUNDLES:
        _require_possible(told, at)
        return _bundle(told, anyway, by=by, at=at)
    if is_left:
        return _taken_back(told, by=by, at=at)
    _require_possible(told, at)
    return _inverted(told, anyway, by=by, at=at)


def _taken_back(told: Event, *, by: Actor, at: datetime) -> Event:
    """Undo what the actor shut themselves out by, unless something they cannot see stands against it.

    Whatever that is, they are told the same: what happened since is none of theirs.
    """
    keeps = frozenset(filter(None, (told.objective_id, told.key_result_id)))
    try:
        with transaction.atomic():
            _require_possible(told, at)
            made = _inverted(told, False, by=replace(by, keeps=keeps), at=at)
            _require_theirs(told, by)
    except Problem:
        raise OutOfSight(
            "You left this to others, and by now it cannot be undone from here.",
            remedy="Ask somebody who sees it to let you in again.",
        ) from None
    return made


def _require_theirs(told: Event, by: Actor) -> None:
    """Refuse what would leave the actor without the sight or the say that they had."""
    if told.key_result_id is not None:
        if KeyResult.objects.of(by.workspace_id).filter(id=told.key_result_id).exists():
            _, _, standing = standings.key_result(by, told.key_result_id)
            access.require(access.may_edit_key_result(by, standing), "change this key result")
    elif Objective.objects.of(by.workspace_id).filter(id=told.objective_id).exists():
        _, standing = standings.objective(by, told.objective_id)
        access.require(access.may_edit(by, standing), "change this objective")


def _inverted(told: Event, anyway: bool, *, by: Actor, at: datetime) -> Event:
    told_since = events.listen(by=by, at=at)
    INVERSES[told.kind](Undoing(told, anyway, by, at))
    made = told_since()
    if not made:
        raise CannotUndo(
            "It is as it was before already, so there is nothing to undo.",
            code=NOTHING,
            remedy="See in its history what happened since.",
        )
    new = Event.objects.of(by.workspace_id).get(id=made[0])
    new.undoes_id = told.id
    new.save(update_fields=["undoes_id"])
    return new


def _bundle(told: Event, anyway: bool, *, by: Actor, at: datetime) -> Event:
    """Undo everything that was done as one and may be seen, the latest first, all of it or nothing."""
    rows = Event.objects.of(by.workspace_id)
    undone = set(rows.filter(undoes_id__in=told.data["events"]).values_list("undoes_id", flat=True))
    parts = [rows.get(id=id) for id in reversed(told.data["events"]) if id not in undone]
    made, wrong, unseen = [], [], 0
    for part in parts:
        try:
            with transaction.atomic():
                made.append(_undone(*_found(by, part.id), anyway, by=by, at=at))
        except NotFound:
            unseen += 1  # an admin undoes what they see; the rest is not mentioned, nor counted
        except Conflict as problem:
            if problem.code != NOTHING:  # what is as it was is no reason to keep the rest
                wrong.append((part, problem))
        except (Invalid, NotAllowed) as problem:
            wrong.append((part, problem))
    if wrong:
        raise _refusal(wrong, len(parts) - unseen)
    if not made:
        raise CannotUndo(
            "All of it is as it was before already.",
            code=NOTHING,
            remedy="See in its history what happened since.",
        )
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


def _refusal(wrong: list[tuple[Event, Problem]], of: int) -> Conflict:
    """Say of everything that was done as one what cannot be taken back, and why."""
    named = [(_title(part), problem) for part, problem in wrong]
    if all(isinstance(problem, ChangedSince) and problem.over for _, problem in named):
        told = zip(wrong, named, strict=True)
        return ChangedSince(
            tuple(
                replace(one, of=title, part=part.id) for (part, each), (title, _) in told for one in each.over
            )
        )
    listed = " ".join(f"“{title}”: {problem.message}" for title, problem in named[:MOST_NAMED])
    more = f" And {len(named) - MOST_NAMED} more." if len(named) > MOST_NAMED else ""
    return CannotUndo(
        f"{len(named)} of {of} cannot be undone, so none of them was. {listed}{more}",
        code="some_cannot",
        remedy="Undo the others one by one, on their pages.",
    )


def _title(part: Event) -> str:
    """Name what a change is about."""
    for model, id in ((KeyResult, part.key_result_id), (Objective, part.objective_id)):
        if id is not None and (row := model.objects.of(part.workspace_id).filter(id=id).first()):
            return row.title
    return str(part.data.get("title") or part.data.get("name") or "something")


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
    if told.kind == undoing.CLOSING and at - told.at > REOPEN_WITHIN:
        raise TooLate(
            f"This was closed on {told.at:%-d %b %Y}; undoing that is for {REOPEN_WITHIN.days} days.",
            remedy="Draft a new objective for what is still to be done.",
        )
    if Event.objects.of(told.workspace_id).filter(undoes_id=told.id).exists():
        raise UndoneAlready("This was undone already.", remedy="Undo that, or change it where it stands.")
    if told.objective_id is not None:
        _require_no_closing(told)


def _closings(row: Objective) -> list[Transition]:
    """Return the closings of an objective that stand: one that was undone parts nothing from anything."""
    found: list[Transition] = []
    for step in Transition.objects.of(row.workspace_id).filter(objective=row).order_by("id"):
        if step.to_state == State.CLOSED:
            found.append(step)
        elif step.event == Step.UNDO and step.from_state == State.CLOSED:
            found.pop()
    return found


def _require_no_closing(told: Event) -> None:
    row = Objective.objects.of(told.workspace_id).select_related("cycle").get(id=told.objective_id)
    is_own = told.kind == undoing.CLOSING
    is_closed = State(row.state).is_on_record
    if not is_own and (is_closed or any(step.at >= told.at for step in _closings(row))):
        raise ClosedSince(
            "The objective was closed since; what it was graded on is part of the record.",
            remedy="An admin can reopen it within 14 days; then it is changed on its page.",
        )
    if row.cycle.closed_on is not None:
        raise ClosedSince(
            f"{row.cycle.name} is closed; what happened in it is part of the record.",
            remedy="Say in a comment what should have been.",
        )
