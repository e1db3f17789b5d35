"""A database of PostgreSQL whose encoding is not UTF8 is refused before anything is done in it."""

from __future__ import annotations

import os

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from milepost.cli.exits import Exit
from tests.postgres import free_port
from tests.running import Installation

pytestmark = pytest.mark.both_databases


@pytest.fixture(scope="module", params=["SQL_ASCII", "LATIN1"])
def elsewhere(request) -> str:
    """The address of an empty database with another encoding, on the tests' own server."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps every text as UTF-8.")
    server = settings.MILEPOST.database_url.rpartition("/")[0]
    name = f"in_{request.param.lower()}_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        administrator.execute(
            f"CREATE DATABASE {name} ENCODING '{request.param}' LOCALE 'C' TEMPLATE template0"
        )
    return f"{server}/{name}"


def tables(url: str) -> int:
    with psycopg.connect(url) as asked:
        found = asked.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        return found.fetchone()[0]


class TestOtherEncoding:
    @pytest.mark.parametrize("words", [("migrate",), ("serve", "--no-browser"), ("verify",)])
    def test_is_refused_with_what_to_do(self, elsewhere, tmp_path, words):
        """Nobody begins in such a database: no table is made, no folder and no key."""
        told = {"DATABASE_URL": elsewhere, "MILEPOST_PORT": str(free_port())}
        milepost = Installation(tmp_path / "data", told)

        said = milepost.run(*words)

        assert said.returncode == Exit.CONFLICT, said.stderr
        assert "needs UTF8" in said.stderr and "TEMPLATE template0" in said.stderr
        assert tables(elsewhere) == 0
        assert not milepost.data_dir.exists()

    def test_takes_no_backup_in(self, elsewhere, install, tmp_path):
        """A restore says so and leaves it empty, as does a move."""
        full = install()
        assert full.run("backup", str(tmp_path / "full.zip")).returncode == Exit.OK
        there = Installation(tmp_path, {"DATABASE_URL": elsewhere})

        told = [there.run("restore", str(tmp_path / "full.zip")), full.run("move", elsewhere)]

        assert [each.returncode for each in told] == [Exit.CONFLICT] * 2
        assert all("TEMPLATE template0" in each.stderr for each in told)
        assert tables(elsewhere) == 0

    def test_is_seen_by_the_doctor(self, elsewhere, tmp_path):
        """It is the first thing that is wrong with the database, and the only one."""
        told = Installation(tmp_path, {"DATABASE_URL": elsewhere}).run("doctor")

        bad = [line for line in told.stdout.splitlines() if line.startswith("✗")]
        assert told.returncode == Exit.ERROR
        assert len(bad) == 1 and "not UTF8" in bad[0] and "TEMPLATE template0" in told.stdout
