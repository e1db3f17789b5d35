"""Every address of the pages: a table of contents, the busiest first (Django tries them in this order)."""

from __future__ import annotations

from django.urls import include, path

from milepost.web import converters  # noqa: F401 - registers <id:…>

urlpatterns = [
    path("", include("milepost.web.urls_round")),  # check-ins, the sweep, the tree
    path("", include("milepost.web.urls_see")),  # my week, teams, activity
    path("", include("milepost.web.urls_write")),  # objectives, key results and what belongs to them
    path("", include("milepost.web.urls_start")),  # the way in, people, teams, cycles, settings
]
