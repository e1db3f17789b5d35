"""Remembering what was: a dated row for each change of a definition, so any past day can be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import ProtectedError

from milepost.core.access import Actor
from milepost.core.cadence import day_in
from milepost.core.problems import Conflict
from milepost.ledger import redactions
from milepost.models import Event, KeyResult, KeyResultVersion, Objective, ObjectiveVersion, Workspace
from milepost.models.key_results import KEY_RESULT_FIELDS
from milepost.models.objectives import OBJECTIVE_FIELDS


def remember_objective(row: Objective, *, reason: str = "", by: Actor, at: datetime) -> None:
    """Write the dated row that says what the objective is from now on."""
    _remember(ObjectiveVersion, row, OBJECTIVE_FIELDS, reason, by, at, objective=row)


def remember_key_result(row: KeyResult, *, reason: str = "", by: Actor, at: datetime) -> None:
    """Write the dated row that says what the key result is from now on."""
    _remember(KeyResultVersion, row, KEY_RESULT_FIELDS, reason, by, at, key_result=row)


def _remember(
    model: type[ObjectiveVersion | KeyResultVersion],
    row: Objective | KeyResult,
    fields: Sequence[str],
    reason: str,
    by: Actor,
    at: datetime,
    **of: Objective | KeyResult,
) -> None:
    said = {name: getattr(row, name) for name in fields}
    model.objects.create(
        workspace_id=row.workspace_id, at=at, by_id=by.person_id, reason=reason, **of, **said
    )


def differences(row: Any, wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what a change would change: field → (from, to)."""
    return {
        name: (getattr(row, name), value) for name, value in wanted.items() if getattr(row, name) != value
    }


def require_unchanged(row: Any, revision: int | None, noun: str) -> None:
    """Refuse to write over somebody's newer version (None: the caller does not mind)."""
    if revision is not None and row.revision != revision:
        raise Conflict(
            f"Someone changed this {noun} while you were editing it. Nothing of theirs or yours is lost.",
            code="changed_meanwhile",
            remedy="Look at what it says now, then save again to keep your version.",
        )


def is_of_today(made_at: datetime, *, by: Actor, at: datetime) -> bool:
    """Say whether something was made on the workspace's day of `at`: then no past day shows it."""
    zone = _zone(by)
    return day_in(zone, made_at) == day_in(zone, at)


def today(*, by: Actor, at: datetime) -> date:
    """Return the workspace's day of a moment."""
    return day_in(_zone(by), at)


def _zone(by: Actor) -> str:
    return Workspace.objects.filter(id=by.workspace_id).values_list("time_zone", flat=True).get()


class OnRecord(Conflict):
    """It is part of the record by now, so it does not vanish."""

    code = "on_record"


def require_new(row: Any, made: str, *, remedy: str, by: Actor, at: datetime) -> None:
    """Refuse to take away what was not made today (by an event `made`), or what others had a part in."""
    noun = made.partition(".")[0]
    rows = Event.objects.of(by.workspace_id).filter(kind__startswith=f"{noun}.", subject_id=row.id)
    theirs = rows.exclude(actor_id=by.person_id)
    first = rows.filter(kind=made).order_by("id").first()
    if first is None or theirs.exists() or not is_of_today(first.at, by=by, at=at):
        raise OnRecord(f"{row.name} is part of the record by now.", remedy=remedy)


def take_away(row: Any, *, remedy: str, why: str, by: Actor, at: datetime) -> None:
    """Delete a row that nothing leans on."""
    try:
        redactions.delete(row, why=why, by=by, at=at)
    except ProtectedError:
        raise OnRecord(f"{row.name} is in use by now.", remedy=remedy) from None


def in_words(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    """Return changes as an event keeps them: field → [from, to], numbers as text."""
    return {name: [as_kept(old), as_kept(new)] for name, (old, new) in changes.items()}


def as_kept(value: Any) -> Any:
    """Return a value as an event keeps it: numbers and days as text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if hasattr(value, "isoformat") else value
