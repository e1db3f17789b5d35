"""Where the words on lines stand: near the lower end of their own line, over no box, line or other words.

All curves between the same two rows are compared at once: at a label's height each is a span of x, and the
spans in their order say, for any two ends, whether one of another line lies between.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from milepost.core.layout.letters import width
from milepost.core.layout.routes import Point

HEIGHT = 16  # of a label
LARGE, LESS = 1.7, 1.4  # how much larger where everything is small: where there is room, and where some is
ALONG = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)  # which parts of a piece are tried
LAST = 2  # on how many pieces
ROOMY = 3  # at how many places on a line a label may be large: to be near its card is worth more
BESIDE = (-24, 24)  # how far from its line, where there is no room on it
CLEAR = 2  # how far from another line a label stays
CELL = (256, 128)  # about as large as a card: then each is in few cells, and each cell holds few

Area = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Label:
    """The middle of a label, its width, and how much larger it has room to be."""

    x: float
    y: float
    width: float
    grows: float = 1

    @property
    def area(self) -> Area:
        """What it covers at its largest."""
        half, down = self.width * self.grows / 2, HEIGHT * self.grows / 2
        return self.x - half, self.y - down, self.x + half, self.y + down


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
        taken.add_line(points, number)
    found: list[Label | None] = []
    for number, (points, across) in enumerate(lines):
        label = None if across is None else _free(points, across, number, taken)
        if label is not None:
            taken.add(label.area, None)
        found.append(label)
    return found


def _free(points: Sequence[Point], across: float, line: int, taken: _Taken) -> Label | None:
    """Return the best free place for a label: large before small, on its line before beside it."""
    spots = list(_spots(points))
    on_line = [Label(x, y, across, grows) for grows in (LARGE, LESS) for x, y in spots[:ROOMY]]
    on_line += [Label(x, y, across) for x, y in spots]
    for label in on_line:
        if taken.is_free(label.area, line):
            return label
    for x, y in spots:
        its_own = (x - 1, y - HEIGHT / 2, x + 1, y + HEIGHT / 2)  # where nobody takes it for another line's
        if taken.is_free(its_own, line):
            for right in BESIDE:
                label = Label(round(x + right, 1), y, across)
                if taken.is_free(label.area, line):
                    return label
    return None


def _spots(points: Sequence[Point]) -> Iterator[Point]:
    """Yield points of a line's last pieces, from its lower end up: there it is alone."""
    for (x, y), (to_x, to_y) in list(pairwise(points))[: -1 - LAST : -1]:
        if y == to_y:  # it enters a column, or leaves a box at its side
            yield round((x + to_x) / 2, 1), y
        elif x == to_x:
            yield from ((x, round(y + (to_y - y) * t, 1)) for t in ALONG)
        else:
            yield from (
                (round(x + (to_x - x) * aside, 1), round(y + (to_y - y) * down, 1)) for aside, down in BENT
            )


def _aside(t: float) -> float:
    """Return how far sideways a curve is that leaves and arrives upright, as a share."""
    return 3 * t**2 - 2 * t**3


def _down(t: float) -> float:
    """Return how far down it is there."""
    return 1.5 * t * (1 - t) + t**3


BENT = tuple((_aside(t), _down(t)) for t in ALONG)


def _aside_at(down: float) -> float:
    """Return how far sideways such a curve is where it is so far down: beyond its ends, as at them."""
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if _down(middle) < down else (low, middle)
    return _aside(low)


@dataclass
class _Curves:
    """The curves between two heights."""

    top: float
    bottom: float
    ends: list[tuple[float, float, int]] = field(default_factory=list)  # above, below, of which line
    bands: dict[tuple[float, float], tuple[list[float], list[tuple[float, int, float]]]] = field(
        default_factory=dict
    )

    def is_free(self, area: Area, line: int) -> bool:
        """Say whether no other line runs through an area."""
        left, top, right, bottom = area
        if bottom + CLEAR <= self.top or top - CLEAR >= self.bottom:
            return True
        band = self.bands.get((top, bottom))
        if band is None:
            band = self.bands[top, bottom] = self._band(top, bottom)
        begins, reached = band
        count = bisect_left(begins, right)
        if not count:
            return True
        farthest, owner, second = reached[count - 1]
        return (second if owner == line else farthest) <= left

    def _band(self, top: float, bottom: float) -> tuple[list[float], list[tuple[float, int, float]]]:
        """Return where the curves begin from left to right between two heights, and how far those go.

        After each it is said how far the farthest so far goes, whose it is, and the farthest of another line.
        """
        tall = self.bottom - self.top
        one, other = (_aside_at((y - self.top) / tall) for y in (top - CLEAR, bottom + CLEAR))
        spans = []
        for x, to_x, line in self.ends:
            a, b = x + (to_x - x) * one, x + (to_x - x) * other
            spans.append((a - CLEAR, b + CLEAR, line) if a < b else (b - CLEAR, a + CLEAR, line))
        spans.sort()
        farthest, owner, second, reached = float("-inf"), -1, float("-inf"), []
        for _, end, line in spans:
            if end > farthest:
                farthest, owner, second = end, line, second if line == owner else farthest
            elif end > second and line != owner:
                second = end
            reached.append((farthest, owner, second))
        return [span[0] for span in spans], reached


@dataclass
class _Taken:
    """What is covered already, and by which line; the drawing's size."""

    width: float
    height: float
    cells: dict[tuple[int, int], list[tuple[float, float, float, float, int | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    curves: dict[tuple[float, float], _Curves] = field(default_factory=dict)

    def add(self, area: Area, line: int | None) -> None:
        for cell in _cells(area):
            self.cells[cell].append((*area, line))

    def add_line(self, points: Sequence[Point], line: int) -> None:
        for (x, y), (to_x, to_y) in pairwise(points):
            if x == to_x or y == to_y:
                left, right = (x, to_x) if x < to_x else (to_x, x)
                top, bottom = (y, to_y) if y < to_y else (to_y, y)
                self.add((left - CLEAR, top - CLEAR, right + CLEAR, bottom + CLEAR), line)
            else:
                between = self.curves.get((y, to_y))
                if between is None:
                    between = self.curves[y, to_y] = _Curves(y, to_y)
                between.ends.append((x, to_x, line))

    def is_free(self, area: Area, line: int) -> bool:
        """Say whether nothing is there but this line."""
        left, top, right, bottom = area
        if left < 0 or top < 0 or right > self.width or bottom > self.height:
            return False
        for cell in _cells(area):
            for its_left, its_top, its_right, its_bottom, owner in self.cells.get(cell, ()):
                apart = left >= its_right or its_left >= right or top >= its_bottom or its_top >= bottom
                if not apart and owner != line:
                    return False
        return all(between.is_free(area, line) for between in self.curves.values())


def _cells(area: Area) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = area
    across, down = CELL
    return product(
        range(int(left // across), int(right // across) + 1), range(int(top // down), int(bottom // down) + 1)
    )
