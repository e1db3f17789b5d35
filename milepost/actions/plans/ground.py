"""What an application of a plan stands on: who applies it, when, and the rows that its ids mean so far."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from milepost.core.access import Actor
from milepost.ledger import redactions
from milepost.ledger.batches import Batches, Row
from milepost.models import (
    Alignment,
    Checkin,
    Comment,
    Cycle,
    Grade,
    Initiative,
    KeyResult,
    KeyResultVersion,
    Objective,
    ObjectiveVersion,
    Person,
    Team,
    TeamMember,
    Transition,
)
from milepost.models.ids import new_id

# Those first that others refer to.
WRITTEN = (
    Person, Team, TeamMember, Cycle, Objective, ObjectiveVersion, Transition, KeyResult, KeyResultVersion,
    Initiative, Alignment, Checkin, Comment, Grade,
)  # fmt: skip


class Ground:
    """One application's actor, moment and workspace; each dictionary leads from a plan's id to a row's."""

    def __init__(self, by: Actor, at: datetime) -> None:
        self.by, self.at, self.workspace_id = by, at, by.workspace_id
        self.people, self.teams, self.cycles, self.objectives, self.key_results = (
            dict(self.rows(model).values_list("key", "id"))
            for model in (Person, Team, Cycle, Objective, KeyResult)
        )
        self.fresh: dict[int, datetime] = {}  # objectives made by this application, and since when they are
        self.batches = Batches(*WRITTEN)  # what is new is written together

    def add(self, model: type[Model], **columns: Any) -> Row:
        """Let a new row of the workspace wait to be written."""
        return self.batches.add(model, {"id": new_id(), "workspace_id": self.workspace_id, **columns})

    def change(self, rows: QuerySet, **columns: Any) -> None:
        """Change rows of today in their place, and say so to the seals."""
        ids = list(rows.values_list("id", flat=True))
        self.rows(rows.model).filter(id__among=ids).update(**columns)
        redactions.change(rows.model._meta.db_table, ids, why="plan.applied", by=self.by, at=self.at)

    def rows(self, model: type[Model]) -> QuerySet:
        """Return the rows of the workspace."""
        return model.objects.of(self.workspace_id)
