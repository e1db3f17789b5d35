"""Objectives: what holds now, what held before, and the log of their states."""

from __future__ import annotations

from django.db import models

from milepost.core.access import Visibility
from milepost.models.cycles import Cycle
from milepost.models.people import Person
from milepost.models.teams import Team
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace

COMMITMENTS = [(word, word) for word in ("committed", "aspirational", "learning")]
LEVELS = [(word, word) for word in ("strategic", "tactical")]
VISIBILITIES = [(str(word), str(word)) for word in Visibility]
STATES = [
    (word, word)
    for word in (
        "draft", "in_review", "parked", "committed", "active", "grading", "graded", "closed",
        "cancelled", "deferred",
    )
]  # fmt: skip


class ObjectiveDefinition(WorkspaceBound):
    """What an objective is at a time: the row of today and the dated rows share it."""

    title = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="%(class)ss")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="%(class)ss")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="owned_%(class)ss")
    sponsor = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    commitment = models.CharField(max_length=12, choices=COMMITMENTS, default="aspirational")
    level = models.CharField(max_length=9, choices=LEVELS, default="tactical")
    visibility = models.CharField(max_length=9, choices=VISIBILITIES, default="workspace")
    state = models.CharField(max_length=9, choices=STATES, default="draft")
    contributors = models.JSONField(default=list)  # ids of people, as numbers
    visible_to = models.JSONField(default=list)

    class Meta:
        abstract = True


OBJECTIVE_FIELDS = (
    "title", "description", "cycle_id", "team_id", "owner_id", "sponsor_id", "commitment", "level",
    "visibility", "state", "contributors", "visible_to",
)  # fmt: skip


class Objective(ObjectiveDefinition):
    """An objective as it stands."""

    key = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "objective"
        constraints = [unique_in_workspace("objective", "id"), unique_in_workspace("objective", "key")]
        indexes = [models.Index(fields=["workspace", "team", "cycle"], name="objective_team_cycle")]

    def __str__(self) -> str:
        return self.title


class ObjectiveVersion(ObjectiveDefinition):
    """What the objective was from `at` on, until the next row of it."""

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="versions", db_index=False)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.TextField(blank=True, default="")

    class Meta:
        db_table = "objective_version"
        constraints = [unique_in_workspace("objective_version", "id")]
        indexes = [models.Index(fields=["workspace", "objective", "at"], name="objective_version_at")]


class Transition(WorkspaceBound):
    """One step of an objective's state machine; its state is the fold of these."""

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="transitions", db_index=False)
    event = models.CharField(max_length=20)
    from_state = models.CharField(max_length=9, blank=True)
    to_state = models.CharField(max_length=9)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.TextField(blank=True, default="")

    class Meta:
        db_table = "transition"
        constraints = [unique_in_workspace("transition", "id")]
        indexes = [models.Index(fields=["workspace", "objective", "id"], name="transition_objective")]
