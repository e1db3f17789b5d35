"""Problems as programs read them: RFC 9457, with a code that stays and a remedy in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson

from milepost.core.problems import MOST_TOLD, Problem

MEDIA_TYPE = "application/problem+json"
# Characters of what is told; whoever sends a name of a megabyte knows it.
LONGEST_FIELD, LONGEST_DETAIL = 200, 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field; `field` leads there with points: `key_results.0.title`."""

    field: str
    detail: str
    code: str


@dataclass(frozen=True, slots=True)
class ProblemRecord:
    """What happened and what to do. `code` stays as it is from version to version; words may change."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str | None
    errors: tuple[Fault, ...]


def write(problem: Problem, faults: Sequence[Fault] = ()) -> bytes:
    """Return the object that says what happened; without `faults`, the problem's own field is the one.

    No text in it is longer than anybody reads, whatever was sent.
    """
    if not faults and problem.field:
        faults = (Fault(problem.field, str(problem), problem.code),)
    record = ProblemRecord(
        type="about:blank",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=" ".join(
            _cut(each, LONGEST_DETAIL) for each in (problem.message, *problem.details[:MOST_TOLD])
        ),
        code=problem.code,
        remedy=problem.remedy and _cut(problem.remedy, LONGEST_DETAIL),
        errors=tuple(map(_bounded, faults)),
    )
    return orjson.dumps(record)


def _bounded(fault: Fault) -> Fault:
    return Fault(_cut(fault.field, LONGEST_FIELD), _cut(fault.detail, LONGEST_DETAIL), fault.code)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
