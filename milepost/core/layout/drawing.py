"""The whole drawing: rows, order, places and lines together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from milepost.core.layout.boxes import Box, Line, Look
from milepost.core.layout.orders import best_order
from milepost.core.layout.places import Spot, middles
from milepost.core.layout.routes import Point, inner_route, route
from milepost.core.layout.rows import Graph, graph_of, rows_of
from milepost.core.layout.stacks import Stack, stacked
from milepost.core.layout.tiers import broken

KEPT = 128


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything goes.

    `routes` are in the order of the lines. `rows` say from where to where each row is; in the `deep` ones
    there are columns with what is farther down.
    `order` names the boxes from left to right, those of a column from its top: what another drawing can keep.
    `crossings` counts how often lines cross; `in_tree_order` how often they would, branch by branch.
    """

    width: float
    height: float
    spots: Mapping[Hashable, Spot]
    routes: tuple[tuple[Point, ...], ...]
    rows: tuple[tuple[float, float], ...]
    deep: frozenset[int]
    order: tuple[Hashable, ...]
    crossings: int
    in_tree_order: int

    def row(self, id: Hashable) -> int:
        """Return in which row a box stands, from the top; its column or its tier belongs to that row."""
        return bisect_right(self.rows, self.spots[id].y, key=itemgetter(0)) - 1


@lru_cache(maxsize=KEPT)
def lay_out(
    boxes: tuple[Box, ...],
    lines: tuple[Line, ...],
    look: Look | None = None,
    fixed: tuple[Hashable, ...] = (),
) -> Drawing:
    """Draw boxes in rows, each below all that it serves, with few crossings and no line across a box.

    Of the boxes named in `fixed`, those that share a row or a column stand in that order.

    Raises ValueError where the lines form a loop. What was drawn last is kept: it is made of its arguments
    alone.
    """
    look = look or Look()
    rank = {id: at for at, id in enumerate(fixed)}
    # What has no place yet comes behind, in the order of the tree.
    boxes = tuple(sorted(boxes, key=lambda box: rank.get(box.id, len(rank))))
    stacks = stacked(boxes, lines, rows_of(boxes, lines), look)
    within = {part.box.id: stack for stack in stacks for part in stack.parts}
    inner = {part.box.id: part.upper for stack in stacks for part in stack.parts}
    whole = _whole(boxes, stacks, within)
    trunks = _trunks(lines, within, inner)
    graph = graph_of(whole, trunks, rows_of(whole, trunks), stacks, look, rank)
    order, crossings, in_tree = best_order(graph)
    columns, deep = {stack.box.id: stack for stack in stacks}, _deep(stacks, graph)
    graph, tiered, owner = broken(graph, order, columns, look)
    middle = middles(graph, tiered, look)
    tiers = _bands(graph, middle, owner, look)
    spots = _spots(graph, middle, tiers, columns, look)
    chains = {(chain[0], chain[-1]): chain for chain in graph.chains}
    number = {box.id: at for at, box in enumerate(whole)}

    def routed(line: Line) -> tuple[Point, ...]:
        upper, lower, stack = spots[line.upper], spots[line.lower], within.get(line.lower)
        if inner.get(line.lower) is not None:
            return inner_route(upper, lower, look.inset)
        chain = chains[number[line.upper], number[stack.box.id if stack else line.lower]]
        return route(
            upper,
            lower,
            [middle[bend] for bend in chain[1:-1]],
            tiers,
            beside=line.beside,
            lane=round(look.gap / 3, 1),
            rail=round(lower.x - look.rail + look.inset, 1) if stack else None,
        )

    routes = tuple(map(routed, lines))
    width = max([0, *(spot.right for spot in spots.values()), *(x for line in routes for x, _ in line)])
    tall = tiers[-1][1] if tiers else 0
    kept = _kept(spots, [[whole[one].id for one in row if one < len(whole)] for row in order], columns)
    return Drawing(width, tall, spots, routes, _rows(tiers, owner), deep, kept, crossings, in_tree)


