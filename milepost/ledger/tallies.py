"""What this process has done since it started, counted for its operator: figures, not facts."""

from __future__ import annotations

import threading


class Tally:
    """A number that only goes up, from any thread."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def add(self) -> None:
        """Count one more."""
        with self._lock:
            self.count += 1


checkins = Tally()
loads = Tally()  # how often an image was read from the tables as a whole
