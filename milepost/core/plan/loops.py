"""Find loops in what should be a tree or a graph without loops."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence


def loops(parents: Mapping[Hashable, Sequence[Hashable]]) -> Iterator[list]:
    """Yield loops as [a, b, …, a], each following an edge from a child to its parent.

    Every graph with a loop yields at least one; no node is visited twice, so time is linear in the edges.
    """
    done: set = set()
    for first in parents:
        if first in done:
            continue
        path, on_path = [first], {first}
        waiting = [iter(parents.get(first, ()))]
        while waiting:
            parent = next(waiting[-1], None)
            if parent is None:
                waiting.pop()
                node = path.pop()
                on_path.discard(node)
                done.add(node)
            elif parent in on_path:
                yield [*path[path.index(parent) :], parent]
            elif parent not in done:
                path.append(parent)
                on_path.add(parent)
                waiting.append(iter(parents.get(parent, ())))


def way(loop: Sequence[object]) -> str:
    """Write a loop as “a → b → a”, its middle left out where it is long."""
    steps = [str(step) for step in loop]
    if len(steps) > 12:
        steps = [*steps[:6], f"… {len(steps) - 10} more …", *steps[-4:]]
    return " → ".join(steps)
