"""Scoring policies: one written-down answer to every question that two engines answer differently.

A policy is a small, named, versioned, frozen value. Ours are `milepost.v1` (the default), `half_even` and
`no_guard`; the name is stored beside every grade, so that a grade can be explained years later. The policies
that reproduce other products' published numbers live in `peers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from milepost.core.problems import NotFound


class Missing(StrEnum):
    """What a missing value stands for."""

    NO_DATA = "no_data"
    START = "start"
    ZERO = "zero"


class Flat(StrEnum):
    """What a start that equals its target means."""

    PROBLEM = "problem"
    ZERO = "zero"
    MET_OR_ZERO = "met_or_zero"


class Rounding(StrEnum):
    """How a tie is broken; half up means half away from zero."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN

    @property
    def words(self) -> str:
        return "half up" if self is Rounding.HALF_UP else "half to even"


class Weightless(StrEnum):
    """What a roll-up without any weight comes to."""

    PROBLEM = "problem"
    ZERO = "zero"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A band begins at `least`; a strict one begins just above it."""

    least: Fraction
    label: str
    strict: bool = False

    def admits(self, value: Fraction) -> bool:
        """Say whether `value` has reached this band."""
        return value > self.least if self.strict else value >= self.least


@dataclass(frozen=True, slots=True)
class Bands:
    """Thresholds from the highest to the lowest, and what lies below them all."""

    thresholds: tuple[Threshold, ...]
    otherwise: str

    def of(self, value: Fraction | Decimal | int) -> str:
        """Name the band that `value` falls into."""
        exact = Fraction(value)
        return next((t.label for t in self.thresholds if t.admits(exact)), self.otherwise)


# method 2.3: failure <= 0.3, progress 0.4 to 0.6, delivery >= 0.7, on the rounded grade.
OUR_BANDS = Bands((Threshold(Fraction(7, 10), "delivery"), Threshold(Fraction(4, 10), "progress")), "failure")


@dataclass(frozen=True, slots=True)
class Policy:
    """Answer every question a scoring engine has to decide (method 2.1 to 2.5).

    `missing`, `flat`, `regression_is_zero`: the linear formula at its edges. `lowest`, `highest`: clamps, as
    shares (1 is the target), None for none. `scale`, `places`, `rounding`, `earned_one`: how a clipped share
    becomes a grade; `places` None leaves it exact. `bands` read the grade. The last two: roll-ups.
    """

    name: str
    version: int = 1
    missing: Missing = Missing.NO_DATA
    flat: Flat = Flat.PROBLEM
    regression_is_zero: bool = False
    lowest: Fraction | None = Fraction(0)
    highest: Fraction | None = Fraction(1)
    scale: int = 1
    places: int | None = 1
    rounding: Rounding = Rounding.HALF_UP
    earned_one: bool = True
    bands: Bands = OUR_BANDS
    weightless: Weightless = Weightless.PROBLEM
    heaviest: Fraction | None = None

    def __str__(self) -> str:
        return self.name

    def clip(self, share: Fraction) -> Fraction:
        """Hold a share between the policy's clamps."""
        if self.lowest is not None and share < self.lowest:
            return self.lowest
        if self.highest is not None and share > self.highest:
            return self.highest
        return share

    def shown(self, share: Fraction) -> Decimal | Fraction:
        """Clip, scale and round a share once: 5/6 is Decimal('0.8') for milepost.v1 (method 2.3)."""
        scaled = self.clip(share) * self.scale
        if self.places is None:
            return scaled
        rounded = rounded_to(scaled, self.places, self.rounding)
        step = Decimal(1).scaleb(-self.places)
        # 1.0 is earned, never rounded to (decision D-01b).
        if self.earned_one and share < 1 and rounded > self.scale - step:
            return self.scale - step
        return rounded

    def weight(self, weight: Fraction) -> Fraction:
        """Hold a weight below the policy's heaviest."""
        return weight if self.heaviest is None else min(weight, self.heaviest)


def rounded_to(value: Fraction, places: int, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """Round an exact number once to `places` decimals; never gives a negative zero (method 2.1)."""
    scaled = value * 10**places
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    twice = 2 * rest
    tie_goes_up = rounding is Rounding.HALF_UP or whole % 2 == 1
    if twice > scaled.denominator or (twice == scaled.denominator and tie_goes_up):
        whole += 1
    digits = -whole if scaled < 0 else whole
    # A context of our own: the caller's precision must not reach an exact result.
    return Decimal(digits).scaleb(-places, Context(prec=max(28, len(str(whole)) + 1)))


DEFAULT = Policy("milepost.v1")
HALF_EVEN = replace(DEFAULT, name="half_even", rounding=Rounding.HALF_EVEN)
NO_GUARD = replace(DEFAULT, name="no_guard", earned_one=False)

OURS: Mapping[str, Policy] = MappingProxyType({p.name: p for p in (DEFAULT, HALF_EVEN, NO_GUARD)})


def named(name: str) -> Policy:
    """Find one of our policies by its name; raises `unknown_policy` with the names there are."""
    if name in OURS:
        return OURS[name]
    raise NotFound(
        f"There is no scoring policy called “{name}”.",
        code="unknown_policy",
        field="policy",
        remedy=f"Choose one of: {', '.join(sorted(OURS))}.",
    )
