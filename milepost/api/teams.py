"""Teams, and who belongs to them."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from milepost.actions import teams as actions
from milepost.api import answers
from milepost.api.answers import Page, PageThen, PartThen, Then
from milepost.api.bearers import reader
from milepost.api.cycles import CycleThen
from milepost.api.once import once
from milepost.api.operations import changes, creates, reads
from milepost.api.values import LEAVING, Day, FileKey, Flag, Name, Ref, Said, Text, Words, left_out
from milepost.api.versions import as_read
from milepost.core.scopes import Scope
from milepost.queries import teams as pages
from milepost.queries.records import team_pages, teams
from milepost.queries.records.team_pages import TeamPageRecord
from milepost.queries.records.teams import SeatRecord, TeamRecord

router = Router(tags=["Teams"])


class TeamsAsked(Page, Then):
    """Which teams are wanted."""

    parent: Ref | None = None
    name: Words | None = None
    key: FileKey | None = None


class NewTeam(Said):
    """A team to create, below another or right below the company."""

    name: Name
    purpose: Text = ""
    parent: Ref | None = None


class TeamChange(Said):
    """What is to be otherwise; what is left out stays. `parent` null: right below the company."""

    name: Name = left_out()
    purpose: Text = left_out()
    parent: Ref | None = None


class Membership(Said):
    """Somebody's place in a team."""

    is_lead: Flag = False
    since_on: Day | None = None


class Parting(BaseModel):
    """What somebody who ends their own time in a team says besides."""

    leave: Annotated[bool, Field(description=LEAVING)] = False


@reads(router, "/teams", TeamRecord, many=True)
def index(request: HttpRequest, asked: Query[TeamsAsked]) -> HttpResponse:
    """List the teams; with `parent`, those right below it."""
    looking = reader(request, asked.on)
    with looking.image.lock:
        found = teams.slice_of(looking, asked.wanted, parent=asked.parent, name=asked.name, key=asked.key)
        return answers.many(request, TeamRecord, found, asked)


@creates(router, "/teams", TeamRecord, scope=Scope.ADMIN)
def create(request: HttpRequest, said: NewTeam) -> HttpResponse:
    """Create a team."""
    done = once(
        request,
        lambda: (
            actions.create(
                name=said.name, purpose=said.purpose, parent=said.parent, by=request.actor, at=request.at
            ).id
        ),
    )
    record = teams.one(reader(request), done.id)
    return answers.made(done, record, f"/api/v1/teams/{record.id}")


@reads(router, "/teams/{team}", TeamRecord)
def show(request: HttpRequest, team: Path[Ref], part: Query[PartThen]) -> HttpResponse:
    """Show one team and who belongs to it."""
    return answers.one(teams.one(reader(request, part.on), team), part)


@reads(router, "/teams/{team}/standing", TeamPageRecord)
def stand(request: HttpRequest, team: Path[Ref], asked: Query[CycleThen]) -> HttpResponse:
    """Show how a team stands in a cycle: its objectives with their key results, drafts, those set aside."""
    return _standing(request, team, asked)


@reads(router, "/company/standing", TeamPageRecord)
def stand_company(request: HttpRequest, asked: Query[CycleThen]) -> HttpResponse:
    """Show how the objectives above all teams stand in a cycle."""
    return _standing(request, None, asked)


def _standing(request: HttpRequest, team: int | None, asked: CycleThen) -> HttpResponse:
    looking = reader(request, asked.on)
    cycle = asked.of(looking)
    if asked.cycle is None:
        cycle = pages.busiest_cycle(looking, team, cycle)
    return answers.narrowed(team_pages.as_json(looking, team, cycle), TeamPageRecord, asked)


@changes(router, "/teams/{team}", TeamRecord, scope=Scope.ADMIN, guarded=True)
def update(request: HttpRequest, team: Path[Ref], said: TeamChange) -> HttpResponse:
    """Rename a team, say what it is for, or move it below another."""
    done = once(
        request,
        as_read(
            request,
            "team",
            team,
            lambda: teams.one(reader(request), team),
            lambda: actions.update(team=team, changed=said.given(), by=request.actor, at=request.at).id,
        ),
    )
    return answers.changed(done, teams.one(reader(request), team))


@reads(router, "/teams/{team}/members", SeatRecord, many=True)
def members(request: HttpRequest, team: Path[Ref], asked: Query[PageThen]) -> HttpResponse:
    """List who belongs to a team and since when, its leads first."""
    looking = reader(request, asked.on)
    with looking.image.lock:
        found = teams.members(looking, team, asked.wanted)
        return answers.many(request, SeatRecord, found, asked)


@changes(router, "/teams/{team}/members/{person}", TeamRecord, scope=Scope.ADMIN, method="PUT")
def set_member(request: HttpRequest, team: Path[Ref], person: Path[Ref], said: Membership) -> HttpResponse:
    """Let somebody belong to a team, as a member or a lead; for one who does, change which."""

    def make() -> int:
        actions.add_member(
            team=team,
            person=person,
            is_lead=said.is_lead,
            since_on=said.since_on,
            by=request.actor,
            at=request.at,
        )
        return team

    return answers.changed(once(request, make), teams.one(reader(request), team))


@changes(router, "/teams/{team}/members/{person}", None, scope=Scope.ADMIN, method="DELETE")
def end_member(
    request: HttpRequest, team: Path[Ref], person: Path[Ref], said: Query[Parting]
) -> HttpResponse:
    """Let somebody's time in a team end today; what was theirs stays theirs.

    Where you end your own, and would not see work of the team any more, `leave` says that you mean it.
    """

    def make() -> int:
        actions.remove_member(team=team, person=person, leave=said.leave, by=request.actor, at=request.at)
        return team

    return answers.gone(once(request, make))
