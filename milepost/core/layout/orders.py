"""In which order the boxes of a row stand, so that few lines cross.

Sweeps down and up put each box near the middle of its neighbours (barycentre); then neighbours change places
wherever that saves a crossing. From several starts, the best order seen is kept; the first start is the order
of the tree, so the result never has more crossings than that.

Where some boxes have a rank, those of a row keep that order, whatever it costs: whoever folds or unfolds
a card finds the others where they were.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterator
from itertools import pairwise
from typing import Any

from milepost.core.layout.rows import Graph

Order = list[list[int]]
SWEEPS, PATIENCE, ROUNDS = 24, 8, 8  # of one start; without progress; of neighbours that change places
WORK, LEAST = 24_000, 8  # lines swept in all, and sweeps at least: a larger graph gets fewer


def crossings(graph: Graph, order: Order) -> int:
    """Count the crossings of lines, row by row."""
    return sum(_between(graph, upper, lower) for upper, lower in pairwise(order))


def tree_order(graph: Graph, *, first: Callable[[int], float] | None = None) -> Order:
    """Return the order in which one comes upon the boxes by walking down from the top, branch by branch."""
    found: Order = [[] for _ in graph.rows]
    seen: set[int] = set()
    for row in graph.rows:
        for top in sorted(row, key=first) if first else row:
            waiting = [top]
            while waiting:
                number = waiting.pop()
                if number in seen:
                    continue
                seen.add(number)
                found[graph.row[number]].append(number)
                below = sorted(graph.below[number], key=first) if first else graph.below[number]
                waiting += reversed(below)
    return [_grouped(graph, row) for row in found]


def best_order(graph: Graph) -> tuple[Order, int, int]:
    """Return an order with few crossings, how many, and how many the order of the tree has."""
    best = tree_order(graph)
    in_tree = crossings(graph, best)
    best = [_ranked(graph, row) for row in best]
    fewest = crossings(graph, best)
    left = max(LEAST, WORK // max(1, sum(map(len, graph.below))))
    for start in _starts(graph):
        if fewest == 0 or left <= 0:
            break
        start = [_ranked(graph, row) for row in start]
        order, count, used = _improved(graph, start, min(SWEEPS, left))
        left -= used
        if count < fewest:
            best, fewest = order, count
    return best, fewest, in_tree


def _starts(graph: Graph) -> Iterator[Order]:
    yield tree_order(graph)
    yield tree_order(graph, first=lambda number: -number)
    sizes = _sizes(graph)
    yield tree_order(graph, first=lambda number: -sizes[number])
    yield tree_order(graph, first=lambda number: sizes[number])
    # Two that look like chance and are the same each time.
    yield tree_order(graph, first=lambda number: number * 7919 % 104_729)
    yield tree_order(graph, first=lambda number: number * 15_485_863 % 32_452_843)


def _sizes(graph: Graph) -> list[int]:
    found = [1] * len(graph.row)
    for row in reversed(graph.rows):
        for number in row:
            found[number] += sum(found[below] for below in graph.below[number])
    return found


def _improved(graph: Graph, order: Order, sweeps: int) -> tuple[Order, int, int]:
    """Return a better order, its crossings, and how many sweeps that took."""
    best, fewest, waited, sweep = order, crossings(graph, order), 0, 0
    for sweep in range(sweeps):
        order = _swept(graph, order, downwards=sweep % 2 == 0, backwards=sweep % 4 >= 2)
        _transpose(graph, order)
        count = crossings(graph, order)
        if count < fewest:
            best, fewest, waited = [list(row) for row in order], count, 0
        else:
            waited += 1
        if waited > PATIENCE or fewest == 0:
            break
    return best, fewest, sweep + 1


def _swept(graph: Graph, order: Order, *, downwards: bool, backwards: bool) -> Order:
    order = [list(row) for row in order]
    place = [0.0] * len(graph.row)
    for row in order:
        _note(place, row)
    neighbours = graph.above if downwards else graph.below
    for row in order[1:] if downwards else reversed(order[:-1]):
        middle = {number: _middle(place, neighbours[number], alone=place[number]) for number in row}
        if backwards:  # those with equal middles turn round
            row.reverse()
        row.sort(key=middle.__getitem__)
        row[:] = _ranked(graph, _grouped(graph, row))
        _note(place, row)
    return order


def _middle(place: list[float], near: list[int], *, alone: float) -> float:
    return sum([place[one] for one in near]) / len(near) if near else alone


def _note(place: list[float], row: list[int]) -> None:
    for at, number in enumerate(row):
        place[number] = (at + 0.5) / len(row)


def _ranked(graph: Graph, row: list[int]) -> list[int]:
    """Let those that have a rank change places until they stand in its order; groups stay together."""
    rank = graph.rank
    if not rank:
        return row
    runs: list[list[int]] = []
    for number in row:
        group = graph.groups[number]
        if group is not None and runs and graph.groups[runs[-1][0]] == group:
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        _put(run, lambda number: rank.get(number))
    _put(runs, lambda run: min((rank[number] for number in run if number in rank), default=None))
    return [number for run in runs for number in run]


def _put(several: list, rank: Callable[[Any], float | None]) -> None:
    """Sort those of several that have a rank; the others stay at their places."""
    ranks = {at: found for at, one in enumerate(several) if (found := rank(one)) is not None}
    sorted_ones = [several[at] for at in sorted(ranks, key=ranks.__getitem__)]
    for at, one in zip(sorted(ranks), sorted_ones, strict=True):
        several[at] = one


def _grouped(graph: Graph, row: list[int]) -> list[int]:
    """Put the boxes of a group together, where the middle of the group stands."""
    if not graph.is_grouped:
        return row
    places: dict[Hashable, list[int]] = {}
    for at, number in enumerate(row):
        group = graph.groups[number]
        places.setdefault(("alone", number) if group is None else ("group", group), []).append(at)
    middles = sorted(places.values(), key=lambda several: sum(several) / len(several))
    return [row[at] for several in middles for at in several]


def _transpose(graph: Graph, order: Order) -> None:
    """Let neighbours change places wherever that saves a crossing, until none does."""
    place = [0] * len(graph.row)
    for row in order:
        for at, number in enumerate(row):
            place[number] = at
    stirred = set(range(len(order)))
    for _ in range(ROUNDS):
        again: set[int] = set()
        for index in sorted(stirred):
            if _calmed(graph, order[index], place):
                again |= {index - 1, index, index + 1}
        stirred = again & set(range(len(order)))
        if not stirred:
            return


def _calmed(graph: Graph, row: list[int], place: list[int]) -> bool:
    """Let neighbours of one row change places; say whether any did."""
    above, below = (
        [sorted([place[one] for one in near[number]]) for number in row]
        for near in (graph.above, graph.below)
    )
    groups, changed = graph.groups, False
    for at in range(len(row) - 1):
        up, next_up, down, next_down = above[at], above[at + 1], below[at], below[at + 1]
        # Most neighbours lie as they should; the cheapest look says so.
        if (not up or not next_up or up[-1] <= next_up[0]) and (
            not down or not next_down or down[-1] <= next_down[0]
        ):
            continue
        left, right = row[at], row[at + 1]
        if groups[left] != groups[right] or (left in graph.rank and right in graph.rank):
            continue
        if _pair(next_up, up) + _pair(next_down, down) < _pair(up, next_up) + _pair(down, next_down):
            row[at], row[at + 1] = right, left
            place[left], place[right] = at + 1, at
            above[at], above[at + 1] = next_up, up
            below[at], below[at + 1] = next_down, down
            changed = True
    return changed


def _pair(left: list[int], right: list[int]) -> int:
    """Count the crossings of the lines of two neighbours, by where those end in the next row."""
    count = 0
    for end in left:
        count += bisect_left(right, end)
    return count


def _between(graph: Graph, upper: list[int], lower: list[int]) -> int:
    place = {number: at for at, number in enumerate(lower)}
    passed: list[int] = []
    count = 0
    for number in upper:
        for end in sorted(place[one] for one in graph.below[number]):
            at = bisect_right(passed, end)
            count += len(passed) - at
            passed.insert(at, end)
    return count
