"""Alignments: which objective serves which objective or key result, from when to when."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from milepost.models.exact import ExactField
from milepost.models.key_results import KeyResult
from milepost.models.objectives import Objective
from milepost.models.people import Person
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace


class Alignment(WorkspaceBound):
    """A link upwards: *contributes* rolls up with its weight, *supports* does not count.

    A change of weight or kind ends this row and opens another, so any past day can be shown.
    """

    child = models.ForeignKey(Objective, models.CASCADE, related_name="alignments")
    parent_objective = models.ForeignKey(
        Objective, models.CASCADE, null=True, blank=True, related_name="served_by"
    )
    parent_key_result = models.ForeignKey(
        KeyResult, models.CASCADE, null=True, blank=True, related_name="served_by"
    )
    how = models.CharField(max_length=11, default="contributes")
    weight = ExactField(default=Decimal(1))
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "alignment"
        constraints = [
            unique_in_workspace("alignment", "id"),
            models.CheckConstraint(
                condition=models.Q(parent_objective__isnull=False, parent_key_result__isnull=True)
                | models.Q(parent_objective__isnull=True, parent_key_result__isnull=False),
                name="alignment_has_one_parent",
            ),
        ]
