"""Single-use sign-in links."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from milepost.actions import access
from milepost.web import accounts, entrance
from milepost.web.actors import now

THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in: at once on this very machine, elsewhere by a button, which no link scanner presses."""
    if request.method == "POST" or (request.method == "GET" and _is_followed_here(request)):
        return _use(request, secret)
    return entrance.page(request, "sign_in_links/show.html")


def _is_followed_here(request: HttpRequest) -> bool:
    # A terminal's link on its own machine: only a browser there can follow it. What a program fetches (a
    # scanner behind a proxy that calls every host localhost), or a browser in advance, before anybody
    # clicked, must not be used up: only a browser that goes there says “navigate”.
    if request.headers.get("Sec-Purpose") or request.headers.get("Purpose"):
        return False
    if request.headers.get("Sec-Fetch-Mode") != "navigate":
        return False
    return not request.is_secure() and urlsplit(f"//{request.get_host()}").hostname in THIS_MACHINE


def _use(request: HttpRequest, secret: str) -> HttpResponse:
    at = now()
    try:
        user_id = access.use_link(secret=secret, at=at)
    except access.LinkIsOver as over:
        entrance.missed(request, at)
        if not request.user.is_authenticated:
            return entrance.page(request, "sign_in_links/over.html", {"problem": over}, status=over.status)
        messages.info(request, "That link was used already; you are still signed in.")
        return redirect("home")
    answer = accounts.sign_in(request, user_id, then=reverse("home"))
    request.session[accounts.SIGNED_IN_BY_LINK] = [user_id, int(at.timestamp())]
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
