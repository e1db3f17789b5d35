"""What is to be drawn: boxes of a size, and lines from a box to what stands above it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace


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

    Lines run down a column `inset` from its left edge, and as far from that of a box others are set in below.
    `wide` is what a drawing may take before small branches become columns, of at most `tallest` boxes, and
    broad rows are broken into tiers.
    """

    gap: float = 28
    lane: float = 18  # what a line that passes through a row takes
    channel: float = 76  # between two rows, at least
    step: float = 46  # between two tiers of a row, at least
    rail: float = 16  # left of a column
    inset: float = 8
    indent: float = 22  # how far a box of a column is set in from what it serves there
    pile: float = 24  # between the boxes of a column: what hangs over their lower edge has room there
    wide: float = 1900
    tallest: int = 8
    shape: float = 1.6  # how wide a drawing may be for its height before it is too wide

    def with_labels(self, width: float) -> Look:
        """Return the look with room for labels of a width on the last pieces of lines in columns."""
        room = self.inset + width + 8
        return replace(self, rail=max(self.rail, room), indent=max(self.indent, room))
