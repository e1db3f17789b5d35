"""Days that can be looked back to, and the moment that stands for one."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Min

from milepost.core.access import Actor, Visibility
from milepost.core.problems import Invalid
from milepost.ledger import image as images
from milepost.models import Objective, Workspace

# Nothing here is older than computers; sums with days near the calendar's first would fail.
EARLIEST = date(1970, 1, 1)


class DayNotOver(Invalid):
    """A day that has not come, or (for programs) is not over, cannot be looked back to."""

    code = "day_not_over"

    def __init__(self, day: date, said: str, *, field: str, remedy: str) -> None:
        super().__init__(f"{day} {said}.", field=field, remedy=remedy)
        self.named = (day,)


class BeforeTheRecord(Invalid):
    """A day on which nothing had been recorded yet; `began` is the first one on which something had."""

    code = "before_the_beginning"

    def __init__(self, day: date, began: date, field: str) -> None:
        super().__init__(
            f"There was nothing yet on {day}: the record begins on {began}.",
            field=field,
            remedy=f"Choose a day from {began} on.",
        )
        self.began = began
        self.named = (day, began)


def come(actor: Actor, day: date, *, today: date, field: str = "on") -> date:
    """Return a day that pages may show: any that has come, today among them."""
    if day > today:
        raise DayNotOver(day, "has not come yet", field=field, remedy="Choose a day up to today.")
    return on_record(actor, day, field) if day < EARLIEST else day


def past(actor: Actor, day: date, *, today: date, field: str = "on") -> date:
    """Return a day that programs may look back to: over, and not before there was anything."""
    if day >= today:
        remedy = "Name a day before today, or leave it out."
        raise DayNotOver(day, "is not over", field=field, remedy=remedy)
    return on_record(actor, day, field)


def on_record(actor: Actor, day: date, field: str = "on") -> date:
    """Return a day that has come, if there was anything by then; else say since when there is."""
    began = max(_began(actor.workspace_id, day), EARLIEST)
    if day < began:
        raise BeforeTheRecord(day, began, field)
    return day


def is_on_record(actor: Actor, day: date) -> bool:
    """Say whether there was anything by a day that has come."""
    try:
        on_record(actor, day)
    except BeforeTheRecord:
        return False
    return True


def noon(actor: Actor, day: date) -> datetime:
    """Return the moment that stands for a past day, in the time zone that held on it."""
    return images.of(actor.workspace_id).workspace.calendar.noon(day)


def _began(workspace_id: int, day: date) -> date:
    """Return the first day there is: of a cycle, of the workspace, or of what everyone here may see."""
    image = images.of(workspace_id)
    first = min((cycle.starts_on for cycle in image.cycles.values()), default=None)
    if first is not None and first <= day:
        return first
    local = image.workspace.calendar.local
    open_to_all = Objective.objects.of(workspace_id).filter(visibility=Visibility.WORKSPACE)
    moments = (
        Workspace.objects.values_list("created_at", flat=True).get(id=workspace_id),
        open_to_all.aggregate(first=Min("created_at"))["first"],
    )
    days = [local(moment).date() for moment in moments if moment is not None]
    return min(days if first is None else [first, *days])
