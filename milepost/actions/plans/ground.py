"""What an application of a plan stands on: who applies it, when, and the rows that its ids mean so far."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model, QuerySet

from milepost.core.access import Actor
from milepost.models import Cycle, KeyResult, Objective, Person, Team


class Ground:
    """One application's actor, moment and workspace; each dictionary leads from a plan's id to a row's."""

    def __init__(self, by: Actor, at: datetime) -> None:
        self.by, self.at, self.workspace_id = by, at, by.workspace_id
        self.people, self.teams, self.cycles, self.objectives, self.key_results = (
            dict(self.rows(model).values_list("key", "id"))
            for model in (Person, Team, Cycle, Objective, KeyResult)
        )
        self.fresh: set[int] = set()  # objectives made by this application

    def born(self, objective: int) -> datetime:
        """Return since when there is what comes with an objective and says no day of its own."""
        first = self.rows(Objective).filter(id=objective).values_list("created_at", flat=True).get()
        return min(self.at, first)

    def rows(self, model: type[Model]) -> QuerySet:
        """Return the rows of the workspace."""
        return model.objects.of(self.workspace_id)
