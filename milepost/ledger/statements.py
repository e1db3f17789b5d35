"""Statements written by hand, for the few that every request or every check-in pays for.

A small statement costs less than what a framework puts around it: on SQLite a fifth of that, on PostgreSQL
half. So the driver gets it directly, unless somebody counts statements: then it goes the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial

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
        if database.connection is None or database.force_debug_cursor:
            cursor = database.cursor()
            cursor.execute(self.text, arguments)
            return cursor
        database.validate_no_broken_transaction()
        text = self._on_sqlite if database.vendor == "sqlite" else self.text
        with database.wrap_database_errors:
            if not database.execute_wrappers:
                return database.connection.execute(text, arguments)
            return _wrapped(database)(text, arguments, False, {"connection": database})

    def rows(self, arguments: Sequence) -> list[tuple]:
        """Execute it and return all it found."""
        cursor = self.run(arguments)
        try:
            return cursor.fetchall()
        finally:
            cursor.close()

    def each(self, arguments: Sequence) -> Iterator[tuple]:
        """Execute it and yield what it found row by row: whoever finds theirs early pays for no more."""
        with closing(self.run(arguments)) as cursor:
            yield from iter(cursor.fetchone, None)

    def row(self, arguments: Sequence) -> tuple | None:
        """Execute it and return the first row, None where there is none."""
        cursor = self.run(arguments)
        try:
            return cursor.fetchone()
        finally:
            cursor.close()


def _wrapped(database) -> Callable:
    """Return what executes a statement behind whatever stands before all of them, as Django has it."""

    def execute(text: str, arguments: Sequence, many: bool, context: dict):
        return database.connection.execute(text, arguments)

    for wrapper in reversed(database.execute_wrappers):
        execute = partial(wrapper, execute)
    return execute


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
