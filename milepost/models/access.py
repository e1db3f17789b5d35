"""Access: invitations and single-use links. Only the hash of a secret is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from milepost.models.ids import IdField
from milepost.models.people import ROLES, Person, User
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace


class Invitation(WorkspaceBound):
    """A link that lets one person in; single use, dated, bound to that person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=8, choices=ROLES, default="member")
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "invitation"
        constraints = [unique_in_workspace("invitation", "id")]

    @classmethod
    def open_to(cls, person: Person, at: datetime) -> models.QuerySet[Invitation]:
        """Return the invitations that would let a person in at a moment."""
        return cls.objects.of(person.workspace_id).filter(person=person, accepted_at=None, expires_at__gt=at)


class SignInLink(models.Model):
    """A single-use link: signs an account in, or (without an account) sets the installation up."""

    id = IdField()
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sign_in_links")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "sign_in_link"
