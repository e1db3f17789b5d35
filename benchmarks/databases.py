"""The databases that are measured, and what is read and written in them without Milepost."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
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
# As of a moment: for each key result its latest entry then, one step into the index.
PAST = (
    "SELECT o.id, o.title, k.id, k.title, k.start, k.target, c.value, c.confidence FROM objective o "
    "JOIN key_result k ON k.objective_id = o.id AND k.workspace_id = o.workspace_id "
    "LEFT JOIN checkin c ON c.id = (SELECT l.id FROM checkin l WHERE l.workspace_id = k.workspace_id AND "
    "l.key_result_id = k.id AND l.effective_at < '{1}' AND l.recorded_at < '{1}' "
    "ORDER BY l.effective_at DESC, l.id DESC LIMIT 1) WHERE o.workspace_id = {0}"
)
# Team by team: how many key results, how far on average, how sure, how many heard of within a week.
DASHBOARD = (
    "SELECT o.team_id, count(*), avg(CASE WHEN k.target <> k.start THEN "
    "(c.value - k.start) / (k.target - k.start) END), avg(c.confidence), "
    "sum(CASE WHEN c.effective_at > '{1}' THEN 1 ELSE 0 END), "
    "sum(CASE WHEN c.confidence < 4 THEN 1 ELSE 0 END) FROM objective o "
    "JOIN key_result k ON k.objective_id = o.id AND k.workspace_id = o.workspace_id "
    "LEFT JOIN checkin c ON c.id = (SELECT l.id FROM checkin l WHERE l.workspace_id = k.workspace_id AND "
    "l.key_result_id = k.id ORDER BY l.effective_at DESC, l.id DESC LIMIT 1) "
    "WHERE o.workspace_id = {0} GROUP BY o.team_id"
)
EVERYTHING = (
    "person",
    "team",
    "team_member",
    "cycle",
    "objective",
    "key_result",
    "initiative",
    "alignment",
    "checkin",
    "comment",
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
    settle: Callable[
        [], object
    ]  # do now what a database that was just filled would do beside what is measured
    stop: Callable[[], None]

    def read_objectives(self, workspace_id: int) -> bytes:
        """R: the raw rows of the objectives, encoded."""
        return orjson.dumps(self.execute(OBJECTIVES.format(workspace_id)), default=_written)

    def read_team(self, workspace_id: int, team_id: int) -> bytes:
        """The raw rows behind one team's page, encoded."""
        rows = self.execute(TEAM.format(team_id, workspace_id))
        checkins = self.execute(TEAM_CHECKINS.format(team_id, workspace_id))
        return orjson.dumps([rows, checkins], default=_written)

    def read_past(self, workspace_id: int, day: date) -> bytes:
        """The rows of a tree as they stood on a day, encoded."""
        return orjson.dumps(self.execute(PAST.format(workspace_id, day)), default=_written)

    def read_dashboard(self, workspace_id: int) -> bytes:
        """How every team stands, encoded."""
        week_ago = date.today() - timedelta(days=7)
        return orjson.dumps(self.execute(DASHBOARD.format(workspace_id, week_ago)), default=_written)

    def fetch_all(self, workspace_id: int) -> int:
        """Fetch every row that an export tells of."""
        return sum(
            len(self.execute(f"SELECT * FROM {table} WHERE workspace_id = {workspace_id}"))
            for table in EVERYTHING
        )


def _environ(**more: str) -> dict[str, str]:
    # As people run it: with the bytecode that Python keeps, whatever this machine has been told.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **more}


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
        _environ(MILEPOST_DATA_DIR=str(folder)),
        lambda sql: connection.execute(sql).fetchall(),
        lambda: bare.execute("INSERT INTO row VALUES (?)", [time.time()]),
        lambda: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall(),
        lambda: (connection.close(), bare.close()),
    )


def postgresql(folder: Path) -> Database:
    """Start a PostgreSQL of its own that puts every commit on the disk."""
    server = Postgres(durable=True).start()
    connection = psycopg.connect(server.superuser_url, autocommit=True)
    connection.execute("CREATE TABLE bare_row (at float8)")
    return Database(
        "PostgreSQL",
        _environ(MILEPOST_DATA_DIR=str(folder), DATABASE_URL=server.url),
        lambda sql: connection.execute(sql).fetchall(),
        lambda: connection.execute("INSERT INTO bare_row VALUES (%s)", [time.time()]),
        lambda: (connection.execute("VACUUM (ANALYZE)"), connection.execute("CHECKPOINT")),
        lambda: (connection.close(), server.stop()),
    )
