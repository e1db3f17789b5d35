"""Objectives: drafted, edited, and taken through their states."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from milepost.actions import drafts
from milepost.actions import objectives as actions
from milepost.actions.drafts import Link
from milepost.actions.submissions import Done
from milepost.api import answers, leaving
from milepost.api.answers import Page, PartThen, Then
from milepost.api.bearers import reader
from milepost.api.measures import NewKeyResult
from milepost.api.once import once, step
from milepost.api.operations import changes, creates, reads
from milepost.api.values import (
    Because,
    Exact,
    FileKey,
    Leave,
    Reason,
    Ref,
    Refs,
    Revision,
    Said,
    Text,
    Title,
    Words,
    left_out,
)
from milepost.api.versions import guarded
from milepost.core import ids
from milepost.core.access import Visibility
from milepost.core.pace import Status
from milepost.core.problems import Invalid, NotFound
from milepost.core.scopes import Scope
from milepost.core.states import State
from milepost.queries.records import figures, objectives
from milepost.queries.records.figures import ExplanationRecord
from milepost.queries.records.objectives import Asked, ObjectiveRecord

router = Router(tags=["Objectives"])
Commitment = Literal["committed", "aspirational", "learning"]
Level = Literal["strategic", "tactical"]
How = Literal["contributes", "supports"]


class ObjectivesAsked(Page, Then):
    """Which objectives are wanted."""

    cycle: Ref | None = None
    team: Ref | None = None
    owner: Ref | None = None
    state: State | None = None
    status: Status | None = None
    commitment: Commitment | None = None
    level: Level | None = None
    title: Words | None = None
    key: FileKey | None = None


class Serves(Said):
    """What an objective is to serve: another objective, or a key result."""

    objective: Ref | None = None
    key_result: Ref | None = None
    how: How = "contributes"
    weight: Exact = 1


class NewObjective(Said):
    """A draft, perhaps with its first key results and what it serves: all of it or nothing."""

    title: Title
    cycle: Ref
    team: Ref | None = None
    description: Text = ""
    commitment: Commitment = "aspirational"
    level: Level | None = None
    owner: Ref | None = None
    sponsor: Ref | None = None
    contributors: Refs = []
    visibility: Visibility = Visibility.WORKSPACE
    visible_to: Refs = []
    key_results: Annotated[list[NewKeyResult], Field(max_length=20)] = []
    serves: Serves | None = None
    leave: Leave = False


class ObjectiveChange(Said):
    """What is to be otherwise; what is left out stays."""

    title: Title = left_out()
    cycle: Ref = left_out()
    team: Ref | None = None
    description: Text = left_out()
    commitment: Commitment = left_out()
    level: Level = left_out()
    owner: Ref | None = None
    sponsor: Ref | None = None
    contributors: Refs = left_out()
    visibility: Visibility = left_out()
    visible_to: Refs = left_out()
    reason: Reason = ""
    revision: Revision | None = None
    leave: Leave = False


@reads(router, "/objectives", ObjectiveRecord, many=True)
def index(request: HttpRequest, asked: Query[ObjectivesAsked]) -> HttpResponse:
    """List the objectives that you may see, the oldest first."""
    looking = reader(request, asked.on)
    with looking.image.lock:
        found = objectives.slice_of(
            looking, asked.wanted, asked.narrowed_to(Asked), answers.only(ObjectiveRecord, asked)
        )
        return answers.many(request, ObjectiveRecord, found, asked)


@creates(router, "/objectives", ObjectiveRecord, scope=Scope.WRITE, in_teams=True)
def create(request: HttpRequest, said: NewObjective) -> HttpResponse:
    """Draft an objective, with its first key results and what it serves."""
    given = said.given()
    listed, serves = given.pop("key_results", []), given.pop("serves", None)

    def make() -> int:
        wanted = [(f"key_results.{place}.", one.definition()) for place, one in enumerate(listed)]
        return drafts.write(
            objective=given,
            key_results_wanted=wanted,
            serves=serves and Link(serves.objective, serves.key_result, serves.how, serves.weight),
            by=request.actor,
            at=request.at,
        ).id

    try:
        done = once(request, make)
    except NotFound:
        raise Invalid(
            "There is nothing there to serve.", field="serves", remedy="Name an objective or a key result."
        ) from None
    below = leaving.made_below(request, done.id) if said.leave else ()
    return _answered(request, done, lambda: made(request, done), said.leave, below)


@reads(router, "/objectives/{objective}", ObjectiveRecord)
def show(request: HttpRequest, objective: Path[Ref], part: Query[PartThen]) -> HttpResponse:
    """Show one objective with its figures of today."""
    looking = reader(request, part.on)
    with looking.image.lock:
        return answers.one(objectives.one(looking, objective), part)


@reads(router, "/objectives/{objective}/explanation", ExplanationRecord)
def explain(request: HttpRequest, objective: Path[Ref], then: Query[Then]) -> HttpResponse:
    """Explain an objective's number: its parts, their weights, what each adds, caps, rounding, policy."""
    looking = reader(request, then.on)
    with looking.image.lock:
        return answers.one(figures.of_objective(looking, objective))


