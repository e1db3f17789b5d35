"""Closing objectives: how they ended, what closing now would give, and doing it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from milepost.actions import reviews
from milepost.actions.submissions import Done
from milepost.api import answers
from milepost.api.answers import Part
from milepost.api.bearers import reader
from milepost.api.objectives import made
from milepost.api.once import named
from milepost.api.operations import changes, creates, reads
from milepost.api.values import Exact, Ref, Said, Text
from milepost.core.problems import Invalid
from milepost.core.scopes import Scope
from milepost.core.states import State
from milepost.queries import objectives as queries
from milepost.queries.cards import Reader
from milepost.queries.records import closings
from milepost.queries.records.closings import ClosingRecord
from milepost.queries.records.objectives import ObjectiveRecord

router = Router(tags=["Objectives"])


class FinalValue(Said):
    """What a key result of the objective ended with, where that is not its last check-in."""

    key_result: Ref
    value: Exact


class NewClosing(Said):
    """How an objective ends."""

    values: Annotated[list[FinalValue], Field(max_length=50)] = []
    learned: Text = ""

    def of(self, looking: Reader, objective: int) -> dict[int, Decimal]:
        """Return the final values by key result; raises NotFound, Invalid for one of another objective."""
        own = {one.id for one in looking.key_results_of(looking.objective_row(objective))}
        for place, final in enumerate(self.values):
            if final.key_result not in own:
                raise Invalid(
                    "That is no key result of this objective.",
                    field=f"values.{place}.key_result",
                    remedy="Leave it out, or close the objective that it belongs to.",
                )
        return {final.key_result: final.value for final in self.values}


@reads(router, "/objectives/{objective}/closing", ClosingRecord)
def show(request: HttpRequest, objective: Path[Ref], part: Query[Part]) -> HttpResponse:
    """Show how an objective ended, with its grades as they were stored; or what closing it now would give."""
    looking = reader(request)
    with looking.image.lock:
        return answers.one(closings.one(looking, objective), part)


@creates(router, "/objectives/{objective}/closing", ObjectiveRecord, scope=Scope.WRITE, in_teams=True)
def close(request: HttpRequest, objective: Path[Ref], said: NewClosing) -> HttpResponse:
    """Close an objective: its final values become grades, and grades become facts."""
    looking = reader(request)
    values = said.of(looking, objective)
    keeping = named(request)
    before = looking.image.objectives[objective].state
    reviews.close(
        objective=objective,
        values=values,
        learned=said.learned,
        **keeping,
        by=request.actor,
        at=request.at,
    )
    again = keeping["submission"] is not None and before == State.CLOSED
    return made(request, Done(objective, again=again))


@changes(
    router,
    "/objectives/{objective}/closing/preview",
    ClosingRecord,
    scope=Scope.WRITE,
    method="POST",
    in_teams=True,
)
def preview(request: HttpRequest, objective: Path[Ref], said: NewClosing) -> HttpResponse:
    """Show what closing an objective with these final values would give, and change nothing."""
    looking = reader(request)
    with looking.image.lock:
        queries.require_may_close(looking, objective)
        values = said.of(looking, objective)
        return answers.one(closings.one(looking, objective, values=values, learned=said.learned))
