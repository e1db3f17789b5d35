"""What was made of a thing: bytes, or a drawn fragment, kept until a query hands out another thing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple

from milepost.ledger.day import Day


class Kept:
    """What was made of a card (or of a tree), kept for as long as the query hands out that very thing.

    The entry holds the thing, so an identity in the key cannot come to mean another one.
    """

    def __init__(self, make: Callable[..., Any], most: int = 512) -> None:
        self.make, self.most = make, most
        self.entries: OrderedDict[tuple, tuple[Any, Any]] = OrderedDict()

    def of(self, thing: Any, *more: Any) -> Any:
        """Return what is made of a thing, and of whatever else it depends on."""
        key = (id(thing), *more)
        kept = self.entries.get(key)
        if kept is None:
            kept = self.entries[key] = (thing, self.make(thing, *more))
            while len(self.entries) > self.most:
                try:
                    self.entries.popitem(last=False)
                except KeyError:  # another thread was as tidy
                    break
        return kept[1]


class _OfDay(NamedTuple):
    made: Any
    nodes: frozenset[int]
    seen: int  # how much of what was touched is known not to be among these


class KeptOfDay:
    """What was made of some nodes' figures of one day, kept until one of them is touched.

    It belongs into the day's `derived`, which is emptied when anything but figures changes. Whoever asks
    holds the image's lock.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.entries: OrderedDict[Hashable, _OfDay] = OrderedDict()

    def of(
        self, day: Day, name: Hashable, make: Callable[[], Any], nodes: Callable[[], Iterable[int]]
    ) -> Any:
        """Return what has this name: as it was made, or made anew where one of its `nodes` was touched."""
        kept, seen = self.entries.pop(name, None), len(day.touched)
        if kept is not None and not kept.nodes.isdisjoint(day.touched[kept.seen :]):
            kept = _OfDay(make(), kept.nodes, seen)
        elif kept is None:
            kept = _OfDay(make(), frozenset(nodes()), seen)
        self.entries[name] = kept._replace(seen=seen)
        if len(self.entries) > self.most:
            self.entries.popitem(last=False)
        return kept.made
