"""Events: one row for every change, in its own transaction: who, when, through which door, about what."""

from __future__ import annotations

from django.db import models

from milepost.models.people import Person
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace

WORK_EVENTS = ("initiative.added", "initiative.changed", "initiative.done")


class Event(WorkspaceBound):
    """Something that happened, named in the past tense (`checkin.recorded`).

    `objective_id` and `key_result_id` say what it is about, so a feed can leave out what its reader may
    not see; they are plain numbers because those nouns come later and may be gone.
    """

    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    door = models.CharField(max_length=8)
    objective_id = models.BigIntegerField(null=True)
    key_result_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    undoes_id = models.BigIntegerField(null=True)  # the event that this one takes back

    class Meta:
        db_table = "event"
        constraints = [
            unique_in_workspace("event", "id"),
            # Nothing is undone twice; a check-in's event, which undoes nothing, is in no such index.
            unique_in_workspace("event", "undoes_id", condition=models.Q(undoes_id__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["workspace", "objective_id", "id"], name="event_objective"),
            # Few rows, by which past days find the order of then.
            models.Index(
                fields=["workspace", "at"], name="event_moves", condition=models.Q(kind="key_result.moved")
            ),
            # Of which objectives two days compare the initiatives.
            models.Index(
                fields=["workspace", "at"], name="event_work", condition=models.Q(kind__in=WORK_EVENTS)
            ),
        ]


class Change(models.Model):
    """What the images must take in: one row for each change of a check-in or of the structure.

    `seq` orders SQLite's single writer. PostgreSQL adds a column `xid` (see the migration), because
    there sequence order is not commit order. `structure` says which part to read again.
    """

    seq = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey("milepost.Workspace", models.CASCADE, related_name="+", db_index=False)
    kind = models.PositiveSmallIntegerField()
    subject_id = models.BigIntegerField(default=0)
    entry_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "change"
        indexes = [models.Index(fields=["workspace", "seq"], name="change_workspace_seq")]


class Submission(WorkspaceBound):
    """A request that was carried out: the same key from the same person is answered, not repeated."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    entry_id = models.BigIntegerField()
    # What was asked for, as a hash, so that a key used for something else is noticed; forms say none.
    request = models.CharField(max_length=64, null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "submission"
        constraints = [unique_in_workspace("submission", "person", "key")]
