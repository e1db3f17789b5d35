"""What was made of a thing: bytes, or a drawn fragment, kept until a query hands out another thing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any


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
