"""Figures as programs read them: where something stands, and how that came about."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from milepost.core.ids import encode
from milepost.core.scoring import Explanation
from milepost.models.exact import plain
from milepost.queries import explanations
from milepost.queries.cards import Reader

PLACES = 6


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A row of the arithmetic."""

    label: str
    arithmetic: str
    result: str
    weight: str | None
    adds: str | None


@dataclass(frozen=True, slots=True)
class ExplanationRecord:
    """A number with its arithmetic. `progress` is exact: `22/35`, or `0.5` where that ends.

    `grade` is what it would be now.
    """

    id: str
    kind: str
    title: str
    result: str
    progress: str | None
    grade: str | None
    formula: str
    substituted: str | None
    lines: tuple[LineRecord, ...]
    caps: str
    rounding: str
    policy: str
    notes: tuple[str, ...]


def of_objective(reader: Reader, id: int) -> ExplanationRecord:
    """Explain an objective's number, or NotFound."""
    return _record(id, "objective", explanations.of_objective(reader, reader.objective_row(id)))


def of_key_result(reader: Reader, id: int) -> ExplanationRecord:
    """Explain a key result's number, or NotFound."""
    return _record(id, "key_result", explanations.of_key_result(reader, reader.key_result_row(id)))


def _record(id: int, kind: str, found: Explanation) -> ExplanationRecord:
    return ExplanationRecord(
        id=encode(id),
        kind=kind,
        title=found.title,
        result=found.result,
        progress=exact(found.raw),
        grade=None if found.grade is None else plain(found.grade),
        formula=found.formula,
        substituted=found.substituted,
        lines=tuple(
            LineRecord(line.label, line.arithmetic, line.result, line.weight, line.adds)
            for line in found.lines
        ),
        caps=found.caps,
        rounding=found.rounding,
        policy=found.policy,
        notes=found.notes,
    )


def rounded(share: Fraction | float | None) -> float | None:
    """Write a share, or another figure that is for looking at, with six decimals; never -0."""
    return None if share is None else round(float(share), PLACES) + 0.0


def exact(number: Fraction | None) -> str | None:
    """Write a fraction exactly: 2/3, or 0.5 where it ends."""
    if number is None:
        return None
    ends, powers = number.denominator, [0, 0]
    for at, prime in enumerate((2, 5)):
        while ends % prime == 0:
            ends //= prime
            powers[at] += 1
    if ends != 1 or number.denominator > 10**15:
        return str(number)
    places = max(powers)
    digits = f"{abs(number.numerator) * 10**places // number.denominator:0{places + 1}d}"
    sign = "-" if number < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


# How far something is, as every record says it that has a row in the image.
STANDING = {
    "status": lambda it: it.reader.day.status_of(it.row.id).word,
    "progress": lambda it: rounded(it.reader.progress(it.row.id)),
    "percent": lambda it: it.reader.day.percent(it.row.id),
    "expected": lambda it: rounded(it.reader.expected(it.row.id)),
}
