"""Which day a moment of the ledger belongs to: of one, of many at once, and when a day is over.

A workspace may change its time zone. What was recorded before stays on the days on which it was recorded, so
a moment's day is that of the time zone which held at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from milepost.core import cadence

DAY = 86_400  # seconds
EPOCH = date(1970, 1, 1).toordinal()
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a workspace. `zone` holds now; `before` are earlier ones, each with the second it ended at.

    They stand in the order in which they held.
    """

    zone: str
    before: tuple[tuple[int, str], ...] = ()

    def day_of(self, seconds: int) -> date:
        """Return the day of a moment, which is in seconds since 1970."""
        return datetime.fromtimestamp(seconds, ZoneInfo(self._zone_at(seconds))).date()

    def local(self, moment: datetime) -> datetime:
        """Return a moment as clocks showed it then."""
        return moment.astimezone(ZoneInfo(self._zone_at(int(moment.timestamp()))))

    def days_of(self, seconds: np.ndarray) -> np.ndarray:
        """Return the days of moments as ordinals: what `day_of` says of each."""
        found = _days_of(seconds, self.zone)
        for until, zone in reversed(self.before):
            earlier = np.asarray(seconds) < until
            found[earlier] = _days_of(np.asarray(seconds)[earlier], zone)
        return found

    def end_of(self, day: date) -> datetime:
        """Return the moment at which a day is over for good.

        Where a time zone farther east took over, the day may end with that; farther west, it may come again.
        """
        begins, since, over = day.toordinal() + 1, None, 0
        for until, zone in (*self.before, (None, self.zone)):
            midnight = _begin(begins, zone)
            if since is None or midnight > since:
                over = midnight if until is None else min(midnight, until)
            since = until
        return datetime.fromtimestamp(over, UTC)

    def noon(self, day: date) -> datetime:
        """Return the moment that stands for a past day: its noon, or its end where it had none."""
        meant = datetime.combine(day, NOON)
        noons = (cadence.noon(zone, day).astimezone(UTC) for zone in self._zones())
        found = (noon for noon in noons if self.local(noon).replace(tzinfo=None) == meant)
        return next(found, None) or self.end_of(day) - timedelta(seconds=1)

    def _zones(self) -> Iterable[str]:
        return dict.fromkeys([self.zone, *(zone for _, zone in reversed(self.before))])

    def _zone_at(self, seconds: int) -> str:
        return next((zone for until, zone in self.before if seconds < until), self.zone)


def _days_of(seconds: np.ndarray, zone: str) -> np.ndarray:
    # No zone is a whole day ahead or behind, so a moment's day is that of UTC or one beside it.
    in_utc = np.unique(np.asarray(seconds, dtype=np.int64) // DAY) + EPOCH
    days = np.unique(in_utc[:, np.newaxis] + (-1, 0, 1))
    # Clocks are put forward and back: each day begins when it begins, so the beginnings are looked up.
    begins = np.array([_begin(day, zone) for day in days.tolist()], dtype=np.int64)
    return days[np.searchsorted(begins, seconds, side="right") - 1]


def _begin(ordinal: int, zone: str) -> int:
    day = datetime.combine(date.fromordinal(ordinal), time(), tzinfo=ZoneInfo(zone))
    return int(day.timestamp())
