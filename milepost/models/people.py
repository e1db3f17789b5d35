"""People: an account signs in (once for all workspaces), a person belongs to one workspace."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from milepost.core.access import Role
from milepost.models.ids import IdField
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace

ROLES = [(str(role), str(role)) for role in Role]


class Users(BaseUserManager):
    """Make accounts, always with the e-mail address in one spelling."""

    @staticmethod
    def spell(email: str) -> str:
        """Return the one spelling under which an address is stored."""
        return email.strip().lower()

    def create_user(self, email: str, password: str | None = None, **fields) -> User:
        """Make an account; without a password it can sign in by link alone."""
        user = self.model(email=self.spell(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> User:
        """Make an operator who may look into the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> User:
        return self.get(email=self.spell(email))


class User(AbstractBaseUser, PermissionsMixin):
    """An account: who signs in, whatever the workspace."""

    id = IdField()
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    # The address that is to be theirs, from when on it was waited for, and the stamp of the account then.
    email_wanted = models.JSONField(null=True, blank=True)

    objects = Users()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class Person(WorkspaceBound):
    """Someone in a workspace; has an account once they have signed in."""

    key = models.CharField(max_length=64)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="people")
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, null=True, blank=True)
    role = models.CharField(max_length=8, choices=ROLES, default="member")
    left_on = models.DateField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "person"
        constraints = [
            unique_in_workspace("person", "id"),
            unique_in_workspace("person", "key"),
            unique_in_workspace("person", "user", condition=models.Q(user__isnull=False)),
            unique_in_workspace("person", "email", condition=models.Q(email__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name
