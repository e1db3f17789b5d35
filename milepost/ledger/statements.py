"""Statements written by hand, for the few that every request or every check-in pays for.

On SQLite a statement costs a few microseconds, and what a framework puts around it five times that. So the
driver gets it directly, unless somebody counts or watches statements: then it goes the usual way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import orjson
from django.db import DEFAULT_DB_ALIAS, connections


class Statement:
    """One statement with `%s` where its arguments go, and `%%` for a percent sign."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._on_sqlite = "%".join(part.replace("%s", "?") for part in text.split("%%"))

    def run(self, arguments: Sequence):
        """Execute it on this thread's connection and return the cursor; errors are Django's."""
        database = connections[DEFAULT_DB_ALIAS]  # itself: what stands for it looks it up at each touch
        if database.vendor != "sqlite" or database.connection is None or _is_watched(database):
            cursor = database.cursor()
            cursor.execute(self.text, arguments)
            return cursor
        database.validate_no_broken_transaction()
        with database.wrap_database_errors:
            return database.connection.execute(self._on_sqlite, arguments)

    def rows(self, arguments: Sequence) -> list[tuple]:
        """Execute it and return all it found."""
        cursor = self.run(arguments)
        try:
            return cursor.fetchall()
        finally:
            cursor.close()

    def row(self, arguments: Sequence) -> tuple | None:
        """Execute it and return the first row, None where there is none."""
        cursor = self.run(arguments)
        try:
            return cursor.fetchone()
        finally:
            cursor.close()


def _is_watched(database) -> bool:
    return bool(database.force_debug_cursor or database.execute_wrappers)


# A list is one argument, however long it is: so the statement stays the same, and is planned once.
AMONG = {"sqlite": "{} IN (SELECT value FROM json_each(%s))", "postgresql": "{} = ANY(%s)"}
"""By database: whether a column is among the ids of a list that `listed` makes."""


def listed(ids: Collection[int]) -> str | list[int]:
    """Return ids as the one argument of `AMONG`."""
    ids = list(ids)
    return orjson.dumps(ids).decode() if connections[DEFAULT_DB_ALIAS].vendor == "sqlite" else ids


def zoned(found: datetime | str | None) -> datetime | None:
    """Return a moment that a statement by hand has read: SQLite keeps text, in UTC, and says no zone."""
    if isinstance(found, str):
        found = datetime.fromisoformat(found)
    if found is not None and found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    return found
