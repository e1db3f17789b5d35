"""Traces of use: when a session or a token was used last. No reading waits for one, or fails for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError

TRIED_AGAIN_AFTER = timedelta(minutes=1)

_unkept: datetime | None = None  # when one could last not be written down


def leave(write: Callable[[], None], *, at: datetime) -> None:
    """Write one down by `write`; where the database takes no changes now, do without for a while.

    Whoever waits for a lock waits long, so not every request tries.
    """
    global _unkept
    if _unkept is not None and timedelta() <= at - _unkept < TRIED_AGAIN_AFTER:
        return
    try:
        write()
        _unkept = None
    except DatabaseError:
        _unkept = at


def try_again() -> None:
    """Try again at once: what kept the database from taking changes has passed."""
    global _unkept
    _unkept = None
