"""Comparisons: what stood on one day beside what stands on another, and what lies between."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from milepost.api import answers
from milepost.api.bearers import reader
from milepost.api.cycles import named
from milepost.api.operations import reads
from milepost.api.values import Day, Ref
from milepost.core.problems import Invalid
from milepost.ledger.structure import CycleRow
from milepost.queries import comparisons, days
from milepost.queries.cards import Reader
from milepost.queries.comparisons import Comparison
from milepost.queries.records.comparisons import ComparisonRecord, record

WEEK = timedelta(weeks=1)
router = Router(tags=["Comparisons"])


class DaysAsked(BaseModel):
    """Which two days are wanted."""

    before: Annotated[
        Day | None,
        Field(
            alias="from",
            description="The earlier day, as it stood at its end; left out: a week before the later one.",
        ),
    ] = None
    to: Annotated[Day | None, Field(description="The later day, as it stood at its end; left out: now.")] = (
        None
    )


class DaysOfCycle(DaysAsked):
    """Which two days are wanted, and of which cycle; all of them, unless one is named."""

    cycle: Ref | None = None


@reads(router, "/objectives/{objective}/comparison", ComparisonRecord)
def of_objective(request: HttpRequest, objective: Path[Ref], asked: Query[DaysAsked]) -> HttpResponse:
    """Compare an objective on two days: what moved, who changed what and why, and the arithmetic of it."""
    return _answer(request, asked, lambda then, now: comparisons.of_objective(then, now, objective))


@reads(router, "/teams/{team}/comparison", ComparisonRecord)
def of_team(request: HttpRequest, team: Path[Ref], asked: Query[DaysOfCycle]) -> HttpResponse:
    """Compare a team's objectives on two days, what moved most first."""
    return _answer(
        request, asked, lambda then, now: comparisons.of_team(then, now, team, _cycle(now, asked.cycle))
    )


@reads(router, "/company/comparison", ComparisonRecord)
def of_company(request: HttpRequest, asked: Query[DaysOfCycle]) -> HttpResponse:
    """Compare the objectives that stand above all teams on two days."""
    return _answer(
        request, asked, lambda then, now: comparisons.of_team(then, now, None, _cycle(now, asked.cycle))
    )


@reads(router, "/tree/comparison", ComparisonRecord)
def of_tree(request: HttpRequest, asked: Query[DaysOfCycle]) -> HttpResponse:
    """Compare everything that you may see on two days, what moved most first."""
    return _answer(
        request, asked, lambda then, now: comparisons.of_workspace(then, now, _cycle(now, asked.cycle))
    )


def _answer(
    request: HttpRequest, asked: DaysAsked, compare: Callable[[Reader, Reader], Comparison]
) -> HttpResponse:
    after = asked.to if asked.to is not None and asked.to != request.today else None
    if after is not None:
        days.past(request.actor, after, today=request.today, field="to")
    before = asked.before or (after or request.today) - WEEK
    days.past(request.actor, before, today=request.today, field="from")
    if after is not None and after <= before:
        raise Invalid(
            "The first day is not before the second.", field="from", remedy="Name the earlier one as `from`."
        )
    then, now = (Reader(request.actor, request.today, before), reader(request, after))
    with ExitStack() as held:
        for each in (then, now):
            held.enter_context(each.image.lock)
        return answers.one(record(compare(then, now)))


def _cycle(looking: Reader, id: int | None) -> CycleRow | None:
    return None if id is None else named(looking, id)
