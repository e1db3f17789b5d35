"""Every address of the pages: a table of contents. (People, teams and settings: urls_start.)"""

from __future__ import annotations

from django.urls import include, path

from milepost.web import converters  # noqa: F401 - registers <id:…>

urlpatterns = [
    path("", include("milepost.web.urls_start")),
    path("", include("milepost.web.urls_see")),
    path("", include("milepost.web.urls_write")),
    path("", include("milepost.web.urls_round")),
]
