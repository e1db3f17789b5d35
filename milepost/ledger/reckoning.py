"""Exact figures of what rests on very much, reckoned while others go on checking in."""

from __future__ import annotations

from milepost.ledger.day import MOST_BELOW
from milepost.ledger.image import Image

AT_ONCE = 200  # nodes, for which the image is held


def score_below(image: Image, id: int) -> None:
    """Score exactly what a node rests on, the lowest first, where that is much: the image keeps it.

    For whoever must have it exact while nothing else is written. With all of a hundred thousand people's
    objectives below it takes many seconds, and the image is held for a moment at a time.
    """
    with image.lock:
        node = image.node.get(id)
        if node is None or image.tree.below.item(node) <= MOST_BELOW:
            return
        found, waiting = {node}, [node]
        while waiting:
            for child, _ in image.pool[waiting.pop()]:
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        height = image.tree.height
        ids = [image.ids[each] for each in sorted(found, key=height.item)]
    for begin in range(0, len(ids), AT_ONCE):
        with image.lock:
            for each in ids[begin : begin + AT_ONCE]:
                if each in image.node:  # and was not taken away meanwhile
                    image.exact(each)
