"""Backups: the rows of every table as they stood at one moment, the same file from both databases."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction

from milepost import __version__
from milepost.core.problems import Conflict, Invalid, NotFound, Problem
from milepost.formats import okr_files
from milepost.formats.archives import Archive, Digest, Manifest, TableFacts, Writer
from milepost.ledger import bulk, changes, rows
from milepost.ledger.rows import Table
from milepost.management import databases, schema
from milepost.queries import plans, verification, workspaces

FOLDER, NAME, ENDING = "backups", "milepost-", ".zip"
KEY = "secret.key"
MOST_DIFFERENCES = 20
EXPORTED_UP_TO = 1_000_000  # rows; to export so many takes some ten seconds of a processor
# What tells whether somebody uses a database: all else follows from these.
SIGNS_OF_LIFE = ("workspace", "account")

Heard = Callable[[int, int], None]


def in_one_go(heard: Heard, *shares: int) -> list[Heard]:
    """Let steps that come one after the other tell of one way, of which each has its share."""

    def of_step(before: int, share: int) -> Heard:
        return lambda done, total: heard(before * total + share * done, sum(shares) * total)

    return [of_step(sum(shares[:place]), share) for place, share in enumerate(shares)]


class NotEmpty(Conflict):
    """There is something that would be overwritten."""

    code = "not_empty"


class OtherFile(Invalid):
    """A backup was to go to a file of another kind."""

    code = "usage"


class NoSuchFolder(NotFound):
    """The place that was named is not there."""

    code = "no_such_folder"


class NotTheSame(Problem):
    """What was written does not read back as it was."""

    code = "not_the_same"
    status = 500


@dataclass(frozen=True)
class Made:
    """A backup that was made."""

    path: Path | None
    manifest: Manifest
    removed: int = 0


# -- making ------------------------------------------------------------------------------------------------


def default_folder() -> Path:
    """Return where backups lie that nobody gave a place."""
    return settings.MILEPOST.data_dir / FOLDER


def make(
    target: Path,
    *,
    with_secret_key: bool = False,
    with_exports: bool | None = None,
    keep: int | None = None,
    at: datetime,
    heard: Heard,
) -> Made:
    """Write a backup to a file, or under a name of its own into a folder; the file is whole or not there."""
    _require_something()
    is_folder = target.is_dir() or not target.suffix
    if not is_folder and target.suffix != ENDING:
        # Else a folder would be made of the name that was meant for a file.
        raise OtherFile(
            f"{target.name} looks like a file, and a backup is one that ends in {ENDING}.",
            remedy=f"Name it {target.with_suffix(ENDING).name}; if you meant a folder of that name, make it "
            "first.",
        )
    path = target / f"{NAME}{at:%Y-%m-%d-%H%M%S}{ENDING}" if is_folder else target
    if path.exists():
        raise NotEmpty(f"{path} is there already.", remedy="Name another file, or a folder.")
    if not target.parent.is_dir() and settings.MILEPOST.data_dir not in target.parents:
        # A name that was mistyped must not become a folder beside the disk that was meant.
        raise NoSuchFolder(f"There is no folder {target.parent}.", remedy="Make it first, or name another.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            manifest = write(
                file, with_secret_key=with_secret_key, with_exports=with_exports, at=at, heard=heard
            )
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return Made(path, manifest, _remove_old(path.parent, keep) if keep and is_folder else 0)


def write(
    file: BinaryIO,
    *,
    with_secret_key: bool = False,
    with_exports: bool | None = None,
    at: datetime,
    heard: Heard,
) -> Manifest:
    """Write a backup into an open file and return its manifest.

    An export is one text of a whole workspace, so with None only what is small is exported.
    """
    _require_something()
    if strange := schema.unknown():
        raise schema.SchemaIsNewer(
            f"A newer Milepost made this database: it has {strange[-1]}, which this one does not know.",
            remedy="Take the backup with that version.",
        )
    is_current = not schema.pending()
    with databases.one_moment():
        heads = schema.heads()
        manifest = Manifest(__version__, at.isoformat(), _database(), heads)
        listed = rows.tables(schema.models_at(heads))
        done, total = 0, sum(map(rows.count, listed))
        with Writer(file, manifest) as writer:
            for table in listed:
                writer.table(table.name, table.names, _counted(rows.read(table), done, total, heard))
                done = manifest.rows
            if with_secret_key:
                writer.secret_key(settings.MILEPOST.secret_key)
            # An older schema is not what today's queries read; the sums of its rows must do.
            if is_current and (with_exports or (with_exports is None and total <= EXPORTED_UP_TO)):
                manifest.exports = exports()
            writer.finish()
    return manifest


def _require_something() -> None:
    # Not more than that: a backup of an older schema is just what one wants before `milepost migrate`.
    if not schema.exists():
        schema.require()


def is_too_old_to_export(manifest: Manifest) -> bool:
    """Say whether a backup has no exports because its schema was an older one."""
    return not manifest.exports and manifest.migrations != schema.newest()


def is_too_large_to_export(manifest: Manifest) -> bool:
    """Say whether a backup has no exports because nobody asked for them and it has too many rows."""
    return not manifest.exports and manifest.rows > EXPORTED_UP_TO


def exports() -> dict[str, str]:
    """Return, for each workspace, the digest of its export."""
    return {slug: _digest_of_export(workspaces.by_slug(slug)) for slug in workspaces.slugs()}


def _digest_of_export(workspace_id: int) -> str:
    return hashlib.sha256(okr_files.write(plans.current(workspace_id), as_="json")).hexdigest()


def _database() -> str:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    return f"{name} {'.'.join(map(str, connection.get_database_version()))}"


def _counted(batches: Iterator[Sequence], done: int, total: int, heard: Heard) -> Iterator[Sequence]:
    for batch in batches:
        yield batch
        done += len(batch)
        heard(done, total)


def _remove_old(folder: Path, keep: int) -> int:
    old = sorted(folder.glob(f"{NAME}*{ENDING}"))[:-keep]
    for path in old:
        path.unlink()
    return len(old)


# -- putting back ------------------------------------------------------------------------------------------


def check(path: Path) -> None:
    """Raise a Problem unless this is a whole backup, and one that this version knows."""
    with Archive(path) as archive:
        _check(archive)


def _check(archive: Archive) -> None:
    schema.models_at(archive.manifest.migrations)  # a newer one's file
    archive.prove()


def restore(path: Path, *, replace: bool, at: datetime, heard: Heard) -> Manifest:
    """Put a backup in the database's place: all of it, or nothing is changed."""
    with Archive(path) as archive:
        manifest = archive.manifest
        _check(archive)
        schema.make_current()
        if not replace:
            refuse_unless_empty("Add --replace to put the backup in its place, or name an empty database.")
        with _current(archive, heard) as (facts, batches, heard_now):
            load(facts, batches, at=at, heard=heard_now)
    return manifest


