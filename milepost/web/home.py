"""The front door: where does this person go?"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
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


@require_safe
def token(request: HttpRequest) -> HttpResponse:
    """Go where a token is made, or to its `examples`: who asks elsewhere knows no workspace's address."""
    seat = actors.seat(request.COOKIES.get(settings.SESSION_COOKIE_NAME), "", door="web", at=now())
    if seat is None:
        return HttpResponseRedirect(f"{reverse('signing_in')}?{urlencode({'next': request.get_full_path()})}")
    found = workspaces.memberships(seat.user_id)
    there = "#examples" if "examples" in request.GET else "?for=milepost#new"
    choices = [(each, f"{reverse('tokens', args=[each.slug])}{there}") for each in found]
    if len(choices) == 1:
        return HttpResponseRedirect(choices[0][1])
    return entrance.page(request, "home/index.html", {"choices": choices, "name": seat.user_name})
