"""Problems as programs read them: RFC 9457, with a code that stays and a remedy in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson

from milepost.core.problems import Problem

MEDIA_TYPE = "application/problem+json"


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
    """Return the object that says what happened; without `faults`, the problem's own field is the one."""
    if not faults and problem.field:
        faults = (Fault(problem.field, str(problem), problem.code),)
    record = ProblemRecord(
        type="about:blank",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=" ".join((problem.message, *problem.details)),
        code=problem.code,
        remedy=problem.remedy,
        errors=tuple(faults),
    )
    return orjson.dumps(record)
