"""How far to the right each box stands: as near to its neighbours as the order and the widths allow.

A row's places are the nearest ones, by least squares, to where its boxes would like to be, at the distances
that they must keep: neighbours that push one another form blocks (Ayer et al., 1955, pool adjacent
violators). Sweeps down and up bring the rows together.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from milepost.core.layout.boxes import Look
from milepost.core.layout.orders import Order
from milepost.core.layout.rows import Graph

Tie = tuple[int, float, float]
SWEEPS, BOTH = 24, 6  # the last ones look both ways
PULLS = (1.0, 1.5, 8.0)  # of two boxes; of a box and a bend; of two bends, so that a lane runs straight
STAY = 0.05


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a box stands: its left top corner, its size, and its row, or the tier of a row that is broken."""

    x: float
    y: float
    width: float
    height: float
    row: int

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


def middles(graph: Graph, order: Order, look: Look) -> list[float]:
    """Return the middle of each number, the leftmost edge at 0."""
    if not graph.row:
        return []
    apart = [_apart(graph, row, look) for row in order]
    at = [0.0] * len(graph.row)
    for row, steps in zip(order, apart, strict=True):
        whole = steps[-1] if steps else 0
        for number, step in zip(row, steps, strict=True):
            at[number] = step - whole / 2
    above, below = _ties(graph)
    for sweep in range(SWEEPS):
        downwards, both = sweep % 2 == 0, sweep >= SWEEPS - BOTH
        for index in range(len(order)) if downwards else reversed(range(len(order))):
            ties = (above, below) if both else (above,) if downwards else (below,)
            _settle(order[index], apart[index], at, ties)
    left = min(middle - graph.width[number] / 2 for number, middle in enumerate(at))
    return [round(middle - left, 1) for middle in at]


def _apart(graph: Graph, row: list[int], look: Look) -> list[float]:
    """Return how far right of the first each of a row must stand at least."""
    found, last = [], None
    for number in row:
        if last is None:
            found.append(0.0)
        else:
            gap = look.gap
            if graph.is_bend(last) and graph.is_bend(number):
                gap = 0
            elif graph.is_bend(last) or graph.is_bend(number):
                gap /= 2
            elif graph.groups[last] != graph.groups[number]:
                gap *= 1.5
            found.append(found[-1] + (graph.width[last] + graph.width[number]) / 2 + gap)
        last = number
    return found


def _ties(graph: Graph) -> tuple[list[list[Tie]], list[list[Tie]]]:
    """Return what pulls each number from above and from below: who, how hard, and how far beside."""
    above: list[list[Tie]] = [[] for _ in graph.row]
    below: list[list[Tie]] = [[] for _ in graph.row]
    for upper, lowers in enumerate(graph.below):
        for lower in lowers:
            pull = PULLS[graph.is_bend(upper) + graph.is_bend(lower)]
            beside = graph.leaves_at.get((upper, lower), 0.0) - graph.enters_at.get(lower, 0.0)
            above[lower].append((upper, pull, beside))
            below[upper].append((lower, pull, -beside))
    return above, below


def _settle(row: list[int], apart: list[float], at: list[float], ties: tuple[list[list[Tie]], ...]) -> None:
    """Put a row where its boxes are pulled, at the distances they must keep."""
    blocks: list[tuple[float, float, int]] = []  # weight, weight × wanted, how many
    for number, step in zip(row, apart, strict=True):
        weight, total, count = STAY, STAY * (at[number] - step), 1
        for side in ties:
            for other, pull, beside in side[number]:
                weight += pull
                total += pull * (at[other] + beside - step)
        while blocks and blocks[-1][1] / blocks[-1][0] >= total / weight:
            last = blocks.pop()
            weight, total, count = weight + last[0], total + last[1], count + last[2]
        blocks.append((weight, total, count))
    placed = iter(zip(row, apart, strict=True))
    for weight, total, count in blocks:
        for number, step in islice(placed, count):
            at[number] = total / weight + step
