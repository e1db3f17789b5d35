"""Queues: who comes first is first."""

from __future__ import annotations

from collections import deque
from threading import Lock


class Queue:
    """A lock that is handed from each to the one who has waited longest.

    Python's own goes to whoever happens to run when it is free, which is mostly whoever had it.
    """

    def __init__(self) -> None:
        self._mutex = Lock()
        self._waiting: deque[Lock] = deque()
        self._is_held = False

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def acquire(self, *, seconds: float) -> bool:
        """Wait for one's turn, for so long at most; say whether it came."""
        with self._mutex:
            if not self._is_held:
                self._is_held = True
                return True
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=seconds):
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
                self._is_held = False
