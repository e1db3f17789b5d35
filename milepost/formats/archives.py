"""Backups as files: one zip with the rows of every table, a line of JSON each, and a manifest.

Everything in it can be read without Milepost: `unzip -p FILE manifest.json`. The manifest is written last,
so a file that was cut short has none, and says how many rows each table has and what they add up to.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from milepost.core.problems import Invalid, NotFound

FORMAT = "milepost-backup/1"
MANIFEST, SECRET_KEY = "manifest.json", "secret.key"
LINES_AT_ONCE = 2_000
# The fastest levels pack rows nearly as tight as the slowest.
LEVEL = 2
READ_AT_ONCE = 1024 * 1024
# What comes of a byte that is another one, wherever in a zip file it stands.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, LookupError, ValueError,
    TypeError, AttributeError,
)  # fmt: skip


class NoSuchFile(NotFound):
    """There is no file of that name."""

    code = "no_such_file"


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
            raise NoSuchFile(f"There is no file {path}.", remedy="Name the file of a backup.") from None
        except OSError as wrong:
            raise NotABackup(
                f"{path} cannot be read: {wrong.strerror or wrong}.", remedy="Name a file that you may read."
            ) from None
        except DAMAGE:
            raise self._broken("it is not a zip file, or was cut short") from None
        self.manifest = self._read_manifest()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def prove(self) -> None:
        """Read every table and compare it with what the manifest says; raises NotABackup.

        What is damaged is found before anything is done with it.
        """
        for table in self.manifest.tables:
            digest = hashlib.sha256()
            with self._reading(f"the table {table.name}"), self._zip.open(_entry(table.name)) as entry:
                while read := entry.read(READ_AT_ONCE):
                    digest.update(read)
            if digest.hexdigest() != table.sha256:
                raise self._strange(table)

    def batches(self, table: TableFacts) -> Iterator[list[list[Any]]]:
        """Yield the rows of a table; raises NotABackup at the end where they are not those written."""
        digest = Digest()
        with self._reading(f"the table {table.name}"), self._zip.open(_entry(table.name)) as entry:
            while read := entry.readlines(LINES_AT_ONCE * 200):
                rows = [orjson.loads(line) for line in read]
                digest.take(rows)
                yield rows
        if digest.facts(table.name, table.columns) != table:
            raise self._strange(table)

    def secret_key(self) -> str:
        """Return the secret key that was put in."""
        if not self.manifest.has_secret_key:
            raise NotABackup(
                f"The secret key is not in {self.path}.",
                remedy="Leave --with-secret-key out: everyone signs in again.",
            )
        with self._reading("the secret key"):
            return self._zip.read(SECRET_KEY).decode("ascii").strip()

    def _read_manifest(self) -> Manifest:
        with self._reading("its manifest"):
            said = orjson.loads(self._zip.read(MANIFEST))
            if said.pop("format") != FORMAT:
                raise self._broken("another Milepost wrote it, in a form that this one does not know")
            said["tables"] = [
                TableFacts(one["name"], tuple(one["columns"]), one["rows"], one["sha256"])
                for one in said["tables"]
            ]
            said["migrations"] = [tuple(one) for one in said["migrations"]]
            return Manifest(**said)

    @contextmanager
    def _reading(self, what: str) -> Iterator[None]:
        try:
            yield
        except DAMAGE as wrong:
            raise self._broken(f"{what} is missing or damaged ({wrong})") from None

    def _strange(self, table: TableFacts) -> NotABackup:
        return self._broken(f"the rows of {table.name} do not add up to what the manifest says")

    def _broken(self, why: str) -> NotABackup:
        return NotABackup(
            f"{self.path} is not a backup that can be used: {why}.", remedy="Take another backup."
        )


def _entry(table: str) -> str:
    return f"tables/{table}.jsonl"
