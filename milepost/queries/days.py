"""Days that can be looked back to, and the moment that stands for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Subquery

from milepost.core.access import Actor, Visibility
from milepost.core.problems import Invalid
from milepost.ledger import image as images
from milepost.ledger.columns import Rows
from milepost.models import Event, Objective, Workspace

# Nothing here is older than computers; sums with days near the calendar's first would fail.
EARLIEST = date(1970, 1, 1)
MADE = ("cycle.created", "team.created")


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


class NothingBefore(Invalid):
    """The first day on record has no earlier one to stand beside."""

    code = "nothing_before"

    def __init__(self, began: date, field: str) -> None:
        super().__init__(
            f"The record begins on {began}: there is no earlier day to compare with.",
            field=field,
            remedy="Compare once another day is over.",
        )
        self.named = (began,)


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
    began = beginning(actor.workspace_id)
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


def beginning(workspace_id: int) -> date:
    """Return the first day of which something is recorded that everyone here may see.

    The day of the founding or, where a file dates an objective, a team or a cycle before it, of the earliest.
    """
    image = images.of(workspace_id)
    rows, found = image.objectives, image.arranged.get(_Beginning)
    if found is None or found.objectives is not rows:  # the frame's changes empty the image's arrangements
        found = image.arranged[_Beginning] = _Beginning(rows, _first_moment(workspace_id))
    return max(image.workspace.calendar.local(found.at).date(), EARLIEST)


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The first moment on record, for as long as there are the same objectives."""

    objectives: Rows
    at: datetime


def _first_moment(workspace_id: int) -> datetime:
    open_to_all = Objective.objects.of(workspace_id).filter(visibility=Visibility.WORKSPACE)
    told = Event.objects.of(workspace_id).filter(objective_id=None, kind__in=MADE)
    dated = (open_to_all, "created_at"), (told, "at")
    firsts = (Subquery(rows.order_by(at).values(at)[:1]) for rows, at in dated)
    moments = Workspace.objects.values_list("created_at", *firsts).get(id=workspace_id)
    return min(moment for moment in moments if moment is not None)
