"""A token for everything that somebody limited to a team goes on as one that writes there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from milepost.actions import tokens
from milepost.ledger import sight
from milepost.models import Token
from tests.cast import NOW, Cast

pytestmark = pytest.mark.both_databases
upgrade = import_module("milepost.migrations.0017_whole_tokens")
CONSTRAINT = "token_for_everything_has_no_team"


@contextmanager
def unchecked() -> Iterator[None]:
    """Let rows be written as before the constraint, until the test is taken back."""
    if connection.vendor == "sqlite":
        before, after = "PRAGMA ignore_check_constraints = ON", "PRAGMA ignore_check_constraints = OFF"
    else:
        # What waits for the end of the transaction would keep the table from being altered.
        before = f"SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE token DROP CONSTRAINT {CONSTRAINT}"
        after = "SELECT 1"
    with connection.cursor() as cursor:
        cursor.execute(before)
        try:
            yield
        finally:
            cursor.execute(after)


def limited(cast: Cast) -> None:
    """Limit Ben's token for everything to his team, by hand."""
    row, _ = tokens.create(name="Sheet", scope="admin", by=cast.ben, at=NOW)
    Token.objects.of(cast.acme.id).filter(id=row.id).update(team_id=cast.product.id)


def test_narrows_what_was_written_by_hand(cast: Cast):
    """It reaches what it reached: whole tokens stay, and so do those of a team that reach less."""
    tokens.create(name="Whole", scope="admin", by=cast.ben, at=NOW)
    tokens.create(name="Team", scope="read", team=cast.product.id, by=cast.ben, at=NOW)
    with sight.everywhere(), unchecked():
        limited(cast)

        upgrade._narrow(apps, None)

        found = Token.objects.everywhere().values_list("name", "scope")
        assert sorted(found) == [("Sheet", "write"), ("Team", "read"), ("Whole", "admin")]


def test_no_other_is_taken_by_the_database(cast: Cast):
    """Whoever writes it by hand is refused there, too."""
    with pytest.raises(IntegrityError, match="token"), transaction.atomic():
        limited(cast)
