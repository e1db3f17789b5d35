"""Which day a moment of the ledger belongs to, in a workspace's time zone: of one, and of many at once."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np

DAY = 86_400  # seconds
EPOCH = date(1970, 1, 1).toordinal()


def day_of(seconds: int, zone: str) -> date:
    """Return the day of a moment, which is in seconds since 1970."""
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).date()


def days_of(seconds: np.ndarray, zone: str) -> np.ndarray:
    """Return the days of moments as ordinals: what `day_of` says of each."""
    # No zone is a whole day ahead or behind, so a moment's day is that of UTC or one beside it.
    in_utc = np.unique(np.asarray(seconds, dtype=np.int64) // DAY) + EPOCH
    days = np.unique(in_utc[:, np.newaxis] + (-1, 0, 1))
    # Clocks are put forward and back: each day begins when it begins, so the beginnings are looked up.
    begins = np.array([_begin(day, zone) for day in days.tolist()], dtype=np.int64)
    return days[np.searchsorted(begins, seconds, side="right") - 1]


def _begin(ordinal: int, zone: str) -> int:
    day = datetime.combine(date.fromordinal(ordinal), time(), tzinfo=ZoneInfo(zone))
    return int(day.timestamp())
