"""Saved views: a name for how the tree is looked at, one's own or shared."""

from __future__ import annotations

from django.db import models

from milepost.models.people import Person
from milepost.models.teams import Team
from milepost.models.workspaces import WorkspaceBound, unique_in_workspace

SHARED = [(word, word) for word in ("private", "team", "everyone")]


class SavedView(WorkspaceBound):
    """A view of the tree: what its address says of filters, columns, groups and order."""

    name = models.CharField(max_length=80)
    settings = models.CharField(max_length=2_000, blank=True, default="")
    owner = models.ForeignKey(Person, models.CASCADE, related_name="saved_views")
    shared = models.CharField(max_length=8, choices=SHARED, default="private")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "saved_view"
        constraints = [unique_in_workspace("saved_view", "id")]
        indexes = [models.Index(fields=["workspace", "shared"], name="saved_view_shared")]

    def __str__(self) -> str:
        return self.name


class DefaultView(WorkspaceBound):
    """The view with which somebody's tree begins."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    class Meta:
        db_table = "default_view"
        constraints = [
            unique_in_workspace("default_view", "id"),
            unique_in_workspace("default_view", "person"),
        ]
