"""Check-ins: the busiest address of this door too, so what it answers is small and encoded at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from milepost.actions import checkins as actions
from milepost.actions.checkins import NoValue, Recorded
from milepost.actions.submissions import Done
from milepost.api import answers
from milepost.api.answers import Page, PageThen, Part, Then
from milepost.api.bearers import reader
from milepost.api.once import named
from milepost.api.operations import creates, reads
from milepost.api.values import COUNTED, Day, Exact, Moment, Ref, Said, Text, Whole
from milepost.core import ids
from milepost.core.problems import Invalid
from milepost.core.scopes import Scope
from milepost.ledger import stillness
from milepost.queries import checkins as queries
from milepost.queries import days
from milepost.queries.checkins import Moved
from milepost.queries.records import checkins
from milepost.queries.records.checkins import Asked, CheckinRecord

router = Router(tags=["Check-ins"])


class CheckinsAsked(Page, Then):
    """Which check-ins are wanted."""

    key_result: Ref | None = None
    objective: Ref | None = None
    by: Ref | None = None
    since: Annotated[Moment | None, Field(description="Recorded then or later.")] = None
    until: Annotated[Moment | None, Field(description="Recorded earlier than that.")] = None


class NewCheckin(Said):
    """What is true of a key result: `value` (null says "no data"), or `parts` for milestones, 0 to 1 each.

    `on` dates it back to a day (its noon), `effective_at` to a moment; without either it is now.
    """

    value: Exact | None = None
    parts: Annotated[list[Exact] | None, Field(max_length=50)] = None
    confidence: Annotated[Whole | None, Field(ge=1, le=10), COUNTED] = None
    note: Text = ""
    on: Day | None = None
    effective_at: Moment | None = None


class Withdrawal(Said):
    """Why an entry is taken back."""

    note: Text = ""


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """What a check-in did: its id, what is unusual about it, and what stands now, nearest first.

    `again`: an earlier request with the same key recorded it.
    """

    id: str
    again: bool
    warning: str | None
    key_result: Moved
    ancestors: tuple[Moved, ...]


@reads(router, "/checkins", CheckinRecord, many=True)
def index(request: HttpRequest, asked: Query[CheckinsAsked]) -> HttpResponse:
    """List the check-ins that you may see, the latest recorded first."""
    looking = reader(request, asked.on)
    with looking.image.lock:
        return answers.many(
            request, CheckinRecord, checkins.slice_of(looking, asked.wanted, asked.narrowed_to(Asked)), asked
        )


@reads(router, "/key-results/{key_result}/checkins", CheckinRecord, many=True)
def history(request: HttpRequest, key_result: Path[Ref], page: Query[PageThen]) -> HttpResponse:
    """List the check-ins of a key result, the latest recorded first."""
    looking = reader(request, page.on)
    with looking.image.lock:
        return answers.many(request, CheckinRecord, checkins.of(looking, key_result, page.wanted), page)


@creates(router, "/key-results/{key_result}/checkins", OutcomeRecord, scope=Scope.CHECKIN, in_teams=True)
def create(request: HttpRequest, key_result: Path[Ref], said: NewCheckin) -> HttpResponse:
    """Check a key result in; answered with what moved, up to the top."""
    return _recorded(
        request,
        key_result,
        lambda: actions.record(
            key_result=key_result, **_given(request, said), **named(request), by=request.actor, at=request.at
        ),
    )


@reads(router, "/checkins/{checkin}", CheckinRecord)
def show(request: HttpRequest, checkin: Path[Ref], part: Query[Part]) -> HttpResponse:
    """Show one check-in."""
    return answers.one(checkins.one(reader(request), checkin), part)


@creates(router, "/checkins/{checkin}/correction", OutcomeRecord, scope=Scope.CHECKIN, in_teams=True)
def correct(request: HttpRequest, checkin: Path[Ref], said: NewCheckin) -> HttpResponse:
    """Correct an entry by a new one that names it; both stay, the new one counts."""
    return _recorded(
        request,
        None,
        lambda: actions.correct(
            checkin=checkin, **_given(request, said), **named(request), by=request.actor, at=request.at
        ),
    )


@creates(router, "/checkins/{checkin}/withdrawal", OutcomeRecord, scope=Scope.CHECKIN, in_teams=True)
def withdraw(request: HttpRequest, checkin: Path[Ref], said: Withdrawal) -> HttpResponse:
    """Take an entry back, as if it had not been made; the record keeps both."""
    return _recorded(
        request,
        None,
        lambda: actions.withdraw(
            checkin=checkin, note=said.note, **named(request), by=request.actor, at=request.at
        ),
    )


def _given(request: HttpRequest, said: NewCheckin) -> dict:
    if not said.model_fields_set & {"value", "parts"}:
        raise NoValue('Give `value`, `parts` for milestones, or `"value": null` for “no data”.')
    return {
        "value": said.value,
        "parts": said.parts,
        "confidence": said.confidence,
        "note": said.note,
        "effective_at": _when(request, said),
    }


def _when(request: HttpRequest, said: NewCheckin) -> datetime | None:
    if said.on is not None and said.effective_at is not None:
        raise Invalid("It has one date.", field="on", remedy="Leave `on` or `effective_at` out.")
    if said.on is None or said.on == request.today:
        return said.effective_at
    if said.on > request.today:
        raise Invalid("A check-in cannot be dated in the future.", field="on", remedy="Use today or earlier.")
    return days.noon(request.actor, said.on)


def _recorded(request: HttpRequest, key_result: int | None, take: Callable[[], Recorded]) -> HttpResponse:
    before = {} if key_result is None else queries.shown_before(request.actor, request.today, key_result)
    recorded = take()
    with stillness.as_of(recorded.still):
        found = queries.outcome(request.actor, request.today, recorded.key_result_id, before=before)
    id = ids.encode(recorded.id)
    told = OutcomeRecord(id, recorded.again, recorded.warning, found.key_result, found.ancestors)
    response = answers.encoded(orjson.dumps(told), status=200 if recorded.again else 201)
    response.headers["Location"] = f"/api/v1/checkins/{id}"
    return answers.marked(Done(recorded.id, recorded.again), response)
