"""Statements by hand are put to PostgreSQL's library itself, and say what they say by the usual way."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.db import DataError, OperationalError, connection, transaction

from milepost.ledger.statements import Statement

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

NUMBER = Statement("SELECT %s::bigint, '100 %%'")
NAMES = "SELECT name FROM pg_prepared_statements WHERE name LIKE 'milepost%'"
LOCK, WAITING = 30, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"


@pytest.fixture(autouse=True)
def connected(transactional_db) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such library")
    connection.ensure_connection()


def by_cursor(statement: Statement, arguments: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, arguments)
        return cursor.fetchall()


def prepared() -> list[str]:
    """Return the names of what is prepared on this connection."""
    return [name for (name,) in by_cursor(Statement(NAMES.replace("%", "%%")), [])]


class TestPrepared:
    def test_says_what_a_cursor_says(self):
        """Values go in and come out as the driver converts them."""
        statement = Statement(
            "SELECT %s::bigint, %s::text, %s::numeric, %s::timestamptz, %s::bigint[], %s::jsonb, %s::bool, "
            "%s::text, '100 %%'"
        )
        given = [
            2**62,
            "Größe %s",
            Decimal("0.10"),
            datetime(2026, 11, 23, 9, tzinfo=UTC),
            [1, 2**40],
            "{}",
            True,
            None,
        ]

        assert statement.rows(given) == by_cursor(statement, given)

    def test_is_prepared_once(self):
        """A statement is planned for a connection, not for each use of it."""
        NUMBER.row([1])
        before = prepared()

        assert [NUMBER.row([number]) for number in (2, 3)] == [(2, "100 %"), (3, "100 %")]
        assert prepared() == before
        assert before

    def test_tells_numbers_of_any_size(self):
        """Small ones are sent shorter; each length is a statement of its own."""
        sizes = [7, 70_000, 2**62, 7]

        assert [NUMBER.row([number])[0] for number in sizes] == sizes

    def test_is_prepared_anew_where_the_server_has_forgotten_it(self):
        """The driver lets go of everything that is prepared when a savepoint is taken back."""
        NUMBER.row([1])
        connection.connection.execute("DEALLOCATE ALL")

        assert NUMBER.row([2]) == (2, "100 %")

    def test_stays_within_a_transaction(self):
        """There it goes the usual way: what it reads and writes is part of the transaction."""
        with transaction.atomic():
            begun = Statement("SELECT pg_current_xact_id()::text").row([])

            assert Statement("SELECT pg_current_xact_id()::text").row([]) == begun

    def test_raises_what_django_raises(self):
        """A statement that fails fails as it does by the usual way, and the next one works."""
        with pytest.raises(DataError, match="division by zero"):
            Statement("SELECT 1 / %s::int").row([0])

        assert NUMBER.row([2]) == (2, "100 %")

    def test_says_that_the_server_is_gone(self):
        """That is what lets the connection be replaced before the next request."""
        pid = Statement("SELECT pg_backend_pid()").row([])[0]
        with pytest.raises(OperationalError):
            Statement("SELECT pg_terminate_backend(%s::int)").row([pid])

        assert connection.errors_occurred
        connection.close()

    def test_lets_others_work_while_it_waits(self):
        """Whoever waits for the server holds up no other thread."""
        held = Event()

        def let_go_when_somebody_waits() -> None:
            try:
                NUMBER.row([1])
                Statement("SELECT pg_advisory_lock(%s)").row([LOCK])
                held.set()
                while not Statement(WAITING).row([LOCK]):
                    pass
                Statement("SELECT pg_advisory_unlock(%s)").row([LOCK])
            finally:
                connection.close()

        Statement("SET lock_timeout = 0").run([])  # the other may take its time
        other = Thread(target=let_go_when_somebody_waits)
        other.start()
        held.wait()

        assert Statement("SELECT pg_advisory_lock(%s)::text").row([LOCK]) == ("",)
        other.join()
        connection.close()
