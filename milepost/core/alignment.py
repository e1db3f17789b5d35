"""The graph of what contributes to what: loops, ancestors, orphans, levels. No recursion, linear time.

An edge is (child, parent), by id: objectives and key results alike. A node may have several parents.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Container, Hashable, Iterable, Mapping
from itertools import pairwise
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def parents_of(edges: Iterable[tuple[Node, Node]]) -> dict[Node, list[Node]]:
    """Group edges by child, in the order given."""
    grouped: dict[Node, list[Node]] = defaultdict(list)
    for child, parent in edges:
        grouped[child].append(parent)
    return dict(grouped)


def children_of(edges: Iterable[tuple[Node, Node]]) -> dict[Node, list[Node]]:
    """Group edges by parent, in the order given."""
    return parents_of((parent, child) for child, parent in edges)


def path_of_loop(edges: Iterable[tuple[Node, Node]], child: Node, parent: Node) -> list[Node] | None:
    """Find the loop that linking child → parent would close, as child, parent, …, child; None if none."""
    if child == parent:
        return [child, child]
    upwards = parents_of(edges)
    came_from: dict[Node, Node] = {parent: child}
    queue = deque([parent])
    while queue:
        node = queue.popleft()
        for above in upwards.get(node, ()):
            if above == child:
                return [*_walk_back(came_from, node, child), child]
            if above not in came_from:
                came_from[above] = node
                queue.append(above)
    return None


def seen_loop(
    edges: Iterable[tuple[Node, Node]], child: Node, parent: Node, sees: Callable[[Node], bool]
) -> list[Node] | None:
    """Find the loop that linking child → parent would close among nodes that are seen; None if none."""
    left = list(edges)
    while loop := path_of_loop(left, child, parent):
        hidden = {node for node in loop if not sees(node)}
        if not hidden:
            return loop
        left = [edge for edge in left if hidden.isdisjoint(edge)]
    return None


def way_out(
    loop: Iterable[Node], links: Container[tuple[Node, Node]], sees: Callable[[Node], bool]
) -> tuple[Node, Node] | None:
    """Return the first link of a loop that leads to what is not seen; None where there is none."""
    return next((step for step in pairwise(loop) if step in links and not sees(step[1])), None)


def find_loop(edges: Iterable[tuple[Node, Node]]) -> list[Node] | None:
    """Find a loop in a whole graph, as a, b, …, a; None if there is none."""
    upwards = parents_of(edges)
    left = _nodes_in_loops(upwards)
    if not left:
        return None
    # Every node left has a parent that is left too, so walking up must come back to where it has been.
    node = next(iter(left))
    seen: dict[Node, int] = {}
    walked: list[Node] = []
    while node not in seen:
        seen[node] = len(walked)
        walked.append(node)
        node = next(above for above in upwards[node] if above in left)
    return [*walked[seen[node] :], node]


def ancestors(edges: Iterable[tuple[Node, Node]], node: Node) -> list[Node]:
    """List everything above a node, nearest first, each once."""
    return _reached(parents_of(edges), node)


def descendants(edges: Iterable[tuple[Node, Node]], node: Node) -> list[Node]:
    """List everything below a node, nearest first, each once."""
    return _reached(children_of(edges), node)


def orphans(nodes: Iterable[Node], edges: Iterable[tuple[Node, Node]]) -> list[Node]:
    """List the nodes without any parent, in the order given."""
    upwards = parents_of(edges)
    return [node for node in nodes if not upwards.get(node)]


def heights(nodes: Iterable[Node], edges: Iterable[tuple[Node, Node]]) -> dict[Node, int]:
    """Give each node its level for a roll-up: 0 for leaves, otherwise one above its highest child.

    Raises ValueError naming a loop if there is one.
    """
    listed = list(edges)
    upwards, downwards = parents_of(listed), children_of(listed)
    everyone = dict.fromkeys([*nodes, *upwards, *downwards])
    waiting = {node: len(downwards.get(node, ())) for node in everyone}
    height = dict.fromkeys(everyone, 0)
    ready = deque(node for node, count in waiting.items() if count == 0)
    done = 0
    while ready:
        node = ready.popleft()
        done += 1
        for above in upwards.get(node, ()):
            height[above] = max(height[above], height[node] + 1)
            waiting[above] -= 1
            if waiting[above] == 0:
                ready.append(above)
    if done < len(everyone):
        raise ValueError(f"The graph has a loop: {' → '.join(map(str, find_loop(listed) or ()))}.")
    return height


def reached_twice(edges: Iterable[tuple[Node, Node]], ancestor: Node) -> list[Node]:
    """List the nodes that reach an ancestor by two ways or more, nearest first (rule OKR-A09).

    A node counts once however many ways there are; one that only hangs below such a node does too,
    for it is counted twice as well.
    """
    listed = list(edges)
    downwards, upwards = children_of(listed), parents_of(listed)
    below = _reached(downwards, ancestor)
    within = {*below, ancestor}
    twice: set[Node] = set()
    for node in _from_the_top(downwards, upwards, ancestor, within):
        ways = [above for above in upwards.get(node, ()) if above in within]
        if len(ways) > 1 or any(above in twice for above in ways):
            twice.add(node)
    return [node for node in below if node in twice]


def _from_the_top(
    downwards: Mapping[Node, list[Node]], upwards: Mapping[Node, list[Node]], top: Node, within: set[Node]
) -> list[Node]:
    waiting = {
        node: sum(above in within for above in upwards.get(node, ())) for node in within if node != top
    }
    ready, ordered = deque([top]), []
    while ready:
        for child in downwards.get(ready.popleft(), ()):
            if child == top:
                continue
            waiting[child] -= 1
            if waiting[child] == 0:
                ordered.append(child)
                ready.append(child)
    return ordered


def _reached(onwards: Mapping[Node, list[Node]], node: Node) -> list[Node]:
    seen = {node}
    queue, found = deque([node]), []
    while queue:
        for following in onwards.get(queue.popleft(), ()):
            if following not in seen:
                seen.add(following)
                found.append(following)
                queue.append(following)
    return found


def _walk_back(came_from: Mapping[Node, Node], node: Node, start: Node) -> list[Node]:
    path = [node]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return path[::-1]


def _nodes_in_loops(upwards: Mapping[Node, list[Node]]) -> dict[Node, None]:
    """Peel off nodes without a parent left, until only loops and what hangs below them remain."""
    downwards = children_of((child, above) for child, parents in upwards.items() for above in parents)
    waiting = {node: len(upwards.get(node, ())) for node in dict.fromkeys([*upwards, *downwards])}
    ready = deque(node for node, count in waiting.items() if count == 0)
    while ready:
        node = ready.popleft()
        del waiting[node]
        for child in downwards.get(node, ()):
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    return dict.fromkeys(waiting)
