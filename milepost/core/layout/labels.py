"""Where the words on lines stand: near the lower end of their own line, over no box, line or other words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from milepost.core.layout.letters import width
from milepost.core.layout.routes import Point

HEIGHT, LARGE = 16, 1.7  # of a label; how much larger it is drawn where everything is small
ALONG = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)  # which parts of a piece are tried
LAST = 2  # on how many pieces
CLEAR = 2  # how far from another line a label stays
BESIDE = ((0, -20), (0, 20), (-24, 0), (24, 0), (-24, -20), (24, -20), (-24, 20), (24, 20))
CELL = 64

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


def wide(said: str) -> int:
    """Return how wide a label with these words is."""
    return round(width(said, 11.5)) + 10


def labelled(
    lines: Sequence[tuple[Sequence[Point], float | None]], boxes: Iterable[Area], size: tuple[float, float]
) -> list[Label | None]:
    """Find a place for the label of each line, given its points and how wide the label is (None: no label).

    A label stands inside a drawing of that size, on its own line, where no other line runs: the nearer to
    the lower end the better. None where a line has no such place: better none than one at the wrong line.
    """
    if all(across is None for _, across in lines):
        return [None] * len(lines)
    taken = _Taken(*size)
    for box in boxes:
        taken.add(box, None)
    for number, (points, _) in enumerate(lines):
        for area in _covered(points):
            taken.add(area, number)
    found: list[Label | None] = []
    for number, (points, across) in enumerate(lines):
        tried = () if across is None else _tried(points, across)
        free = (
            one
            for one, (x, y) in tried
            if taken.is_free(one.area, number) and taken.is_free((x - 1, y - 1, x + 1, y + 1), number)
        )
        label = next(free, None)
        if label is not None:
            taken.add(label.area, None)
        found.append(label)
    return found


def _tried(points: Sequence[Point], across: float) -> Iterator[tuple[Label, Point]]:
    """Yield places and what they are at, the best first: large before small, on the line before beside it."""
    on_line = list(_spots(points))
    for may_grow in (True, False):
        for x, y in on_line:
            yield Label(round(x, 1), round(y, 1), across, may_grow), (x, y)
    for (x, y), (right, down) in product(on_line[:4], BESIDE):
        yield Label(round(x + right, 1), round(y + down, 1), across, may_grow=False), (x, y)


def _spots(points: Sequence[Point]) -> Iterator[Point]:
    """Yield points of a line's last pieces, from its lower end up: there it is alone."""
    for (x, y), (to_x, to_y) in list(pairwise(points))[: -1 - LAST : -1]:
        if y == to_y:  # it enters a column, or leaves a box at its side
            yield (x + to_x) / 2, y
        else:
            yield from (_at((x, y), (to_x, to_y), t) for t in ALONG)


def _at(start: Point, end: Point, t: float) -> Point:
    """Return a point of a piece: straight, or a curve that leaves and arrives upright."""
    (x, y), (to_x, to_y) = start, end
    if x == to_x or y == to_y:
        return x + (to_x - x) * t, y + (to_y - y) * t
    late = 3 * t**2 - 2 * t**3
    return x + (to_x - x) * late, y + (to_y - y) * (1.5 * t * (1 - t) + t**3)


def _covered(points: Sequence[Point]) -> Iterator[Area]:
    """Yield what a line covers: straight pieces whole, curves in steps as short as a label is high."""
    for start, end in pairwise(points):
        is_straight = start[0] == end[0] or start[1] == end[1]
        steps = 1 if is_straight else 8 + int((abs(end[0] - start[0]) + abs(end[1] - start[1])) / HEIGHT)
        stops = [_at(start, end, step / steps) for step in range(steps + 1)]
        for (x, y), (to_x, to_y) in pairwise(stops):
            yield min(x, to_x) - CLEAR, min(y, to_y) - CLEAR, max(x, to_x) + CLEAR, max(y, to_y) + CLEAR


def _area(x: float, y: float, across: float, scale: float) -> Area:
    half, down = across * scale / 2, HEIGHT * scale / 2
    return x - half, y - down, x + half, y + down


@dataclass
class _Taken:
    """What is covered already, and by which line, by the cells of a grid; the drawing's size."""

    width: float
    height: float
    cells: dict[tuple[int, int], list[tuple[Area, int | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, area: Area, line: int | None) -> None:
        for cell in _cells(area):
            self.cells[cell].append((area, line))

    def is_free(self, area: Area, line: int) -> bool:
        """Say whether nothing is there but this line."""
        left, top, right, bottom = area
        if left < 0 or top < 0 or right > self.width or bottom > self.height:
            return False
        return not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for cell in _cells(area)
            for other, owner in self.cells.get(cell, ())
            if owner is None or owner != line
        )


def _cells(area: Area) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (int(side // CELL) for side in area)
    return product(range(left, right + 1), range(top, bottom + 1))
