"""Small branches as columns: what keeps a broad drawing from being a strip that nobody can read.

A branch in which nothing serves two things can be written like an outline: boxes under one another, each a
little to the right of what it serves. Branches that serve the same box share a column, as far as it goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from milepost.core.layout.boxes import Box, Line, Look

SIDE_BY_SIDE = (2, 1)  # so many leaves below the same box are no column; tried in this order


@dataclass(frozen=True, slots=True)
class Part:
    """A box in a column: how far it is set in, and what it serves there (None: what the column serves)."""

    box: Box
    depth: int
    upper: Hashable = None


@dataclass(frozen=True, slots=True)
class Stack:
    """A column of boxes, as one box of the drawing. `is_railed` where a line runs down its left side."""

    box: Box
    parts: tuple[Part, ...]
    is_railed: bool


def stacked(
    boxes: Sequence[Box], lines: Sequence[Line], rows: Mapping[Hashable, int], look: Look
) -> list[Stack]:
    """Return the columns that make a broad drawing as large as it can be shown at once; none if it is not.

    Tried are columns of every height, from every row on: what is above stays as it is.
    """
    found: list[Stack] = []
    wide, tall = _size(boxes, found, rows, look)
    if wide <= look.wide:
        return found
    branches, least = _Branches(boxes, lines), max(wide / look.shape, tall)
    for few, first_row, tallest in product(
        SIDE_BY_SIDE, range(max(rows.values()) + 1), range(2, look.tallest + 1)
    ):
        may = {id: row >= first_row for id, row in rows.items()}
        tried = list(branches.columns(few, tallest, look, may))
        wide, tall = _size(boxes, tried, rows, look)
        if max(wide / look.shape, tall) < least:
            found, least = tried, max(wide / look.shape, tall)
    return found


@dataclass
class _Branches:
    """What stands below each box, where that is a branch of its own."""

    boxes: Sequence[Box]
    lines: Sequence[Line]
    below: dict[Hashable, list[Hashable]] = field(default_factory=lambda: defaultdict(list))
    ups: dict[Hashable, list[Line]] = field(default_factory=lambda: defaultdict(list))
    size: dict[Hashable, int | None] = field(default_factory=dict)  # None: not a branch of its own

    def __post_init__(self) -> None:
        self.by_id = {box.id: box for box in self.boxes}
        for line in self.lines:
            self.below[line.upper].append(line.lower)
            self.ups[line.lower].append(line)
        place = {box.id: at for at, box in enumerate(self.boxes)}
        for lowers in self.below.values():
            lowers.sort(key=place.__getitem__)
        for box in self.boxes:
            if not self.ups[box.id]:
                self._measure(box.id)

    def _measure(self, top: Hashable) -> None:
        waiting = [(top, False)]
        while waiting:
            id, is_ready = waiting.pop()
            if id in self.size:
                continue
            if is_ready:
                self.size[id] = self._size(id)
            else:
                waiting.append((id, True))
                waiting += [(lower, False) for lower in self.below[id]]

    def _size(self, id: Hashable) -> int | None:
        if len(self.ups[id]) > 1:
            return None
        total = 1
        for lower in self.below[id]:
            size = self.size[lower]
            # A line that leaves at the side of a box, and another group, have no place in an outline.
            if size is None or self.ups[lower][0].beside is not None:
                return None
            if self.by_id[lower].group != self.by_id[id].group:
                return None
            total += size
        return total

    def columns(self, few: int, tallest: int, look: Look, may: Mapping[Hashable, bool]) -> Iterator[Stack]:
        """Yield the columns of at most so many boxes, each made of branches that serve the same.

        `may` says which boxes may stand at the top of a branch in a column.
        """
        together: dict[tuple, list[Hashable]] = defaultdict(list)
        waiting = [box.id for box in reversed(self.boxes) if not self.ups[box.id]]
        seen: set[Hashable] = set()
        while waiting:
            id = waiting.pop()
            if id in seen:
                continue
            seen.add(id)
            if may[id] and self.size[id] is not None and self.size[id] <= tallest:
                line = self.ups[id][0] if self.ups[id] else None
                place = (line.upper, line.beside) if line else (None, None)
                together[*place, self.by_id[id].row, self.by_id[id].group].append(id)
            else:
                waiting += reversed(self.below[id])
        for (upper, *_), tops in together.items():
            if len(tops) > few or any(self.size[top] > 1 for top in tops):
                yield from self._filled(tops, tallest, look, is_railed=upper is not None)

    def _filled(self, tops: list[Hashable], tallest: int, look: Look, *, is_railed: bool) -> Iterator[Stack]:
        columns = -(-sum(self.size[top] for top in tops) // tallest)
        even = -(-sum(self.size[top] for top in tops) // columns)
        parts: list[Part] = []
        for top in tops:
            outline = list(self._outline(top))
            if parts and len(parts) + len(outline) > max(even, len(outline)):
                yield from _column(parts, look, is_railed)
                parts = []
            parts += outline
        yield from _column(parts, look, is_railed)

    def _outline(self, top: Hashable) -> Iterator[Part]:
        waiting: list[tuple[Hashable, int, Hashable]] = [(top, 0, None)]
        while waiting:
            id, depth, upper = waiting.pop()
            yield Part(self.by_id[id], depth, upper)
            waiting += [(lower, depth + 1, id) for lower in reversed(self.below[id])]


def _column(parts: list[Part], look: Look, is_railed: bool) -> Iterator[Stack]:
    if len(parts) < 2:
        return
    first = parts[0].box
    width = max(part.box.width + part.depth * look.indent for part in parts) + look.rail * is_railed
    height = sum(part.box.height for part in parts) + look.pile * (len(parts) - 1)
    yield Stack(Box(first.id, width, height, first.row, first.group), tuple(parts), is_railed)


def _size(
    boxes: Sequence[Box], stacks: list[Stack], rows: Mapping[Hashable, int], look: Look
) -> tuple[float, float]:
    """Return about how wide and how tall the drawing would be."""
    inside = {part.box.id for stack in stacks for part in stack.parts}
    widths: dict[int, float] = defaultdict(float)
    heights: dict[int, float] = defaultdict(float)
    for box in (*(box for box in boxes if box.id not in inside), *(stack.box for stack in stacks)):
        row = rows[box.id]
        widths[row] += box.width + look.gap
        heights[row] = max(heights[row], box.height + look.channel)
    return max(widths.values(), default=0), sum(heights.values())
