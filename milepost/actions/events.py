"""Telling: one event row for every change, in the transaction that makes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from milepost.core.access import Actor
from milepost.models import Event


def tell(
    kind: str,
    *,
    objective: int | None = None,
    key_result: int | None = None,
    subject: int | None = None,
    data: dict[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> Event:
    """Write the event of a change, named in the past tense (`objective.drafted`)."""
    return Event.objects.create(
        workspace_id=by.workspace_id,
        kind=kind,
        at=at,
        actor_id=by.person_id,
        door=by.door,
        objective_id=objective,
        key_result_id=key_result,
        subject_id=subject,
        data=data or {},
    )
