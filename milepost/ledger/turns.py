"""Which check-in stood for each key result at any past moment: looked up, not searched for.

A key result's latest entry changes at certain moments: its *turns*. All turns of a workspace lie in the order
of time, with what stood after every so many of them. So the state of a day is one of these states, copied,
and the few turns since.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator

import numpy as np

NONE = -1  # no entry stands


class Turns:
    """The turns of key results 0 to `size` - 1: from after a moment on, another entry stands (or none).

    Entries lie in the order in which later ones take the place of earlier ones, each key result's together.
    `owner` is whose an entry is, `since` the moment after which it stands, `stands` whether it ever does;
    `ended` says after which moment some, by their places, stand no longer.
    """

    def __init__(
        self, size: int, owner: np.ndarray, since: np.ndarray, stands: np.ndarray, ended: dict[int, int]
    ) -> None:
        mended = np.zeros(size, dtype=bool)
        mended[owner[list(ended)]] = True
        plain = np.flatnonzero(stands & ~mended[owner]).astype(np.int32)
        plain = plain[_is_seen(owner[plain], since[plain])]
        rest = [
            (number, after, place)
            for number in np.flatnonzero(mended).tolist()
            for after, place in _told(number, owner, since, stands, ended)
        ]
        others = np.array(rest, dtype=np.int64).reshape(-1, 3)
        number = np.concatenate([owner[plain], others[:, 0].astype(owner.dtype)])
        after = np.concatenate([since[plain], others[:, 1].astype(since.dtype)])
        place = np.concatenate([plain, others[:, 2].astype(np.int32)])
        del plain
        order = np.argsort(after, kind="stable")
        self._after, self._number, self._place = after[order], number[order], place[order]
        step = max(size, 1)
        self._states = np.full((len(order) // step + 1, size), NONE, dtype=np.int32)
        for at in range(1, len(self._states)):
            self._states[at] = self._moved(self._states[at - 1], (at - 1) * step, at * step)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what they are made of, to be kept in a file."""
        return {name: getattr(self, name) for name in ("_after", "_number", "_place", "_states")}

    @classmethod
    def resumed(cls, arrays: dict[str, np.ndarray]) -> Turns:
        """Return the turns that `arrays` told of."""
        turns = cls.__new__(cls)
        turns.__dict__.update(arrays)
        return turns

    def at(self, known: int) -> np.ndarray:
        """Return the place of the entry that stood for each key result just before a moment; NONE: none."""
        end = bisect_left(self._after, known)  # np.searchsorted would make all of them wider first
        step = max(self._states.shape[1], 1)
        nearest = end // step
        return self._moved(self._states[nearest], nearest * step, end)

    def _moved(self, state: np.ndarray, begin: int, end: int) -> np.ndarray:
        """Return a state with some turns taken; of a key result's several the last holds."""
        found = state.copy()
        found[self._number[begin:end]] = self._place[begin:end]
        return found


def _is_seen(owner: np.ndarray, since: np.ndarray) -> np.ndarray:
    """Mark the entries that are ever the latest: no later one of the same key result stands as early."""
    if not len(since):
        return np.zeros(0, dtype=bool)
    low = int(since.min())
    # One number for both: what belongs to another key result is always later.
    key = owner.astype(np.int64) * (int(since.max()) - low + 1) + since - low
    earliest = np.minimum.accumulate(key[::-1])[::-1]
    seen = np.ones(len(key), dtype=bool)
    seen[:-1] = key[:-1] < earliest[1:]
    return seen


def _told(
    number: int, owner: np.ndarray, since: np.ndarray, stands: np.ndarray, ended: dict[int, int]
) -> Iterator[tuple[int, int]]:
    """Tell the turns of a key result of which something was corrected: (after when, which entry)."""
    begin, end = np.searchsorted(owner, [number, number + 1]).tolist()
    comes = [
        (int(since[place]), place)
        for place in range(begin, end)
        if stands[place] and since[place] < ended.get(place, since[place] + 1)
    ]
    moments = sorted({after for after, _ in comes} | {ended[place] for _, place in comes if place in ended})
    waiting = sorted(comes, reverse=True)
    standing: list[int] = []  # the last place first
    was = NONE
    for moment in moments:
        while waiting and waiting[-1][0] <= moment:
            heapq.heappush(standing, -waiting.pop()[1])
        while standing and ended.get(-standing[0], moment + 1) <= moment:
            heapq.heappop(standing)
        now = -standing[0] if standing else NONE
        if now != was:
            yield moment, now
            was = now
