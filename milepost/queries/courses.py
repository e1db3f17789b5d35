"""What the charts of a key result draw: its points, its plan, and the line or the band it is kept to."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from milepost.core.cadence import Window
from milepost.core.pace import expected as expected_share
from milepost.core.scoring import Kind, ScoringProblem
from milepost.core.trends import MOST, Course, Point, drawn_since, thinned
from milepost.ledger.entries import Entry
from milepost.ledger.structure import KeyResultRow

if TYPE_CHECKING:
    from milepost.queries.cards import Reader  # whose cards carry courses

DAY = 86_400  # seconds
EPOCH = date(1970, 1, 1).toordinal()


def of(reader: Reader, one: KeyResultRow, *, full: bool = False) -> Course | None:
    """Return what the charts of a key result draw; None where its kind has nothing to draw."""
    kind, measure = Kind(one.kind), one.measure
    if kind is Kind.MILESTONES or kind is Kind.BINARY:
        return None
    window = reader.window(one)
    # “No data” is not a number.
    entries = [entry for entry in reader.image.entries.series(one.id) if entry.value == entry.value]
    drawn, step = _drawn(entries, drawn_since(window.begins_on, window.ends_on, reader.today))
    points = [
        Point(reader.day_of(entry.effective), reader.image.entries.exact(entry) if full else entry.value)
        for entry in drawn
    ]
    start = target = low = high = None
    plan: list[Point] = []
    if kind.is_on_a_line:
        try:
            start, target = measure.line
        except ScoringProblem:  # a measure without its ends draws its points alone
            start, target = measure.start, measure.final
        if start is not None and target is not None and window.ends_on is not None:
            plan = _plan(one, window, start, target)
    elif kind in (Kind.MAINTAIN_ABOVE, Kind.MAINTAIN_ABOVE_RATIO, Kind.PER_PERIOD):
        low = measure.target
    elif kind in (Kind.MAINTAIN_BELOW, Kind.MAINTAIN_BELOW_RATIO):
        high = measure.target
    elif kind is Kind.RANGE:
        low, high = measure.low, measure.high
    return Course(
        points=points, starts_on=window.begins_on, ends_on=window.ends_on, today=reader.today, plan=plan,
        is_past=reader.known is not None,
        start=start, target=target, low=low, high=high, status=reader.day.status_of(one.id).word,
        unit=one.unit, every=max(_cadence(reader, entries, points), step),
        of=len(entries) if len(drawn) < len(entries) else 0,
    )  # fmt: skip


def _drawn(entries: list[Entry], since: date) -> tuple[list[Entry], int]:
    """Return what of the entries is drawn, and in how many days a line through very many takes a step."""
    if len(entries) <= MOST:
        return entries, 0
    moments = [entry.effective for entry in entries]
    begins = (since.toordinal() - EPOCH) * DAY
    places, step = thinned(moments, [entry.value for entry in entries], since=begins)
    return [entries[place] for place in places], ceil(step / DAY + 0.5)  # no more than two make a gap


def curve_of(one: KeyResultRow) -> str:
    """Return the planned course of a key result as core.pace reads it."""
    if one.curve != "points":
        return one.curve
    return "points:" + ";".join(f"{at}={expect}" for at, expect in one.points)


def _cadence(reader: Reader, entries: list[Entry], points: list[Point]) -> int:
    """Return the days between two check-ins: the workspace's, or longer where this one goes slower."""
    if len(points) < len(entries):
        gaps = sorted((after.effective - before.effective) // DAY for before, after in pairwise(entries))
    else:
        gaps = sorted((after.day - before.day).days for before, after in pairwise(points))
    usual = gaps[len(gaps) // 2] if gaps else 0
    return max(reader.image.workspace.check_in_every, usual)


def _plan(one: KeyResultRow, window: Window, start: Fraction, target: Fraction) -> list[Point]:
    days = (window.ends_on - window.begins_on).days
    # A straight plan needs its ends alone; a bent one a point for every week or so.
    steps = 1 if one.curve == "linear" else min(days, 26) or 1
    curve, found = curve_of(one), []
    for step in range(steps + 1):
        share = Fraction(step, steps)
        value = start + expected_share(curve, share) * (target - start)
        found.append(Point(window.begins_on + timedelta(days=round(days * share)), value))
    return found
