"""The databases that are measured, and what is read and written in them without Milepost."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
import psycopg

from tests.postgres import Postgres

OBJECTIVES = (
    "SELECT id, key, title, cycle_id, team_id, owner_id, sponsor_id, commitment, level, visibility, state "
    "FROM objective WHERE workspace_id = {}"
)
TEAM = (
    "SELECT k.id, k.title, k.kind, k.start, k.target, k.unit, k.owner_id, o.id, o.title, o.state "
    "FROM key_result k JOIN objective o ON o.id = k.objective_id WHERE o.team_id = {} AND o.workspace_id = {}"
)
TEAM_CHECKINS = (
    "SELECT c.key_result_id, c.effective_at, c.value, c.confidence FROM checkin c JOIN key_result k "
    "ON k.id = c.key_result_id JOIN objective o ON o.id = k.objective_id "
    "AND c.workspace_id = k.workspace_id WHERE o.team_id = {} AND o.workspace_id = {}"
)


def _written(value: object) -> str:
    return str(value)


@dataclass
class Database:
    """One database with a connection of the benchmark's own."""

    name: str
    environ: dict[str, str]
    execute: Callable[..., list[tuple]]
    commit_one: Callable[[], None]
    stop: Callable[[], None]

    def read_objectives(self, workspace_id: int) -> bytes:
        """R: the raw rows of the objectives, encoded."""
        return orjson.dumps(self.execute(OBJECTIVES.format(workspace_id)), default=_written)

    def read_team(self, workspace_id: int, team_id: int) -> bytes:
        """The raw rows behind one team's page, encoded."""
        rows = self.execute(TEAM.format(team_id, workspace_id))
        checkins = self.execute(TEAM_CHECKINS.format(team_id, workspace_id))
        return orjson.dumps([rows, checkins], default=_written)


def sqlite(folder: Path) -> Database:
    """Open SQLite as Milepost does: WAL, every commit on the disk."""
    connection = sqlite3.connect(folder / "milepost.sqlite3", isolation_level=None, timeout=30)
    # A file of its own beside Milepost's: the durable commit of one row, and nothing else.
    bare = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    bare.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS row (at REAL);"
    )
    return Database(
        "SQLite",
        {**os.environ, "MILEPOST_DATA_DIR": str(folder)},
        lambda sql: connection.execute(sql).fetchall(),
        lambda: bare.execute("INSERT INTO row VALUES (?)", [time.time()]),
        lambda: (connection.close(), bare.close()),
    )


def postgresql(folder: Path) -> Database:
    """Start a PostgreSQL of its own that puts every commit on the disk."""
    server = Postgres(durable=True).start()
    connection = psycopg.connect(server.superuser_url, autocommit=True)
    connection.execute("CREATE TABLE bare_row (at float8)")
    return Database(
        "PostgreSQL",
        {**os.environ, "MILEPOST_DATA_DIR": str(folder), "DATABASE_URL": server.url},
        lambda sql: connection.execute(sql).fetchall(),
        lambda: connection.execute("INSERT INTO bare_row VALUES (%s)", [time.time()]),
        lambda: (connection.close(), server.stop()),
    )
