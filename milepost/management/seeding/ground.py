"""What all seeded rows share: the workspace's id, ids and moments that follow from the seed, the weeks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from milepost.management.seeding.sizes import WEEKS, Size

# As in models/ids.py: milliseconds, then what tells apart the ids of one millisecond.
COUNTER_BITS = 21
DRAFTED_BEFORE = timedelta(weeks=3)  # before the cycle begins
AGREED_BEFORE = timedelta(weeks=1)


@dataclass
class Ground:
    """One seeding: a size, a seed, a workspace, and the day it is told from.

    The running cycle's last week holds that day, so thirteen weeks of check-ins lie behind it. Every row
    has a millisecond of its own, so ids sort by time; the low bits are the workspace's own.
    """

    size: Size
    number: int
    slug: str
    today: date
    random: Random = field(init=False)
    tag: int = field(init=False)
    workspace: int = field(init=False)

    def __post_init__(self) -> None:
        drawn = hashlib.blake2b(f"{self.size.name}/{self.number}/{self.slug}".encode(), digest_size=8)
        self.random = Random(drawn.digest())
        self.tag = int.from_bytes(drawn.digest()[:4], "big") % (1 << COUNTER_BITS)
        monday = self.today - timedelta(days=self.today.weekday())
        self.begins = monday - timedelta(weeks=WEEKS)
        self.ends = monday + timedelta(days=6)
        self.drafted = datetime.combine(self.begins, time(9), UTC) - DRAFTED_BEFORE
        self.started = datetime.combine(self.begins, time(0), UTC)
        self._last = self.milliseconds(self.drafted)
        self.workspace = self.new_id()

    @staticmethod
    def milliseconds(moment: datetime) -> int:
        """Return a moment as the ids hold it."""
        return int(moment.timestamp() * 1000)

    def id_at(self, milliseconds):
        """Return the id (or array of ids) of what was made at a millisecond."""
        return milliseconds << COUNTER_BITS | self.tag

    def new_id(self) -> int:
        """Return the id of the next thing that was made when the workspace was founded."""
        self._last += 1
        return self.id_at(self._last)

    @property
    def founded(self) -> str:
        """The moment at which everything was drafted, as a row holds it."""
        return text(self.drafted)

    @property
    def agreed(self) -> str:
        """The moment at which what was drafted was committed to, as a row holds it."""
        return text(self.drafted + DRAFTED_BEFORE - AGREED_BEFORE)

    @property
    def running(self) -> str:
        """The moment at which the cycle began, as a row holds it."""
        return text(self.started)


def text(moment: datetime) -> str:
    """Return a moment as both databases read it, in UTC."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")
