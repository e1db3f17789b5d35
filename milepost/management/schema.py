"""The database's schema: what it lacks, and bringing it up to date."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import StateApps

from milepost.core.problems import Conflict, NotFound
from milepost.management import foundation
from milepost.management.counts import counted

UTF8 = "UTF8"
# No database can be given another encoding, and `template1` may hold what would not fit the new one.
IN_UTF8 = "Make another, and name that: CREATE DATABASE milepost ENCODING 'UTF8' TEMPLATE template0;"


class NoDatabase(NotFound):
    """Nobody has begun here."""

    code = "no_database"


class SchemaIsOld(Conflict):
    """The database was made by an older Milepost."""

    code = "schema_is_old"


class SchemaIsNewer(Conflict):
    """The database was made by a newer Milepost."""

    code = "schema_is_newer"


class OtherEncoding(Conflict):
    """The database cannot keep every text."""

    code = "other_encoding"


def exists() -> bool:
    """Say whether there is a database with something in it; asking makes none."""
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        if not file.is_file() or not file.stat().st_size:
            return False
    return MigrationRecorder(connection).has_table()


def require() -> None:
    """Raise a Problem where there is no database that this version can work with; make and change nothing."""
    refuse_other_encoding()
    if not exists():
        raise NoDatabase(
            f"There is no database yet at {place()}.",
            remedy="`milepost serve` makes one; for one elsewhere set MILEPOST_DATA_DIR or DATABASE_URL.",
        )
    _refuse_newer()
    if lacking := pending():
        raise SchemaIsOld(
            f"An older Milepost made this database: it lacks {counted(len(lacking), 'migration')}.",
            remedy="Make a backup, then run `milepost migrate`.",
        )


def refuse_other_encoding() -> None:
    """Raise a Problem where the database keeps texts in something else than UTF-8; SQLite's never does."""
    found = encoding()
    if found != UTF8:
        raise OtherEncoding(
            f"The database {place()} has the encoding {found}, and Milepost needs UTF8; nothing was done.",
            remedy=IN_UTF8,
            field="database_url",
        )


def encoding() -> str:
    """Name the encoding of the database, in PostgreSQL's words."""
    if connection.vendor == "sqlite":
        return UTF8
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_encoding')")
        return cursor.fetchone()[0]


def place() -> str:
    """Name the database as a person knows it: its file, or server and name."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(told["NAME"])
    return f"{told['HOST'] or 'the local socket'}/{told['NAME']}"


def pending() -> list[str]:
    """List the migrations that the database still lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def newest() -> list[tuple[str, str]]:
    """Name the last migration of each app that this version has."""
    return sorted(MigrationLoader(None).graph.leaf_nodes())


def unknown() -> list[str]:
    """List the migrations that the database has and this version does not know."""
    loader = MigrationExecutor(connection).loader
    apps = {app for app, _ in loader.disk_migrations}
    strange = [
        each for each in loader.applied_migrations if each[0] in apps and each not in loader.graph.nodes
    ]
    return [".".join(each) for each in strange]


def heads() -> list[tuple[str, str]]:
    """Name the last migration of each app that the database has: together they say which tables there are."""
    loader = MigrationExecutor(connection).loader
    applied = {node for node in loader.graph.nodes if node in loader.applied_migrations}
    passed = {
        parent.key
        for node in applied
        for parent in loader.graph.node_map[node].parents
        if parent.key[0] == node[0]
    }
    return sorted(applied - passed)


def models_at(heads: Sequence[tuple[str, str]]) -> StateApps:
    """Return the models as they were at these migrations."""
    loader = MigrationLoader(None)
    if strange := [node for node in heads if tuple(node) not in loader.graph.nodes]:
        raise SchemaIsNewer(
            f"A newer Milepost wrote this: it is at {'.'.join(strange[0])}, which this one does not know.",
            remedy="Install that version, or a later one.",
        )
    return loader.project_state([tuple(node) for node in heads]).apps


def migrate_to(heads: Sequence[tuple[str, str]]) -> None:
    """Make the tables of an empty database as they were at these migrations, and nothing in them."""
    MigrationExecutor(connection).migrate([tuple(node) for node in heads])


def make_current() -> bool:
    """Bring an empty database, or a SQLite one, up to date; say whether there was anything to do.

    A PostgreSQL database with data is its operator's to migrate, at a time of their choosing.
    """
    refuse_other_encoding()
    keep_key()
    if foundation.is_current():
        return False
    if not exists():
        migrate()
        return True
    _refuse_newer()
    lacking = pending()
    if not lacking:
        return False
    if connection.vendor != "sqlite" and MigrationRecorder(connection).applied_migrations():
        raise SchemaIsOld(
            f"The database lacks {counted(len(lacking), 'migration')}, from {lacking[0]} on.",
            remedy="Make a backup, then run `milepost migrate`.",
        )
    migrate()
    return True


def _refuse_newer() -> None:
    if strange := unknown():
        raise SchemaIsNewer(
            f"A newer Milepost made this database: it has {strange[-1]}, which this one does not know.",
            remedy="Install that version again, or restore the backup from before.",
        )


def keep_key() -> None:
    """Make the data folder and the secret key where they are missing."""
    settings.SECRET_KEY = settings.KEEP_SECRET_KEY()


def migrate() -> None:
    """Apply every migration that is lacking; the static files are for whoever serves them."""
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0, without_files=True)
