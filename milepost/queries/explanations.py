"""Why a figure is what it is: the pool behind it as arithmetic; what a reader may not see stays unnamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from milepost.core import planned
from milepost.core.cadence import elapsed
from milepost.core.pace import because, expected
from milepost.core.scoring import (
    Explanation,
    Part,
    RollUp,
    arithmetic,
    expected_grade,
    explain,
    explain_roll_up,
    roll_up,
)
from milepost.ledger.structure import KeyResultRow, ObjectiveRow

if TYPE_CHECKING:
    from milepost.queries.cards import Reader  # whose cards carry explanations

_NOISE = Fraction(1, 10**9)  # what floats of one figure differ by


def of_objective(reader: Reader, row: ObjectiveRow) -> Explanation:
    """Explain an objective's number: its pool, weights, caps, and the policy.

    Whatever the reader may not see is not in the pool of what they see ("One number for everyone").
    """
    return _of_pool(reader, row.id, _pool(reader, row))


def rolled_up(reader: Reader, row: ObjectiveRow) -> RollUp:
    """Return an objective's number with what each part of its pool adds."""
    return roll_up(list(_pool(reader, row)), reader.policy)


def contributed(reader: Reader, one: KeyResultRow) -> RollUp:
    """Return a key result's number with what each of its contributors adds."""
    return roll_up(list(_contributors(reader, one.id)), reader.policy)


def of_key_result(reader: Reader, one: KeyResultRow) -> Explanation:
    """Explain a key result's number."""
    if one.source == "contributors":
        return _of_pool(reader, one.id, _contributors(reader, one.id))
    found = explain(one.measure, reader.image.reading(one), reader.policy)
    return replace(found, notes=(*found.notes, *_pace(reader, one.id)))


def _pool(reader: Reader, row: ObjectiveRow) -> Iterator[Part]:
    for one in reader.image.key_results_of.get(row.id, ()):
        counted = reader.image.counted(one.id, row.id)
        if counted or reader.sees(one.id):
            label = _label(reader, one.id, one.title)
            yield _part(reader, one.id, Fraction(one.weight), counted, label, _how(reader, one))
    yield from _contributors(reader, row.id)


def _contributors(reader: Reader, id: int) -> Iterator[Part]:
    for link in reader.image.served_by.get(id, ()):
        row = reader.image.objectives.get(link.child_id)
        if link.how != "contributes" or row is None:
            continue
        counted = reader.image.counted(row.id, id)
        if counted or reader.sees(row.id):
            label = _label(reader, row.id, row.title)
            yield _part(reader, row.id, Fraction(link.weight), counted, label, "its own roll-up")


def _label(reader: Reader, id: int, title: str) -> str:
    return title if reader.sees(id) else "Restricted work"


def _part(reader: Reader, id: int, weight: Fraction, counted: bool, label: str, how: str | None) -> Part:
    row = reader.image.key_results.get(id) or reader.image.objectives[id]
    return Part(
        weight=weight,
        raw=reader.day.near(id),
        counted=counted,
        is_restricted=row.counts and not counted,  # its state lets it count, its audience does not
        label=label,
        ref=id,
        how=how,
    )


def _how(reader: Reader, one: KeyResultRow) -> str | None:
    if one.source == "contributors":
        return "its contributors"
    return arithmetic(one.measure, reader.image.reading(one)) if reader.sees(one.id) else None


def _of_pool(reader: Reader, id: int, parts: Iterable[Part]) -> Explanation:
    listed = list(parts)
    hidden = sum(1 for part in listed if part.counted and not reader.sees(part.ref))
    notes = [f"Includes {hidden} restricted item{'s' if hidden != 1 else ''}."] if hidden else []
    notes += [*_pace(reader, id), "Initiatives never count."]
    return explain_roll_up(roll_up(listed, reader.policy), reader.policy, notes=notes)


# -- the plan, and the status ------------------------------------------------------------------------------


def verdict(reader: Reader, id: int) -> str:
    """Say by which figures a day gives something its status."""
    word, progress = reader.day.status_of(id).word, reader.progress(id)
    raw = None if progress is None else Fraction(progress)
    return because(word, raw, needed=Fraction(reader.day.needed.item(reader.image.node[id])))


def _pace(reader: Reader, id: int) -> Iterator[str]:
    """Say what is planned by the day, what of it is needed, and what status that gives."""
    then, now = ("that day", "then") if reader.known else ("today", "now")
    yield f"Planned by {then}: {'; '.join(_plan(reader, id))} by {now}."
    word = reader.day.status_of(id).word.replace("_", " ")
    yield f"{word.capitalize()}: {verdict(reader, id)}."


def _plan(reader: Reader, id: int) -> tuple[str, str]:
    """Say how much is planned, and how much of that is needed."""
    image, day, one = reader.image, reader.day, reader.image.key_results.get(id)
    row = image.objectives[one.objective_id if one else id]
    pool = [(image.weight(image.ids[child], id), child) for child, _ in image.pool[image.node[id]]]
    if not pool:
        curve, window = (one.plan, reader.window(one)) if one else ("linear", reader.cycle_of(row).window)
        exact = expected(curve, elapsed(window, reader.today))
        return planned.by_curve(curve, window, reader.today), planned.needed(row.commitment, exact)
    plans = [(weight, Fraction(day.expected.item(child))) for weight, child in pool]
    needs = [(weight, Fraction(day.needed.item(child))) for weight, child in pool]
    share = expected_grade(row.commitment)
    if all(abs(needed - share * plan) < _NOISE for (_, needed), (_, plan) in zip(needs, plans, strict=True)):
        whole = Fraction(day.expected.item(image.node[id]))
        return planned.by_parts(plans), planned.needed(row.commitment, whole)
    return planned.by_parts(plans), f"each part needs what its own type does, {planned.by_parts(needs)}"
