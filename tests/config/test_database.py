"""The database's address becomes a connection that does not lose what was acknowledged."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, transaction

from milepost.config import database
from milepost.core.problems import Problem

DATA = Path("/data")


class TestFromUrl:
    def test_reads_a_postgresql_address(self):
        """Every part of the address arrives, with escaped characters as they were meant."""
        url = "postgresql://ada:p%40ss%2Fword@db.example:5433/okr%20one?sslmode=require"

        made = database.from_url(url, DATA)

        assert (made["HOST"], made["PORT"], made["NAME"]) == ("db.example", 5433, "okr one")
        assert (made["USER"], made["PASSWORD"]) == ("ada", "p@ss/word")
        assert made["OPTIONS"]["sslmode"] == "require"

    def test_reads_a_socket(self):
        """A folder with a socket stands where a host would."""
        made = database.from_url("postgres:///okr?host=/var/run/postgresql&port=5433", DATA)

        assert (made["HOST"], made["PORT"], made["NAME"]) == ("/var/run/postgresql", "5433", "okr")

    def test_a_pooler_may_forbid_prepared_statements(self):
        """Statements are prepared, unless the address says that a pooler stands in between."""
        usual = database.from_url("postgresql://db.example/okr", DATA)
        pooled = database.from_url("postgresql://db.example/okr?prepare_threshold=none", DATA)

        assert usual["OPTIONS"]["prepare_threshold"] == 2
        assert pooled["OPTIONS"]["prepare_threshold"] is None

    def test_nobody_waits_for_a_lock_without_end_or_for_a_compiler(self):
        """A wait ends after ten seconds, unless the address says otherwise; a pooler is told neither."""
        usual, patient, pooled = (
            database.from_url(f"postgresql://db.example/okr{more}", DATA)["OPTIONS"].get("options")
            for more in ("", "?options=-c%20lock_timeout=1min", "?prepare_threshold=none")
        )

        assert usual == "-c lock_timeout=10s -c jit=off"
        assert patient == "-c lock_timeout=10s -c jit=off -c lock_timeout=1min"
        assert pooled is None

    @pytest.mark.parametrize(
        ("url", "path"),
        [
            ("sqlite:////srv/okr.sqlite3", "/srv/okr.sqlite3"),
            ("sqlite:///okr.sqlite3", "/data/okr.sqlite3"),
            ("sqlite:///a%20b.sqlite3", "/data/a b.sqlite3"),
        ],
    )
    def test_a_relative_file_lies_in_the_data_folder(self, url, path):
        """A path from the root stays; any other lies in the data folder, wherever the command is run."""
        assert database.from_url(url, DATA)["NAME"] == path

    @pytest.mark.parametrize(
        "url",
        [
            "mysql://db.example/okr",
            "okr",
            "",
            "sqlite://",
            "sqlite:///:memory:",
            "postgresql://db.example",
            "postgresql://db.example:port/okr",
            "postgresql://[db/okr",
            "postgresql://db.example/okr?prepare_threshold=often",
        ],
    )
    def test_refuses_what_it_cannot_use(self, url):
        """An address that cannot be used is refused with what would be right."""
        with pytest.raises(Problem) as raised:
            database.from_url(url, DATA)

        assert raised.value.remedy
        assert raised.value.field == "database_url"


class TestConnection:
    @pytest.mark.both_databases
    def test_an_acknowledged_write_is_on_disk(self):
        """Neither database acknowledges a commit before it has asked the disk (the tests' server apart)."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT boot_val FROM pg_settings WHERE name = 'synchronous_commit'")
                assert cursor.fetchone() == ("on",)
            else:
                found = {
                    name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in database.SQLITE_PRAGMAS
                }
                assert (found["journal_mode"], found["synchronous"], found["foreign_keys"]) == ("wal", 2, 1)
                assert found["busy_timeout"] == 10_000

    @pytest.mark.django_db(transaction=True)
    def test_a_sqlite_transaction_takes_the_writers_place_at_once(self):
        """A transaction begins as a writer, so that it never has to give up half-way."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")

            assert connection.transaction_mode == "IMMEDIATE"
            assert connection.connection.in_transaction

    def test_the_tests_use_a_file(self):
        """The tests run on a real file, where locking is as in production."""
        if connection.vendor != "sqlite":
            pytest.skip("This is about SQLite.")

        assert Path(connection.settings_dict["TEST"]["NAME"]).is_absolute()
