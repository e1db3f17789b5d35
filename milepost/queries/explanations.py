"""Why a figure is what it is: the pool behind it as arithmetic; what a reader may not see stays unnamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from milepost.core.scoring import (
    Explanation,
    Part,
    RollUp,
    arithmetic,
    expected_grade,
    explain,
    explain_roll_up,
    plain,
    roll_up,
)
from milepost.ledger.structure import KeyResultRow, ObjectiveRow

if TYPE_CHECKING:
    from milepost.queries.cards import Reader  # whose cards carry explanations


def of_objective(reader: Reader, row: ObjectiveRow) -> Explanation:
    """Explain an objective's number: its pool, weights, caps, and the policy.

    Whatever the reader may not see is not in the pool of what they see ("One number for everyone").
    """
    return _of_pool(reader, row.id, _pool(reader, row))


def rolled_up(reader: Reader, row: ObjectiveRow) -> RollUp:
    """Return an objective's number with what each part of its pool adds."""
    return roll_up(list(_pool(reader, row)), reader.policy)


def of_key_result(reader: Reader, one: KeyResultRow) -> Explanation:
    """Explain a key result's number."""
    if one.source == "contributors":
        return _of_pool(reader, one.id, _contributors(reader, one.id))
    return explain(one.measure, reader.image.reading(one), reader.policy)


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
        raw=reader.image.exact(id),
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


def _in_plan(reader: Reader, id: int, needed: float) -> str:
    """Say what the plan asks for by today, and how much of that the type of objective needs."""
    one = reader.image.key_results.get(id)
    commitment = reader.image.objectives[one.objective_id if one else id].commitment
    planned, share = round(reader.expected(id) * 100), expected_grade(commitment)
    then, now = ("that day", "then") if reader.known else ("today", "now")
    if share == 1:
        return f"{planned} % is planned by {then}, and a {commitment} objective needs all of it"
    article = "an" if commitment == "aspirational" else "a"
    return (
        f"{planned} % is planned by {then}, and {article} {commitment} objective succeeds at"
        f" {plain(share)}, so {round(needed * 100)} % is needed by {now}"
    )


def _of_pool(reader: Reader, id: int, parts: Iterable[Part]) -> Explanation:
    listed = list(parts)
    hidden = sum(1 for part in listed if part.counted and not reader.sees(part.ref))
    notes = [f"Includes {hidden} restricted item{'s' if hidden != 1 else ''}."] if hidden else []
    needed = float(reader.day.needed[reader.image.node[id]])
    words = reader.day.status_of(id).word.replace("_", " ")
    notes.append(f"{words.capitalize()}: {_in_plan(reader, id, needed)}.")
    notes.append("Initiatives never count.")
    return explain_roll_up(roll_up(listed, reader.policy), reader.policy, notes=notes)
