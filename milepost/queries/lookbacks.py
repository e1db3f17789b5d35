"""The days that are worth a look back to, and so a comparison with today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from milepost.core.states import State
from milepost.ledger.structure import CycleRow
from milepost.models import Grade
from milepost.queries import days
from milepost.queries.cards import Reader
from milepost.queries.records.sights import unseen


@dataclass(frozen=True, slots=True)
class Lookback:
    """A day that is worth a look back to."""

    words: str
    on: date


def offered(reader: Reader, cycle: CycleRow | None, *, looked_on: date | None) -> tuple[Lookback, ...]:
    """Offer days to compare with: a week ago, the last closing, the cycle's first day, the last look."""
    found = [Lookback("Last week", reader.today - timedelta(weeks=1))]
    closed = _last_closing(reader)
    if closed is not None:
        found.append(Lookback("The last closing", closed))
    if cycle is not None:
        found.append(Lookback("The cycle’s first day", cycle.starts_on))
    if looked_on is not None:
        # What was changed later on that day has not been seen.
        found.append(Lookback("I last looked", looked_on - timedelta(days=1)))
    return tuple(one for one in found if one.on < reader.today and days.is_on_record(reader.actor, one.on))


def _last_closing(reader: Reader) -> date | None:
    """Return the day of the last closing that the reader may know of, of a cycle or of an objective.

    One that was opened again since closed nothing.
    """
    hidden, _ = unseen(reader)
    began = reader.calendar.end_of(reader.today - timedelta(days=1))
    graded = Grade.objects.of(reader.actor.workspace_id).filter(~hidden("objective_id"), at__lt=began)
    graded = graded.filter(objective__state__in=(State.GRADED, State.CLOSED))
    last = graded.order_by("-at").values_list("at", flat=True).first()
    closings = [one.closed_on for one in reader.image.cycles.values() if one.closed_on]
    if last is not None:
        closings.append(reader.local(last).date())
    return max((day for day in closings if day < reader.today), default=None)
