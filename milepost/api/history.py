"""Histories: who changed what and why; and what became known of a past day only later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from milepost.api import answers
from milepost.api.answers import PageThen, Then
from milepost.api.bearers import reader
from milepost.api.operations import reads
from milepost.api.values import Ref
from milepost.queries import hindsight, registers
from milepost.queries.cards import Reader
from milepost.queries.hindsight import Learned
from milepost.queries.records import history
from milepost.queries.records.history import ChangeRecord, LearnedRecord

router = Router(tags=["Past days"])
WEEK = timedelta(weeks=1)


@reads(router, "/objectives/{objective}/history", ChangeRecord, many=True)
def of_objective(request: HttpRequest, objective: Path[Ref], asked: Query[PageThen]) -> HttpResponse:
    """List who changed what of an objective and its key results, and why, the latest first."""
    looking = reader(request, asked.on)
    with looking.image.lock:
        found = history.of_objective(looking, objective, asked.wanted)
        return answers.many(request, ChangeRecord, found, asked)


@reads(router, "/key-results/{key_result}/history", ChangeRecord, many=True)
def of_key_result(request: HttpRequest, key_result: Path[Ref], asked: Query[PageThen]) -> HttpResponse:
    """List who changed what of a key result, and why, the latest first; its check-ins are in /checkins."""
    looking = reader(request, asked.on)
    with looking.image.lock:
        found = history.of_key_result(looking, key_result, asked.wanted)
        return answers.many(request, ChangeRecord, found, asked)


@reads(router, "/objectives/{objective}/hindsight", LearnedRecord)
def learned_of_objective(request: HttpRequest, objective: Path[Ref], then: Query[Then]) -> HttpResponse:
    """Say what became known of an objective's past day only later: its figure then, and as it is known now.

    `on` is the day; left out: a week ago.
    """

    def found(looking: Reader) -> Learned | None:
        return hindsight.of_objective(looking, looking.objective_row(objective).id)

    return _learned(request, then, found)


@reads(router, "/teams/{team}/hindsight", LearnedRecord)
def learned_of_team(request: HttpRequest, team: Path[Ref], then: Query[Then]) -> HttpResponse:
    """Say the same of a team's objectives."""
    return _learned(request, then, lambda looking: _of_team(looking, looking.team_row(team).id))


@reads(router, "/company/hindsight", LearnedRecord)
def learned_of_company(request: HttpRequest, then: Query[Then]) -> HttpResponse:
    """Say the same of the objectives that stand above all teams."""
    return _learned(request, then, lambda looking: _of_team(looking, None))


@reads(router, "/tree/hindsight", LearnedRecord)
def learned_of_tree(request: HttpRequest, then: Query[Then]) -> HttpResponse:
    """Say the same of everything that you may see."""
    return _learned(request, then, hindsight.of_all)


def _of_team(looking: Reader, team: int | None) -> Learned | None:
    rows = registers.register(looking.image).teams.get(team, ())
    return hindsight.of_team(looking, (row.id for row in rows))


def _learned(request: HttpRequest, then: Then, found: Callable[[Reader], Learned | None]) -> HttpResponse:
    looking = reader(request, then.on or request.today - WEEK)
    with looking.image.lock:
        return answers.one(history.learned(looking, found(looking)))
