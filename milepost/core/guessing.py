"""How many guesses somebody gets: a few at once, then each wrong one costs a longer wait than the last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """`free` wrong guesses in a row; from the last of them on one waits `first`, doubled each time."""

    free: int
    first: timedelta
    longest: timedelta

    def wait(self, count: int) -> timedelta:
        """Return how long to wait after this many wrong guesses."""
        if count < self.free:
            return timedelta(0)
        doubled = min(count - self.free, 32)  # beyond, only the number would grow
        return min(self.first * 2**doubled, self.longest)

    def counted(self, count: int, last_at: datetime | None, at: datetime) -> int:
        """Return the count with one more guess; what lies longer than a day back is forgotten.

        The longest wait is counted too: a day begins when one may guess again.
        """
        if last_at is None or at - last_at > FORGOTTEN_AFTER + self.wait(count):
            return 1
        return count + 1


MINUTE = timedelta(minutes=1)

# An account as a whole: after the tenth guess it is locked, for a quarter of an hour first.
ACCOUNT = Limit(free=10, first=15 * MINUTE, longest=timedelta(days=1))
# An account from one network address: whoever types a password wrong three times takes a breath.
PAIR = Limit(free=3, first=timedelta(seconds=5), longest=15 * MINUTE)
# One network address, whatever it guesses: the passwords of many accounts, links, tokens.
PLACE = Limit(free=100, first=MINUTE, longest=60 * MINUTE)
# Mails that anybody can have sent to an address.
MAILS = Limit(free=4, first=5 * MINUTE, longest=60 * MINUTE)
# Invitations that one person sends by mail: a department on one day; and those of a whole workspace.
INVITER = Limit(free=200, first=MINUTE, longest=60 * MINUTE)
WORKSPACE = Limit(free=1_000, first=MINUTE, longest=60 * MINUTE)


def in_words(wait: timedelta) -> str:
    """Say how long to wait, rounded up: “5 seconds”, “15 minutes”, “2 hours”."""
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    size, word = next((size, word) for size, word in _SIZES if seconds >= size)
    number = -(-seconds // size)
    return f"{number} {word}{'' if number == 1 else 's'}"


_SIZES = ((3600, "hour"), (60, "minute"), (1, "second"))
