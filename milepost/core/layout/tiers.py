"""Rows that are broader than a drawing should be, broken into tiers: boxes of one row under one another.

Neighbours take turns, so a box of the second tier stands below the gap between two of the first, and its
line comes down through that gap. Columns, which are taller, stand in tiers of their own below single boxes.
From left to right everything stays as it was, so no line crosses another that it did not cross before.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, product

from milepost.core.layout.boxes import Look
from milepost.core.layout.orders import Order
from milepost.core.layout.rows import Graph

MOST = 8  # tiers of one kind in a row
STEP = 1.12  # from one width that is tried to the next
GAIN = 0.9  # how large a drawing may be, for what it was, that is worth breaking rows for

Tiers = tuple[int, int]  # of single boxes, and of columns below them; ONE where both stand side by side
ONE: Tiers = (1, 0)


def broken(
    graph: Graph, order: Order, columns: Collection[Hashable], look: Look
) -> tuple[Graph, Order, list[int]]:
    """Return graph and order with a row for each tier, and of which row each tier is.

    `columns` are the ids of the boxes that stand for several. What is not too broad stays as it is.
    """
    plan = _plan(graph, columns, look)
    if not plan:
        return graph, order, list(range(len(order)))
    tiers = [sum(plan.get(row, ONE)) for row in range(len(order))]
    first = [0, *accumulate(tiers)]
    owner = [row for row, count in enumerate(tiers) for _ in range(count)]
    turns = _turns(graph, order, columns, plan)
    row = [first[its] + turns.get(number, 0) for number, its in enumerate(graph.row[: len(graph.boxes)])]
    split = Graph.of(graph.boxes, row, len(owner))
    split.enters_at, split.rank = graph.enters_at, graph.rank
    place = {number: at for several in order for at, number in enumerate(several)}
    keys = {number: (place[number], 0) for number in range(len(graph.boxes))}
    for chain in graph.chains:
        upper, lower = chain[0], chain[-1]
        longer = [upper]
        for passed in range(row[upper] + 1, row[lower]):
            step = owner[passed] - graph.row[upper]
            # Past its own row a line stands where its box does, and beside others as at their other ends.
            other = chain[1] if step == 0 else chain[-2]
            bend = split.bend(passed, look.lane)
            keys[bend] = place[chain[step]], place[other]
            longer.append(bend)
        split.join([*longer, lower])
        if (upper, chain[1]) in graph.leaves_at:
            split.leaves_at[upper, split.chains[-1][1]] = graph.leaves_at[upper, chain[1]]
    for several in split.rows:
        several.sort(key=keys.__getitem__)
    return split, split.rows, owner


def _turns(
    graph: Graph, order: Order, columns: Collection[Hashable], plan: Mapping[int, Tiers]
) -> dict[int, int]:
    """Say in which tier of its row each box stands: those that serve the same take turns.

    They begin where it has its own turn, so what comes or goes elsewhere moves none of them.
    """
    serves: dict[int, int] = {}
    for chain in graph.chains:
        serves.setdefault(chain[-1], chain[0])
    turn: dict[int, int] = {}
    found: dict[int, int] = {}
    for row, several in enumerate(order):
        singles, stacked = plan.get(row, ONE)
        following: dict[tuple[int | None, bool], int] = {}
        for number in several:
            if graph.is_bend(number):
                continue
            upper, is_stacked = serves.get(number), bool(stacked) and graph.boxes[number].id in columns
            turn[number] = following.get((upper, is_stacked), turn.get(upper, 0))
            following[upper, is_stacked] = turn[number] + 1
            found[number] = singles + turn[number] % stacked if is_stacked else turn[number] % singles
    return found


def _plan(graph: Graph, columns: Collection[Hashable], look: Look) -> dict[int, Tiers]:
    """Return the tiers of each row that stands in several where the drawing can be shown largest."""
    choices = [list(_contents(graph, row, columns, look).choices(look)) for row in graph.rows]
    chosen = [each[0] for each in choices]
    wide, least, plan = max((one.wide for one in chosen), default=0), _size(chosen, look) * GAIN, {}
    while wide > look.wide:
        wide /= STEP
        chosen = [_lowest(each, wide) for each in choices]
        size = _size(chosen, look)
        if size < least:
            least = size
            plan = {row: one.tiers for row, one in enumerate(chosen) if one.tiers != ONE}
    return plan


@dataclass(frozen=True, slots=True)
class _Choice:
    """A row in some tiers, and about how wide and tall it is then."""

    tiers: Tiers
    wide: float
    tall: float


def _lowest(choices: Sequence[_Choice], wide: float) -> _Choice:
    """Return the lowest that is no wider, else the least wide."""
    fitting = [one for one in choices if one.wide <= wide]
    return min(fitting, key=lambda one: one.tall) if fitting else min(choices, key=lambda one: one.wide)


def _size(chosen: Sequence[_Choice], look: Look) -> float:
    wide = max((one.wide for one in chosen), default=0)
    return max(wide / look.shape, sum(one.tall for one in chosen))


@dataclass
class _Contents:
    """What stands in a row, single boxes and columns apart: how many, how wide together, how tall at most."""

    count: list[int] = field(default_factory=lambda: [0, 0])
    wide: list[float] = field(default_factory=lambda: [0.0, 0.0])
    tall: list[float] = field(default_factory=lambda: [0.0, 0.0])
    passing: float = 0  # how wide the lines are that pass
    leaving: float = 0  # and those that lead on below

    def choices(self, look: Look) -> Iterator[_Choice]:
        """Yield it in one tier, then in all numbers of tiers that it can stand in."""
        yield _Choice(ONE, sum(self.wide) + self.passing, max(self.tall) + look.channel)
        singles, stacked = (range(min(count, 1), min(count, MOST) + 1) for count in self.count)
        for tiers in product(singles, stacked):
            if sum(tiers) > 1:
                tall = sum(count * tall for count, tall in zip(tiers, self.tall, strict=True))
                steps = look.step * (sum(tiers) - 1)
                yield _Choice(tiers, self._width(tiers, look), tall + steps + look.channel)

    def _width(self, tiers: Tiers, look: Look) -> float:
        """Return how wide the widest tier is, with the lines into those below it and out of those above."""
        (singles, stacked), widest = tiers, 0.0
        into_columns = self.count[1] * look.lane if stacked else 0
        if singles:
            later = (singles - 1) / singles
            lanes = max(self.count[0] * look.lane * later + into_columns, into_columns + self.leaving * later)
            widest = self.wide[0] / singles + lanes
        if stacked:
            lanes = into_columns * (stacked - 1) / stacked + self.leaving
            widest = max(widest, self.wide[1] / stacked + lanes)
        return widest + self.passing


def _contents(graph: Graph, row: Sequence[int], columns: Collection[Hashable], look: Look) -> _Contents:
    found = _Contents()
    for number in row:
        if graph.is_bend(number):
            found.passing += look.lane
            continue
        box = graph.boxes[number]
        kind = box.id in columns
        found.count[kind] += 1
        found.wide[kind] += box.width + look.gap
        found.tall[kind] = max(found.tall[kind], box.height)
        found.leaving += look.lane * len(graph.below[number])
    return found
