"""Long work: how much of it somebody may have under way at once, whichever door it came through.

Counted in memory, by person: another token, or a browser besides, makes no more room.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from milepost.core.problems import Problem

LONG = timedelta(seconds=1)  # that a request has been worked on
# Key results. A file of as many takes a fifth of a second to write, and eight of them at once over a second.
LARGE = 500
LONG_FILE = 64 * 1024  # characters; to compare one of two megabytes with what is there takes seconds
LONGEST_PAUSE = 60  # seconds that anybody is told to wait
REMEMBERED = 1_000  # people of whom is known how long the last such work took


class TooManyAtOnce(Problem):
    """As many requests of a person as may be take long already."""

    code = "too_many_at_once"
    status = 429
    retry_after = 1


class TooBusy(Problem):
    """A long file is being worked on already."""

    code = "too_busy"
    status = 503
    retry_after = 10


@dataclass(slots=True, eq=False)
class Work:
    """A request that is worked on: whose, since when, of how many at most, and whether it will take long."""

    whose: int
    began: datetime
    most: int
    is_long: bool = False

    def takes_long(self, at: datetime) -> bool:
        """Say whether it counts among those that take long."""
        return self.is_long or at - self.began >= LONG


_lock = threading.Lock()
_long_file = threading.Lock()
_under_way: defaultdict[int, list[Work]] = defaultdict(list)
_lasted: dict[int, timedelta] = {}


@contextmanager
def under_way(whose: int, at: datetime, *, most: int, now: Callable[[], datetime]) -> Iterator[Work]:
    """Count a request of a person while it is worked on; raises TooManyAtOnce where `most` others take long.

    So a program that asks for slow things leaves threads to everybody else, and one that asks for many quick
    things at once is never refused: what has taken less than LONG does not count, unless it was said that it
    will take long. `now` tells when it is done.
    """
    work = Work(whose, at, most)
    with _lock:
        _leave_room(work, at)
        _under_way[whose].append(work)
    try:
        yield work
    finally:
        done_at = now()
        with _lock:
            _under_way[whose].remove(work)
            if not _under_way[whose]:
                del _under_way[whose]
            if work.takes_long(done_at):
                if len(_lasted) >= REMEMBERED:
                    _lasted.clear()
                _lasted[whose] = done_at - work.began


def is_long(*, key_results: int, characters: int = 0) -> bool:
    """Say whether what goes over a workspace of so many key results, or reads such a file, takes long."""
    return key_results >= LARGE or characters > LONG_FILE


def will_take_long(work: Work, at: datetime) -> None:
    """Count a request as long from its arrival; raises TooManyAtOnce.

    Else as many as there are threads could come within a second, each still quick, and keep everybody
    waiting.
    """
    with _lock:
        _leave_room(work, at)
        work.is_long = True


def _leave_room(work: Work, at: datetime) -> None:
    others = [one for one in _under_way.get(work.whose, ()) if one is not work and one.takes_long(at)]
    if len(others) >= work.most:
        problem = TooManyAtOnce(
            f"{work.most:,} of your requests that take more than a second are not done yet. "
            "Nothing was changed.",
            remedy="Send this one again when another one is answered.",
        )
        problem.retry_after = pause(at - min(one.began for one in others), _lasted.get(work.whose))
        raise problem


def pause(gone: timedelta, lasted: timedelta | None) -> int:
    """Return in how many seconds, 1 to LONGEST_PAUSE, the oldest of those under way is likely done.

    As long as the last such work took; what takes longer by now, or is the first, as long again as it took.
    """
    left = gone if lasted is None or lasted <= gone else lasted - gone
    return max(1, min(math.ceil(left.total_seconds()), LONGEST_PAUSE))


@contextmanager
def one_long_file(characters: int) -> Iterator[None]:
    """Work on a long file alone; raises TooBusy where another one has not been done with.

    Several at once would each take as long as all of them together, and every thread that answers.
    """
    if characters <= LONG_FILE:
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
