"""Whether anything at all was committed to the database since one last looked.

An image asks the change log what is new in its workspace. Whoever wants to give an answer once more must know
that nothing whatever has changed: no session ended, no role, no setting. Both databases can say so, without
reading a row.
"""

from __future__ import annotations

import os
import sqlite3
from contextvars import ContextVar
from itertools import count
from pathlib import Path
from threading import Lock

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import Error

from milepost.core.ambient import Ambient
from milepost.ledger.lending import lender

Mark = tuple[int, int] | str

# -- asked in passing --------------------------------------------------------------------------------------

COLUMN = {
    # Numbers rise with commits, and none comes again.
    "sqlite": "(SELECT CAST(max(seq) AS text) FROM change)",
    "postgresql": "CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text END",
}
"""By database: a mark of the change log, as a column of any statement; `told` reads it."""


def told(database, found: Mark | None) -> Mark | None:
    """Return the mark that a statement found; None where it says nothing.

    It says nothing to a transaction that has written: what that writes next moves no mark. PostgreSQL knows
    that of itself; on SQLite no transaction goes by marks.
    """
    return None if database.vendor == "sqlite" and database.in_atomic_block else found


class Look:
    """A mark of one's own, where the database tells none: it equals itself alone."""


_settled: ContextVar[Mark | Look | None] = ContextVar("settled", default=None)


def unsettled() -> Ambient[None]:
    """Know no mark; what is settled within is over with it."""
    return Ambient(_settled, None)


def settle(mark: Mark | None) -> None:
    """Read everything as of a mark from here on: for whoever asked for it just now and writes nothing.

    Where the database told none, it is as of the next look at the change log.
    """
    _settled.set(mark or Look())


def as_of(mark: Mark | None) -> Ambient[Mark | None]:
    """Read everything as of a mark as long as this holds, and write nothing; None: look for news as ever."""
    return Ambient(_settled, mark)


def looked(still: Mark | None) -> Mark | Look | None:
    """Return the mark of a look at the change log, of which the database told one or not.

    Whoever reads as of one mark goes on as of this one: in one request one look is enough.
    """
    settled = _settled.get()
    if settled is not None and still is not None:
        _settled.set(still)
    return settled if still is None and isinstance(settled, Look) else still


def is_settled(mark: Mark | Look | None) -> bool:
    """Say whether a mark is the one as of which everything is read here."""
    return mark is not None and mark == _settled.get()


# -- asked for itself --------------------------------------------------------------------------------------


def mark() -> Mark | None:
    """Return a mark of what is committed: while two are equal, nothing was committed between them.

    That two differ says nothing. None: the database cannot be asked now.
    """
    # By the settings: to find this thread's connection would take a fifth of the time of a 304.
    named = connections.settings[DEFAULT_DB_ALIAS]
    if named["ENGINE"].endswith("postgresql"):
        is_lent = lender.take()
        try:
            return _snapshot(connections[DEFAULT_DB_ALIAS])
        finally:
            if is_lent:
                lender.give_back()
    return _watcher.version(str(named["NAME"]))


def _snapshot(database) -> str | None:
    # Whoever writes takes a number for it, so while the same ones are open and the same comes next nobody has
    # committed. Other databases of the same server take numbers too: then one looks once more, needlessly.
    from milepost.ledger import prepared  # only now: whoever uses SQLite has no need of it

    asked = "SELECT pg_current_snapshot()::text"
    try:
        database.ensure_connection()
        with database.wrap_database_errors:
            if there := prepared.on(database.connection):
                return there.rows(asked, ())[0][0]
            return database.connection.execute(asked).fetchone()[0]
    except Error:
        return None


class _Watcher:
    """A connection that never writes: SQLite tells it when any other one has committed."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.watched: tuple[int, str] | None = None  # by which process, which file
        self.connection: sqlite3.Connection | None = None
        # The database counts for each connection by itself, so marks of two connections are never equal.
        self.numbers = count()
        self.number = 0

    def version(self, path: str) -> tuple[int, int] | None:
        with self.lock:
            try:
                if self.watched != (os.getpid(), path):
                    self._watch(path)
                return self.number, self.connection.execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.Error:
                self.watched = None
                return None

    def _watch(self, path: str) -> None:
        address = f"{Path(path).absolute().as_uri()}?mode=ro"
        self.connection = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
        self.number, self.watched = next(self.numbers), (os.getpid(), path)


_watcher = _Watcher()
