"""What keeps no revision of its own is changed only while it still is what somebody has read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import models, transaction

from milepost.actions.workspaces import held
from milepost.core.access import Actor
from milepost.core.problems import Conflict
from milepost.models import Alignment, Cycle, Objective, Person, SavedView, Team

_KINDS: Mapping[str, type[models.Model]] = MappingProxyType(
    {
        "alignment": Alignment,
        "cycle": Cycle,
        "person": Person,
        "team": Team,
        "view": SavedView,
    }
)


def unless_changed(
    *, kind: str, id: int, is_as_read: Callable[[], bool], make: Callable[[], Any], by: Actor, at: datetime
) -> Any:
    """Do what `make` does if `is_as_read` says yes while the thing is held, else raise Conflict."""
    with transaction.atomic():
        # Whoever changes it meanwhile is waited for, and seen by the question.
        _hold(kind, id, by)
        if not is_as_read():
            raise Conflict(
                "Somebody has changed it since you read it. Nothing was written.",
                code="changed_meanwhile",
                remedy="Read it again.",
            )
        return make()


def _hold(kind: str, id: int, by: Actor) -> None:
    """Hold what the action will hold, in the order in which it does, so that no two wait for each other."""
    held(by.workspace_id)
    if kind == "workspace":
        return
    rows = _KINDS[kind].objects.of(by.workspace_id)
    if kind == "alignment":  # whoever changes a link holds what serves
        child = rows.filter(id=id).values_list("child_id", flat=True).first()
        Objective.objects.of(by.workspace_id).select_for_update().filter(id=child).first()
    else:
        rows.select_for_update().filter(id=id).first()
