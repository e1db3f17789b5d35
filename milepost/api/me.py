"""Who is asking, and what waits for them."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from milepost.actions import looks, tokens
from milepost.api import answers
from milepost.api.answers import Part
from milepost.api.bearers import reader
from milepost.api.cycles import OfCycle
from milepost.api.once import once
from milepost.api.operations import changes, reads
from milepost.api.values import Moment
from milepost.core.scopes import Scope
from milepost.queries import week as weeks
from milepost.queries.records import key_results, workspaces
from milepost.queries.records import weeks as records
from milepost.queries.records.key_results import KeyResultRecord
from milepost.queries.records.weeks import StepRecord, WeekRecord
from milepost.queries.records.workspaces import MeRecord
from milepost.queries.sweep import steps

router = Router(tags=["You"])


@reads(router, "/me", MeRecord)
def show(request: HttpRequest) -> HttpResponse:
    """Say who you are, in which workspace, and how far this token reaches."""
    return answers.one(workspaces.me(reader(request), request.bearer))


@reads(router, "/me/due", KeyResultRecord, many=True)
def due(request: HttpRequest, part: Query[Part]) -> HttpResponse:
    """List your key results whose check-in is due, the one that waits longest first."""
    looking = reader(request)
    with looking.image.lock:
        return answers.many(
            request, KeyResultRecord, key_results.due(looking, answers.only(KeyResultRecord, part)), part
        )


class WeekAsked(OfCycle, Part):
    """How much of the week is wanted, of which cycle, and since when."""

    since: Annotated[
        Moment | None,
        Field(description="What moved since, such as `looked_at` of /me; left out: in the last seven days."),
    ] = None


@reads(router, "/me/week", WeekRecord)
def week(request: HttpRequest, asked: Query[WeekAsked]) -> HttpResponse:
    """Show your week: what is due, what moved near your work, what waits for you, how yours stands."""
    looking = reader(request)
    found = weeks.week(looking, asked.of(looking), since=asked.since, at=request.at)
    return answers.one(records.of_week(found, looking.today), asked)


@reads(router, "/me/sweep", StepRecord, many=True)
def sweep(request: HttpRequest, part: Query[Part]) -> HttpResponse:
    """List what is due as the sweep does: each with its plan, its last notes, and how long it was doubted."""
    looking = reader(request)
    with looking.image.lock:
        return answers.many(request, StepRecord, records.of_sweep(steps(looking)), part)


@changes(router, "/me/look", None, scope=Scope.CHECKIN, method="PUT")
def look(request: HttpRequest) -> HttpResponse:
    """Say that you have looked at your week: your page then shows what moved from now on.

    Nobody else is told, and no figure depends on it. It is `looked_at` of /me.
    """

    def make() -> int:
        looks.look(by=request.actor, at=request.at)
        return request.actor.person_id

    return answers.gone(once(request, make))


@changes(router, "/me/token", None, scope=Scope.READ, method="DELETE", in_teams=True)
def sign_out(request: HttpRequest) -> HttpResponse:
    """Revoke the token that this request came with."""

    def make() -> int:
        tokens.revoke(token=request.bearer.token_id, by=request.actor, at=request.at)
        return request.bearer.token_id

    return answers.gone(once(request, make))
