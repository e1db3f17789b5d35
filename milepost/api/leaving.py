"""Leaving: whoever has shut themselves out hears once what has become of it, and where that is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from milepost.actions import events
from milepost.actions.submissions import Done
from milepost.api.bearers import reader
from milepost.core.ids import encode
from milepost.queries import standings


def seen_below(request: HttpRequest, objective: int) -> tuple[int, ...]:
    """Return the key results of an objective that its author sees before they leave it."""
    looking = reader(request)
    with looking.image.lock:
        row = looking.image.objectives.get(objective)
        return tuple(one.id for one in looking.key_results_of(row)) if row is not None else ()


def made_below(request: HttpRequest, objective: int) -> tuple[int, ...]:
    """Return the key results that somebody has just made with an objective."""
    looking = reader(request)
    with looking.image.lock:
        return tuple(one.id for one in looking.image.key_results_of.get(objective, ()))


def answer(
    request: HttpRequest, done: Done, respond: Callable[[], HttpResponse], *, besides: Iterable[int] = ()
) -> HttpResponse:
    """Answer with what was written, this once, although its author does not see it any more.

    `besides` are things below it that they saw. The event is listed nowhere for them: `Link` says where it
    is undone.
    """
    if done.again or standings.sees(request.actor, done.id):
        return respond()
    event = events.undoable(by=request.actor, at=request.at)
    request.actor = replace(request.actor, keeps=frozenset((done.id, *besides)))
    response = respond()
    if event is not None:
        response.headers["Link"] = f'</api/v1/events/{encode(event)}/undoing>; rel="undo"'
    return response
