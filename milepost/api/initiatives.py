"""Initiatives: what is done about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from milepost.actions import initiatives as actions
from milepost.api import answers
from milepost.api.answers import Page, PartThen, Then
from milepost.api.bearers import reader
from milepost.api.once import once
from milepost.api.operations import changes, creates, reads
from milepost.api.values import Day, Ref, Revision, Said, Text, Title, left_out
from milepost.api.versions import guarded
from milepost.core.scopes import Scope
from milepost.core.states import InitiativeState
from milepost.queries.records import initiatives
from milepost.queries.records.initiatives import InitiativeRecord

router = Router(tags=["Initiatives"])


class InitiativesAsked(Page, Then):
    """Which initiatives are wanted."""

    objective: Ref | None = None
    key_result: Ref | None = None
    owner: Ref | None = None
    state: InitiativeState | None = None


class NewInitiative(Said):
    """A piece of work to add, perhaps for one key result."""

    title: Title
    description: Text = ""
    key_result: Ref | None = None
    owner: Ref | None = None
    state: InitiativeState = InitiativeState.PLANNED
    due_on: Day | None = None


class InitiativeChange(Said):
    """What is to be otherwise; what is left out stays."""

    title: Title = left_out()
    description: Text = left_out()
    key_result: Ref | None = None
    owner: Ref | None = None
    state: InitiativeState = left_out()
    due_on: Day | None = None
    revision: Revision | None = None


@reads(router, "/initiatives", InitiativeRecord, many=True)
def index(request: HttpRequest, asked: Query[InitiativesAsked]) -> HttpResponse:
    """List the initiatives that you may see, the oldest first."""
    looking = reader(request, asked.on)
    with looking.image.lock:
        found = initiatives.slice_of(
            looking,
            asked.wanted,
            objective=asked.objective,
            key_result=asked.key_result,
            owner=asked.owner,
            state=asked.state,
        )
    return answers.many(request, InitiativeRecord, found, asked)


@creates(router, "/objectives/{objective}/initiatives", InitiativeRecord, scope=Scope.WRITE, in_teams=True)
def create(request: HttpRequest, objective: Path[Ref], said: NewInitiative) -> HttpResponse:
    """Add an initiative to an objective."""
    done = once(
        request,
        lambda: actions.add(objective=objective, **said.given(), by=request.actor, at=request.at).id,
    )
    record = initiatives.one(reader(request), done.id)
    return answers.made(done, record, f"/api/v1/initiatives/{record.id}")


@reads(router, "/initiatives/{initiative}", InitiativeRecord)
def show(request: HttpRequest, initiative: Path[Ref], part: Query[PartThen]) -> HttpResponse:
    """Show one initiative."""
    looking = reader(request, part.on)
    with looking.image.lock:
        return answers.one(initiatives.one(looking, initiative), part)


@changes(
    router, "/initiatives/{initiative}", InitiativeRecord, scope=Scope.WRITE, guarded=True, in_teams=True
)
def update(request: HttpRequest, initiative: Path[Ref], said: InitiativeChange) -> HttpResponse:
    """Change an initiative, or where it stands; its owner may as well."""
    changed = said.given()
    revision = changed.pop("revision", None)

    def write(revision: int | None) -> int:
        return actions.update(
            initiative=initiative, changed=changed, revision=revision, by=request.actor, at=request.at
        ).id

    done = once(request, guarded(request, revision, write))
    return answers.changed(done, initiatives.one(reader(request), initiative))