def is_in_use() -> bool:
    """Say whether there is anything in the database that somebody made."""
    there = {table.name: table for table in rows.tables(schema.models_at(schema.heads()))}
    return any(rows.count(there[name]) for name in SIGNS_OF_LIFE if name in there)


def refuse_unless_empty(remedy: str) -> None:
    """Raise NotEmpty where somebody uses the database already."""
    if is_in_use():
        raise NotEmpty("There is data in the database already; nothing was changed.", remedy=remedy)


def keep_secret_key(key: str) -> None:
    """Put a secret key in the place of the one in the data folder."""
    path = settings.MILEPOST.data_dir / KEY
    draft = path.with_name(f"{KEY}.restored")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{key}\n")
    draft.replace(path)


Batches = Callable[[TableFacts], Iterator[Sequence]]


def load(
    facts: Sequence[TableFacts], batches: Batches, *, at: datetime, heard: Heard, epoch: bool = True
) -> None:
    """Replace every row by these, in one transaction, and check that they read back as they were."""
    listed = {table.name: table for table in rows.tables(schema.models_at(schema.heads()))}
    total, done = 2 * sum(each.rows for each in facts), 0

    def written(count: int) -> None:
        nonlocal done
        done += count
        heard(done, total)

    with bulk.room(), transaction.atomic():
        rows.clear([*listed.values()])
        with bulk.unlocked(listed):
            for each in facts:
                rows.write(_table(listed, each), batches(each), written)
        rows.count_on([*listed.values()])
        for each in facts:
            _compare(listed[each.name], each, written)
        if epoch:
            changes.begin_epoch(at)
            # What this version has and the backup's did not: kinds of content and permissions of new tables.
            emit_post_migrate_signal(verbosity=0, interactive=False, db=databases.DEFAULT)
    bulk.settle(listed)


