"""Limits: how often a token may ask, and how much it may send; counted in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse

from milepost.core.problems import Problem

WINDOW = 60  # seconds
BODY = 2 * 1024 * 1024


class TooMany(Problem):
    """A token asked more often than it may."""

    code = "too_many_requests"
    status = 429


@dataclass(frozen=True, slots=True)
class Count:
    """Where a token stands in the running minute."""

    limit: int
    left: int
    seconds: int

    def told(self, response: HttpResponse) -> None:
        """Write it into an answer."""
        response.headers["RateLimit-Limit"] = str(self.limit)
        response.headers["RateLimit-Remaining"] = str(max(self.left, 0))
        response.headers["RateLimit-Reset"] = str(self.seconds)
        if self.left < 0:
            response.headers["Retry-After"] = str(self.seconds)


_lock = threading.Lock()
_minute = 0
_counts: dict[int, int] = {}


def count(token_id: int, at: datetime) -> Count:
    """Count one request of a token; `left` is below 0 where it was one too many."""
    global _minute
    seconds = int(at.timestamp())
    minute, gone = divmod(seconds, WINDOW)
    with _lock:
        if minute != _minute:
            _minute = minute
            _counts.clear()
        asked = _counts[token_id] = _counts.get(token_id, 0) + 1
    limit = settings.MILEPOST.api_rate
    return Count(limit, limit - asked, WINDOW - gone)


def refuse(found: Count) -> None:
    """Raise TooMany where there is nothing left."""
    if found.left < 0:
        raise TooMany(
            f"This token may ask {found.limit:,} times a minute.",
            remedy=f"Wait {found.seconds} seconds, and ask for lists instead of one thing at a time.",
        )
