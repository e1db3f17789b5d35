"""How forms travel: shown by GET, sent by POST to where they stand, and on by GET to what came of it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url

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


def inside(request: HttpRequest, there: str) -> str | None:
    """Return an address that came with a request, if it lies within the workspace; others are no way on."""
    is_ours = there.startswith(f"/w/{request.seat.slug}/") and "//" not in there and "\\" not in there
    return there if is_ours else None


def go(to: str, **names) -> HttpResponseRedirect:
    """Go on to a page, by its name or its address, after a form has done its work."""
    return HttpResponseRedirect(resolve_url(to, **names), status=303)
