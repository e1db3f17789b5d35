"""Reviews: grades, stored at closing because then they are facts."""

from __future__ import annotations

from django.db import models

from milepost.models.exact import ExactField
from milepost.models.key_results import KeyResult
from milepost.models.objectives import Objective
from milepost.models.people import Person
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace


class Grade(WorkspaceBound):
    """The grade of an objective, or of one key result of it, with the policy that computed it.

    A reopened objective gets a new grade at its next closing; the latest one stands.
    """

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="grades")
    key_result = models.ForeignKey(KeyResult, models.CASCADE, null=True, blank=True, related_name="grades")
    raw = ExactField(null=True, blank=True)  # 12 decimals; None for published material
    grade = ExactField()
    policy = models.CharField(max_length=64)
    reason = models.TextField(blank=True, default="")
    learned = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "grade"
        constraints = [unique_in_workspace("grade", "id")]
