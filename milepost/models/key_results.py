"""Key results: how they are measured now, and what that was before."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from milepost.core.states import KeyResultState
from milepost.models.exact import ExactField
from milepost.models.objectives import Objective
from milepost.models.people import Person
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace

KEY_RESULT_STATES = [(str(state), str(state)) for state in KeyResultState]
SOURCES = [("check_ins", "check-ins"), ("contributors", "contributors")]


class KeyResultDefinition(WorkspaceBound):
    """What a key result is at a time: the row of today and the dated rows share it."""

    title = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=20, default="increase")
    start = ExactField(null=True, blank=True)
    target = ExactField(null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True, default="")
    direction = models.CharField(max_length=4, null=True, blank=True)
    floor = ExactField(null=True, blank=True)
    low = ExactField(null=True, blank=True)
    high = ExactField(null=True, blank=True)
    tolerance = ExactField(null=True, blank=True)
    milestones = models.JSONField(default=list)  # [{"title": …, "weight": "1"}]
    weight = ExactField(default=Decimal(1))
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    curve = models.CharField(max_length=8, default="linear")
    points = models.JSONField(default=list)  # [["0.5", "0.2"]]: share of the window, expected
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="owned_%(class)ss")
    source = models.CharField(max_length=12, choices=SOURCES, default="check_ins")
    data_source = models.CharField(max_length=300, blank=True, default="")
    visibility = models.CharField(max_length=9, null=True, blank=True)
    visible_to = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=KEY_RESULT_STATES, default="active")

    class Meta:
        abstract = True


KEY_RESULT_FIELDS = (
    "title", "description", "kind", "start", "target", "unit", "direction", "floor", "low", "high",
    "tolerance", "milestones", "weight", "starts_on", "ends_on", "curve", "points", "owner_id", "source",
    "data_source", "visibility", "visible_to", "state", "objective_id",
)  # fmt: skip


class KeyResult(KeyResultDefinition):
    """A key result as it stands. Its value is its latest check-in, never a column here."""

    key = models.CharField(max_length=64)
    objective = models.ForeignKey(Objective, models.CASCADE, related_name="key_results")
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "key_result"
        constraints = [unique_in_workspace("key_result", "id"), unique_in_workspace("key_result", "key")]

    def __str__(self) -> str:
        return self.title


class KeyResultVersion(KeyResultDefinition):
    """What the key result was from `at` on, until the next row of it."""

    key_result = models.ForeignKey(KeyResult, models.CASCADE, related_name="versions", db_index=False)
    objective = models.ForeignKey(Objective, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.TextField(blank=True, default="")

    class Meta:
        db_table = "key_result_version"
        constraints = [unique_in_workspace("key_result_version", "id")]
        indexes = [models.Index(fields=["workspace", "key_result", "at"], name="key_result_version_at")]
