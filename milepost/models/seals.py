"""Seals: what was recorded up to a moment, as a chain of hashes; a changed row no longer fits its seal."""

from __future__ import annotations

from django.db import models

from milepost.models.people import Person
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace


class Seal(WorkspaceBound):
    """One link of a workspace's chain: the rows it covers, each with its hash, and the link before.

    `rows` holds for each row its id (8 bytes) and its hash (16 bytes), table by table as `counts` says. What
    is hashed with a row is derived from `seed`, or stands in `salts` once one of the rows was taken out: the
    salt of a row that may be forgotten is destroyed, so that nobody can try what the row may have said.
    """

    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    form = models.PositiveSmallIntegerField()  # which columns were sealed
    began = models.BigIntegerField()  # an id made before the rows were looked for
    floor = models.BigIntegerField()  # rows whose ids are lower had to be sealed before
    is_complete = models.BooleanField()  # nothing that was there when it began was left over
    lowest = models.BigIntegerField()
    highest = models.BigIntegerField()
    counts = models.JSONField(default=dict)
    rows = models.BinaryField()
    seed = models.BinaryField(default=b"")
    salts = models.BinaryField(default=b"")
    previous = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "seal"
        constraints = [unique_in_workspace("seal", "id"), unique_in_workspace("seal", "number")]
        indexes = [models.Index(fields=["workspace", "highest", "lowest"], name="seal_reach")]


class SealHead(WorkspaceBound):
    """The last seal of a workspace, so that its absence is noticed."""

    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "seal_head"
        constraints = [
            unique_in_workspace("seal_head", "id"),
            models.UniqueConstraint(fields=["workspace"], name="seal_head_one"),
        ]


class Redaction(WorkspaceBound):
    """A sealed row that Milepost itself took out, rewrote or changed, and in whose name; sealed as well."""

    table = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    seal = models.PositiveIntegerField()  # the number of the one that the row no longer fits; 0: of none
    is_gone = models.BooleanField()
    why = models.CharField(max_length=40)  # the kind of the event that tells of it
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "redaction"
        constraints = [unique_in_workspace("redaction", "id")]
        indexes = [models.Index(fields=["workspace", "row_id"], name="redaction_row")]
