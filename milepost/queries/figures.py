"""Figures about this process and its database, for whoever runs it: sums alone, nothing by name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from milepost.ledger import changes, image, sight, tallies


@dataclass(frozen=True)
class Figure:
    """One number with its meaning."""

    name: str
    help: str
    value: float
    only_rises: bool = False


def now(data_dir: Path) -> Iterator[Figure]:
    """Yield every figure as it is."""
    yield Figure("checkins_recorded", "Check-ins that this process recorded.", tallies.checkins.count, True)
    yield from _of_images()
    yield from _of_the_database()
    usage = shutil.disk_usage(data_dir)
    yield Figure("disk_free_bytes", "Free room on the disk of the data folder.", usage.free)
    yield Figure("disk_bytes", "Size of the disk of the data folder.", usage.total)


def _of_images() -> Iterator[Figure]:
    held = image.all_held()
    behind = 0
    for one in held:
        with sight.within(one.workspace_id):
            behind += len(changes.changes_since(one.workspace_id, one.token)[0])
    yield Figure("images_held", "Workspaces whose image this process holds.", len(held))
    yield Figure("image_nodes", "Objectives and key results in them.", sum(len(one.ids) for one in held))
    yield Figure("image_changes_behind", "Changes that they take in when they are next read.", behind)
    yield Figure(
        "image_updates", "How often news was taken in.", sum(one.version for one in held), only_rises=True
    )
    yield Figure("image_loads", "How often one was read as a whole.", tallies.loads.count, only_rises=True)


def _of_the_database() -> Iterator[Figure]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        yield Figure("database_bytes", "Size of the database.", cursor.fetchone()[0])
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        log = file.with_name(f"{file.name}-wal")
        size = log.stat().st_size if log.exists() else 0
        yield Figure("database_wal_bytes", "Size of SQLite's write-ahead log.", size)
