"""Workspaces: the tenant, and the first lock on its data."""

from __future__ import annotations

from typing import Any

from django.db import models

from milepost.core.problems import NotFound
from milepost.models.ids import IdField

# Who must prove twice who they are.
SECOND_STEP_FOR = [(who, who) for who in ("nobody", "admins", "everyone")]


class Unscoped(RuntimeError):
    """A query that did not say whose data it wants."""


class ScopedQuerySet(models.QuerySet):
    """A query that answers only once it was told the workspace.

    Fails closed: a forgotten `.of(workspace)` is an error in the first test that runs it, not a leak.
    """

    _scoped = False

    def of(self, workspace_id: int) -> ScopedQuerySet:
        """Narrow to one workspace."""
        query = self.filter(workspace_id=workspace_id)
        query._scoped = True
        return query

    def everywhere(self) -> ScopedQuerySet:
        """Look across workspaces: for the operator's tools, never for a request."""
        query = self.all()
        query._scoped = True
        return query

    def held(self, id: int) -> Any:
        """Return one row, held until the commit; raises NotFound."""
        row = self.select_for_update().filter(id=id).first()
        if row is None:
            raise NotFound
        return row

    def _clone(self):
        query = super()._clone()
        query._scoped = self._scoped
        return query

    def _ask(self) -> None:
        if not self._scoped:
            raise Unscoped(f"{self.model.__name__}.objects needs .of(workspace) before it answers.")

    def _fetch_all(self):
        self._ask()
        super()._fetch_all()

    def iterator(self, *args, **kwargs):
        self._ask()
        return super().iterator(*args, **kwargs)

    def count(self):
        self._ask()
        return super().count()

    def exists(self):
        self._ask()
        return super().exists()

    def aggregate(self, *args, **kwargs):
        self._ask()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs):
        self._ask()
        return super().update(**kwargs)

    def delete(self):
        self._ask()
        return super().delete()


class Workspace(models.Model):
    """One organisation: nothing below refers across two of them."""

    id = IdField()
    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=300)
    time_zone = models.CharField(max_length=64, default="UTC")
    mission = models.TextField(blank=True, default="")
    vision = models.TextField(blank=True, default="")
    scoring_policy = models.CharField(max_length=64, default="milepost.v1")
    check_in_every = models.PositiveSmallIntegerField(default=7)
    count_restricted_work = models.BooleanField(default=False)
    second_step_for = models.CharField(max_length=8, choices=SECOND_STEP_FOR, default="nobody")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "workspace"

    def __str__(self) -> str:
        return self.name


class WorkspaceBound(models.Model):
    """A row that belongs to a workspace: its id leads every unique key and index."""

    id = IdField()
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


def unique_in_workspace(table: str, *fields: str, **more) -> models.UniqueConstraint:
    """Return the constraint `(workspace, *fields)` with its conventional name."""
    return models.UniqueConstraint(
        fields=["workspace", *fields], name="_".join([table, *fields, "unique"]), **more
    )
