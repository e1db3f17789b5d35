"""Every address of the pages: a table of contents, the busiest first (Django tries them in this order)."""

from __future__ import annotations

from django.urls import register_converter

from milepost.web.converters import IdConverter

register_converter(IdConverter, "id")  # before the tables below, which name it

from milepost.web import urls_round, urls_see, urls_start, urls_write  # noqa: E402

urlpatterns = [
    *urls_round.urlpatterns,  # check-ins, the sweep, the tree, search as one types
    *urls_see.urlpatterns,  # my week, teams, activity
    *urls_write.urlpatterns,  # objectives, key results and what belongs to them
    *urls_start.urlpatterns,  # the way in, people, teams, cycles, settings
]
