"""Acme at work: a running quarter with objectives, as short as a test can say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from milepost.actions import checkins, cycles, key_results, objectives
from milepost.actions.key_results import Definition
from milepost.core.access import Actor
from milepost.core.ids import encode
from milepost.models import Cycle, KeyResult, Objective, Person, Workspace
from tests.okrs import Okrs


@dataclass(frozen=True)
class Work:
    """An objective with one key result."""

    objective: Objective
    key_result: KeyResult

    @property
    def id(self) -> str:
        return encode(self.objective.id)


def quarter(
    *, by: Actor, at: datetime, today: date, name: str = "Q4", begun: int = 56, left: int = 34
) -> Cycle:
    """Create a cycle that began some days before today and has some left (less than none: it is over)."""
    starts, ends = today - timedelta(days=begun), today + timedelta(days=left)
    return cycles.create(name=name, starts_on=starts, ends_on=ends, by=by, at=at)


def work(
    title: str,
    *,
    cycle: Cycle,
    by: Actor,
    at: datetime,
    measures: str = "",
    owner: int | None = None,
    team: int | None = None,
    is_active: bool = True,
    **more,
) -> Work:
    """Write an objective with a key result from 9 to 4 days, and activate it."""
    owner = by.person_id if owner is None else owner
    row = objectives.draft(title=title, cycle=cycle.id, team=team, owner=owner, by=by, at=at, **more)
    definition = Definition(
        title=measures or f"{title}, measured",
        kind="decrease",
        start=Decimal(9),
        target=Decimal(4),
        unit="days",
        owner=owner,
    )
    one = key_results.add(objective=row.id, definition=definition, by=by, at=at)
    if is_active:
        row = objectives.activate(objective=row.id, by=by, at=at)
    return Work(row, one)


def check_in(
    one: KeyResult, value: str, *, by: Actor, at: datetime, note: str = "", confidence: int | None = 5
) -> None:
    """Check a key result in."""
    checkins.record(key_result=one.id, value=Decimal(value), note=note, confidence=confidence, by=by, at=at)


def looked(actor: Actor, at: datetime | None) -> None:
    """Let somebody have looked at their week at a time."""
    Person.objects.of(actor.workspace_id).filter(id=actor.person_id).update(looked_at=at)


def day_of(at: datetime) -> date:
    """Return the day of a moment in Acme, which lies in Prague."""
    return at.astimezone(ZoneInfo("Europe/Prague")).date()


def first_day(okrs: Okrs) -> date:
    """Return the day on which the record of Acme begins: of its founding, or of what was drafted before."""
    founded = Workspace.objects.values_list("created_at", flat=True).get(id=okrs.company.workspace_id)
    return day_of(min(founded, okrs.company.created_at))
