"""Moving to another database, of this or the other kind: a backup and a restore in one, and proven."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from milepost.core.problems import Problem
from milepost.formats.archives import Archive, Manifest
from milepost.management import backups, databases, schema, sealer
from milepost.management.backups import Heard, NotTheSame


def move(url: str, *, with_exports: bool, at: datetime, heard: Heard) -> Manifest:
    """Copy everything into the empty database at an address, and prove that it is the same there.

    Where that fails, the other database is left as it was.
    """
    schema.require()
    with tempfile.TemporaryDirectory(prefix="milepost-", dir=settings.MILEPOST.data_dir) as folder:
        path = Path(folder) / f"move{backups.ENDING}"
        with _left_as_it_was(url):
            with databases.standing_on(url):
                _refuse_unless_empty()
                schema.make_current()
                _refuse_unless_empty()
            sealer.everything(at)  # so that the copy proves all it holds
            # To write the rows and to read them back is twice as much as to read them.
            reading, writing = backups.in_one_go(heard, 1, 2)
            backups.make(path, with_exports=with_exports, at=at, heard=reading)
            with databases.standing_on(url), Archive(path) as archive:
                backups.load(archive.manifest.tables, archive.batches, at=at, heard=writing)
                if with_exports and archive.manifest.exports != backups.exports():
                    raise NotTheSame(
                        "The exports of the two databases differ.",
                        remedy="Keep the old one, and please tell us.",
                    )
                return archive.manifest


def _refuse_unless_empty() -> None:
    # Asked before the schema is touched too: a database in use is not brought up to date in passing.
    if schema.exists():
        backups.refuse_unless_empty("Move into an empty database.")


@contextmanager
def _left_as_it_was(url: str) -> Iterator[None]:
    """Take away what was made in another database, where what is done meanwhile fails."""
    file = _file(url)
    if file is not None and not file.parent.is_dir():
        raise backups.NoSuchFolder(f"There is no folder {file.parent}.", remedy="Make it first.")
    is_new = file is not None and not file.exists()
    with databases.standing_on(url):
        tables, functions = _tables(), _functions()
    try:
        yield
    except BaseException:
        # Where it does not answer any more, what went wrong first is still what is told.
        with suppress(DatabaseError, Problem), databases.standing_on(url):
            _drop([each for each in _tables() if each not in tables])
            _drop_functions([each for each in _functions() if each not in functions])
        if is_new:
            for ending in ("", "-wal", "-shm"):
                file.with_name(file.name + ending).unlink(missing_ok=True)
        raise


def _file(url: str) -> Path | None:
    told = settings.DATABASE_AT(url)
    return Path(told["NAME"]) if told["ENGINE"].endswith("sqlite") else None


def _tables() -> list[str]:
    """List the tables there are, those of indexes first, which take away what they keep by themselves."""
    if connection.vendor == "sqlite":
        return _listed(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
            "ORDER BY sql NOT LIKE 'CREATE VIRTUAL%'"
        )
    return _listed(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
        "AND relnamespace = current_schema()::regnamespace"
    )


def _functions() -> list[str]:
    """List the functions there are, with the arguments that tell them apart."""
    if connection.vendor == "sqlite":
        return []
    return _listed(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
    )


def _listed(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def _drop(tables: list[str]) -> None:
    quoted = [connection.ops.quote_name(table) for table in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
            for table in quoted:
                cursor.execute(f"DROP TABLE IF EXISTS {table}")
        elif quoted:
            cursor.execute(f"DROP TABLE {', '.join(quoted)} CASCADE")


def _drop_functions(functions: list[str]) -> None:
    if functions:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP FUNCTION {', '.join(functions)} CASCADE")