@changes(router, "/objectives/{objective}", ObjectiveRecord, scope=Scope.WRITE, guarded=True, in_teams=True)
def update(request: HttpRequest, objective: Path[Ref], said: ObjectiveChange) -> HttpResponse:
    """Change an objective; what it said before stays in its history."""
    changed = said.given()
    reason, revision = changed.pop("reason", ""), changed.pop("revision", None)
    leave = changed.pop("leave", False)
    below = leaving.seen_below(request, objective) if leave else ()

    def write(revision: int | None) -> int:
        return actions.update(
            objective=objective, changed=changed, reason=reason, revision=revision, leave=leave,
            by=request.actor, at=request.at,
        ).id  # fmt: skip

    done = once(request, guarded(request, revision, write))
    return _answered(request, done, lambda: answers.changed(done, _record(request, objective)), leave, below)


@creates(router, "/objectives/{objective}/activation", ObjectiveRecord, scope=Scope.WRITE, in_teams=True)
def activate(request: HttpRequest, objective: Path[Ref]) -> HttpResponse:
    """Agree a draft and, once its cycle has begun, start it; where that is done, nothing is recorded."""
    done = step(request, lambda: actions.activate(objective=objective, by=request.actor, at=request.at).id)
    return made(request, done)


@creates(router, "/objectives/{objective}/parking", ObjectiveRecord, scope=Scope.WRITE, in_teams=True)
def park(request: HttpRequest, objective: Path[Ref], said: Because) -> HttpResponse:
    """Put a draft on the not-now list."""
    return _step(request, actions.park, objective, said)


@creates(router, "/objectives/{objective}/deferral", ObjectiveRecord, scope=Scope.WRITE, in_teams=True)
def defer(request: HttpRequest, objective: Path[Ref], said: Because) -> HttpResponse:
    """Put an active objective off to later; it no longer counts."""
    return _step(request, actions.defer, objective, said)


@creates(router, "/objectives/{objective}/cancellation", ObjectiveRecord, scope=Scope.WRITE, in_teams=True)
def cancel(request: HttpRequest, objective: Path[Ref], said: Because) -> HttpResponse:
    """Stop an objective: it stays in the report and no longer counts."""
    return _step(request, actions.cancel, objective, said)


@creates(router, "/objectives/{objective}/redrafting", ObjectiveRecord, scope=Scope.WRITE, in_teams=True)
def redraft(request: HttpRequest, objective: Path[Ref], said: Because) -> HttpResponse:
    """Take a parked, cancelled or deferred objective back to draft."""
    return _step(request, actions.redraft, objective, said)


@creates(router, "/objectives/{objective}/reopening", ObjectiveRecord, scope=Scope.WRITE, in_teams=True)
def reopen(request: HttpRequest, objective: Path[Ref], said: Because) -> HttpResponse:
    """Take a closed objective back to grading: an admin's right, for 14 days."""
    return _step(request, actions.reopen, objective, said)


def _answered(
    request: HttpRequest,
    done: Done,
    respond: Callable[[], HttpResponse],
    leave: bool,
    below: Iterable[int],
) -> HttpResponse:
    return leaving.answer(request, done, respond, besides=below) if leave else respond()


def _step(request: HttpRequest, take: Any, objective: int, said: Because) -> HttpResponse:
    done = once(
        request, lambda: take(objective=objective, reason=said.reason, by=request.actor, at=request.at).id
    )
    return made(request, done)


def made(request: HttpRequest, done: Done) -> HttpResponse:
    """Answer with the objective as it is now."""
    return answers.made(done, _record(request, done.id), f"/api/v1/objectives/{ids.encode(done.id)}")


def _record(request: HttpRequest, id: int) -> ObjectiveRecord:
    looking = reader(request)
    with looking.image.lock:
        return objectives.one(looking, id)
