"""What happened, and the whole as a tree."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from milepost.actions import undos
from milepost.api import answers
from milepost.api.answers import Page, Part, Then
from milepost.api.bearers import reader
from milepost.api.once import once
from milepost.api.operations import creates, reads
from milepost.api.trees import TreeAsked
from milepost.api.values import Flag, Ref, Said
from milepost.core import workload
from milepost.core.scopes import Scope
from milepost.queries import plans, standings, tree
from milepost.queries.activity import Narrowed
from milepost.queries.records import events
from milepost.queries.records.events import EventRecord, UndoingRecord
from milepost.queries.records.trees import TreeRecord

router = Router(tags=["The whole"])


class EventsAsked(Page, Then):
    """Which events are wanted; with `on`, those up to the end of that day."""

    group: Literal["check-ins", "objectives", "initiatives", "discussion", "people", "settings"] | None = None
    team: Ref | None = None
    by: Ref | None = None


class NewUndoing(Said):
    """How an event is undone."""

    anyway: Flag = False


@reads(router, "/events", EventRecord, many=True)
def index(request: HttpRequest, asked: Query[EventsAsked]) -> HttpResponse:
    """List what happened and you may see, the latest first."""
    narrowed = Narrowed(team=asked.team, person=asked.by, group=asked.group)
    looking = reader(request, asked.on)
    with looking.image.lock:
        return answers.many(request, EventRecord, events.slice_of(looking, asked.wanted, narrowed), asked)


@reads(router, "/events/{event}", EventRecord)
def show(request: HttpRequest, event: Path[Ref], part: Query[Part]) -> HttpResponse:
    """Show one event."""
    looking = reader(request)
    with looking.image.lock:
        return answers.one(events.one(looking, event), part)


@creates(router, "/events/{event}/undoing", UndoingRecord, scope=Scope.WRITE, in_teams=True)
def undo(request: HttpRequest, event: Path[Ref], said: NewUndoing) -> HttpResponse:
    """Take back what an event tells of, for 30 days, where you did it yourself or are an admin.

    The inverse is an ordinary change with an event of its own. 409 with `changed_since` says that it was
    changed again meanwhile; `anyway` writes over that. Nothing is undone across a closing.
    """
    size = plans.size(request.actor.workspace_id)
    if workload.is_long(key_results=size) and standings.is_of_file(request.actor, event):
        workload.will_take_long(request.work, request.at)
    done = once(
        request,
        lambda: undos.undo(event=event, anyway=said.anyway, by=request.actor, at=request.at).id,
    )
    record = events.undoing(request.actor, done.id)
    return answers.made(done, record, f"/api/v1/events/{record.id}")


@reads(router, "/tree", TreeRecord)
def whole(request: HttpRequest, asked: Query[TreeAsked]) -> HttpResponse:
    """Return every objective that you may see, with its figures and what it serves, in one answer.

    Narrowed as its page is, it holds what fits and what stands above that; `is_match` tells these apart. What
    was parked, deferred or cancelled is then left out. Send `If-None-Match` with the last `ETag`: where
    nothing that you may see has changed, the answer is 304 and empty.
    """
    looking = reader(request, asked.on)
    with looking.image.lock:
        view = asked.view(looking)
        if view is not None:
            return answers.encoded(tree.narrowed(view))
    found = tree.as_json(looking, key_results=asked.key_results, known=request.headers.get("If-None-Match"))
    response = answers.encoded(found.body or b"")
    response.headers["ETag"] = found.etag
    return response
