"""Where addresses lead: the table of contents of the doors."""

from django.contrib import admin
from django.urls import include, path

from milepost.web import health, metrics

urlpatterns = [
    path("api/", include("milepost.api.urls")),  # first, so that it need not wait for a hundred pages
    path("", include("milepost.web.urls")),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.show, name="metrics"),
    path("admin/", admin.site.urls),
]

handler403 = "milepost.web.problems.forbidden"
handler404 = "milepost.web.problems.not_found"
handler500 = "milepost.web.problems.failed"
