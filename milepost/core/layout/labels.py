"""Where the words on lines stand: on their own line, over no box, and not over one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from milepost.core.layout.routes import Point

HEIGHT, LARGE = 16, 1.7  # of a label; how much larger it is drawn where everything is small
ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)  # which parts of a piece are tried, the middle first
BESIDE = ((0, -20), (0, 20), (-24, 0), (24, 0), (-24, -20), (24, -20), (-24, 20), (24, 20))
CELL = 128

Area = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Label:
    """The middle of a label and its width; `may_grow` where there is room for it at its largest."""

    x: float
    y: float
    width: float
    may_grow: bool

    @property
    def area(self) -> Area:
        """What it covers at its largest."""
        return _area(self.x, self.y, self.width, LARGE if self.may_grow else 1)


def labelled(lines: Sequence[tuple[Sequence[Point], float]], boxes: Iterable[Area]) -> list[Label | None]:
    """Find a place for the label of each line, given its points and how wide the label is.

    None where a line has no room for it: better none than two that nobody can read.
    """
    taken = _Taken()
    for box in boxes:
        taken.add(box)
    found = []
    for points, width in lines:
        label = next((one for one in _tried(points, width) if taken.is_free(one.area)), None)
        if label is not None:
            taken.add(label.area)
        found.append(label)
    return found


def _tried(points: Sequence[Point], width: float) -> Iterator[Label]:
    """Yield places for a label, the best first: large before small, on the line before beside it."""
    on_line = list(_spots(points))
    for may_grow in (True, False):
        for x, y in on_line:
            yield Label(round(x, 1), round(y, 1), width, may_grow)
    for (x, y), (right, down) in product(on_line, BESIDE):
        yield Label(round(x + right, 1), round(y + down, 1), width, may_grow=False)


def _spots(points: Sequence[Point]) -> Iterator[Point]:
    """Yield points of a line, from its lower end up: there it is alone."""
    for (x, y), (to_x, to_y) in reversed(list(pairwise(points))):
        if y == to_y:  # it enters a column, or leaves a box at its side: there is room above the piece
            yield to_x - 26, to_y - 12
            continue
        for t in ALONG:
            if x == to_x:
                yield x, y + (to_y - y) * t
            else:  # a curve that leaves and arrives upright
                late = 3 * t**2 - 2 * t**3
                yield x + (to_x - x) * late, y + (to_y - y) * (1.5 * t * (1 - t) + t**3)


def _area(x: float, y: float, width: float, scale: float) -> Area:
    across, down = width * scale / 2, HEIGHT * scale / 2
    return x - across, y - down, x + across, y + down


@dataclass
class _Taken:
    """What is covered already, by the cells of a grid."""

    cells: dict[tuple[int, int], list[Area]] = field(default_factory=lambda: defaultdict(list))

    def add(self, area: Area) -> None:
        for cell in _cells(area):
            self.cells[cell].append(area)

    def is_free(self, area: Area) -> bool:
        left, top, right, bottom = area
        return not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for cell in _cells(area)
            for other in self.cells.get(cell, ())
        )


def _cells(area: Area) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (int(side // CELL) for side in area)
    return product(range(left, right + 1), range(top, bottom + 1))
