"""What happened, and the whole as a tree."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from milepost.api import answers
from milepost.api.answers import Page, Then
from milepost.api.bearers import reader
from milepost.api.operations import reads
from milepost.api.values import Ref
from milepost.queries import tree
from milepost.queries.activity import Narrowed
from milepost.queries.records import events
from milepost.queries.records.events import EventRecord
from milepost.queries.records.trees import TreeRecord

router = Router(tags=["The whole"])


class EventsAsked(Page):
    """Which events are wanted."""

    group: Literal["check-ins", "objectives", "initiatives", "discussion", "people", "settings"] | None = None
    team: Ref | None = None
    by: Ref | None = None


class TreeAsked(Then):
    """How much of the tree is wanted."""

    key_results: bool = False


@reads(router, "/events", EventRecord, many=True)
def index(request: HttpRequest, asked: Query[EventsAsked]) -> HttpResponse:
    """List what happened and you may see, the latest first."""
    narrowed = Narrowed(team=asked.team, person=asked.by, group=asked.group)
    looking = reader(request)
    with looking.image.lock:
        return answers.many(request, events.slice_of(looking, asked.wanted, narrowed), asked)


@reads(router, "/tree", TreeRecord)
def whole(request: HttpRequest, asked: Query[TreeAsked]) -> HttpResponse:
    """Return every objective that you may see, with its figures and what it serves, in one answer.

    These are the bytes that the alignment page reads. Send `If-None-Match` with the last `ETag`: where
    nothing that you may see has changed, the answer is 304 and empty.
    """
    found = tree.as_json(
        reader(request, asked.on),
        key_results=asked.key_results,
        known=request.headers.get("If-None-Match"),
    )
    response = answers.encoded(found.body or b"")
    response.headers["ETag"] = found.etag
    return response
