"""Check-ins: the ledger. Append-only; a correction is a new entry that names the one it corrects."""

from __future__ import annotations

from django.db import models

from milepost.models.exact import ExactField
from milepost.models.key_results import KeyResult
from milepost.models.people import Person
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace


class Checkin(WorkspaceBound):
    """One entry: what was true at `effective_at`, as known at `recorded_at`.

    `value` None means "no data". Milestones carry the done fraction of each in `parts`.
    """

    key = models.CharField(max_length=80, null=True, blank=True)
    key_result = models.ForeignKey(KeyResult, models.CASCADE, related_name="checkins", db_index=False)
    value = ExactField(null=True, blank=True)
    parts = models.JSONField(null=True, blank=True)
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.TextField(blank=True, default="")
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        db_table = "checkin"
        constraints = [unique_in_workspace("checkin", "id")]
        indexes = [
            models.Index(fields=["workspace", "key_result", "effective_at"], name="checkin_key_result"),
            # What somebody said, and when last: among millions of others.
            models.Index(fields=["workspace", "by"], name="checkin_by"),
            # Few rows, so it costs other check-ins nothing.
            models.Index(
                fields=["workspace", "key_result"],
                name="checkin_corrections",
                condition=models.Q(corrects__isnull=False),
            ),
        ]

    def corrections(self) -> models.QuerySet:
        """Return what was put in its place: entries of the same key result, looked for among its own."""
        own = Checkin.objects.of(self.workspace_id).filter(key_result_id=self.key_result_id)
        return own.filter(corrects=self)
