"""What a database could not do, told from its own codes: full, busy, only readable, away.

None of these is a defect of ours, and in none of them was anything saved: the transaction is undone whole.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from milepost.core.problems import Problem

RETRY_SECONDS = 10  # after which it is worth asking again
ROOM_SECONDS = 60  # until somebody may have made room


class DiskIsFull(Problem):
    """There is no room for what was to be written."""

    code = "disk_is_full"
    status = 507
    retry_after = ROOM_SECONDS


class DatabaseIsBusy(Problem):
    """Somebody else held the database for longer than one waits."""

    code = "database_is_busy"
    status = 503
    retry_after = RETRY_SECONDS


class DatabaseIsReadOnly(Problem):
    """The database takes no changes."""

    code = "database_is_read_only"
    status = 503
    retry_after = RETRY_SECONDS


class DatabaseIsAway(Problem):
    """The database does not answer."""

    code = "database_is_away"
    status = 503
    retry_after = RETRY_SECONDS


LEAST_ROOM = 1024 * 1024
_KEPT = "Nothing was saved"
_FULL = (
    DiskIsFull,
    f"The server's disk is full. {_KEPT}; everything from before is safe.",
    "Reading goes on as usual. Go back, where what you typed still is, and try again once whoever runs this "
    "server has made room.",
)
_BUSY = (
    DatabaseIsBusy,
    f"The database was busy for too long. {_KEPT}.",
    "Try again in a moment; what you typed is still there when you go back.",
)
_READ_ONLY = (
    DatabaseIsReadOnly,
    f"The database takes no changes at the moment. {_KEPT}.",
    "Reading goes on as usual. Tell whoever runs this server, and try again later.",
)
_AWAY = (
    DatabaseIsAway,
    f"The database does not answer. {_KEPT}.",
    "Try again in a moment; if it stays so, tell whoever runs this server.",
)

# SQLite's codes without what they are extended by.
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _AWAY,
    sqlite3.SQLITE_IOERR: _AWAY,
}
# PostgreSQL's, the longest beginning first.
_OF_POSTGRESQL = {
    "53100": _FULL,
    "25006": _READ_ONLY,
    "40001": _BUSY,
    "40P01": _BUSY,
    "55P03": _BUSY,
    "57014": _BUSY,
    "53": _AWAY,
    "57P": _AWAY,
    "08": _AWAY,
}


def told(error: BaseException) -> Problem | None:
    """Say what was in the database's way; None where the error is something else."""
    found = _found(error) if isinstance(error, DatabaseError | InterfaceError) else None
    if found is None:
        return None
    kind, message, remedy = found
    return kind(message, remedy=remedy)


def _found(error: BaseException):
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        found = _OF_SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
        # Of its files beside the database SQLite says only that they could not be written.
        return _FULL if found is _AWAY and _has_no_room() else found
    state = getattr(cause, "sqlstate", None)
    if state:
        return next((found for begins, found in _OF_POSTGRESQL.items() if state.startswith(begins)), None)
    # Without a code nobody answered: no connection could be made, or the one there was broke.
    return _AWAY if isinstance(error, OperationalError | InterfaceError) else None


def _has_no_room() -> bool:
    try:
        return shutil.disk_usage(Path(connection.settings_dict["NAME"]).parent).free < LEAST_ROOM
    except OSError:
        return False
