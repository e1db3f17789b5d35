"""The script for an empty SQLite database makes just what the migrations make."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from milepost.management import databases, foundation, schema

pytestmark = pytest.mark.django_db(transaction=True)


class TestScript:
    def test_is_what_the_migrations_come_to(self):
        """Tables, indexes, triggers and rows: bin/docs writes it from a database that was migrated."""
        assert foundation.SCRIPT.read_text("utf-8") == foundation.from_migrations(), "Run bin/docs."


class TestLay:
    def test_leaves_nothing_to_migrate(self, tmp_path: Path):
        """An empty database gets every table at one stroke, and is up to date."""
        with databases.aside(tmp_path):
            assert foundation.lay() is True

            assert foundation.is_current()
            assert schema.pending() == []
            assert foundation.script() == foundation.SCRIPT.read_text("utf-8")

    def test_keeps_away_from_a_database_with_tables(self, tmp_path: Path):
        """What is there already is for migrations to change."""
        with databases.aside(tmp_path):
            with connection.cursor() as cursor:
                cursor.execute("CREATE TABLE mine (id)")

            assert foundation.lay() is False

            assert connection.introspection.table_names() == ["mine"]

    def test_leaves_later_migrations_to_be_applied(self, tmp_path: Path, monkeypatch):
        """A script from before a migration makes the tables of then; the migration does the rest."""
        (tmp_path / "then").mkdir()
        with databases.aside(tmp_path / "then"):
            schema.migrate()
            heads = [(app, "0012_seals" if app == "milepost" else name) for app, name in schema.heads()]
        (tmp_path / "before").mkdir()
        with databases.aside(tmp_path / "before"):
            schema.migrate_to(heads)
            old = tmp_path / "old.sql"
            old.write_text(foundation.script(), "utf-8")
        monkeypatch.setattr(foundation, "SCRIPT", old)

        with databases.aside(tmp_path):
            schema.migrate()

            assert schema.pending() == []
            assert foundation.is_current()

    def test_knows_nothing_that_is_not_installed(self, tmp_path: Path, monkeypatch):
        """Where a library is of an older version than the script's, the migrations make the tables."""
        newer = tmp_path / "newer.sql"
        row = "INSERT INTO \"django_migrations\" VALUES(999,'account','9999_later',0);\n"
        newer.write_text(foundation.SCRIPT.read_text("utf-8") + row, "utf-8")
        monkeypatch.setattr(foundation, "SCRIPT", newer)

        with databases.aside(tmp_path):
            assert foundation.lay() is False

            assert connection.introspection.table_names() == []
