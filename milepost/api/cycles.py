"""Cycles: the time that objectives have."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from milepost.actions import cycles as actions
from milepost.api import answers
from milepost.api.answers import Page, PartThen, Then
from milepost.api.bearers import reader
from milepost.api.once import once, step
from milepost.api.operations import changes, creates, reads
from milepost.api.values import Day, Name, Ref, Said, left_out
from milepost.api.versions import as_read
from milepost.core.cadence import CycleState
from milepost.core.problems import Invalid
from milepost.core.scopes import Scope
from milepost.ledger.structure import CycleRow
from milepost.queries.cards import Reader
from milepost.queries.records import cycles
from milepost.queries.records.cycles import CycleRecord
from milepost.queries.shell import chosen_cycle

router = Router(tags=["Cycles"])


class CyclesAsked(Page, Then):
    """Which cycles are wanted."""

    state: CycleState | None = None


class NewCycle(Said):
    """A cycle of 7 days to 5 years, or with an open end, perhaps within a longer one."""

    name: Name
    starts_on: Day
    ends_on: Day | None = None
    parent: Ref | None = None


class CycleChange(Said):
    """What is to be otherwise; what is left out stays."""

    name: Name = left_out()
    starts_on: Day = left_out()
    ends_on: Day | None = None
    parent: Ref | None = None


def named(looking: Reader, id: int) -> CycleRow:
    """Return the cycle that a parameter names; raises Invalid."""
    found = looking.image.cycles.get(id)
    if found is None:
        raise Invalid("There is no such cycle here.", field="cycle", remedy="Name one of /cycles.")
    return found


class OfCycle(BaseModel):
    """Of which cycle something is wanted."""

    cycle: Annotated[
        Ref | None, Field(description="A cycle; left out: the shortest that is running, as pages begin with.")
    ] = None

    def of(self, looking: Reader) -> CycleRow | None:
        """Return the cycle that is meant."""
        return chosen_cycle(looking, None) if self.cycle is None else named(looking, self.cycle)


class CycleThen(OfCycle, PartThen):
    """How much of a record is wanted, of which cycle and of which day."""


@reads(router, "/cycles", CycleRecord, many=True)
def index(request: HttpRequest, asked: Query[CyclesAsked]) -> HttpResponse:
    """List the cycles, in the order in which they were created."""
    looking = reader(request, asked.on)
    with looking.image.lock:
        return answers.many(
            request, CycleRecord, cycles.slice_of(looking, asked.wanted, state=asked.state), asked
        )


@creates(router, "/cycles", CycleRecord, scope=Scope.ADMIN)
def create(request: HttpRequest, said: NewCycle) -> HttpResponse:
    """Create a cycle."""
    done = once(
        request,
        lambda: (
            actions.create(
                name=said.name,
                starts_on=said.starts_on,
                ends_on=said.ends_on,
                parent=said.parent,
                by=request.actor,
                at=request.at,
            ).id
        ),
    )
    record = cycles.one(reader(request), done.id)
    return answers.made(done, record, f"/api/v1/cycles/{record.id}")


@reads(router, "/cycles/{cycle}", CycleRecord)
def show(request: HttpRequest, cycle: Path[Ref], part: Query[PartThen]) -> HttpResponse:
    """Show one cycle."""
    return answers.one(cycles.one(reader(request, part.on), cycle), part)


@changes(router, "/cycles/{cycle}", CycleRecord, scope=Scope.ADMIN, guarded=True)
def update(request: HttpRequest, cycle: Path[Ref], said: CycleChange) -> HttpResponse:
    """Rename a cycle, move its days or its place."""
    done = once(
        request,
        as_read(
            request,
            "cycle",
            cycle,
            lambda: cycles.one(reader(request), cycle),
            lambda: actions.update(cycle=cycle, changed=said.given(), by=request.actor, at=request.at).id,
        ),
    )
    return answers.changed(done, cycles.one(reader(request), cycle))


@creates(router, "/cycles/{cycle}/closing", CycleRecord, scope=Scope.ADMIN)
def close(request: HttpRequest, cycle: Path[Ref]) -> HttpResponse:
    """Close a cycle: nothing new begins in it. Where it is closed, nothing is recorded."""
    done = step(request, lambda: actions.close(cycle=cycle, by=request.actor, at=request.at).id)
    record = cycles.one(reader(request), cycle)
    return answers.made(done, record, f"/api/v1/cycles/{record.id}")


@changes(router, "/cycles/{cycle}/closing", CycleRecord, scope=Scope.ADMIN, method="DELETE")
def reopen(request: HttpRequest, cycle: Path[Ref]) -> HttpResponse:
    """Open a closed cycle again, within 14 days."""
    done = once(request, lambda: actions.reopen(cycle=cycle, by=request.actor, at=request.at).id)
    return answers.changed(done, cycles.one(reader(request), cycle))
