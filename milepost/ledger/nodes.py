"""The numbers under which an image knows its objectives and key results."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping

import numpy as np

from milepost.ledger.columns import positions


class Nodes(Mapping[int, int]):
    """Node by id: the objectives first, then the key results, each in the order of their ids.

    Half a million ids lie in an array, where a dict of them would cost a start 0.2 s and 50 MB. What was
    asked for is remembered.
    """

    def __init__(self, objectives: np.ndarray, key_results: np.ndarray) -> None:
        """Number sorted ids."""
        self._both = np.concatenate([objectives, key_results]).astype(np.int64, copy=False)
        self.ids = memoryview(self._both)  # by number; an array's items would not be Python's own
        self._first = len(objectives)
        self._found: dict[int, int] = {}

    def __getitem__(self, id: int) -> int:
        found = self._found.get(id)
        if found is None and (found := self.get(id)) is None:
            raise KeyError(id)
        return found

    def get(self, id: int | None, default: int | None = None) -> int | None:
        found = self._found.get(id)
        if found is None:
            if id is None:
                return default
            found = self._search(id, 0, self._first)
            if found is None:
                found = self._search(id, self._first, len(self.ids))
            if found is None:
                return default
            self._found[id] = found
        return found

    def _search(self, id: int, begin: int, end: int) -> int | None:
        place = bisect_left(self.ids, id, begin, end)
        return place if place < end and self.ids[place] == id else None

    def among(self, ids: Collection[int]) -> np.ndarray:
        """Return the numbers of those ids that are there."""
        wanted = np.fromiter(ids, dtype=np.int64, count=len(ids))
        objectives, key_results = self._both[: self._first], self._both[self._first :]
        own, more = positions(objectives, wanted), positions(key_results, wanted)
        return np.concatenate([own[own >= 0], more[more >= 0] + self._first])

    def __contains__(self, id: object) -> bool:
        return self.get(id) is not None

    def __iter__(self) -> Iterator[int]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Nodes):
            return NotImplemented
        return self._first == other._first and np.array_equal(self._both, other._both)

    __hash__ = None
