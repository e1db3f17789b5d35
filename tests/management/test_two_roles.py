"""One role owns the tables, another works with them: every command does its work, and the worker is held."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from milepost.cli.exits import Exit
from milepost.models import locks
from tests.running import Installation

pytestmark = pytest.mark.both_databases
# Several of them may run on one server, and roles belong to the server.
NAME = f"two_roles_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
WORKER = f"milepost_app_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
FILE = """
milepost: 1
workspace: {id: acme, name: Acme}
people: [{id: ada, name: Ada Lovelace, email: ada@acme.example, role: owner}]
teams: [{id: product, name: Product}]
cycles: [{id: 2026-q4, name: Q4 2026, starts: 2026-10-01, ends: 2026-12-31}]
"""


@pytest.fixture(scope="module")
def addresses() -> dict[str, str]:
    """An empty database with its owner and its worker: the address for each, and the superuser's."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles.")
    server = settings.MILEPOST.database_url.rpartition("@")[2].rpartition("/")[0]
    found = {role: f"postgresql://{role}@{server}/{NAME}" for role in ("milepost", WORKER, "postgres")}
    with psycopg.connect(f"postgresql://postgres@{server}/postgres", autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        administrator.execute(f"CREATE DATABASE {NAME} OWNER milepost")
        administrator.execute(f"DROP ROLE IF EXISTS {WORKER}")
        administrator.execute(f"CREATE ROLE {WORKER} LOGIN")
    return found


@pytest.fixture(scope="module")
def milepost(addresses, tmp_path_factory) -> Iterator[Installation]:
    """An installation with both addresses, migrated, and with a workspace in it."""
    told = {
        "DATABASE_URL": addresses[WORKER],
        "MILEPOST_DATABASE_OWNER_URL": addresses["milepost"],
        "MILEPOST_METRICS": "local",
    }
    made = Installation(tmp_path_factory.mktemp("two-roles"), told)
    for words, typed in ((("migrate",), ""), (("apply", "-", "--yes"), FILE)):
        said = made.run(*words, stdin=typed)
        assert said.returncode == Exit.OK, said.stderr + said.stdout
    yield made
    made.stop()


class TestCommands:
    def test_the_doctor_finds_nothing_to_mend(self, milepost):
        """The application's role is held and owns nothing."""
        told = milepost.run("doctor", "--json")

        found = {finding["name"]: finding for finding in json.loads(told.stdout)}
        assert found["row security"] == {**found["row security"], "state": "ok"}
        assert WORKER in found["row security"]["found"]

    def test_backups_go_out_and_back(self, milepost, tmp_path):
        """A backup is whole, proves itself, and goes back in place of what is there."""
        path = str(tmp_path / "now.zip")

        said = [
            milepost.run(*words)
            for words in (
                ("backup", path),
                ("backup", "verify", path),
                ("restore", path, "--replace"),
                ("verify",),
            )
        ]

        assert [each.returncode for each in said] == [Exit.OK] * 4, [each.stderr for each in said]


class TestWorker:
    def test_serves_whoever_signs_in(self, milepost):
        """The server works with the role that owns nothing: one signs in and sees one's workspace."""
        invited = milepost.run("user", "add", "ada@acme.example")
        assert invited.returncode == Exit.OK, invited.stderr
        milepost.start()

        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        address = milepost.url + "/invitation/" + invited.stdout.strip().rpartition("/invitation/")[2]
        page = browser.open(address).read().decode()
        ready = json.load(browser.open(milepost.url + "/readyz"))

        assert "Acme" in page
        assert ready["checks"]["row_security"] == "ok"

    def test_sees_nothing_that_it_was_not_told(self, milepost, addresses):
        """By hand the worker sees no row, and cannot say that it wants to see everything."""
        with psycopg.connect(addresses[WORKER], autocommit=True) as worker:
            before = {
                table: worker.execute(f"SELECT count(*) FROM {table}").fetchone() for table in locks.tables()
            }
            worker.execute("SET milepost.everywhere = 'on'")
            after = {
                table: worker.execute(f"SELECT count(*) FROM {table}").fetchone() for table in locks.tables()
            }

        assert set(before.values()) == set(after.values()) == {(0,)}

    @pytest.mark.parametrize(
        "statement",
        [
            "TRUNCATE event",
            "ALTER TABLE event DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE event NO FORCE ROW LEVEL SECURITY",
            "DROP POLICY milepost_workspace ON event",
            "SET row_security = off; SELECT count(*) FROM event",
        ],
    )
    def test_cannot_let_itself_go(self, milepost, addresses, statement):
        """Who owns nothing takes no lock away."""
        with (
            psycopg.connect(addresses[WORKER]) as worker,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            worker.execute(statement)
