"""Connections of a process that answers requests, lent to whoever works: the one used last goes first.

A server's threads take turns, so of a connection for each the next one is always that which has waited
longest. What it knows is out of date by then: others have committed, so SQLite reads each page anew; another
process of PostgreSQL has to wake, and to plan each statement for itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

IDLE_SECONDS = 600  # how long a connection is kept that nobody needs


class Lender:
    """The connections that nobody uses now; `clock` says how many seconds have gone by."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._turn = clock, Lock()
        self._idle: deque[tuple[BaseDatabaseWrapper, float]] = deque()  # with when each was given back

    def take(self) -> bool:
        """Let this thread use a connection; False where it has one already."""
        if connections.all(initialized_only=True):
            return False
        with self._turn:
            database = self._idle.pop()[0] if self._idle else None
        if database is None:
            database = connections.create_connection(DEFAULT_DB_ALIAS)
            database.inc_thread_sharing()  # by one thread after the other
        connections[DEFAULT_DB_ALIAS] = database
        return True

    def give_back(self) -> None:
        """Let others use this thread's connection, if it was lent."""
        for database in connections.all(initialized_only=True):
            if not database.allow_thread_sharing:
                return
            del connections[DEFAULT_DB_ALIAS]
            if database.in_atomic_block:  # whoever left it so leaves it to nobody
                return database.close()
            now = self._clock()
            with self._turn:
                self._idle.append((database, now))
                oldest = self._idle.popleft()[0] if self._idle[0][1] < now - IDLE_SECONDS else None
            if oldest is not None:
                oldest.close()

    def close(self) -> None:
        """Close all that nobody uses."""
        with self._turn:
            idle, self._idle = self._idle, deque()
        for database, _ in idle:
            database.close()


lender = Lender()  # of this process
