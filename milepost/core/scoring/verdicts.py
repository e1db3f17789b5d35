"""Was it a success? The answer depends on what was promised (method 2.11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from milepost.core.policies import DEFAULT, Policy
from milepost.core.problems import Invalid
from milepost.core.scoring.grades import Band, band_of_raw, grade

# strategic and tactical are levels; where no commitment is given, the aspirational threshold applies.
EXPECTED_GRADE: Mapping[str, Fraction] = MappingProxyType(
    {
        "committed": Fraction(1),
        "aspirational": Fraction(7, 10),
        "learning": Fraction(7, 10),
        "strategic": Fraction(7, 10),
        "tactical": Fraction(7, 10),
    }
)


class Outcome(StrEnum):
    """How an objective ended."""

    SUCCESS = "success"
    SUCCESS_BY_LEARNING = "success_by_learning"
    PARTIAL = "partial"
    MISS = "miss"
    NOT_YET = "not_yet"
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it ended, and what to do now; `action` is empty where nothing is asked."""

    verdict: Outcome
    action: str = ""


def expected_grade(commitment: str) -> Fraction:
    """Give the grade that means success: 1 for committed, 0.7 otherwise (method 2.6).

    Raises `unknown_commitment`.
    """
    try:
        return EXPECTED_GRADE[commitment]
    except KeyError:
        raise Invalid(
            f"“{commitment}” is not a kind of commitment.",
            code="unknown_commitment",
            field="commitment",
            remedy=f"Use one of: {', '.join(EXPECTED_GRADE)}.",
        ) from None


def verdict(
    commitment: str, raw: Fraction | None, insight: bool = False, policy: Policy = DEFAULT
) -> Verdict:
    """Judge a final raw progress by what was promised (method 2.11).

    `insight` says whether a learning was written down. A learning objective is judged by that alone.
    """
    success_begins = expected_grade(commitment)
    if commitment == "learning":
        return Verdict(Outcome.SUCCESS) if insight else Verdict(Outcome.NOT_YET, WRITE_INSIGHT)
    if raw is None:
        return Verdict(Outcome.UNGRADED, ENTER_VALUE)
    committed = commitment == "committed"
    if Fraction(grade(raw, policy)) >= success_begins:
        return Verdict(Outcome.SUCCESS, "" if committed else CELEBRATE)
    if committed:
        return Verdict(Outcome.MISS, HOLD_MEETING)
    if band_of_raw(raw, policy) is Band.FAILURE:
        return Verdict(Outcome.MISS, REFLECT)
    return Verdict(Outcome.SUCCESS_BY_LEARNING, SHARE) if insight else Verdict(Outcome.PARTIAL, WHAT_NOW)


ENTER_VALUE = "enter the final value"
WRITE_INSIGHT = "document the insight and the decision it informed"
HOLD_MEETING = "hold the improvement meeting: planning or execution?"
CELEBRATE = "celebrate"
REFLECT = "reflect: cause, learning, keep / change / drop"
SHARE = "share what was learned"
WHAT_NOW = "what did we learn? keep, change or drop"
