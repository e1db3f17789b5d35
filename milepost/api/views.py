"""Saved views of the tree."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from milepost.actions import views as actions
from milepost.api import answers
from milepost.api.answers import Page, Part
from milepost.api.bearers import reader
from milepost.api.once import once
from milepost.api.operations import changes, creates, reads
from milepost.api.values import Line, Ref, Revision, Said, left_out, never_empty
from milepost.api.versions import as_read, guarded
from milepost.core.problems import Invalid
from milepost.core.scopes import Scope
from milepost.queries.records import views
from milepost.queries.records.views import ViewRecord

router = Router(tags=["Views"])
Name = never_empty(actions.NAME_LONGEST)
Shared = Literal["private", "team", "everyone"]
Settings = Annotated[
    Line,
    Field(
        description="What the tree’s address says behind its question mark: filters, `columns`, `group`, "
        "`sort`. What is not known there is left out."
    ),
]


class NewView(Said):
    """A view to keep, for oneself or to share."""

    name: Name
    settings: Settings = ""
    shared: Shared = "private"
    team: Ref | None = None


class ViewChange(Said):
    """What is to be otherwise; what is left out stays."""

    name: Name = left_out()
    settings: Settings = left_out()
    shared: Shared = left_out()
    team: Ref | None = None
    revision: Revision | None = None


@reads(router, "/views", ViewRecord, many=True)
def index(request: HttpRequest, asked: Query[Page]) -> HttpResponse:
    """List your views of the tree, and those that are shared with you."""
    return answers.many(request, ViewRecord, views.slice_of(reader(request), asked.wanted), asked)


@creates(router, "/views", ViewRecord, scope=Scope.WRITE, in_teams=True)
def create(request: HttpRequest, said: NewView) -> HttpResponse:
    """Keep a view of the tree under a name; to copy one, say what it says."""
    _require_no_idle_team(said.shared, said.team)

    def make() -> int:
        return actions.save(
            name=said.name,
            settings=said.settings,
            shared=said.shared,
            team=said.team,
            by=request.actor,
            at=request.at,
        ).id

    done = once(request, make)
    record = views.one(reader(request), done.id)
    return answers.made(done, record, f"/api/v1/views/{record.id}")


@reads(router, "/views/{view}", ViewRecord)
def show(request: HttpRequest, view: Path[Ref], part: Query[Part]) -> HttpResponse:
    """Show one view."""
    return answers.one(views.one(reader(request), view), part)


@changes(router, "/views/{view}", ViewRecord, scope=Scope.WRITE, guarded=True, in_teams=True)
def update(request: HttpRequest, view: Path[Ref], said: ViewChange) -> HttpResponse:
    """Rename a view, let it show something else, or share it otherwise."""
    changed = said.given()
    revision = changed.pop("revision", None)
    if "shared" in changed:
        _require_no_idle_team(changed["shared"], changed.get("team"))

    def write(revision: int | None) -> int:
        return actions.update(
            view=view, changed=changed, revision=revision, by=request.actor, at=request.at
        ).id

    done = once(request, guarded(request, revision, write))
    return answers.changed(done, views.one(reader(request), view))


@changes(router, "/views/{view}", None, scope=Scope.WRITE, method="DELETE", guarded=True, in_teams=True)
def delete(request: HttpRequest, view: Path[Ref]) -> HttpResponse:
    """Delete a view."""

    def make() -> int:
        actions.delete(view=view, by=request.actor, at=request.at)
        return view

    read = partial(views.one, reader(request), view)
    return answers.gone(once(request, as_read(request, "view", view, read, make)))


@changes(router, "/views/{view}/choice", ViewRecord, scope=Scope.WRITE, method="PUT")
def choose(request: HttpRequest, view: Path[Ref]) -> HttpResponse:
    """Let your tree begin with this view from now on."""
    return _chosen(request, view, is_on=True)


@changes(router, "/views/{view}/choice", ViewRecord, scope=Scope.WRITE, method="DELETE")
def unchoose(request: HttpRequest, view: Path[Ref]) -> HttpResponse:
    """Let your tree begin as usual again, if it began with this view."""
    return _chosen(request, view, is_on=False)


def _chosen(request: HttpRequest, view: int, *, is_on: bool) -> HttpResponse:
    was = views.one(reader(request), view)

    def make() -> int:
        if is_on or was.is_default:
            actions.choose(view=view if is_on else None, by=request.actor, at=request.at)
        return view

    return answers.changed(once(request, make), views.one(reader(request), view))


def _require_no_idle_team(shared: str, team: int | None) -> None:
    if shared != "team" and team is not None:
        raise Invalid(
            "It is not shared with a team.", field="team", remedy="Leave the team out, or share it with one."
        )
