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
# Key results. A file of as many takes a fifth of a second to write, and eight of them at once over a second.
LARGE = 500
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


@dataclass(slots=True, eq=False)
class Work:
    """A request that is worked on: whose, since when, and whether it is known to take long."""

    token_id: int
    began: datetime
    is_long: bool = False

    def takes_long(self, at: datetime) -> bool:
        """Say whether it counts among those that take long."""
        return self.is_long or at - self.began >= LONG


_lock = threading.Lock()
_long_file = threading.Lock()
_minute = 0
_counts: dict[int, int] = {}
_under_way: defaultdict[int, list[Work]] = defaultdict(list)


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
def under_way(token_id: int, at: datetime) -> Iterator[Work]:
    """Count a request of a token while it is worked on; raises TooManyAtOnce where others take long.

    So a program that asks for slow things leaves threads to everybody else, and one that asks for many quick
    things at once is never refused: what has taken less than LONG does not count, unless it was said that it
    will take long.
    """
    work = Work(token_id, at)
    with _lock:
        _leave_room(work, at)
        _under_way[token_id].append(work)
    try:
        yield work
    finally:
        with _lock:
            _under_way[token_id].remove(work)
            if not _under_way[token_id]:
                del _under_way[token_id]


def will_take_long(work: Work, at: datetime, *, key_results: int) -> None:
    """Count a request that goes over a workspace of so many key results as long, from its arrival.

    Raises TooManyAtOnce. Else as many as there are threads could come within a second, each still quick, and
    keep everybody waiting. In a workspace of less than LARGE they are.
    """
    if key_results < LARGE:
        return
    with _lock:
        _leave_room(work, at)
        work.is_long = True


def _leave_room(work: Work, at: datetime) -> None:
    most = settings.MILEPOST.api_at_once
    others = _under_way.get(work.token_id, ())
    if sum(one.takes_long(at) for one in others if one is not work) >= most:
        raise TooManyAtOnce(
            f"Of this token {most:,} requests that take more than a second are not done yet. "
            "Nothing was changed.",
            remedy="Send this one again when another one is answered.",
        )


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
