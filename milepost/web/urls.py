"""Every address of the pages: a table of contents, the busiest first (Django tries them in this order)."""

from __future__ import annotations

from django.urls import include, path, register_converter

from milepost.web.converters import IdConverter

register_converter(IdConverter, "id")  # before the tables below, which name it

urlpatterns = [
    path("", include("milepost.web.urls_round")),  # check-ins, the sweep, the tree
    path("", include("milepost.web.urls_see")),  # my week, teams, activity
    path("", include("milepost.web.urls_write")),  # objectives, key results and what belongs to them
    path("", include("milepost.web.urls_start")),  # the way in, people, teams, cycles, settings
]
