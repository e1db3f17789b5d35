"""Whether anything was committed: asked in passing, so that an image up to date need not ask again."""

from __future__ import annotations

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from milepost.ledger import changes, stillness
from milepost.ledger.changes import Kind, Token
from tests.cast import Cast

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
MOST_TRIES = 100


def mark() -> stillness.Mark | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {stillness.COLUMN[connection.vendor]}")
        return stillness.told(connections[DEFAULT_DB_ALIAS], cursor.fetchone()[0])


def stood_still(workspace_id: int) -> Token:
    """Return a token between whose two marks nobody committed: others may be at work on the same server."""
    token = changes.now(workspace_id)
    for _ in range(MOST_TRIES):
        _, token = changes.changes_since(workspace_id, token)
        if token.still == mark():
            return token
    raise AssertionError("something is committed all the time")


class TestMark:
    def test_is_the_same_while_nothing_is_committed(self, cast: Cast):
        """A token bears the mark that another statement finds just after."""
        changes.append(cast.acme.id, Kind.SETTINGS)

        assert stood_still(cast.acme.id).still is not None

    def test_moves_with_a_commit(self, cast: Cast):
        """Whatever a workspace logs, the mark of every one is another then, or there is none."""
        before = stood_still(cast.acme.id).still
        changes.append(cast.zenith.id, Kind.SETTINGS)

        assert mark() is None or mark() != before

    def test_is_not_there_for_who_has_written(self, cast: Cast):
        """A transaction sees what it writes, and no mark moves with that: so it finds none."""
        with transaction.atomic():
            changes.append(cast.acme.id, Kind.SETTINGS)
            found = mark()

        assert found is None


class TestSettled:
    def test_asks_for_nothing_while_it_holds(self, cast: Cast):
        """Who reads as of the mark at which the token was given is told without a statement."""
        token = stood_still(cast.acme.id)

        with stillness.unsettled(), CaptureQueriesContext(connection) as captured:
            stillness.settle(token.still)
            found, again = changes.changes_since(cast.acme.id, token)

        assert (found, again) == ([], token)
        assert len(captured) == 0

    def test_asks_where_something_was_committed_since(self, cast: Cast):
        """Who reads as of a later mark is told what changed."""
        token = stood_still(cast.acme.id)
        changes.append(cast.acme.id, Kind.OBJECTIVE, 7)

        with stillness.unsettled():
            stillness.settle(mark())
            found, _ = changes.changes_since(cast.acme.id, token)

        assert [change.subject_id for change in found] == [7]

    def test_is_over_with_what_it_was_settled_in(self, cast: Cast):
        """The next request on the same thread knows no mark."""
        with stillness.unsettled():
            stillness.settle("5:5:")

        assert not stillness.is_settled("5:5:")

    def test_one_look_is_enough(self, cast: Cast):
        """Whoever reads as of one moment looks once at the change log, whatever the database can tell."""
        token = changes.now(cast.acme.id)

        with stillness.unsettled(), CaptureQueriesContext(connection) as captured:
            stillness.settle(None)
            _, token = changes.changes_since(cast.acme.id, token)
            changes.append(cast.acme.id, Kind.OBJECTIVE, 7)
            found, _ = changes.changes_since(cast.acme.id, token)

        assert found == [] and len(captured) == 2  # the look, and what was committed after it

    def test_another_reads_as_of_its_own_look(self, cast: Cast):
        """The next request looks for itself."""
        token = changes.now(cast.acme.id)
        with stillness.unsettled():
            stillness.settle(None)
            _, token = changes.changes_since(cast.acme.id, token)
        changes.append(cast.acme.id, Kind.OBJECTIVE, 7)

        with stillness.unsettled():
            stillness.settle(None)
            found, _ = changes.changes_since(cast.acme.id, token)

        assert [change.subject_id for change in found] == [7]

    def test_looks_anew_where_it_must(self, cast: Cast):
        """A form shows nothing older than its revision: it asks for what was committed a moment ago."""
        token = changes.now(cast.acme.id)

        with stillness.unsettled():
            stillness.settle(mark())
            _, token = changes.changes_since(cast.acme.id, token)
            changes.append(cast.acme.id, Kind.OBJECTIVE, 7)
            found, _ = changes.changes_since(cast.acme.id, token, anew=True)

        assert [change.subject_id for change in found] == [7]
