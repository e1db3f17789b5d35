"""How an objective ended, or would end today, as programs read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from milepost.core.ids import encode
from milepost.core.scoring import Verdict
from milepost.models.exact import plain
from milepost.queries.cards import Reader
from milepost.queries.objectives import Closing, ClosingPage, FinalCard, GradeCard, closing, closing_of
from milepost.queries.records.figures import exact
from milepost.queries.records.slices import written


@dataclass(frozen=True, slots=True)
class GradeRecord:
    """A key result's grade. `takes_value`: a final value other than the last one may be named at closing."""

    key_result: str
    title: str
    takes_value: bool
    value: str | None
    progress: str | None
    grade: str | None
    band: str
    problem: str


@dataclass(frozen=True, slots=True)
class ClosingRecord:
    """How an objective ended (`is_closed`), or what closing it now would give.

    `progress` is exact: `22/35`, or `0.5` where that ends; `left_out` names the key results that do not
    count.
    """

    id: str
    title: str
    is_closed: bool
    is_due: bool
    closed_on: date | None
    closed_by: str | None
    progress: str | None
    grade: str
    band: str
    verdict: str
    action: str
    learned: str
    policy: str
    success_from: str
    key_results: tuple[GradeRecord, ...]
    left_out: tuple[str, ...]


def one(
    reader: Reader, id: int, *, values: dict[int, Decimal] | None = None, learned: str = ""
) -> ClosingRecord:
    """Return how an objective ended or would end, with these final values where it is open; or NotFound."""
    page = closing(reader, id, values=values, learned=learned)
    ended = closing_of(reader, reader.objective_row(id))
    return _preview(page, values or {}, learned) if ended is None else _ended(page, ended)


def _preview(page: ClosingPage, values: dict[int, Decimal], learned: str) -> ClosingRecord:
    return ClosingRecord(
        is_closed=False,
        is_due=page.is_due,
        closed_on=None,
        closed_by=None,
        progress=exact(page.raw),
        grade=plain(page.grade),
        band=page.band,
        **_judged(page.verdict),
        learned=learned,
        policy=page.policy,
        key_results=tuple(_final(final, values) for final in page.finals),
        **_of_both(page),
    )


def _ended(page: ClosingPage, ended: Closing) -> ClosingRecord:
    return ClosingRecord(
        is_closed=True,
        is_due=False,
        closed_on=ended.on,
        closed_by=written(ended.by and ended.by.id),
        progress=exact(ended.whole.raw),
        grade=plain(ended.whole.grade),
        band=ended.whole.band,
        **_judged(ended.verdict),
        learned=ended.learned,
        policy=ended.whole.policy,
        key_results=tuple(map(_graded, ended.parts)),
        **_of_both(page),
    )


def _of_both(page: ClosingPage) -> dict:
    return {
        "id": page.card.id,
        "title": page.card.title,
        "success_from": exact(page.success_from),
        "left_out": tuple(card.id for card in page.left_out),
    }


def _judged(found: Verdict) -> dict[str, str]:
    return {"verdict": found.verdict.value, "action": found.action or ""}


def _final(one: FinalCard, values: dict[int, Decimal]) -> GradeRecord:
    now = values.get(one.card.number, one.card.now)
    return GradeRecord(
        key_result=one.card.id,
        title=one.card.title,
        takes_value=one.takes_value,
        value=None if now is None or isinstance(now, float) else exact(Fraction(now)),
        progress=exact(one.raw),
        grade=None if one.grade is None else plain(one.grade),
        band=one.band,
        problem=one.problem,
    )


def _graded(one: GradeCard) -> GradeRecord:
    return GradeRecord(
        key_result=encode(one.number),
        title=one.title,
        takes_value=False,
        value=None,
        progress=exact(one.raw),
        grade=plain(one.grade),
        band=one.band,
        problem=one.reason,
    )
