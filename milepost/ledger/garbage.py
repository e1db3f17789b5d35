"""Garbage: not looked for while millions of values are made that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected(*, for_good: bool = False) -> Iterator[None]:
    """Look for no rings of dead values as long as this holds: looking costs a fifth of a large export.

    `for_good` says not to look through what is made meanwhile later either, for a command that ends soon.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if for_good:
            gc.freeze()
        if was:
            gc.enable()
