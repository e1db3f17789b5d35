"""Writing very many rows at once, as each database likes it best.

For what is made by the million (the seed of the benchmarks), never for a request: no events, no change for
each row, and references are checked once for all rows instead of row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from django.apps import apps
from django.db import IntegrityError, connection

from milepost.models import borders, search

BATCH = 20_000
# Pages of an index are written out again and again where the cache holds fewer than the rows need.
SQLITE_CACHE_KILOBYTES = 400_000


def write(
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence],
    *,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write rows into a table and return how many; the caller holds the transaction.

    Moments are text in UTC, numbers of exact columns plain text, lists JSON text. `progress` hears how many
    rows each batch brought.
    """
    _check(table, columns)
    listed = ", ".join(f'"{column}"' for column in columns)
    write_batch = _copied if connection.vendor == "postgresql" else _inserted
    written = 0
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        write_batch(table, listed, len(columns), batch)
        written += len(batch)
        if progress is not None:
            progress(len(batch))
    return written


@contextmanager
def unlocked(tables: Iterable[str]) -> Iterator[None]:
    """Let the tables' owner copy rows into them, which PostgreSQL refuses whom policies hold.

    The tables are locked for everyone else until the transaction ends.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relforcerowsecurity AND oid = ANY (%s::text[]::regclass[])",
            [list(tables)],
        )
        forced = [table for (table,) in cursor.fetchall()]
        _force(cursor, forced, "NO FORCE")
        yield
        _force(cursor, forced, "FORCE")


def _force(cursor, tables: list[str], how: str) -> None:
    # A table is not altered while references of its rows wait to be checked.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" {how} ROW LEVEL SECURITY')


@contextmanager
def checked_at_once(tables: Sequence[str], workspace_id: int) -> Iterator[None]:
    """Check the references of a new workspace's rows all together at the end, in this transaction.

    Row by row it costs more than the writing: two thirds of the time. Nothing but rows of that workspace may
    be written meanwhile. On PostgreSQL the tables are locked for everyone else, so there this is for a
    database that nobody uses yet.
    """
    lift = _lifted_on_postgresql if connection.vendor == "postgresql" else _lifted_on_sqlite
    with unlocked(tables), connection.cursor() as cursor:
        again = [statement for table in tables for statement in lift(cursor, table)]
        yield
        for table, found in borders.references():
            if table in tables:
                _refuse_strangers(cursor, table, found, workspace_id)
        for statement in again:
            cursor.execute(statement)
    search.fill(connection, tables, workspace_id)


@contextmanager
def checked_at_once_alone(tables: Sequence[str], workspace_id: int) -> Iterator[None]:
    """Do as `checked_at_once` where that locks nobody out: on SQLite, where whoever writes is alone."""
    if connection.vendor == "sqlite":
        with checked_at_once(tables, workspace_id):
            yield
    else:
        yield


def _lifted_on_sqlite(cursor, table: str) -> list[str]:
    cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
    # An index is made sooner than kept, but only for rows that are all new.
    kinds = "('trigger')" if cursor.fetchone()[0] else "('trigger', 'index')"
    cursor.execute(
        "SELECT type, name, sql FROM sqlite_master "
        f"WHERE tbl_name = %s AND sql IS NOT NULL AND type IN {kinds} ORDER BY type, name",
        [table],
    )
    lifted = cursor.fetchall()
    for kind, name, _ in lifted:
        cursor.execute(f'DROP {kind} "{name}"')
    return [sql for _, _, sql in lifted]


def _lifted_on_postgresql(cursor, table: str) -> list[str]:
    # Only a superuser may switch a foreign key off; taking it away and adding it again, its owner may.
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND contype = 'f'",
        [table],
    )
    keys = cursor.fetchall()
    cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    for name, _ in keys:
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    added = [f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}' for name, definition in keys]
    return [*added, f'ALTER TABLE "{table}" ENABLE TRIGGER USER']


def _refuse_strangers(cursor, table: str, found: list[tuple[str, str]], workspace_id: int) -> None:
    for column, other in found:
        cursor.execute(
            f'SELECT o.id FROM "{table}" t LEFT JOIN "{other}" o ON o.id = t."{column}" '
            f'WHERE t.workspace_id = %s AND t."{column}" IS NOT NULL '
            "AND coalesce(o.workspace_id, 0) <> t.workspace_id LIMIT 1",
            [workspace_id],
        )
        if strange := cursor.fetchone():
            raise IntegrityError(
                f"{table}: {column} refers to nothing"
                if strange[0] is None
                else f"{table}: {borders.MESSAGE}"
            )


@contextmanager
def references_later() -> Iterator[None]:
    """Let SQLite ask about no reference in the transaction within, for `checked_at_once` asks about all.

    It cannot be told so in a transaction: there each row is asked about as ever.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys=ON")


@contextmanager
def room() -> Iterator[None]:
    """Give the database the memory that very many rows need, while they are written."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size=-{SQLITE_CACHE_KILOBYTES}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size={before}")


def erase(workspace_id: int) -> None:
    """Delete every row of a workspace but its own, those that refer before those referred to."""
    with connection.cursor() as cursor:
        for table in _tables_of_a_workspace():
            cursor.execute(f'DELETE FROM "{table}" WHERE workspace_id = %s', [workspace_id])


def scrub() -> None:
    """Leave nothing of deleted rows in SQLite's file, which is written anew and needs room for it twice.

    On PostgreSQL its own housekeeping sees to it.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for table in search.INDEXED:
            # A deleted word stays beside its mark until the index is merged.
            index = search.index_of(table)
            cursor.execute(f'INSERT INTO "{index}" ("{index}") VALUES (\'optimize\')')
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _tables_of_a_workspace() -> list[str]:
    # Models know only those before them, so their order backwards is an order for deleting.
    models = list(apps.get_app_config("milepost").get_models())[::-1]
    return [
        model._meta.db_table
        for model in models
        if any(field.column == "workspace_id" for field in model._meta.local_fields)
    ]


def settle(tables: Iterable[str]) -> None:
    """Tell PostgreSQL's planner what has become of the tables; by itself it learns that minutes later."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f'ANALYZE "{table}"')


def _check(table: str, columns: Sequence[str]) -> None:
    known = {model._meta.db_table: model for model in apps.get_app_config("milepost").get_models()}
    fields = {field.column for field in known[table]._meta.local_concrete_fields}
    if fields ^ set(columns):
        raise ValueError(f"{table}: the rows lack or add {sorted(fields ^ set(columns))}.")


def _inserted(table: str, listed: str, width: int, batch: list[Sequence]) -> None:
    marks = ", ".join(["%s"] * width)
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', batch)


def _copied(table: str, listed: str, width: int, batch: list[Sequence]) -> None:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
        for row in batch:
            copy.write_row(row)
