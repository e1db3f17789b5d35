"""What the page of cycles shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from milepost.core import access, cadence, quarters
from milepost.core.access import Actor
from milepost.core.cadence import CLOSE_WITHIN_DAYS, REOPEN_WITHIN_DAYS, CycleState, Window
from milepost.core.problems import NotFound
from milepost.core.quarters import Span
from milepost.ledger import image
from milepost.ledger.structure import CycleRow

LONGEST_RIBBON = 60  # weeks that are drawn one by one


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The weeks of a cycle by their first days, the number of the running one, and both in words."""

    weeks: tuple[date, ...]
    now: int | None
    words: str


def ribbon(row: CycleRow, today: date) -> Ribbon:
    """Return a cycle's weeks; a long one, or one without end, has none to draw."""
    window = Window(row.starts_on, row.ends_on)
    weeks, now = cadence.weeks(window), cadence.week_of(window, today)
    return Ribbon(
        tuple(week.begins_on for week in weeks) if len(weeks) <= LONGEST_RIBBON else (),
        now.number if now else None,
        cadence.week_words(window, today),
    )


@dataclass(frozen=True)
class CycleLine:
    """One cycle in the list: its days, where it stands, and what may be done with it."""

    id: int
    key: str
    name: str
    starts_on: date
    ends_on: date | None
    parent: int | None
    depth: int
    state: CycleState
    words: str
    closed_on: date | None
    close_by: date | None
    may_reopen: bool

    @property
    def may_close(self) -> bool:
        """Whether it has begun and is not closed."""
        return self.state in (CycleState.RUNNING, CycleState.GRADING)


@dataclass(frozen=True)
class Overview:
    """All cycles, the latest first, with what would come next."""

    lines: tuple[CycleLine, ...]
    suggestions: tuple[Span, ...]
    may_manage: bool


def overview(actor: Actor, today: date) -> Overview:
    """Return all cycles, and the years and quarters that are still missing around today."""
    seen = image.of(actor.workspace_id)
    with seen.lock:
        cycles = dict(seen.cycles)
    lines = [_line(cycles, row, today) for row in _in_order(cycles)]
    return Overview(tuple(lines), missing(cycles, today), access.may_manage(actor))


def line(actor: Actor, cycle_id: int, today: date) -> CycleLine:
    """Return one cycle."""
    seen = image.of(actor.workspace_id)
    with seen.lock:
        cycles = dict(seen.cycles)
    if cycle_id not in cycles:
        raise NotFound
    return _line(cycles, cycles[cycle_id], today)


def _line(cycles: dict[int, CycleRow], row: CycleRow, today: date) -> CycleLine:
    window = Window(row.starts_on, row.ends_on)
    return CycleLine(
        row.id,
        row.key,
        row.name,
        row.starts_on,
        row.ends_on,
        row.parent_id,
        _depth(cycles, row),
        cadence.state(window, today, row.closed_on),
        cadence.week_words(window, today),
        row.closed_on,
        _close_by(row),
        row.closed_on is not None and today <= row.closed_on + timedelta(days=REOPEN_WITHIN_DAYS),
    )


def _close_by(row: CycleRow) -> date | None:
    # A file may hold a cycle up to the calendar's last day.
    if row.ends_on is None or row.ends_on > date.max - timedelta(days=CLOSE_WITHIN_DAYS):
        return None
    return row.ends_on + timedelta(days=CLOSE_WITHIN_DAYS)


def _depth(cycles: dict[int, CycleRow], row: CycleRow) -> int:
    depth = 0
    while row.parent_id in cycles and depth < len(cycles):
        row, depth = cycles[row.parent_id], depth + 1
    return depth


def _in_order(cycles: dict[int, CycleRow]) -> list[CycleRow]:
    # The latest first, and what lies within a cycle right below it.
    def place(row: CycleRow) -> tuple:
        own = (-row.starts_on.toordinal(), row.ends_on is not None, row.id)
        above = cycles.get(row.parent_id)
        return (*place(above), own) if above else (own,)

    return sorted(cycles.values(), key=place)


def missing(cycles: Mapping[int, CycleRow], today: date) -> tuple[Span, ...]:
    """Return the years and quarters around today that no cycle stands for."""
    year, quarter = quarters.year_of(today), quarters.quarter_of(today)
    wanted = (year, quarter, quarters.following(quarter), quarters.following(year))
    return tuple(span for span in wanted if not any(_stands_for(row, span) for row in cycles.values()))


def _stands_for(row: CycleRow, span: Span) -> bool:
    # Not everybody's quarters begin in January: one of about that length, about then, is this quarter's.
    if row.ends_on is None:
        return False
    shared = min(row.ends_on, span.ends_on) - max(row.starts_on, span.starts_on)
    length, wanted = row.ends_on - row.starts_on, span.ends_on - span.starts_on
    return shared * 2 > wanted and length * 3 > wanted * 2 and length * 2 < wanted * 3
