"""A database moves to another, of this or the other kind, and is the same there."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from milepost.cli.exits import Exit
from milepost.management import databases, moves, schema
from tests.cast import LATER
from tests.management.contents import everything, silent
from tests.management.terminal import run
from tests.postgres import NoPostgres, Postgres

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


class TestMove:
    def test_proves_that_the_other_has_the_same(self, cast, okrs, tmp_path):
        """All rows and exports arrive in another database, and from there come back to this kind."""
        run("seal")  # as a move does first
        before = everything()
        there = databases.address_of(tmp_path / "there.sqlite3")
        back = _empty_like_this(tmp_path)

        told = run("move", there)
        with databases.standing_on(there):
            arrived = everything()
            moves.move(back, with_exports=True, at=LATER, heard=silent)
        with databases.standing_on(back):
            again = everything()

        assert told.code == Exit.OK, told.err
        assert "2 exports are the same" in told.out
        assert before == arrived == again == everything()

    def test_says_how_far_it_is_from_beginning_to_end(self, cast, okrs, tmp_path):
        """Reading the rows and writing them there is one way, that goes forward alone and to the end."""
        there, told = databases.address_of(tmp_path / "there.sqlite3"), []

        moves.move(there, with_exports=False, at=LATER, heard=lambda *far: told.append(Fraction(*far)))

        assert told == sorted(told) and told[-1] == 1

    def test_refuses_a_database_in_use(self, cast, okrs, tmp_path):
        """Where there is data, nothing is moved."""
        there = databases.address_of(tmp_path / "there.sqlite3")
        run("move", there)

        told = run("move", there)

        assert told.code == Exit.CONFLICT
        assert "empty database" in told.err

    def test_says_when_there_is_no_place_for_it(self, okrs, tmp_path):
        """A folder that is not there ends with the code for what is not found."""
        told = run("move", databases.address_of(tmp_path / "none" / "there.sqlite3"))

        assert told.code == Exit.NOT_FOUND and "none" in told.err

    def test_says_when_the_other_does_not_answer(self, okrs):
        """A database that cannot be opened is named, without its password."""
        told = run("move", "postgresql://ada:secret-word@127.0.0.1:1/okr")

        assert told.code == Exit.ERROR
        assert "127.0.0.1:1/okr" in told.err and "secret-word" not in told.err

    @pytest.mark.parametrize("typed", ["banana", "postgresql://db.example", "sqlite://"])
    def test_takes_a_mistyped_address_for_a_wrong_command_line(self, okrs, typed):
        """An address that is none is said to be one, with what it looks like; nothing is tried."""
        told = run("move", typed)

        assert told.code == Exit.USAGE
        assert "database's address" in told.err

    def test_goes_from_sqlite_to_postgresql_and_back(self, cast, okrs, postgresql, tmp_path):
        """What began in a file arrives at a server, though the settings still name the file."""
        run("seal")  # as a move does first
        before = everything()
        back = databases.address_of(tmp_path / "back.sqlite3")

        told = run("move", postgresql)
        with databases.standing_on(postgresql):
            arrived = everything()
            moves.move(back, with_exports=True, at=LATER, heard=silent)

        assert told.code == Exit.OK, told.err
        assert before == arrived

    @pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
    def test_leaves_nothing_behind_where_it_fails(self, okrs, kind, request, tmp_path):
        """A move that breaks off on its way takes back the tables that it had made."""
        file = tmp_path / "there.sqlite3"
        there = request.getfixturevalue("postgresql") if kind == "postgresql" else databases.address_of(file)

        def interrupted(done: int, total: int) -> None:
            with databases.standing_on(there):
                assert schema.exists()
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            moves.move(there, with_exports=False, at=LATER, heard=interrupted)

        assert not file.exists()
        with databases.standing_on(there):
            assert (moves._tables(), moves._functions()) == ([], [])

    def test_leaves_a_database_in_use_alone(self, okrs, tmp_path):
        """Where it is refused, not even the schema of the other database is brought up to date."""
        there = databases.address_of(tmp_path / "there.sqlite3")
        run("move", there)
        with databases.standing_on(there):
            last = dict(schema.heads())["milepost"]
            MigrationRecorder(connection).record_unapplied("milepost", last)

        told = run("move", there)

        assert told.code == Exit.CONFLICT
        with databases.standing_on(there):
            assert f"milepost.{last}" in schema.pending()


@pytest.fixture
def postgresql() -> Iterator[str]:
    """An empty database on a server of its own, while the settings name a SQLite file."""
    if connection.vendor != "sqlite":
        pytest.skip("The settings name PostgreSQL already.")
    try:
        server = Postgres()
    except NoPostgres as reason:
        pytest.skip(str(reason))
    try:
        yield server.start().url
    finally:
        server.stop()


def _empty_like_this(folder: Path) -> str:
    if connection.vendor == "sqlite":
        return databases.address_of(folder / "back.sqlite3")
    base = settings.MILEPOST.database_url.rpartition("/")[0]
    with psycopg.connect(f"{base}/postgres", autocommit=True) as administrator:
        administrator.execute("DROP DATABASE IF EXISTS moved_back")
        administrator.execute("CREATE DATABASE moved_back")
    return f"{base}/moved_back"
