"""What may happen to a cycle: it is created, changes, is closed, and opened again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from milepost.actions import history, wording
from milepost.actions.events import tell
from milepost.actions.keys import free_key
from milepost.actions.workspaces import held
from milepost.core import access, cadence
from milepost.core.access import Actor
from milepost.core.alignment import path_of_loop
from milepost.core.cadence import REOPEN_WITHIN_DAYS, Window
from milepost.core.problems import Conflict, Invalid
from milepost.ledger import changes, redactions
from milepost.models import Cycle, KeyResult
from milepost.queries import standings

YEARS = range(1900, 3000)
_FIELDS = {"begins_on": "starts_on"}  # core's name for it, and the model's


class CycleIsClosed(Conflict):
    """What happened in it is on record, so its days no longer move."""

    code = "cycle_is_closed"


def create(
    *,
    name: str,
    starts_on: date,
    ends_on: date | None = None,
    parent: int | None = None,
    by: Actor,
    at: datetime,
) -> Cycle:
    """Create a cycle of 7 days to 5 years, or with an open end, perhaps within a longer one."""
    _require(by, "create a cycle")
    name = wording.name(name, of="A cycle")
    window = _window(starts_on, ends_on)
    with transaction.atomic():
        workspace = held(by.workspace_id)
        above = standings.cycle(by, parent, "parent") if parent is not None else None
        if above:
            _nest(window, name, _of(above), above.name)
        rows = Cycle.objects.of(by.workspace_id)
        row = Cycle.objects.create(
            workspace=workspace,
            key=free_key(rows, name, "cycle"),
            name=name,
            starts_on=starts_on,
            ends_on=ends_on,
            parent=above,
        )
        _tell("cycle.created", row, by=by, at=at)
    return row


def update(*, cycle: int, changed: Mapping[str, Any], by: Actor, at: datetime) -> Cycle:
    """Rename a cycle, move its days or its place: name, starts_on, ends_on, parent."""
    _require(by, "change a cycle")
    with transaction.atomic():
        held(by.workspace_id)
        row = Cycle.objects.of(by.workspace_id).held(cycle)
        wanted = dict(changed)
        if "name" in wanted:
            wanted["name"] = wording.name(wanted["name"], of="A cycle")
        if "parent" in wanted:
            parent = wanted.pop("parent")
            wanted["parent_id"] = None if parent is None else standings.cycle(by, parent, "parent").id
        found = history.differences(row, wanted)
        if not found:
            return row
        if row.closed_on and found.keys() - {"name"}:
            raise CycleIsClosed(
                f"{row.name} is closed.", remedy=f"Open it again first, within {REOPEN_WITHIN_DAYS} days."
            )
        for field, (_, value) in found.items():
            setattr(row, field, value)
        _check_place(by, row)
        if found.keys() & {"starts_on", "ends_on"}:
            require_room(by, row, KeyResult.objects.of(by.workspace_id).filter(objective__cycle_id=row.id))
        row.save(update_fields=list(found))
        redactions.change("cycle", [row.id], why="cycle.changed", by=by, at=at)
        _tell("cycle.changed", row, data={"changes": history.in_words(found)}, by=by, at=at)
    return row


def close(*, cycle: int, by: Actor, at: datetime) -> Cycle:
    """Close a cycle: nothing new begins in it. Its objectives are closed one by one, each with its grades."""
    _require(by, "close a cycle")
    with transaction.atomic():
        today = cadence.day_in(held(by.workspace_id).time_zone, at)
        row = Cycle.objects.of(by.workspace_id).held(cycle)
        if row.closed_on:
            return row
        if today < row.starts_on:
            raise Conflict(f"{row.name} has not begun yet.", remedy="Change its days instead.")
        row.closed_on = today
        row.save(update_fields=["closed_on"])
        redactions.change("cycle", [row.id], why="cycle.closed", by=by, at=at)
        _tell("cycle.closed", row, by=by, at=at)
    return row


def reopen(*, cycle: int, by: Actor, at: datetime) -> Cycle:
    """Open a closed cycle again, within 14 days."""
    _require(by, "open a cycle again")
    with transaction.atomic():
        today = cadence.day_in(held(by.workspace_id).time_zone, at)
        row = Cycle.objects.of(by.workspace_id).held(cycle)
        if row.closed_on is None:
            return row
        if today > row.closed_on + timedelta(days=REOPEN_WITHIN_DAYS):
            raise CycleIsClosed(
                f"{row.name} was closed more than {REOPEN_WITHIN_DAYS} days ago.",
                remedy="Create a new cycle for what is still to be done.",
            )
        found = history.differences(row, {"closed_on": None})
        row.closed_on = None
        row.save(update_fields=["closed_on"])
        redactions.change("cycle", [row.id], why="cycle.reopened", by=by, at=at)
        _tell("cycle.reopened", row, data={"changes": history.in_words(found)}, by=by, at=at)
    return row


def withdraw(*, cycle: int, by: Actor, at: datetime) -> None:
    """Take a cycle away, as if it had never been made: on its first day, while nothing stands in it."""
    remedy = "Change its name or its days, or close it."
    _require(by, "take this cycle away")
    with transaction.atomic():
        held(by.workspace_id)
        row = Cycle.objects.of(by.workspace_id).held(cycle)
        history.require_new(row, "cycle.created", remedy=remedy, by=by, at=at)
        _tell("cycle.withdrawn", row, by=by, at=at)
        history.take_away(row, remedy=remedy, why="cycle.withdrawn", by=by, at=at)


def _require(by: Actor, doing: str) -> None:
    access.require(access.may_manage(by), doing, remedy="Ask an admin.")


def _tell(kind: str, row: Cycle, *, data: Mapping[str, Any] | None = None, by: Actor, at: datetime) -> None:
    tell(kind, subject=row.id, data={"name": row.name, **(data or {})}, by=by, at=at)
    changes.append(by.workspace_id, changes.Kind.CYCLES)


def _of(row: Cycle) -> Window:
    return Window(row.starts_on, row.ends_on)


def _window(starts_on: date, ends_on: date | None) -> Window:
    if starts_on.year not in YEARS:
        raise Invalid(
            f"A cycle cannot begin in the year {starts_on.year}.",
            field="starts_on",
            remedy="Was that a slip of the finger?",
        )
    try:
        return cadence.check_cycle(Window(starts_on, ends_on))
    except Invalid as wrong:
        raise _in_our_words(wrong) from None


def require_room(actor: Actor, cycle: Cycle, key_results: QuerySet[KeyResult]) -> None:
    """Refuse days of a cycle of which a key result would be left that ends before it begins.

    It has one day of its own, and takes the other from the cycle. What the actor does not see is not told.
    """
    upside_down = Q(starts_on=None, ends_on__lt=cycle.starts_on)
    if cycle.ends_on is not None:
        upside_down |= Q(ends_on=None, starts_on__gt=cycle.ends_on)
    for one in key_results.filter(upside_down).order_by("id"):
        if standings.sees(actor, one.id):
            says = (
                f"ends on {one.ends_on:%-d %b %Y}" if one.ends_on else f"begins on {one.starts_on:%-d %b %Y}"
            )
            raise Conflict(
                f"“{one.title}” {says} by a date of its own, which is not within {cycle.name}.",
                code="dates_do_not_fit",
                remedy="Change the dates of that key result first, or take them away.",
            )


def _nest(window: Window, name: str, above: Window, above_name: str) -> None:
    try:
        cadence.check_nesting(window, above, child_name=name, parent_name=above_name)
    except Invalid as wrong:
        raise _in_our_words(wrong) from None


def _in_our_words(wrong: Invalid) -> Invalid:
    wrong.field = _FIELDS.get(wrong.field, wrong.field)
    return wrong


def _check_place(by: Actor, row: Cycle) -> None:
    window = _window(row.starts_on, row.ends_on)
    others = {one.id: one for one in Cycle.objects.of(by.workspace_id).exclude(id=row.id)}
    if row.parent_id:
        edges = [(one.id, one.parent_id) for one in others.values() if one.parent_id]
        if loop := path_of_loop(edges, row.id, row.parent_id):
            names = {row.id: row.name} | {id: one.name for id, one in others.items()}
            raise Invalid(
                f"{row.name} cannot lie within itself: {' → '.join(names[id] for id in loop)}.",
                code="cycle_loop",
                field="parent",
                remedy="Choose a longer cycle.",
            )
        above = others[row.parent_id]
        _nest(window, row.name, _of(above), above.name)
    for one in others.values():
        if one.parent_id == row.id:
            _nest(_of(one), one.name, window, row.name)
