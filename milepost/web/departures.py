"""Departures: someone leaves the workspace, or comes back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from milepost.actions import people
from milepost.core.problems import Conflict
from milepost.web.actors import in_workspace
from milepost.web.methods import go, takes_form
from milepost.web.toasts import saved


@takes_form
@in_workspace
def create(request: HttpRequest, person: int) -> HttpResponse:
    """Let someone leave."""
    try:
        row = people.leave(person=person, by=request.actor, at=request.at)
        saved(request, f"{row.name} has left. What they did stays under their name.")
    except Conflict as problem:
        messages.error(request, str(problem))
    return go("person", slug=request.seat.slug, person=person)


@takes_form
@in_workspace
def destroy(request: HttpRequest, person: int) -> HttpResponse:
    """Take someone back."""
    row = people.readmit(person=person, by=request.actor, at=request.at)
    saved(request, f"{row.name} is back. Choose their teams anew.")
    return go("person", slug=request.seat.slug, person=person)
