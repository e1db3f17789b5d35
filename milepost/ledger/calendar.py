"""Which day a moment of the ledger belongs to, in a workspace's time zone: of one, and of many at once."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np


def day_of(seconds: int, zone: str) -> date:
    """Return the day of a moment, which is in seconds since 1970."""
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).date()


def days_of(seconds: np.ndarray, zone: str) -> np.ndarray:
    """Return the days of moments as ordinals: what `day_of` says of each."""
    if not len(seconds):
        return np.zeros(0, dtype=np.int64)
    first, last = (day_of(int(each), zone).toordinal() for each in (seconds.min(), seconds.max()))
    # Clocks are put forward and back: each day begins when it begins, so the beginnings are looked up.
    begins = [_begin(day, zone) for day in range(first, last + 1)]
    return first - 1 + np.searchsorted(np.array(begins), seconds, side="right")


def _begin(ordinal: int, zone: str) -> int:
    day = datetime.combine(date.fromordinal(ordinal), time(), tzinfo=ZoneInfo(zone))
    return int(day.timestamp())
