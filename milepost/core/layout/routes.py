"""How a line runs: points joined by straight pieces, or by a curve that leaves and arrives upright.

A curve runs between two rows only, where no box is; through a row a line runs straight down, in a lane of its
own. So no line crosses a box.
"""

from __future__ import annotations

from milepost.core.layout.places import Spot

Point = tuple[float, float]


def route(
    upper: Spot,
    lower: Spot,
    bends: list[float],
    rows: list[tuple[float, float]],
    *,
    beside: float | None,
    lane: float,
    rail: float | None,
) -> tuple[Point, ...]:
    """Return the points from the upper box to the lower one; `rail` is where a column is entered."""
    if beside is None:
        x = upper.middle
        points = [(x, upper.bottom)]
    else:
        x = upper.right + lane
        points = [(upper.right, upper.y + beside), (x, upper.y + beside)]
    points.append((x, rows[upper.row][1]))
    for row, bend in enumerate(bends, upper.row + 1):
        points += [(bend, rows[row][0]), (bend, rows[row][1])]
    if rail is None:
        points.append((lower.middle, lower.y))
    else:
        top, middle = rows[lower.row][0], lower.y + lower.height / 2
        points += [(rail, top), (rail, middle), (lower.x, middle)]
    return tuple(_tidied(points))


def inner_route(upper: Spot, lower: Spot, inset: float) -> tuple[Point, ...]:
    """Return the points from a box of a column to one set in below it: down its left side, then across."""
    x, middle = upper.x + inset, lower.y + lower.height / 2
    return (x, upper.bottom), (x, middle), (lower.x, middle)


def _tidied(points: list[Point]) -> list[Point]:
    """Leave out points that repeat the one before, and those in the middle of a straight piece."""
    found: list[Point] = []
    for point in points:
        if found and found[-1] == point:
            continue
        if len(found) > 1 and found[-2][0] == found[-1][0] == point[0]:
            found.pop()
        found.append(point)
    return found
