"""The tables of an empty SQLite database, made at one stroke: a script of what all migrations come to.

Going through the migrations one by one takes a second, most of it in Django's models of what once was. The
script is written by `bin/docs` from a database that did; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from milepost.management import databases

SCRIPT = Path(__file__).with_name("foundation.sql")
HEAD = "-- Written by bin/docs from the migrations: change them there.\n"
_APPLIED = "django_migrations"
_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
_ROW = re.compile(rf"INSERT INTO \"{_APPLIED}\" VALUES\(\d+,'(\w+)','(\w+)',")


def lay() -> bool:
    """Make the tables of a SQLite database that has none, and say whether this was one.

    None are made where the script knows a migration that is not installed here; one that it does not know is
    then applied like any other.
    """
    if connection.vendor != "sqlite" or _is_there():
        return False
    statements = [line for line in SCRIPT.read_text("utf-8").splitlines() if not line.startswith("--")]
    made = {found.groups() for found in map(_ROW.match, statements) if found}
    if not made <= migrations():
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        if _is_there():  # somebody else was quicker
            return False
        for statement in statements:
            cursor.execute(statement)
    return True


def migrations() -> set[tuple[str, str]]:
    """List the migrations that are installed here, by name alone: reading them takes a tenth of a start."""
    return {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[0-9]*.py")
    }


def is_current() -> bool:
    """Say whether the database has just the migrations that are installed here."""
    return MigrationRecorder(connection).applied_migrations().keys() == migrations()


def script() -> str:
    """Return the script that makes the tables of this database, and what its migrations wrote into them."""
    return HEAD + "".join(f"{statement};\n" for statement in _statements())


def from_migrations() -> str:
    """Return the script as an empty database gives it that goes through every migration."""
    with TemporaryDirectory() as folder, databases.aside(Path(folder)):
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
        emit_post_migrate_signal(verbosity=0, interactive=False, db=databases.DEFAULT)
        return script()


def _is_there() -> bool:
    return bool(connection.introspection.table_names())


def _statements() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
        virtual = [name for (name,) in cursor.fetchall()]
        # What a virtual table keeps its rows in, and SQLite's own, come by themselves.
        inner = re.compile(rf"(?:{'|'.join(virtual)})_(?:data|idx|docsize|config)\Z|sqlite_")
        cursor.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
            "ORDER BY type = 'trigger', type = 'index', rowid"
        )
        made = [(kind, name, sql) for kind, name, sql in cursor.fetchall() if not inner.match(name)]
        for _, _, sql in made:
            yield " ".join(sql.split("\n"))
        for kind, name, _ in made:
            if kind == "table" and name not in virtual:
                yield from _rows(cursor, name)


def _rows(cursor, table: str) -> Iterator[str]:
    cursor.execute(f"SELECT name FROM pragma_table_info('{table}') ORDER BY cid")
    columns = [name for (name,) in cursor.fetchall()]
    said = [
        f"'{_NOW.replace(chr(39), chr(39) * 2)}'"
        if (table, name) == (_APPLIED, "applied")
        else f'quote("{name}")'
        for name in columns
    ]
    cursor.execute(f'SELECT {", ".join(said)} FROM "{table}" ORDER BY rowid')
    for row in cursor.fetchall():
        yield f'INSERT INTO "{table}" VALUES({",".join(row)})'
