"""Statements written by hand, for the few that every request or every check-in pays for.

A small statement costs less than what a framework puts around it: on SQLite a fifth of that, on PostgreSQL
half. So the driver gets it directly, or of PostgreSQL its library (`milepost/ledger/prepared.py`), unless
somebody counts statements: then it goes the usual way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import count

import orjson
from django.db import DEFAULT_DB_ALIAS, connections


class Statement:
    """One statement with `%s` where its arguments go, and `%%` for a percent sign."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._on_sqlite = "%".join(part.replace("%s", "?") for part in text.split("%%"))

    @cached_property
    def _on_postgresql(self) -> str:
        numbers = count(1)
        return "%".join(re.sub("%s", lambda _: f"${next(numbers)}", part) for part in self.text.split("%%"))

    def run(self, arguments: Sequence):
        """Execute it on this thread's connection and return the cursor; errors are Django's."""
        database = connections[DEFAULT_DB_ALIAS]  # itself: what stands for it looks it up at each touch
        if database.connection is None or database.force_debug_cursor:
            cursor = database.cursor()
            cursor.execute(self.text, arguments)
            return cursor
        text = self._on_sqlite if database.vendor == "sqlite" else self.text
        return _passed(database, database.connection.execute, text, arguments)

    def rows(self, arguments: Sequence) -> list[tuple]:
        """Execute it and return all it found."""
        database = connections[DEFAULT_DB_ALIAS]
        if database.vendor == "postgresql" and database.connection and not database.force_debug_cursor:
            from milepost.ledger import prepared  # only now: whoever uses SQLite has no need of it

            if there := prepared.on(database.connection):
                return _passed(database, there.rows, self._on_postgresql, arguments)
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
        database = connections[DEFAULT_DB_ALIAS]
        if database.vendor == "postgresql":
            return next(iter(self.rows(arguments)), None)
        cursor = self.run(arguments)
        try:
            return cursor.fetchone()
        finally:
            cursor.close()


def _passed(database, execute: Callable, text: str, arguments: Sequence):
    """Execute a statement behind whatever stands before all of them, as Django has it."""
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        if not database.execute_wrappers:
            return execute(text, arguments)

        def alone(text: str, arguments: Sequence, many: bool, context: dict):
            return execute(text, arguments)

        passed = alone
        for wrapper in reversed(database.execute_wrappers):
            passed = partial(wrapper, passed)
        return passed(text, arguments, False, {"connection": database})


# A list is one argument, however long it is: so the statement stays the same, and is planned once.
AMONG = {"sqlite": "{} IN (SELECT value FROM json_each(%s))", "postgresql": "{} = ANY(%s)"}
"""By database: whether a column is among the ids of a list that `listed` makes."""


def listed(ids: Collection[int]) -> str | list[int]:
    """Return ids as the one argument of `AMONG`."""
    ids = list(ids)
    return orjson.dumps(ids).decode() if connections[DEFAULT_DB_ALIAS].vendor == "sqlite" else ids


def zoned(found: datetime | str | None) -> datetime | None:
    """Return a moment that a statement by hand has read, or its text: SQLite names no zone, and means UTC."""
    if isinstance(found, str):
        found = datetime.fromisoformat(found)
    if found is not None and found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    return found
