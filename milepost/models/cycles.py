"""Cycles: the time an objective has."""

from __future__ import annotations

from django.db import models

from milepost.models.workspaces import WorkspaceBound, unique_in_workspace


class Cycle(WorkspaceBound):
    """A year, a quarter or any length from a week to five years; an end may be open."""

    key = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "cycle"
        constraints = [
            unique_in_workspace("cycle", "id"),
            unique_in_workspace("cycle", "key"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=models.F("starts_on")),
                name="cycle_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name
