"""What the page of cycles shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from milepost.core import access, cadence, quarters
from milepost.core.access import Actor
from milepost.core.cadence import CLOSE_WITHIN_DAYS, REOPEN_WITHIN_DAYS, CycleState, Window
from milepost.core.problems import NotFound
from milepost.core.quarters import Span
from milepost.ledger import image
from milepost.ledger.structure import CycleRow
from milepost.queries.cards import Reader

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


@dataclass(frozen=True, slots=True)
class Moved:
    """What other days of a cycle would change: where it stands, and what in it follows its days."""

    was: CycleState
    becomes: CycleState
    gone: tuple[Fraction, Fraction] | None  # of its days by today, before and after; None: one has no end
    objectives: int
    key_results: int  # those of them that have not both days of their own


def moved(reader: Reader, cycle_id: int, window: Window) -> Moved | None:
    """Return what these days of a cycle would change, as far as the reader sees it; None where nothing."""
    row = reader.image.cycles.get(cycle_id)
    if row is None or row.closed_on or (window.days is not None and window.days <= 0):
        return None  # whoever changes it is told so
    before = Window(row.starts_on, row.ends_on)
    was, becomes = (cadence.state(each, reader.today) for each in (before, window))
    inside = [
        one
        for one in reader.image.objectives.values()
        if one.cycle_id == cycle_id and one.is_open and reader.sees(one.id)
    ]
    if window == before or (was == becomes and not inside):
        return None
    following = [
        one
        for each in inside
        for one in reader.key_results_of(each)
        if one.counts and (one.starts_on is None or one.ends_on is None)
    ]
    has_ends = before.ends_on is not None and window.ends_on is not None
    gone = tuple(cadence.elapsed(each, reader.today) for each in (before, window)) if has_ends else None
    return Moved(was, becomes, gone, len(inside), len(following))


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
