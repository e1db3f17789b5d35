"""Teams: a tree, and who belonged where from when to when."""

from __future__ import annotations

from django.db import models

from milepost.models.people import Person
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace


class Team(WorkspaceBound):
    """A team; without a parent it stands right below the company."""

    key = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    purpose = models.TextField(blank=True, default="")

    class Meta:
        db_table = "team"
        constraints = [unique_in_workspace("team", "id"), unique_in_workspace("team", "key")]

    def __str__(self) -> str:
        return self.name


class TeamMember(WorkspaceBound):
    """Someone's time in a team; `until_on` is the first day they no longer belong.

    The moments say when either was recorded; without one (a file names days alone) it was known on its day.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.CASCADE, related_name="teams")
    is_lead = models.BooleanField(default=False)
    since_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    since_at = models.DateTimeField(null=True, blank=True)
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "team_member"
        constraints = [unique_in_workspace("team_member", "id")]
