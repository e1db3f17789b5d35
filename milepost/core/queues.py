"""Queues: who comes first is first."""

from __future__ import annotations

from collections import deque
from threading import Lock


class Queue:
    """A lock, or so many `places`, handed from each to the one who has waited longest.

    Python's own goes to whoever happens to run when it is free, which is mostly whoever had it.
    """

    def __init__(self, places: int = 1) -> None:
        self._mutex = Lock()
        self._waiting: deque[Lock] = deque()
        self._free = places

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def acquire(self, *, seconds: float | None = None) -> bool:
        """Wait for one's turn, for so long at most (None: without end); say whether it came."""
        with self._mutex:
            if self._free:
                self._free -= 1
                return True
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=-1 if seconds is None else seconds):
            return True
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # it came in the last moment

    def release(self) -> None:
        """Let the next one have it."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
