"""Can this process do its work now? What `/readyz` asks; `milepost doctor` says more, and how to mend it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from milepost.ledger import holding

LEAST_FREE_SHARE = 20  # a twentieth of the disk: 5 %
LEAST_ROOM = 1 << 20  # bytes: with less, SQLite soon finds none for what it writes
SQLITE_WANTED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
# Milliseconds: who asks whether we are ready does not wait as long as somebody who wants to write.
SHORT_WAIT, USUAL_WAIT = 1_000, 10_000

OK = "ok"
PASSES_BY = "off: the database's role is not held by it"
WELL = (OK, PASSES_BY)


def now(data_dir: Path) -> dict[str, str]:
    """Say of each thing that is needed that it is ok, or what is wrong with it; write nothing to find out."""
    found = {
        "database": _told(_database),
        "writable": _told(_writable),
        "migrations": _told(_migrations),
        "disk": _told(lambda: _disk(data_dir)),
    }
    if connection.vendor == "sqlite":
        found["durability"] = _told(_durability)
    else:
        found["row_security"] = _told(_row_security)
    return found


def _told(check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, OSError) as wrong:
        # The kind alone: the words may name the server or the file, and anyone may ask.
        return f"failed: {type(wrong).__name__}"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _writable() -> str:
    if connection.vendor == "sqlite" and _room() < LEAST_ROOM:
        return "failed: no room on the disk"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_setting('transaction_read_only')")
            return OK if cursor.fetchone()[0] == "off" else "failed: the server only reads"
        cursor.execute(f"PRAGMA busy_timeout={SHORT_WAIT}")
        try:
            with transaction.atomic():  # takes the lock that every write needs
                cursor.execute("PRAGMA query_only")
                return "failed: only reads" if cursor.fetchone()[0] else OK
        finally:
            cursor.execute(f"PRAGMA busy_timeout={USUAL_WAIT}")


def _room() -> int:
    return shutil.disk_usage(Path(connection.settings_dict["NAME"]).parent).free


def _row_security() -> str:
    found = holding.now()
    if found.open_tables:
        return f"failed: {len(found.open_tables)} tables without it"
    # It works as it is, so it is ready; the operator should know all the same.
    return PASSES_BY if found.passes_by else OK


def _migrations() -> str:
    applied = set(MigrationRecorder(connection).applied_migrations())
    known = _known()
    lacking = len(known - applied)
    return OK if not lacking else f"failed: {lacking} to apply"


@cache
def _known() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    return frozenset(loader.graph.nodes)


def _disk(data_dir: Path) -> str:
    usage = shutil.disk_usage(data_dir)
    if usage.free * LEAST_FREE_SHARE >= usage.total:
        return OK
    return f"failed: {100 * usage.free // usage.total} % free"


def _durability() -> str:
    weak = weakened()
    return OK if not weak else f"failed: {', '.join(weak)}"


def weakened() -> list[str]:
    """List the options of SQLite that are not as an acknowledged check-in needs them."""
    weak = [name for name, wanted in SQLITE_WANTED.items() if _pragma(name) != wanted]
    return weak if connection.transaction_mode == "IMMEDIATE" else [*weak, "transaction_mode"]


def _pragma(name: str):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]
