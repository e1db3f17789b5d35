"""Which row each box stands in, and the places that lines need in the rows they pass through."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from milepost.core.layout.boxes import Box, Line, Look
from milepost.core.layout.stacks import Stack


def rows_of(boxes: Sequence[Box], lines: Sequence[Line]) -> dict[Hashable, int]:
    """Give each box its row: below all it serves, no lower than it must be. Raises ValueError for a loop."""
    row = {box.id: box.row for box in boxes}
    below: dict[Hashable, list[Hashable]] = defaultdict(list)
    waiting = dict.fromkeys(row, 0)
    for line in lines:
        below[line.upper].append(line.lower)
        waiting[line.lower] += 1
    ready = deque(id for id, count in waiting.items() if count == 0)
    done = 0
    while ready:
        id = ready.popleft()
        done += 1
        for lower in below[id]:
            row[lower] = max(row[lower], row[id] + 1)
            waiting[lower] -= 1
            if waiting[lower] == 0:
                ready.append(lower)
    if done < len(row):
        raise ValueError("The lines form a loop.")
    used = {old: new for new, old in enumerate(sorted(set(row.values())))}
    return {id: used[old] for id, old in row.items()}


@dataclass
class Graph:
    """Boxes and bends as numbers: boxes first, as given, then a bend for each row that a line passes.

    Two rows apart there are no lines any more: each joins a number to one in the row above.
    """

    boxes: list[Box]
    row: list[int]
    rows: list[list[int]]
    above: list[list[int]]
    below: list[list[int]]
    width: list[float]
    chains: list[list[int]] = field(default_factory=list)  # for each line, from the upper box to the lower
    leaves_at: dict[tuple[int, int], float] = field(default_factory=dict)  # beside the middle of the upper
    enters_at: dict[int, float] = field(default_factory=dict)  # beside the middle of the lower
    rank: dict[int, int] = field(default_factory=dict)  # in which order those of a row stand that have one

    @classmethod
    def of(cls, boxes: list[Box], row: list[int], rows: int) -> Graph:
        """Number boxes that stand in so many rows, without lines."""
        found = cls(
            boxes, row, [[] for _ in range(rows)], [[] for _ in boxes], [[] for _ in boxes],
            [box.width for box in boxes],
        )  # fmt: skip
        for number, its in enumerate(row):
            found.rows[its].append(number)
        return found

    def bend(self, row: int, width: float) -> int:
        """Add a bend to a row, at its end."""
        number = len(self.row)
        self.row.append(row)
        self.rows[row].append(number)
        self.above.append([])
        self.below.append([])
        self.width.append(width)
        return number

    def join(self, chain: list[int]) -> None:
        """Add a line: what it passes, from the upper box to the lower."""
        for over, under in pairwise(chain):
            self.below[over].append(under)
            self.above[under].append(over)
        self.chains.append(chain)

    def is_bend(self, number: int) -> bool:
        """Say whether a number stands for a line that passes, not for a box."""
        return number >= len(self.boxes)

    @cached_property
    def groups(self) -> list[Hashable]:
        """The group of each box; bends belong to none."""
        return [box.group for box in self.boxes] + [None] * (len(self.row) - len(self.boxes))

    @cached_property
    def is_grouped(self) -> bool:
        """Whether any box belongs to a group."""
        return any(box.group is not None for box in self.boxes)


def graph_of(
    boxes: Sequence[Box],
    lines: Sequence[Line],
    row: dict[Hashable, int],
    stacks: Sequence[Stack],
    look: Look,
    rank: Mapping[Hashable, int],
) -> Graph:
    """Number the boxes (a stack counts as one), and put bends into the lines that skip rows."""
    listed = list(boxes)
    number = {box.id: at for at, box in enumerate(listed)}
    graph = Graph.of(listed, [row[box.id] for box in listed], max(row.values(), default=-1) + 1)
    graph.rank = {number[id]: at for id, at in rank.items() if id in number}
    for stack in stacks:
        if stack.is_railed:
            graph.enters_at[number[stack.box.id]] = look.inset - stack.box.width / 2
    for line in lines:
        upper, lower = number[line.upper], number[line.lower]
        passed = range(graph.row[upper] + 1, graph.row[lower])
        chain = [upper, *(graph.bend(each, look.lane) for each in passed), lower]
        graph.join(chain)
        if line.beside is not None:
            graph.leaves_at[upper, chain[1]] = listed[upper].width / 2 + look.gap / 3
    return graph
