"""How forms travel: shown by GET, sent by POST to where they stand, and on by GET to what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve

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


def takes_form(view: View) -> View:
    """Let a view take what a form sends, and nothing else: there is no page at its address."""

    @wraps(view)
    def taking(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return view(request, *args, **kwargs)

    taking.has_no_page = True
    return taking


def page_above(path: str) -> str:
    """Return, seen from an address that takes only forms, the nearest one above it at which there is a page.

    As steps upwards: so it says nothing of the workspace in the address, which may be another's.
    """
    steps = "../" if path.endswith("/") else "./"
    while (path := path.rstrip("/").rpartition("/")[0] + "/") != "/":
        try:
            if not getattr(resolve(path).func, "has_no_page", False):
                return steps
        except Resolver404:
            pass
        steps += "../"
    return "/"


def inside(request: HttpRequest, there: str) -> str | None:
    """Return an address that came with a request, if it lies within the workspace; others are no way on."""
    is_ours = there.startswith(f"/w/{request.seat.slug}/") and "//" not in there and "\\" not in there
    return there if is_ours else None


def go(to: str, **names) -> HttpResponseRedirect:
    """Go on to a page, by its name or its address, after a form has done its work."""
    return HttpResponseRedirect(resolve_url(to, **names), status=303)
