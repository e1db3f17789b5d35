"""What a key result promises, as exact numbers, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from milepost.core.problems import Problem
from milepost.core.scoring.kinds import Kind

Numeric = Fraction | Decimal | int | str
"""What `exact` turns into a Fraction."""

Reading = Fraction | bool | tuple[Fraction | None, ...] | None
"""What was observed: a number, a yes or no, a list (periods, milestones; None where unreported), or None."""

Direction = Literal["up", "down"]

FAR = 10  # times the way from start to target: what lies further outside than that is mostly a slip
NEARLY_TEN = 8  # a point in the wrong place, or a zero too many, of a value near what is to be kept


class ScoringProblem(Problem):
    """A number that cannot be scored; `code` says why (method 0)."""

    code = "not_a_number"
    status = 422


def exact(value: Numeric | None, *, field: str | None = None) -> Fraction | None:
    """Turn an int, Decimal, Fraction or decimal text into a Fraction; None stays None.

    Raises `not_a_number` for text that is no finite decimal number, TypeError for a binary float.
    """
    if value is None or isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        # A float has already lost what makes a tie a tie (method 2.1).
        raise TypeError(f"Give an exact number (int, Decimal, Fraction or text), not {type(value).__name__}.")
    try:
        number = Decimal(value) if isinstance(value, str) else value
        if isinstance(number, Decimal) and (not number.is_finite() or abs(number.adjusted()) > 60):
            raise ValueError
        return Fraction(number)
    except (ArithmeticError, ValueError):
        raise ScoringProblem(
            f"“{str(value)[:40]}” is not a number that can be scored.",
            field=field,
            remedy="Write digits with a point for decimals, such as 1250 or 4.5.",
        ) from None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a key result promises; numbers are exact, in the unit named by `unit`.

    `target`: the value to reach, keep, or reach each period; for `relative` the change as a share of the
    start (−1/5 is “down 20 %”). `floor`: for maintain_* the worst acceptable value, where partial credit
    ends. `low`, `high`, `tolerance`: for `range`. `direction`: declared up or down; needed where start
    equals target. `milestones`: their weights.
    """

    kind: Kind
    start: Fraction | None = None
    target: Fraction | None = None
    floor: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    tolerance: Fraction | None = None
    direction: Direction | None = None
    unit: str | None = None
    milestones: tuple[Fraction, ...] | None = None

    @classmethod
    def of(
        cls,
        kind: Kind | str,
        *,
        start: Numeric | None = None,
        target: Numeric | None = None,
        floor: Numeric | None = None,
        low: Numeric | None = None,
        high: Numeric | None = None,
        tolerance: Numeric | None = None,
        direction: Direction | None = None,
        unit: str | None = None,
        milestones: Iterable[Numeric] | None = None,
    ) -> Measure:
        """Make a measure from ints, Decimals, Fractions or text; raises `not_a_number`."""
        return cls(
            kind=Kind(kind),
            start=exact(start, field="start"),
            target=exact(target, field="target"),
            floor=exact(floor, field="floor"),
            low=exact(low, field="low"),
            high=exact(high, field="high"),
            tolerance=exact(tolerance, field="tolerance"),
            direction=direction,
            unit=unit or None,
            milestones=None
            if milestones is None
            else tuple(exact(weight, field="milestones") or Fraction(0) for weight in milestones),
        )

    @property
    def line(self) -> tuple[Fraction, Fraction]:
        """Give the start and the target in absolute values, for kinds on a line.

        Raises `no_start`, `no_target` or `relative_to_zero`. Formula: method 2.2.
        """
        if self.kind.runs_from_zero:
            return Fraction(0), self.needed("target")
        start = self.needed("start")
        target = self.needed("target")
        if self.kind is not Kind.RELATIVE:
            return start, target
        if start == 0:
            raise ScoringProblem(
                "A change relative to zero has no size.",
                code="relative_to_zero",
                field="start",
                remedy="Give an absolute target instead of a percentage.",
            )
        return start, start + target * abs(start)

    def needed(self, field: Literal["start", "target"]) -> Fraction:
        """Give the start or the target; raises `no_start` or `no_target` where it is missing."""
        value: Fraction | None = getattr(self, field)
        if value is None:
            raise ScoringProblem(
                f"The {field} value is missing.",
                code=f"no_{field}",
                field=field,
                remedy="Measure where things stand today."
                if field == "start"
                else "Say what is to be reached.",
            )
        return value

    @property
    def final(self) -> Fraction | None:
        """Give the value that means done, in absolute terms, where there is one."""
        if self.kind.is_on_a_line or (self.kind is Kind.BASELINE and self.is_established):
            try:
                return self.line[1]
            except ScoringProblem:
                return None
        return self.target

    @property
    def is_established(self) -> bool:
        """Say whether both start and target are set: what a `baseline` waits for."""
        return self.start is not None and self.target is not None


def is_far_out(kind: Kind, value: Decimal | None, first: Decimal | None, last: Decimal | None) -> bool:
    """Say whether a value lies so far from where a key result goes, or keeps, that one had better ask.

    `first` and `last` are its start and target; of a range, its low and high.
    """
    if value is None or last is None:
        return False
    if kind.is_threshold or kind.is_ratio:
        return _is_far_from_kept(kind, value, last)
    if first is None or (first == last and kind is not Kind.RANGE):
        return False
    if kind is Kind.RANGE and not first < 0 < last:
        least, most = sorted((abs(first), abs(last)))
        return abs(value) >= most * NEARLY_TEN > 0 or (value != 0 and abs(value) * NEARLY_TEN <= least)
    outside = max(min(first, last) - value, value - max(first, last))
    return outside > FAR * abs(last - first)


def _is_far_from_kept(kind: Kind, value: Decimal, target: Decimal) -> bool:
    is_kept_above = kind in (Kind.MAINTAIN_ABOVE, Kind.MAINTAIN_ABOVE_RATIO)
    is_tenth = is_kept_above and value != 0 and abs(value) * NEARLY_TEN <= abs(target)
    return is_tenth or (target != 0 and abs(value) >= abs(target) * NEARLY_TEN)
