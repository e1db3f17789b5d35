"""Connections of a process that answers requests, lent to whoever works: the one used last goes first.

A server's threads take turns, so of a connection for each the next one is always that which has waited
longest. What it knows is out of date by then: others have committed, so SQLite reads each page anew; another
process of PostgreSQL has to wake, and to plan each statement for itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from select import POLLIN, poll
from threading import Lock
from time import monotonic

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

IDLE_SECONDS = 600  # how long a connection is kept that nobody needs
_AT_REST = 0  # psycopg's TransactionStatus: whoever uses SQLite need not wait for its import


class Lender:
    """The connections that nobody uses now; `clock` says how many seconds have gone by."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._turn = clock, Lock()
        self._idle: deque[tuple[BaseDatabaseWrapper, float]] = deque()  # with when each was given back

    def take(self) -> bool:
        """Let this thread use a connection; False where it has one already.

        One that the server has ended meanwhile is closed, and so opened anew by whoever asks it first.
        """
        for database in connections.all(initialized_only=True):
            if _is_gone(database):
                database.close()
            _try_again(database)
            return False
        with self._turn:
            database = self._idle.pop()[0] if self._idle else None
        if database is None:
            database = connections.create_connection(DEFAULT_DB_ALIAS)
            database.inc_thread_sharing()  # by one thread after the other
        elif _is_gone(database) or _only_reads(database):
            database.close()
        _try_again(database)
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
            if database.connection is None and database.errors_occurred:
                return self.close()  # it broke: none of the others is trusted
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


def _is_gone(database: BaseDatabaseWrapper) -> bool:
    """Say whether PostgreSQL has ended a connection on which nothing goes on."""
    raw = database.connection
    if raw is None or database.vendor != "postgresql" or database.in_atomic_block:
        return False
    if raw.closed:
        return True
    if raw.pgconn.transaction_status != _AT_REST:
        return False
    # To one that asks nothing the server says nothing, but for its last words: half a microsecond to see.
    heard = poll()
    heard.register(raw.pgconn.socket, POLLIN)
    return bool(heard.poll(0))


def _try_again(database: BaseDatabaseWrapper) -> None:
    """Close a connection on which something went wrong, unless it goes on working."""
    if database.errors_occurred:
        database.close_if_unusable_or_obsolete()


def _only_reads(database: BaseDatabaseWrapper) -> bool:
    """Say whether PostgreSQL told this connection to take no changes, when it was opened or since.

    It would stay so after the database takes changes again.
    """
    if database.connection is None or database.vendor != "postgresql":
        return False
    told = database.connection.pgconn.parameter_status
    return b"on" in (told(b"default_transaction_read_only"), told(b"in_hot_standby"))


lender = Lender()  # of this process
