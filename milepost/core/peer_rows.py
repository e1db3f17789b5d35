"""Turns a row of cells (kind, start, target, current) into a case of a peer's suite, where it has the shape.

Suites about one key result read the linear kinds; suites about many read `rollup_objective`; bands read the
value in the current cell. What needs more than four cells (series, windows, trees) is given as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from milepost.core import cells
from milepost.core.peers import LINEAR, Answer, evaluate
from milepost.core.problems import Invalid
from milepost.core.scoring import Kind, ScoringProblem

LINEAR_WORDS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        [kind.value for kind in Kind if kind.is_on_a_line and kind is not Kind.RELATIVE], "increase"
    )
    | {"decrease": "reduce", "reduce": "reduce", "move": "move"}
)
BAND_WORDS = frozenset({"range", "maintain"})


@dataclass(frozen=True, slots=True)
class Row:
    """Four cells, the kind already split from its tags."""

    word: str
    start: str
    target: str
    current: str


def answer(suite: str, kind: str, start: str, target: str, current: str) -> Answer:
    """Answer a row of cells by a suite's rules; raises `not_expressible` where its cases need more."""
    if suite not in CASES:
        raise Invalid(
            f"A case of {suite} does not fit into the columns kind, start, target, current.",
            code="not_expressible",
            field="policy",
            remedy="Give the cases as JSON, one object a line.",
        )
    word, _ = cells.kind_word(kind)
    return evaluate(suite, CASES[suite](Row(word, start.strip(), target.strip(), current.strip())))


def is_percentage(suite: str) -> bool:
    """Say whether a suite's value is a percentage, which makes progress a hundredth of it."""
    return suite in PERCENTAGES


def _linear(row: Row) -> dict[str, Any]:
    if row.word in BAND_WORDS:
        return _band(row)
    if row.word not in LINEAR_WORDS:
        raise _not_expressible(row)
    start, target, current = _agreeing(row.start, row.target, row.current)
    if row.word in {Kind.REACH, Kind.LEARNING}:
        start = Fraction(0)
    return {"direction": LINEAR_WORDS[row.word], "baseline": start, "target": target, "current": current}


def _band(row: Row) -> dict[str, Any]:
    low, dots, high = row.target.partition("..")
    baseline, target, current = (
        _agreeing(low, high, row.current) if dots else _agreeing(row.start, row.target, row.current)
    )
    return {"direction": "maintain", "baseline": baseline, "target": target, "current": current}


def _line_only(row: Row) -> dict[str, Any]:
    if row.word in BAND_WORDS:
        raise _not_expressible(row)
    return _linear(row)


def _tree(row: Row) -> dict[str, Any]:
    return {"tree": {"krs": [[part.weight, (part.raw or 0) * 100] for part in _counted(row)]}}


def _weighted(row: Row) -> dict[str, Any]:
    return {"kras": [[(part.raw or 0) * 100, part.weight] for part in _counted(row)]}


def _counted(row: Row):
    parts = cells.read(row.word, row.start, row.target, row.current).parts
    if parts is None:
        raise _not_expressible(row)
    return [part for part in parts if part.counted]


def _stages(row: Row) -> dict[str, Any]:
    question = cells.read(row.word, row.start, row.target, row.current)
    if (
        question.measure is None
        or question.measure.milestones is None
        or not isinstance(question.reading, tuple)
    ):
        raise _not_expressible(row)
    return {
        "stages": [[w, d == 1] for w, d in zip(question.measure.milestones, question.reading, strict=True)]
    }


def _kpi(row: Row) -> dict[str, Any]:
    _, target, actual = _agreeing("", row.target, row.current)
    lower = row.word in {"lower_better", "decrease", "reduce", "maintain_below"}
    return {"direction": "lower_better" if lower else "higher_better", "actual": actual, "target": target}


def _value(name: str) -> Callable[[Row], dict[str, Any]]:
    return lambda row: {name: cells.share(row.current, field="current")}


def _achievement(row: Row) -> dict[str, Any]:
    found = cells.quantity(row.current, field="current")
    return {"achievement": None if found is None else found.number}


def _agreeing(*texts: str) -> list[Fraction | None]:
    fields = ("start", "target", "current")
    found = [cells.quantity(text, field=name) for text, name in zip(texts, fields, strict=True)]
    cells.common_unit(*found)
    return [None if quantity is None else quantity.number for quantity in found]


def _not_expressible(row: Row) -> ScoringProblem:
    return ScoringProblem(
        f"This policy says nothing about “{row.word}”.",
        code="not_expressible",
        field="kind",
        remedy="Use a kind that its suite has cases for.",
    )


CASES: Mapping[str, Callable[[Row], dict[str, Any]]] = MappingProxyType(
    dict.fromkeys(LINEAR, _line_only)
    | {
        "openokr.kr_progress": _linear,
        "openokr.kr_progress_kpi": _achievement,
        "openokr.goal_progress": _tree,
        "openokr.score_bands": _value("score"),
        "openokr.portfolio": _value("average"),
        "openokr.confidence": _value("confidence"),
        "openokr.kpi_achievement": _kpi,
        "shamanr.kr_checkpoints_interpolated_v1": _line_only,
        "shamanr.project_stages": _stages,
        "hrms.kra_weighted_score": _weighted,
        "texandesi.kr_progress": _line_only,
    }
)

PERCENTAGES = frozenset(CASES) - {"openokr.score_bands", "openokr.portfolio", "openokr.confidence"} | {
    "lyluongthien.checkin_progress"
}
