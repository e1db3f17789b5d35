"""Pools: what counts in what, read off the edges of a tree."""

from __future__ import annotations

import numpy as np

from milepost.core import rollup


class Pools:
    """What counts in each node: (child, weight), from the edges of the tree, which are in that order."""

    def __init__(self, tree: rollup.Tree) -> None:
        self.tree = tree
        size = np.bincount(tree.parent, minlength=tree.size)
        self._begin, self._end = np.zeros(tree.size, dtype=np.int64), np.zeros(tree.size, dtype=np.int64)
        for begin, _, parents, first in tree.steps:
            self._begin[parents] = begin + first
        self._end = self._begin + size

    def __getitem__(self, node: int) -> list[tuple[int, float]]:
        begin, end = self._begin.item(node), self._end.item(node)
        if begin == end:
            return []
        tree = self.tree
        return list(zip(tree.child[begin:end].tolist(), tree.weight[begin:end].tolist(), strict=True))

    def get(self, node: int, default=()):
        """Return a node's pool, or the default where nothing counts in it."""
        return self[node] or default

    def place(self, node: int, child: int) -> int:
        """Return which edge of the tree takes a child to a node."""
        begin, end = self._begin.item(node), self._end.item(node)
        return begin + self.tree.child[begin:end].tolist().index(child)


class Parents:
    """What each node counts in."""

    def __init__(self, tree: rollup.Tree) -> None:
        self._parents = tree.parent[rollup.in_order(tree.child)]
        self._ends = np.cumsum(np.bincount(tree.child, minlength=tree.size))

    def __getitem__(self, node: int) -> list[int]:
        return self._parents[self._ends.item(node - 1) if node else 0 : self._ends.item(node)].tolist()

    def get(self, node: int, default=()):
        """Return what a node counts in, or the default where it counts in nothing."""
        return self[node] or default
