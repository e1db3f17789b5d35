"""What is to be drawn: boxes of a size, and lines from a box to what stands above it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A card. It stands in row `row` or lower; boxes of one `group` stand side by side in their row."""

    id: Hashable
    width: float
    height: float
    row: int = 0
    group: Hashable = None


@dataclass(frozen=True, slots=True)
class Line:
    """What joins a box to one above. With `beside`, it leaves that one at its side, so far below its top."""

    lower: Hashable
    upper: Hashable
    beside: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Distances, in the units of the boxes.

    `wide` is what a drawing may take before small branches become columns, of at most `tallest` boxes.
    """

    gap: float = 28
    lane: float = 18  # what a line that passes through a row takes
    channel: float = 76  # between two rows, at least
    rail: float = 16  # left of a column
    indent: float = 22  # how far a box of a column is set in from what it serves there
    pile: float = 24  # between the boxes of a column: what hangs over their lower edge has room there
    wide: float = 1900
    tallest: int = 8
    shape: float = 1.6  # how wide a drawing may be for its height before it is too wide
