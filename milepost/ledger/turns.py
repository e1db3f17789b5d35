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
        # Within a key result they lie in the order of time here, so each is over when the next begins.
        order = np.argsort(after, kind="stable")
        turn = np.empty(len(order), dtype=np.int32)
        turn[order] = np.arange(len(order), dtype=np.int32)
        until = np.full(len(order), len(order), dtype=np.int32)
        if len(order):
            follows = number[1:] == number[:-1]
            until[:-1][follows] = turn[1:][follows]
        self._after = after[order]
        self._number = number[order]
        self._place = place[order]
        self._until = until[order]
        self._step = max(size, 1)
        self._states = [np.full(size, NONE, dtype=np.int32)]
        for begin in range(0, len(order) - self._step + 1, self._step):
            self._states.append(self._moved(self._states[-1], begin, begin + self._step))

    def at(self, known: int) -> np.ndarray:
        """Return the place of the entry that stood for each key result just before a moment; NONE: none."""
        end = bisect_left(self._after, known)  # np.searchsorted would make all of them wider first
        nearest = end // self._step
        return self._moved(self._states[nearest], nearest * self._step, end)

    def _moved(self, state: np.ndarray, begin: int, end: int) -> np.ndarray:
        """Return a state with some turns taken; of a key result's several the last alone."""
        found = state.copy()
        last = self._until[begin:end] >= end
        found[self._number[begin:end][last]] = self._place[begin:end][last]
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
