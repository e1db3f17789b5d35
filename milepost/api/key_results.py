"""Key results: added, edited, cancelled and taken up again."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from milepost.actions import key_results as actions
from milepost.actions.submissions import Done
from milepost.api import answers, leaving
from milepost.api.answers import Page, PartThen, Then
from milepost.api.bearers import reader
from milepost.api.measures import AddedKeyResult, KeyResultChange
from milepost.api.once import once, step
from milepost.api.operations import changes, creates, reads
from milepost.api.values import Because, FileKey, Reason, Ref, Said, Words
from milepost.api.versions import guarded
from milepost.core import ids
from milepost.core.pace import Status
from milepost.core.scopes import Scope
from milepost.core.states import KeyResultState
from milepost.queries.records import figures, key_results
from milepost.queries.records.figures import ExplanationRecord
from milepost.queries.records.key_results import Asked, KeyResultRecord

router = Router(tags=["Key results"])


class KeyResultsAsked(Page, Then):
    """Which key results are wanted."""

    objective: Ref | None = None
    owner: Ref | None = None
    team: Ref | None = None
    cycle: Ref | None = None
    state: KeyResultState | None = None
    status: Status | None = None
    title: Words | None = None
    key: FileKey | None = None


class PerhapsBecause(Said):
    """Why, where there is something to say."""

    reason: Reason = ""


class Move(Said):
    """One place up or down among those of its objective."""

    to: Literal["up", "down"]


@reads(router, "/key-results", KeyResultRecord, many=True)
def index(request: HttpRequest, asked: Query[KeyResultsAsked]) -> HttpResponse:
    """List the key results that you may see, the oldest first."""
    looking = reader(request, asked.on)
    with looking.image.lock:
        found = key_results.slice_of(
            looking, asked.wanted, asked.narrowed_to(Asked), answers.only(KeyResultRecord, asked)
        )
        return answers.many(request, KeyResultRecord, found, asked)


@creates(router, "/objectives/{objective}/key-results", KeyResultRecord, scope=Scope.WRITE, in_teams=True)
def create(request: HttpRequest, objective: Path[Ref], said: AddedKeyResult) -> HttpResponse:
    """Add a key result to an objective."""
    done = once(
        request,
        lambda: (
            actions.add(
                objective=objective,
                definition=said.definition(),
                leave=said.leave,
                by=request.actor,
                at=request.at,
            ).id
        ),
    )
    return leaving.answer(request, done, lambda: _made(request, done)) if said.leave else _made(request, done)


@reads(router, "/key-results/{key_result}", KeyResultRecord)
def show(request: HttpRequest, key_result: Path[Ref], part: Query[PartThen]) -> HttpResponse:
    """Show one key result: its measure, its last value, its figures of today."""
    looking = reader(request, part.on)
    with looking.image.lock:
        return answers.one(key_results.one(looking, key_result), part)


@reads(router, "/key-results/{key_result}/explanation", ExplanationRecord)
def explain(request: HttpRequest, key_result: Path[Ref], then: Query[Then]) -> HttpResponse:
    """Explain a key result's number: the formula, with its numbers in it."""
    looking = reader(request, then.on)
    with looking.image.lock:
        return answers.one(figures.of_key_result(looking, key_result))


@changes(router, "/key-results/{key_result}", KeyResultRecord, scope=Scope.WRITE, guarded=True, in_teams=True)
def update(request: HttpRequest, key_result: Path[Ref], said: KeyResultChange) -> HttpResponse:
    """Change a key result; what it said before stays in its history."""

    def write(revision: int | None) -> int:
        return actions.update(
            key_result=key_result, changed=said.changed(), reason=said.reason, revision=revision,
            leave=said.leave, by=request.actor, at=request.at,
        ).id  # fmt: skip

    done = once(request, guarded(request, said.revision, write))

    def respond() -> HttpResponse:
        return answers.changed(done, _record(request, key_result))

    return leaving.answer(request, done, respond) if said.leave else respond()


@creates(router, "/key-results/{key_result}/cancellation", KeyResultRecord, scope=Scope.WRITE, in_teams=True)
def cancel(request: HttpRequest, key_result: Path[Ref], said: Because) -> HttpResponse:
    """Stop a key result: it stays listed and no longer counts. Where it is, nothing is recorded."""
    done = step(
        request,
        lambda: actions.cancel(key_result=key_result, reason=said.reason, by=request.actor, at=request.at).id,
    )
    return _made(request, done)


@creates(router, "/key-results/{key_result}/restoration", KeyResultRecord, scope=Scope.WRITE, in_teams=True)
def restore(request: HttpRequest, key_result: Path[Ref], said: PerhapsBecause) -> HttpResponse:
    """Take a cancelled key result up again. Where it is active, nothing is recorded."""
    done = step(
        request,
        lambda: (
            actions.restore(key_result=key_result, reason=said.reason, by=request.actor, at=request.at).id
        ),
    )
    return _made(request, done)


@creates(router, "/key-results/{key_result}/position", KeyResultRecord, scope=Scope.WRITE, in_teams=True)
def move(request: HttpRequest, key_result: Path[Ref], said: Move) -> HttpResponse:
    """Move a key result one place up or down; at the end it stays."""

    def make() -> int:
        actions.move(key_result=key_result, up=said.to == "up", by=request.actor, at=request.at)
        return key_result

    return _made(request, step(request, make))


def _made(request: HttpRequest, done: Done) -> HttpResponse:
    return answers.made(done, _record(request, done.id), f"/api/v1/key-results/{ids.encode(done.id)}")


def _record(request: HttpRequest, id: int) -> KeyResultRecord:
    looking = reader(request)
    with looking.image.lock:
        return key_results.one(looking, id)
