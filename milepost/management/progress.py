"""A progress bar on a terminal; silence everywhere else."""

from __future__ import annotations

import sys
from types import TracebackType

WIDTH = 28


class Progress:
    """Call it with what is done and what there is in all; it draws at most once for each percent."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.is_shown = sys.stderr.isatty()
        self._last = -1

    def __enter__(self) -> Progress:
        return self

    def __call__(self, done: int, total: int) -> None:
        """Draw how far it is."""
        percent = 100 * done // max(total, 1)
        if not self.is_shown or percent == self._last:
            return
        self._last = percent
        filled = WIDTH * percent // 100
        sys.stderr.write(f"\r{self.words} [{'█' * filled}{' ' * (WIDTH - filled)}] {percent:3d} %")
        sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.is_shown and self._last >= 0:
            sys.stderr.write("\r" + " " * (len(self.words) + WIDTH + 10) + "\r")
            sys.stderr.flush()
