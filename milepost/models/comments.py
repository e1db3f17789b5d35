"""Comments: the discussion under an objective or a key result."""

from __future__ import annotations

from django.db import models

from milepost.models.key_results import KeyResult
from milepost.models.objectives import Objective
from milepost.models.people import Person
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace


class Comment(WorkspaceBound):
    """Something someone said about an objective, or about one key result of it."""

    key = models.CharField(max_length=64, null=True, blank=True)
    objective = models.ForeignKey(Objective, models.CASCADE, related_name="comments")
    key_result = models.ForeignKey(KeyResult, models.CASCADE, null=True, blank=True, related_name="comments")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        db_table = "comment"
        constraints = [unique_in_workspace("comment", "id")]
