"""Alignments: which objective serves what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from milepost.actions import alignments as actions
from milepost.api import answers
from milepost.api.answers import Page, PartThen, Then
from milepost.api.bearers import reader
from milepost.api.objectives import How, Serves
from milepost.api.once import once
from milepost.api.operations import changes, creates, reads
from milepost.api.values import Exact, Reason, Ref, Said, left_out
from milepost.api.versions import as_read
from milepost.core import ids
from milepost.core.scopes import Scope
from milepost.queries.records import alignments, events
from milepost.queries.records.alignments import AlignmentRecord
from milepost.queries.records.events import EventRecord

router = Router(tags=["Alignments"])


class AlignmentsAsked(Page, Then):
    """Which links are wanted."""

    objective: Annotated[Ref | None, Field(description="Those from this objective upwards.")] = None
    under: Annotated[Ref | None, Field(description="Those that lead up to this objective or key result.")] = (
        None
    )


class LinkChange(Said):
    """How a link counts from now on."""

    how: How = left_out()
    weight: Exact = left_out()


class NewPlace(Said):
    """Where an objective is to stand: what it `leaves`, and what it serves from now on, if anything."""

    leaves: Ref | None = None
    objective: Ref | None = None
    key_result: Ref | None = None
    how: How = "contributes"
    weight: Exact = 1
    reason: Reason = ""


@reads(router, "/alignments", AlignmentRecord, many=True)
def index(request: HttpRequest, asked: Query[AlignmentsAsked]) -> HttpResponse:
    """List the links that hold, now or on a past day, and whose both ends you may see."""
    looking = reader(request, asked.on)
    with looking.image.lock:
        found = alignments.slice_of(looking, asked.wanted, objective=asked.objective, under=asked.under)
        return answers.many(request, AlignmentRecord, found, asked)


@creates(router, "/objectives/{objective}/alignments", AlignmentRecord, scope=Scope.WRITE, in_teams=True)
def create(request: HttpRequest, objective: Path[Ref], said: Serves) -> HttpResponse:
    """Let an objective serve another one, or a key result. Loops are refused with the way round."""
    done = once(
        request,
        lambda: (
            actions.align(
                child=objective,
                objective=said.objective,
                key_result=said.key_result,
                how=said.how,
                weight=said.weight,
                by=request.actor,
                at=request.at,
            ).id
        ),
    )
    record = alignments.one(reader(request), done.id)
    return answers.made(done, record, f"/api/v1/alignments/{record.id}")


@creates(router, "/objectives/{objective}/place", EventRecord, scope=Scope.WRITE, in_teams=True)
def move(request: HttpRequest, objective: Path[Ref], said: NewPlace) -> HttpResponse:
    """Put an objective below something else, in one step that can be undone as one.

    The link to what it leaves ends and another begins; without anything to serve, it stands by itself. What
    was agreed moves for a reason.
    """
    done = once(
        request,
        lambda: (
            actions.move(
                child=objective,
                leaves=said.leaves,
                objective=said.objective,
                key_result=said.key_result,
                how=said.how,
                weight=said.weight,
                reason=said.reason,
                by=request.actor,
                at=request.at,
            ).id
        ),
    )
    record = events.one(reader(request), done.id)
    return answers.made(done, record, f"/api/v1/events/{record.id}")


@reads(router, "/alignments/{alignment}", AlignmentRecord)
def show(request: HttpRequest, alignment: Path[Ref], part: Query[PartThen]) -> HttpResponse:
    """Show one link."""
    return answers.one(alignments.one(reader(request, part.on), alignment), part)


@changes(router, "/alignments/{alignment}", AlignmentRecord, scope=Scope.WRITE, guarded=True, in_teams=True)
def update(request: HttpRequest, alignment: Path[Ref], said: LinkChange) -> HttpResponse:
    """Change how a link counts.

    The past keeps how it counted before, so the old link ends and a new one, with an id of its own, begins.
    """

    def make() -> int:
        return actions.update(alignment=alignment, **said.given(), by=request.actor, at=request.at).id

    done = once(request, _as_read(request, alignment, make))
    answer = answers.changed(done, alignments.one(reader(request), done.id))
    answer.headers["Location"] = f"/api/v1/alignments/{ids.encode(done.id)}"
    return answer


@changes(
    router, "/alignments/{alignment}", None, scope=Scope.WRITE, method="DELETE", guarded=True, in_teams=True
)
def end(request: HttpRequest, alignment: Path[Ref]) -> HttpResponse:
    """End a link; the past keeps it."""

    def make() -> int:
        actions.end(alignment=alignment, by=request.actor, at=request.at)
        return alignment

    return answers.gone(once(request, _as_read(request, alignment, make)))


def _as_read(request: HttpRequest, alignment: int, make: Callable[[], int]) -> Callable[[], int]:
    return as_read(request, "alignment", alignment, lambda: alignments.one(reader(request), alignment), make)
