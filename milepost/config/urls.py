"""Where addresses lead: the table of contents of the doors."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def livez(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive, whatever else is wrong."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("api/", include("milepost.api.urls")),  # first, so that it need not wait for a hundred pages
    path("", include("milepost.web.urls")),
    path("livez", livez, name="livez"),
    path("admin/", admin.site.urls),
]

handler403 = "milepost.web.problems.forbidden"
handler404 = "milepost.web.problems.not_found"
handler500 = "milepost.web.problems.failed"
