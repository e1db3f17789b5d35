"""The change log: every change is seen exactly once, in spite of how databases number them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection

from milepost.ledger import changes
from milepost.ledger.changes import Change, Kind
from tests.cast import Cast

pytestmark = pytest.mark.both_databases
INSERT = "INSERT INTO change (workspace_id, kind, subject_id, entry_id) VALUES (%s, %s, %s, 0)"


def logged(workspace_id: int, subject: int) -> None:
    changes.append(workspace_id, Kind.OBJECTIVE, subject)


def subjects(found: list[Change]) -> list[int]:
    return [change.subject_id for change in found]


def naive(workspace_id: int, last: int) -> list[int]:
    """Do what looks right: take everything with a higher number than the last one seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM change WHERE workspace_id = %s AND seq > %s", [workspace_id, last])
        return [seq for (seq,) in cursor.fetchall()]


@contextmanager
def writing(workspace_id: int, subject: int) -> Iterator[None]:
    """Log a change on another connection; it is committed at the end, not before."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(INSERT, [workspace_id, int(Kind.OBJECTIVE), subject])
            yield
        other.commit()
    finally:
        other.close()


class TestChangesSince:
    def test_gives_each_change_once_and_in_order(self, cast: Cast):
        """What was logged since the token comes, oldest first, and does not come again."""
        token = changes.now(cast.acme.id)
        for subject in (1, 2):
            logged(cast.acme.id, subject)

        found, token = changes.changes_since(cast.acme.id, token)
        again, token = changes.changes_since(cast.acme.id, token)
        logged(cast.acme.id, 3)
        more, _ = changes.changes_since(cast.acme.id, token)

        assert [subjects(each) for each in (found, again, more)] == [[1, 2], [], [3]]

    def test_keeps_to_one_workspace(self, cast: Cast):
        """What happens in another workspace is not seen."""
        token = changes.now(cast.acme.id)

        logged(cast.zenith.id, 1)

        assert changes.changes_since(cast.acme.id, token)[0] == []

    def test_those_who_saw_the_same_write_the_same_token(self, cast: Cast):
        """A token written out names what was seen, whenever its reader came."""
        early = changes.now(cast.acme.id)
        logged(cast.acme.id, 1)
        middle = changes.now(cast.acme.id)
        logged(cast.acme.id, 2)

        tokens = {str(changes.changes_since(cast.acme.id, token)[1]) for token in (early, middle)}

        assert tokens == {str(changes.now(cast.acme.id))}
        assert str(early) not in tokens


@pytest.mark.django_db(transaction=True)
class TestOrderOfCommits:
    def test_a_late_commit_is_not_lost(self, cast: Cast):
        """On PostgreSQL a change may become visible after one with a higher number: it is seen, once.

        The same log read by number alone loses it, which is why the log carries transaction ids.
        """
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has one writer: there the order of numbers is the order of commits")
        token = changes.now(cast.acme.id)

        with writing(cast.acme.id, 1):
            logged(cast.acme.id, 2)
            first, token = changes.changes_since(cast.acme.id, token)
        second, token = changes.changes_since(cast.acme.id, token)
        third, _ = changes.changes_since(cast.acme.id, token)

        assert [subjects(each) for each in (first, second, third)] == [[2], [1], []]
        assert second[0].seq < first[0].seq
        assert naive(cast.acme.id, first[0].seq) == []

    def test_who_begins_meanwhile_sees_it_too(self, cast: Cast):
        """A reader who loads everything while a change is under way gets that change afterwards."""
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has one writer: there the order of numbers is the order of commits")
        with writing(cast.acme.id, 1):
            logged(cast.acme.id, 2)
            token = changes.now(cast.acme.id)

        found, _ = changes.changes_since(cast.acme.id, token)

        assert subjects(found) == [1]

    def test_what_was_rolled_back_never_happened(self, cast: Cast):
        """A transaction that was given up leaves no change, and holds up no later one."""
        token = changes.now(cast.acme.id)
        other = connection.copy()
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(INSERT, [cast.acme.id, int(Kind.OBJECTIVE), 1])
        other.rollback()
        other.close()
        logged(cast.acme.id, 2)

        assert subjects(changes.changes_since(cast.acme.id, token)[0]) == [2]

    def test_sqlite_lets_one_write_at_a_time(self, cast: Cast):
        """On SQLite nobody takes a number while another change is under way, so numbers are in order."""
        if connection.vendor != "sqlite":
            pytest.skip("about SQLite")
        other = connection.copy()
        try:
            with writing(cast.acme.id, 1), other.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout = 1")
                with pytest.raises(OperationalError, match="locked"):
                    cursor.execute(INSERT, [cast.acme.id, int(Kind.OBJECTIVE), 2])
        finally:
            other.close()
