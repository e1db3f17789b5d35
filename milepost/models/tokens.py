"""Tokens: how programs act for a person in one workspace. Only the hash of the secret is kept."""

from __future__ import annotations

from django.db import models

from milepost.core.scopes import Scope
from milepost.models.people import Person
from milepost.models.teams import Team
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace

SCOPES = [(str(scope), str(scope)) for scope in Scope]


class Token(WorkspaceBound):
    """A personal token; with a team it reaches that team's objectives and those of the teams below alone."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    secret_hash = models.CharField(max_length=64, unique=True)
    last_four = models.CharField(max_length=4)
    scope = models.CharField(max_length=8, choices=SCOPES, default="read")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "token"
        constraints = [
            unique_in_workspace("token", "id"),
            # People and settings belong to no team.
            models.CheckConstraint(
                condition=models.Q(team__isnull=True) | ~models.Q(scope="admin"),
                name="token_for_everything_has_no_team",
            ),
        ]
