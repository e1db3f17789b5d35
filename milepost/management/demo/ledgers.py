"""From rows of words to check-ins: who entered what, when it was true, and when it was written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from milepost.core.plan import CheckInPlan, CommentPlan
from milepost.management.demo.calendar import WEEKDAYS, Calendar, Span, lot
from milepost.management.demo.story import KeyResult, Said, number

ROUND_DAYS = ("mon", "mon", "tue", "tue", "wed", "thu")  # when people do their weekly round
SLIPS_ONE_IN = 7  # weeks in which the round is a day late


class Names:
    """Ids made from days: the day, then the day with .2, .3 and so on."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def of(self, day: date) -> str:
        """Return the next id for a day."""
        tries = (f"{day}" if place == 1 else f"{day}.{place}" for place in count(1))
        name = next(name for name in tries if name not in self.taken)
        self.taken.add(name)
        return name


def check_ins(told: KeyResult, span: Span, calendar: Calendar) -> tuple[CheckInPlan, ...]:
    """Return the check-ins of a key result, oldest first; what lies ahead of today is left out."""
    names = Names()
    entries: list[CheckInPlan] = []
    for week, value, sure in _weeks(told):
        day = _day(told, span, week)
        late = timedelta(days=told.late.get(week, 0))
        at = span.moment_on(day, told.id)
        entry = CheckInPlan(
            id=names.of(day),
            at=at,
            recorded=span.moment_on(day + late, told.id, "late") if late else at,
            confidence=None if sure in (".", "") else int(sure),
            note=told.notes.get(week, ""),
            by=told.by.get(week, told.owner),
            **_reported(value),
        )
        entries.append(entry)
        if week in told.fixed:
            fix = told.fixed[week]
            later = span.moment_on(day + late + timedelta(days=fix.days), told.id, "fix")
            entries.append(
                entry._replace(
                    id=names.of(day),
                    recorded=later,
                    note=fix.note,
                    corrects=entry.id,
                    **_reported(fix.value),
                )
            )
    return tuple(entry for entry in entries if calendar.is_past(entry.recorded))


def comments(told: tuple[Said, ...], span: Span, calendar: Calendar) -> tuple[CommentPlan, ...]:
    """Return the comments, those left out that lie ahead of today."""
    names = Names()
    found = []
    for place, said in enumerate(told):
        # A discussion reads in the order in which it was held, also within one day.
        at = span.moment(said.when, told[0].text) + timedelta(minutes=7 * place)
        found.append(CommentPlan(names.of(span.day(said.when)), at, said.text, said.by))
    return tuple(one for one in found if calendar.is_past(one.at))


def _weeks(told: KeyResult) -> Iterator[tuple[int, str, str]]:
    values, sures = told.value.split(), told.sure.split()
    if len(values) != len(sures):
        raise ValueError(f"{told.id}: {len(values)} values and {len(sures)} confidences.")
    weeks = range(told.first, told.first + told.every * len(values), told.every)
    told_of = {*told.notes, *told.late, *told.by, *told.fixed}
    reported = {week for week, value in zip(weeks, values, strict=True) if value != "."}
    if told_of - reported:
        raise ValueError(f"{told.id}: nothing was reported in the weeks {sorted(told_of - reported)}.")
    for week, value, sure in zip(weeks, values, sures, strict=True):
        if value != ".":
            yield week, value, sure


def _day(told: KeyResult, span: Span, week: int) -> date:
    if told.weekday:
        return span.day_of(week, told.weekday)
    usual = WEEKDAYS.index(ROUND_DAYS[lot(told.owner) % len(ROUND_DAYS)])
    slips = lot(told.id, week) % SLIPS_ONE_IN == 0
    return span.day_of(week, WEEKDAYS[usual + slips])


def _reported(value: str) -> dict[str, Any]:
    if value == "?":
        return {"value": None}
    if "/" in value:
        return {"parts": tuple(Decimal(share) for share in value.split("/"))}
    return {"value": number(value)}
