"""What keeps no revision of its own is changed only while it still is what somebody has read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from django.db import models, transaction

from milepost.core.access import Actor
from milepost.core.problems import Conflict
from milepost.models import Alignment, Cycle, Person, SavedView, Team, Workspace

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
    *, kind: str, id: int, is_as_read: Callable[[], bool], make: Callable[[], int], by: Actor, at: datetime
) -> int:
    """Do what `make` does if `is_as_read` says yes while the thing is held, else raise Conflict."""
    with transaction.atomic():
        # Whoever changes it meanwhile is waited for, and seen by the question.
        _rows(kind, by).select_for_update().filter(id=id).first()
        if not is_as_read():
            raise Conflict(
                "Somebody has changed it since you read it. Nothing was written.",
                code="changed_meanwhile",
                remedy="Read it again.",
            )
        return make()


def _rows(kind: str, by: Actor) -> models.QuerySet:
    if kind == "workspace":
        return Workspace.objects.filter(id=by.workspace_id)
    return _KINDS[kind].objects.of(by.workspace_id)
