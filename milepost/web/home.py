"""The front door: where does this person go?"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from milepost.core import addresses
from milepost.queries import actors, workspaces
from milepost.web import entrance
from milepost.web.actors import now


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Go to the only workspace, or choose among several."""
    seat = actors.seat(request.COOKIES.get(settings.SESSION_COOKIE_NAME), "", door="web", at=now())
    if seat is None:
        return redirect("signing_in")
    found = workspaces.memberships(seat.user_id)
    if len(found) == 1:
        return HttpResponseRedirect(addresses.week(found[0].slug))
    choices = [(each, addresses.week(each.slug)) for each in found]
    return entrance.page(request, "home/index.html", {"choices": choices, "name": seat.user_name})