def _table(listed: dict[str, Table], facts: TableFacts) -> Table:
    table = listed.get(facts.name)
    if table is None or set(table.names) != set(facts.columns):
        raise NotTheSame(
            f"The table {facts.name} of the backup is not like the database's; nothing was changed.",
            remedy="Has somebody changed the database's tables by hand?",
        )
    # In the order in which the rows were written.
    by_name = {column.name: column for column in table.columns}
    return Table(table.name, tuple(by_name[name] for name in facts.columns), table.key, table.counter)


def _compare(table: Table, facts: TableFacts, heard: Callable[[int], None]) -> None:
    digest = Digest()
    for batch in rows.read(_table({table.name: table}, facts)):
        digest.take(batch)
        heard(len(batch))
    found = digest.facts(facts.name, facts.columns)
    if found != facts:
        raise NotTheSame(
            f"The rows of {facts.name} do not read back as they were written ({found.rows:,} of "
            f"{facts.rows:,} rows); nothing was changed.",
            remedy="This is our mistake. Please tell us, with the two database versions.",
        )


@contextmanager
def _current(archive: Archive, heard: Heard) -> Iterator[tuple[Sequence[TableFacts], Batches, Heard]]:
    """Give the rows as this version has them; an older backup is first brought up to date, aside.

    What is given last is for whoever then writes them to tell how far that is.
    """
    manifest = archive.manifest
    if manifest.migrations == schema.heads():
        yield manifest.tables, archive.batches, heard
        return
    filling, reading, writing = in_one_go(heard, 2, 1, 2)
    with tempfile.TemporaryDirectory(prefix="milepost-", dir=archive.path.parent) as folder:
        with databases.aside(Path(folder)):
            schema.migrate_to(manifest.migrations)
            load(manifest.tables, archive.batches, at=_at(manifest), heard=filling, epoch=False)
            schema.migrate()
            upgraded = Path(folder) / f"upgraded{ENDING}"
            make(upgraded, with_exports=False, at=_at(manifest), heard=reading)
        with Archive(upgraded) as current:
            yield current.manifest.tables, current.batches, writing


def _at(manifest: Manifest) -> datetime:
    return datetime.fromisoformat(manifest.made_at)


# -- proving -----------------------------------------------------------------------------------------------


def verify(path: Path, *, at: datetime, heard: Heard) -> tuple[Manifest, list[str]]:
    """Restore a backup aside, compare every table and every export, and list what differs."""
    with Archive(path) as archive, tempfile.TemporaryDirectory(prefix="milepost-", dir=_room(path)) as folder:
        manifest = archive.manifest
        archive.prove()
        with databases.aside(Path(folder)):
            schema.migrate_to(manifest.migrations)
            load(manifest.tables, archive.batches, at=at, heard=heard, epoch=False)
            schema.migrate()
            found = [*_strangers(), *_disagreements(at)]
            if manifest.milepost == __version__ and manifest.exports and manifest.exports != exports():
                found.append("The export of the restored workspace is not that of the backup.")
    return manifest, found


def _room(path: Path) -> Path:
    """Return a folder with room for the restored database, which a small memory disk may not have."""
    needed = 20 * path.stat().st_size
    usual = Path(tempfile.gettempdir())
    return usual if shutil.disk_usage(usual).free > needed else path.parent


def _strangers() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        for table, number, other, _ in cursor.fetchmany(MOST_DIFFERENCES):
            yield f"Row {number} of {table} refers to a row of {other} that is not there."


def _disagreements(at: datetime) -> Iterator[str]:
    for slug in workspaces.slugs():
        found = verification.differences(workspaces.by_slug(slug), at)
        for difference in islice(found, MOST_DIFFERENCES):
            yield f"{slug}: {difference}"
