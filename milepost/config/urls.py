"""Where addresses lead: the table of contents of the doors."""

from django.contrib import admin
from django.urls import path
from django.urls.resolvers import RoutePattern

from milepost.config.later import Later, later
from milepost.web import health, metrics
from milepost.web import urls as pages

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.show, name="metrics"),
    path("api/", later("milepost.api.reference.show"), name="api_reference"),
    path("api/openapi.json", later("milepost.api.reference.show_json"), name="api_document"),
    Later(RoutePattern("api/"), "milepost.api.urls"),  # first: it need not wait for a hundred pages
    *pages.urlpatterns,  # as they are: each table inside another is one more to look through
    path("admin/", admin.site.urls),
]

handler400 = "milepost.web.problems.unreadable"
handler403 = "milepost.web.problems.forbidden"
handler404 = "milepost.web.problems.not_found"
handler500 = "milepost.web.problems.failed"