def _rows(tiers: Sequence[tuple[float, float]], owner: Sequence[int]) -> tuple[tuple[float, float], ...]:
    """Return from where to where each row is, with all its tiers."""
    found: dict[int, tuple[float, float]] = {}
    for (top, bottom), row in zip(tiers, owner, strict=True):
        found[row] = found.get(row, (top,))[0], bottom
    return tuple(found.values())


def _kept(
    spots: Mapping[Hashable, Spot], rows: Sequence[Sequence[Hashable]], columns: Mapping[Hashable, Stack]
) -> tuple[Hashable, ...]:
    """Return the boxes from left to right; those of a row in its order, in whatever tiers they stand."""
    found = sorted(spots, key=lambda id: (spots[id].x, spots[id].y))
    place = {id: at for at, id in enumerate(found)}
    for row in rows:
        several: list[Hashable] = []
        for id in row:
            several += [part.box.id for part in columns[id].parts] if id in columns else [id]
        for at, id in zip(sorted(place[id] for id in several), several, strict=True):
            found[at] = id
    return tuple(found)


def _deep(stacks: Sequence[Stack], graph: Graph) -> frozenset[int]:
    tops = {stack.box.id for stack in stacks if any(part.depth for part in stack.parts)}
    return frozenset(row for box, row in zip(graph.boxes, graph.row, strict=False) if box.id in tops)


def _whole(boxes: Sequence[Box], stacks: Sequence[Stack], within: Mapping[Hashable, Stack]) -> list[Box]:
    """Return the boxes with each column as one, in the order given."""
    columns = {stack.box.id: stack.box for stack in stacks}
    return [columns.get(box.id, box) for box in boxes if box.id in columns or box.id not in within]


def _trunks(
    lines: Sequence[Line], within: Mapping[Hashable, Stack], inner: Mapping[Hashable, Hashable]
) -> list[Line]:
    """Return the lines that lead from box to box and to columns: one for all that enter a column."""
    found: dict[tuple, Line] = {}
    for line in lines:
        if inner.get(line.lower) is None:
            lower = within[line.lower].box.id if line.lower in within else line.lower
            found.setdefault((lower, line.upper), Line(lower, line.upper, line.beside))
    return list(found.values())


def _bands(graph: Graph, middle: list[float], owner: Sequence[int], look: Look) -> list[tuple[float, float]]:
    """Give each tier its height, and more room between two of them the farther lines go sideways there."""
    found, top = [], 0.0
    for tier, row in enumerate(graph.rows):
        tall = max((graph.boxes[one].height for one in row if not graph.is_bend(one)), default=0.0)
        sideways = (abs(middle[one] - middle[other]) for one in row for other in graph.below[one])
        found.append((top, top + tall))
        least = look.step if owner[tier : tier + 2] == [owner[tier]] * 2 else look.channel
        top += tall + least + min(max(sideways, default=0) / 24, least)
    return [(round(top, 1), round(bottom, 1)) for top, bottom in found]


def _spots(
    graph: Graph,
    middle: list[float],
    tiers: list[tuple[float, float]],
    stacks: Mapping[Hashable, Stack],
    look: Look,
) -> dict[Hashable, Spot]:
    found = {}
    for number, box in enumerate(graph.boxes):
        left, row = middle[number] - box.width / 2, graph.row[number]
        top = tiers[row][0]
        if box.id not in stacks:
            found[box.id] = Spot(round(left, 1), top, box.width, box.height, row)
            continue
        stack = stacks[box.id]
        for part in stack.parts:
            x = left + look.rail * stack.is_railed + part.depth * look.indent
            found[part.box.id] = Spot(round(x, 1), round(top, 1), part.box.width, part.box.height, row)
            top += part.box.height + look.pile
    return found
