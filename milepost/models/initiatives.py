"""Initiatives: what we do about it. They never count towards a score (method 2.5)."""

from __future__ import annotations

from django.db import models

from milepost.core.states import InitiativeState
from milepost.models.key_results import KeyResult
from milepost.models.objectives import Objective
from milepost.models.people import Person
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace

INITIATIVE_STATES = [(str(state), str(state)) for state in InitiativeState]


class Initiative(WorkspaceBound):
    """A piece of work for an objective, perhaps for one key result of it."""

    key = models.CharField(max_length=64)
    objective = models.ForeignKey(Objective, models.CASCADE, related_name="initiatives")
    key_result = models.ForeignKey(
        KeyResult, models.SET_NULL, null=True, blank=True, related_name="initiatives"
    )
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=INITIATIVE_STATES, default="planned")
    due_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "initiative"
        constraints = [unique_in_workspace("initiative", "id"), unique_in_workspace("initiative", "key")]
