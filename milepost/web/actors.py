"""Who is asking: the first lock. A view below /w/<slug>/ starts with an actor or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial, wraps
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from milepost.actions import sessions
from milepost.core import access
from milepost.core.cadence import day_in
from milepost.core.problems import NotFound
from milepost.ledger import sight, stillness, traces
from milepost.queries import actors


def now() -> datetime:
    """Say what time it is: doors ask, everything below is told."""
    return timezone.now()


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the sign-in page, and back here afterwards."""
    there = reverse("signing_in")
    if request.method == "GET":
        there += "?" + urlencode({"next": request.get_full_path()})
    return _on_to(request, there)


def _on_to(request: HttpRequest, there: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer.headers["HX-Redirect"] = there
        return answer
    return HttpResponseRedirect(there)


def in_workspace(view: Callable) -> Callable:
    """Let a view run as a member of the workspace in the address.

    Sets `request.actor`, `request.seat`, `request.at` (now) and `request.today` (the workspace's day). A
    workspace one does not belong to answers like one that does not exist.
    """

    @wraps(view)
    def seated(request: HttpRequest, slug: str, *args, **kwargs) -> HttpResponse:
        request.at = now()
        session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        seat = actors.seat(session_key, slug, door="web", at=request.at)
        if seat is None:
            return to_sign_in(request)
        if seat.actor is None:
            raise NotFound
        if request.at - seat.seen_at > sessions.SEEN_AGAIN_AFTER:
            use = partial(sessions.use, session_key=session_key, by=seat.actor, at=request.at)
            traces.leave(use, at=request.at)
        if seat.lacks_second_step:
            return _on_to(request, reverse("account"))
        request.seat, request.actor = seat, seat.actor
        request.today = today(request)
        if request.method == "GET":  # it changes nothing that it then reads
            stillness.settle(seat.mark)
        with sight.within(seat.actor.workspace_id):
            return view(request, *args, **kwargs)

    return seated


def require_admin(request: HttpRequest) -> None:
    """Refuse whoever does not run the workspace: for them there is no such page."""
    if not access.may_manage(request.actor):
        raise NotFound


def today(request: HttpRequest) -> date:
    """Return the day it is in the workspace of the request."""
    return day_in(request.seat.time_zone, request.at)
