"""One address, two views: a form is shown by GET and sent by POST to where it stands."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

View = Callable[..., HttpResponse]


def methods(*, get: View, post: View) -> View:
    """Return the view that answers GET with one view and POST with another."""

    def view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        match request.method:
            case "GET" | "HEAD":
                return get(request, *args, **kwargs)
            case "POST":
                return post(request, *args, **kwargs)
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])

    return view
