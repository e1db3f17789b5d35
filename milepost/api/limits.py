"""Limits: how often a token may ask, how much at once, and how much it may send; counted in memory."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponse

from milepost.core.problems import Problem

WINDOW = 60  # seconds
LONG = timedelta(seconds=1)  # that a request has been worked on
BODY = 2 * 1024 * 1024
LONG_FILE = 64 * 1024  # characters; to compare one of two megabytes with what is there takes seconds


class TooMany(Problem):
    """A token asked more often than it may."""

    code = "too_many_requests"
    status = 429


class TooManyAtOnce(Problem):
    """As many requests of a token as may be take long already."""

    code = "too_many_at_once"
    status = 429
    retry_after = 1


class TooBusy(Problem):
    """A long file is being worked on already."""

    code = "too_busy"
    status = 503
    retry_after = 10


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
_long_file = threading.Lock()
_minute = 0
_counts: dict[int, int] = {}
_under_way: defaultdict[int, list[datetime]] = defaultdict(list)


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


@contextmanager
def under_way(token_id: int, at: datetime) -> Iterator[None]:
    """Count a request of a token while it is worked on; raises TooManyAtOnce where others take long.

    So a program that asks for slow things leaves threads to everybody else, and one that asks for many quick
    things at once is never refused: what has taken less than LONG does not count.
    """
    most = settings.MILEPOST.api_at_once
    with _lock:
        if sum(at - began >= LONG for began in _under_way[token_id]) >= most:
            raise TooManyAtOnce(
                f"Of this token {most:,} requests have taken more than a second, and are not done yet. "
                "Nothing was changed.",
                remedy="Send this one again when another one is answered.",
            )
        _under_way[token_id].append(at)
    try:
        yield
    finally:
        with _lock:
            _under_way[token_id].remove(at)
            if not _under_way[token_id]:
                del _under_way[token_id]


@contextmanager
def one_long_file(text: str) -> Iterator[None]:
    """Work on a long file alone; raises TooBusy where another one has not been done with.

    Several at once would each take as long as all of them together, and every thread that answers.
    """
    if len(text) <= LONG_FILE:
        yield
        return
    if not _long_file.acquire(blocking=False):
        raise TooBusy(
            "Another long file is being read. Nothing was changed.",
            remedy="Send it again in a moment, or in smaller parts.",
        )
    try:
        yield
    finally:
        _long_file.release()
