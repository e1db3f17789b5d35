"""What an objective comes to: the weighted mean of what counts towards it (method 2.5)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from milepost.core.policies import DEFAULT, Policy, Weightless
from milepost.core.scoring.grades import Band, band, grade
from milepost.core.scoring.measures import ScoringProblem
from milepost.core.scoring.progress import ZERO, all_weights_zero, negative_weight


class Standing(StrEnum):
    """How a part stands in a roll-up."""

    COUNTED = "counted"
    NO_DATA = "no_data"
    WEIGHTLESS = "weightless"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Part:
    """One key result or objective in a roll-up.

    `raw` is its uncapped progress, None without data; `counted` is False for cancelled and deferred ones,
    and for one that `is_restricted`: fewer people see it than see the whole.
    `label` names it, `ref` identifies it, `how` is the arithmetic behind `raw`, all for the explanation.
    """

    weight: Fraction = Fraction(1)
    raw: Fraction | None = None
    counted: bool = True
    is_restricted: bool = False
    label: str = ""
    ref: Hashable = None
    how: str | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a part does to its roll-up: `share` of the whole weight, `adds` = share × capped progress."""

    part: Part
    standing: Standing
    capped: Fraction
    share: Fraction
    adds: Fraction


@dataclass(frozen=True, slots=True)
class RollUp:
    """A weighted mean with its grade; `reported` of the `counted` parts have data.

    Nothing to count is ungraded with `all_weights_zero`; a negative weight is an error.
    """

    raw: Fraction | None
    grade: Decimal | None
    band: Band
    reported: int
    counted: int
    problem: str | None = None
    reason: str | None = None
    parts: tuple[Contribution, ...] = ()

    @property
    def left_out(self) -> tuple[Contribution, ...]:
        """List the cancelled, deferred and restricted parts: shown, not counted."""
        return tuple(c for c in self.parts if c.standing is Standing.LEFT_OUT)

    @property
    def is_earned(self) -> bool:
        """Say whether every counted part has reached its target: the same as a grade of 1.0."""
        return self.raw is not None and self.raw >= 1


def roll_up(parts: Sequence[Part], policy: Policy = DEFAULT) -> RollUp:
    """Average the parts: sum(weight × capped) ÷ sum(weight), capped first, rounded once (method 2.5)."""
    if any(part.weight < 0 for part in parts):
        return _without_mean(negative_weight(), Band.ERROR)
    contributions = _contributions(parts, policy)
    counting = [c for c in contributions if c.standing in {Standing.COUNTED, Standing.NO_DATA}]
    if not counting and policy.weightless is Weightless.PROBLEM:
        return _without_mean(all_weights_zero(_why_nothing(parts)), Band.UNGRADED, contributions)
    raw = sum((c.adds for c in counting), ZERO)
    graded = grade(raw, policy)
    return RollUp(
        raw=raw,
        grade=graded,
        band=band(graded, policy),
        reported=sum(c.standing is Standing.COUNTED for c in counting),
        counted=len(counting),
        parts=contributions,
    )


def _why_nothing(parts: Sequence[Part]) -> str:
    """Say of parts of which none counts why that is so."""
    if not parts:
        return "there is no key result yet, and no objective contributes"
    if not any(part.counted for part in parts):
        return "everything is cancelled, deferred or restricted"
    return "every weight is zero"


def _contributions(parts: Sequence[Part], policy: Policy) -> tuple[Contribution, ...]:
    total = sum((policy.weight(p.weight) for p in parts if p.counted), ZERO)

    def contribution(part: Part) -> Contribution:
        clipped = policy.clip(part.raw) if part.raw is not None else ZERO
        share = policy.weight(part.weight) / total if part.counted and total else ZERO
        return Contribution(part, _standing(part), clipped, share, share * clipped)

    return tuple(contribution(part) for part in parts)


def _standing(part: Part) -> Standing:
    if not part.counted:
        return Standing.LEFT_OUT
    if part.weight == 0:
        return Standing.WEIGHTLESS
    return Standing.NO_DATA if part.raw is None else Standing.COUNTED


def _without_mean(problem: ScoringProblem, shown: Band, parts: tuple[Contribution, ...] = ()) -> RollUp:
    return RollUp(None, None, shown, 0, 0, problem.code, problem.message, parts)
