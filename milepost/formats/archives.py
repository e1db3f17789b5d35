"""Backups as files: one zip with the rows of every table, a line of JSON each, and a manifest.

Everything in it can be read without Milepost: `unzip -p FILE manifest.json`. The manifest is written last,
so a file that was cut short has none, and says how many rows each table has and what they add up to.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from milepost.core.problems import Invalid

FORMAT = "milepost-backup/1"
MANIFEST, SECRET_KEY = "manifest.json", "secret.key"
LINES_AT_ONCE = 2_000
# The fastest levels pack rows nearly as tight as the slowest.
LEVEL = 2


class NotABackup(Invalid):
    """A file that is no backup, or no longer a whole one."""

    code = "not_a_backup"


@dataclass(frozen=True)
class TableFacts:
    """What the manifest says of one table: `sha256` is that of its lines."""

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass
class Manifest:
    """What a backup says of itself; `migrations` are the last of each app, `exports` those of workspaces."""

    milepost: str
    made_at: str
    database: str
    migrations: list[tuple[str, str]]
    tables: list[TableFacts] = field(default_factory=list)
    exports: dict[str, str] = field(default_factory=dict)
    has_secret_key: bool = False

    @property
    def rows(self) -> int:
        """Count the rows of all tables."""
        return sum(table.rows for table in self.tables)


def lines(rows: Iterable[Sequence[Any]]) -> bytes:
    """Write rows as lines."""
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


class Digest:
    """Counts rows and adds up their lines: equal tables have equal digests, whatever holds them."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = hashlib.sha256()

    def take(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """Take rows in and return their lines."""
        written = lines(rows)
        self.rows += len(rows)
        self._sum.update(written)
        return written

    def facts(self, name: str, columns: Sequence[str]) -> TableFacts:
        """Say what was taken in."""
        return TableFacts(name, tuple(columns), self.rows, self._sum.hexdigest())


class Writer:
    """Writes one backup into an open file: tables, perhaps the secret key, and `finish` with the manifest."""

    def __init__(self, file: BinaryIO, manifest: Manifest) -> None:
        self.manifest = manifest
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def table(self, name: str, columns: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]) -> None:
        """Write the rows of a table."""
        digest = Digest()
        with self._zip.open(_entry(name), "w", force_zip64=True) as entry:
            for batch in batches:
                entry.write(digest.take(batch))
        self.manifest.tables.append(digest.facts(name, columns))

    def secret_key(self, key: str) -> None:
        """Put the secret key in."""
        self._zip.writestr(SECRET_KEY, f"{key}\n")
        self.manifest.has_secret_key = True

    def finish(self) -> None:
        """Write the manifest, which makes the backup whole."""
        said = {"format": FORMAT, **asdict(self.manifest)}
        self._zip.writestr(MANIFEST, orjson.dumps(said, option=orjson.OPT_INDENT_2))


class Archive:
    """A backup that was opened to be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise NotABackup(f"There is no file {path}.", remedy="Name the file of a backup.") from None
        except OSError as wrong:
            raise NotABackup(f"{path} cannot be read: {wrong.strerror}.") from None
        except zipfile.BadZipFile:
            raise self._broken("it is not a zip file, or was cut short") from None
        self.manifest = self._read_manifest()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def batches(self, table: TableFacts) -> Iterator[list[list[Any]]]:
        """Yield the rows of a table; raises NotABackup at the end where they are not those written."""
        digest = Digest()
        try:
            with self._zip.open(_entry(table.name)) as entry:
                while read := entry.readlines(LINES_AT_ONCE * 200):
                    rows = [orjson.loads(line) for line in read]
                    digest.take(rows)
                    yield rows
        except (KeyError, zipfile.BadZipFile, orjson.JSONDecodeError, OSError, EOFError) as wrong:
            raise self._broken(f"the table {table.name} is damaged ({wrong})") from None
        if digest.facts(table.name, table.columns) != table:
            raise self._broken(f"the rows of {table.name} do not add up to what the manifest says")

    def secret_key(self) -> str:
        """Return the secret key that was put in."""
        if not self.manifest.has_secret_key:
            raise NotABackup(
                f"The secret key is not in {self.path}.",
                remedy="Leave --with-secret-key out: everyone signs in again.",
            )
        return self._zip.read(SECRET_KEY).decode("ascii").strip()

    def _read_manifest(self) -> Manifest:
        try:
            said = orjson.loads(self._zip.read(MANIFEST))
            if said.pop("format") != FORMAT:
                raise self._broken("another Milepost wrote it, in a form that this one does not know")
            said["tables"] = [
                TableFacts(one["name"], tuple(one["columns"]), one["rows"], one["sha256"])
                for one in said["tables"]
            ]
            said["migrations"] = [tuple(one) for one in said["migrations"]]
            return Manifest(**said)
        except (KeyError, TypeError, AttributeError, ValueError, zipfile.BadZipFile):
            raise self._broken("it has no manifest that can be read") from None

    def _broken(self, why: str) -> NotABackup:
        return NotABackup(
            f"{self.path} is not a backup that can be used: {why}.", remedy="Take another backup."
        )


def _entry(table: str) -> str:
    return f"tables/{table}.jsonl"
