"""What may happen to an initiative."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from milepost.actions import history, wording
from milepost.actions.events import tell
from milepost.core import access, ids
from milepost.core.access import Actor
from milepost.core.problems import Conflict, Invalid
from milepost.core.states import InitiativeState, move_initiative
from milepost.ledger import redactions
from milepost.models import Initiative, Objective
from milepost.queries import standings

_COLUMNS = {"owner": "owner_id", "key_result": "key_result_id"}


def add(
    *,
    objective: int,
    title: str,
    description: str = "",
    key_result: int | None = None,
    owner: int | None = None,
    state: str = InitiativeState.PLANNED,
    due_on: date | None = None,
    by: Actor,
    at: datetime,
) -> Initiative:
    """Add an initiative to an objective, perhaps for one key result of it."""
    with transaction.atomic():
        row, standing = standings.objective(by, objective, lock=True)
        access.require(access.may_edit(by, standing), "add an initiative here")
        wanted = {
            "title": title,
            "description": description,
            "key_result_id": key_result,
            "owner_id": owner,
            "state": state,
            "due_on": due_on,
        }
        new = Initiative(
            workspace_id=by.workspace_id, objective=row, created_at=at, **_checked(by, row, wanted)
        )
        new.key = ids.encode(new.id)
        new.save(force_insert=True)
        _tell("initiative.added", new, {"title": new.title}, by=by, at=at)
    return new


def update(
    *, initiative: int, changed: Mapping[str, Any], revision: int | None = None, by: Actor, at: datetime
) -> Initiative:
    """Change fields of an initiative; its owner may as well as whoever may edit the objective."""
    with transaction.atomic():
        one, row, standing = standings.initiative(by, initiative, lock=True)
        own = not by.is_guest and one.owner_id is not None and one.owner_id == by.person_id
        access.require(own or access.may_edit(by, standing), "change this initiative")
        history.require_unchanged(one, revision, "initiative")
        if "state" in changed:
            _known_state(changed["state"])
            move_initiative(InitiativeState(one.state), InitiativeState(changed["state"]))
        renamed = {_COLUMNS.get(name, name): value for name, value in changed.items()}
        found = history.differences(one, _checked(by, row, renamed))
        if found:
            for name, (_, new) in found.items():
                setattr(one, name, new)
            one.revision += 1
            one.save()
            redactions.change("initiative", [one.id], why="initiative.changed", by=by, at=at)
            tell_change(initiative=one, changes=found, by=by, at=at)
    return one


def tell_change(
    *, initiative: Initiative, changes: Mapping[str, tuple[Any, Any]], by: Actor, at: datetime
) -> None:
    """Tell what became of fields of an initiative: past days take it back from there."""
    told = "initiative.done" if changes.get("state", ("", ""))[1] == "done" else "initiative.changed"
    data = {"title": initiative.title, "changes": history.in_words(changes)}
    _tell(told, initiative, data, by=by, at=at)


def withdraw(*, initiative: int, by: Actor, at: datetime) -> None:
    """Take an initiative away as if it had never been added: it counts nowhere, so nothing else changes."""
    with transaction.atomic():
        one, _, standing = standings.initiative(by, initiative, lock=True)
        access.require(access.may_edit(by, standing), "take this initiative away")
        if not history.is_of_today(one.created_at, by=by, at=at):
            raise Conflict(
                "This initiative is part of the record by now.", code="on_record", remedy="Drop it instead."
            )
        _tell("initiative.withdrawn", one, {"title": one.title}, by=by, at=at)
        redactions.delete(one, why="initiative.withdrawn", by=by, at=at)


def _tell(kind: str, one: Initiative, data: dict, *, by: Actor, at: datetime) -> None:
    tell(
        kind,
        objective=one.objective_id,
        key_result=one.key_result_id,
        subject=one.id,
        data=data,
        by=by,
        at=at,
    )


def _known_state(state: str) -> None:
    if state not in list(InitiativeState):
        raise Invalid(
            f"“{state}” is no state of an initiative.", field="state", remedy="Choose one of the list."
        )


def _checked(by: Actor, row: Objective, wanted: dict[str, Any]) -> dict[str, Any]:
    clean = dict(wanted)
    if "title" in clean:
        clean["title"] = wording.title(clean["title"], of="An initiative", remedy="Say what will be done.")
    if "description" in clean:
        clean["description"] = wording.printable(clean["description"], field="description")
    if "state" in clean:
        _known_state(clean["state"])
    if "owner_id" in clean:
        clean["owner_id"] = standings.person(by, clean["owner_id"], "owner")
    wanted_key_result = clean.get("key_result_id")
    if wanted_key_result is not None:
        # Asked for as this person may: one they may not see must answer like one that is not there.
        _, its_objective, _ = standings.key_result(by, wanted_key_result)
        if its_objective.id != row.id:
            raise Invalid(
                "That key result belongs to another objective.",
                field="key_result",
                remedy="Choose one of this objective’s key results.",
            )
    return clean
