"""Connections are lent: whoever works next gets the one that was used last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from django.db import Error, OperationalError, connection, connections, transaction

from milepost.ledger.lending import IDLE_SECONDS, Lender

pytestmark = pytest.mark.both_databases


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lender(clock: Clock) -> Iterator[Lender]:
    lender = Lender(clock)
    yield lender
    lender.close()


def worked(lender: Lender, work: Callable[[], object] = lambda: None) -> object:
    """Work with a lent connection, in this thread; return the driver's connection."""
    lender.take()
    try:
        connection.ensure_connection()
        work()
        return connection.connection
    finally:
        lender.give_back()


def in_another_thread(act: Callable[[], object]) -> object:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act).result()


def asked(statement: str = "SELECT 1") -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def failed() -> None:
    with suppress(Error):
        asked("SELECT 1 FROM nowhere")


def is_doubted() -> bool:
    return connections["default"].errors_occurred


class TestLender:
    def test_lends_the_same_to_one_thread_after_the_other(self, lender: Lender):
        """Its pages, its plans and its process are those that were used a moment ago."""
        first = in_another_thread(lambda: worked(lender))

        assert in_another_thread(lambda: worked(lender)) is first

    def test_lends_those_who_work_at_once_one_each(self, lender: Lender):
        """Two threads never share one."""
        both = Barrier(2)

        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda _: worked(lender, both.wait), range(2)))

        assert found[0] is not found[1]

    def test_leaves_a_thread_nothing_of_what_it_gave_back(self, lender: Lender):
        """It cannot use what is somebody else's by now."""

        def left() -> list:
            worked(lender)
            return connections.all(initialized_only=True)

        assert in_another_thread(left) == []

    def test_lends_nothing_to_who_has_a_connection(self, lender: Lender):
        """A command, or a thread of its own, keeps what it has."""
        own = connection.connection

        assert not lender.take()
        lender.give_back()

        assert connection.connection is own

    def test_lends_again_what_goes_on_working(self, lender: Lender):
        """A statement that failed says nothing of the connection: it is tried, and lent."""
        doubts = []

        first = in_another_thread(lambda: worked(lender, failed))
        second = in_another_thread(lambda: worked(lender, lambda: doubts.append(is_doubted())))

        assert second is first and doubts == [False]

    @pytest.mark.django_db(transaction=True)
    def test_lends_nobody_what_was_left_within_a_transaction(self, lender: Lender):
        """Whatever it began would be part of what the next one does."""
        first = in_another_thread(lambda: worked(lender, transaction.atomic().__enter__))

        assert in_another_thread(lambda: worked(lender)) is not first

    def test_closes_what_nobody_needed_for_long(self, lender: Lender, clock: Clock):
        """After a busy minute its connections go, and the one in use stays."""
        both, databases = Barrier(2), []

        def note() -> None:
            databases.append(connections["default"])
            both.wait()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: worked(lender, note), range(2)))
        for _ in range(2):
            clock.seconds += IDLE_SECONDS * 0.6
            in_another_thread(lambda: worked(lender))

        assert sorted(database.connection is None for database in databases) == [False, True]

    @pytest.mark.django_db(transaction=True)
    def test_lends_nobody_what_the_server_has_ended(self, lender: Lender):
        """PostgreSQL was away and is back: whoever works next is not told so."""
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has no server.")
        both = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            ended = list(pool.map(lambda _: worked(lender, both.wait), range(2)))
        with connection.cursor() as cursor:
            for raw in ended:
                cursor.execute("SELECT pg_terminate_backend(%s, 60000)", [raw.info.backend_pid])

        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda _: worked(lender, lambda: (both.wait(), asked())), range(2)))

        assert not {*map(id, found)} & {*map(id, ended)}

    @pytest.mark.django_db(transaction=True)
    def test_opens_anew_what_only_reads(self, lender: Lender):
        """A connection stays as it was opened, so it would refuse changes after the database takes them."""
        if connection.vendor != "postgresql":
            pytest.skip("SQLite tells its connections nothing.")
        first = in_another_thread(
            lambda: worked(lender, lambda: asked("SET default_transaction_read_only=on"))
        )

        assert in_another_thread(lambda: worked(lender, asked)) is not first

    @pytest.mark.django_db(transaction=True)
    def test_trusts_no_other_when_one_broke(self, lender: Lender):
        """What cut one connection off has perhaps cut off all, and they do not know it yet."""
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has no server.")
        both, databases = Barrier(2), []

        def note() -> None:
            databases.append(connections["default"])
            both.wait()

        def broke() -> None:
            with suppress(OperationalError):
                asked("SELECT pg_terminate_backend(pg_backend_pid(), 60000)")
            connection.close_if_unusable_or_obsolete()  # as at the end of each request

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: worked(lender, note), range(2)))

        in_another_thread(lambda: worked(lender, broke))

        assert [database.connection for database in databases] == [None, None]
