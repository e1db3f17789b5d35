"""The kinds of measure a key result can have (method 2.2)."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """How a key result is measured; the properties say which family a kind belongs to."""

    INCREASE = "increase"
    DECREASE = "decrease"
    PERCENT = "percent"
    CURRENCY = "currency"
    COUNT = "count"
    DURATION = "duration"
    SCORE = "score"
    REACH = "reach"
    RELATIVE = "relative"
    MAINTAIN_ABOVE = "maintain_above"
    MAINTAIN_BELOW = "maintain_below"
    MAINTAIN_ABOVE_RATIO = "maintain_above_ratio"
    MAINTAIN_BELOW_RATIO = "maintain_below_ratio"
    RANGE = "range"
    BINARY = "binary"
    MILESTONES = "milestones"
    PER_PERIOD = "per_period"
    BASELINE = "baseline"
    LEARNING = "learning"

    @property
    def is_linear(self) -> bool:
        """Say whether it runs on a line from a start of its own to a target."""
        return self in LINEAR

    @property
    def runs_from_zero(self) -> bool:
        """Say whether it runs on a line from nothing to a target."""
        return self in FROM_ZERO

    @property
    def is_on_a_line(self) -> bool:
        """Say whether progress is (now − start) ÷ (target − start), whatever start and target come from."""
        return self in LINEAR or self in FROM_ZERO or self is Kind.RELATIVE

    @property
    def is_threshold(self) -> bool:
        """Say whether it is kept on one side of a line."""
        return self in {Kind.MAINTAIN_ABOVE, Kind.MAINTAIN_BELOW}

    @property
    def is_ratio(self) -> bool:
        """Say whether it is the share of periods kept on one side of a line."""
        return self in {Kind.MAINTAIN_ABOVE_RATIO, Kind.MAINTAIN_BELOW_RATIO}

    @property
    def is_series(self) -> bool:
        """Say whether its reading is a list with one value for each period."""
        return self.is_ratio or self is Kind.PER_PERIOD

    @property
    def is_list(self) -> bool:
        """Say whether its reading is a list, of periods or of milestones."""
        return self.is_series or self is Kind.MILESTONES

    @property
    def needs_start(self) -> bool:
        """Say whether it cannot be scored without a start value."""
        return self in LINEAR or self is Kind.RELATIVE

    @property
    def needs_target(self) -> bool:
        """Say whether it cannot be scored without a target value."""
        return self not in {Kind.RANGE, Kind.BINARY, Kind.MILESTONES, Kind.BASELINE}


LINEAR = frozenset(
    {Kind.INCREASE, Kind.DECREASE, Kind.PERCENT, Kind.CURRENCY, Kind.COUNT, Kind.DURATION, Kind.SCORE}
)
FROM_ZERO = frozenset({Kind.REACH, Kind.LEARNING})
