"""Rows written past what guards their tables are checked all the same, and the guards stand again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from milepost.ledger import bulk
from milepost.models import Team, Workspace
from milepost.models.ids import new_id
from tests.cast import NOW, Cast

pytestmark = pytest.mark.both_databases

Lifting = Callable[..., object]


@pytest.fixture
def fresh(cast: Cast) -> int:
    """A workspace beside the others, with nothing in it."""
    return Workspace.objects.create(slug="fresh", name="Fresh", created_at=NOW).id


@pytest.fixture(params=[bulk.checked_at_once, bulk.checked_at_once_alone], ids=["everywhere", "alone"])
def lifting(request) -> Lifting:
    """Either way to check at once."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table is not altered while references of its rows wait to be checked.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return request.param


def guards() -> set[tuple]:
    """What stands around the tables: indexes and triggers, and on PostgreSQL foreign keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type <> 'table'"
            if connection.vendor == "sqlite"
            else "SELECT 'trigger', tgname::text, tgenabled::text FROM pg_trigger "
            "WHERE NOT tgisinternal UNION SELECT 'index', indexname::text, indexdef FROM pg_indexes UNION "
            "SELECT 'key', conname::text, pg_get_constraintdef(oid) FROM pg_constraint"
        )
        return set(cursor.fetchall())


class TestCheckedAtOnce:
    def test_refuses_a_reference_across_workspaces(self, cast: Cast, fresh: int, lifting: Lifting):
        """A team below a team of another workspace is refused, if only at the end; nothing is written."""
        before = guards()

        refused = pytest.raises(IntegrityError, match="across workspaces")
        with refused, transaction.atomic(), lifting(["team"], fresh):
            Team.objects.create(workspace_id=fresh, key="b", name="B", parent=cast.product)

        assert not Team.objects.of(fresh).exists()
        assert guards() == before

    @pytest.mark.django_db(transaction=True)
    def test_refuses_a_reference_to_nothing(self, cast: Cast, fresh: int, lifting: Lifting):
        """A team below one that is not there is refused, also where no row was asked about by itself."""
        before = guards()

        refused = pytest.raises(IntegrityError)
        with refused, bulk.references_later(), transaction.atomic(), lifting(["team"], fresh):
            Team.objects.create(workspace_id=fresh, key="b", name="B", parent_id=new_id())

        assert not Team.objects.of(fresh).exists()
        assert guards() == before

    @pytest.mark.django_db(transaction=True)
    def test_has_rows_asked_about_again_afterwards(self, cast: Cast, fresh: int, lifting: Lifting):
        """What is written next is held to its references one by one, as before."""
        with bulk.references_later(), transaction.atomic(), lifting(["team"], fresh):
            Team.objects.create(workspace_id=fresh, key="b", name="B")

        with pytest.raises(IntegrityError):
            Team.objects.create(workspace_id=fresh, key="c", name="C", parent_id=new_id())

    @pytest.mark.parametrize("table", ["team", "comment"], ids=["with rows", "empty"])
    def test_leaves_the_guards_as_they_were(self, cast: Cast, fresh: int, lifting: Lifting, table: str):
        """Triggers, indexes and keys are those of before, whether a table held rows or not."""
        before = guards()

        with transaction.atomic(), lifting([table], fresh):
            pass

        assert guards() == before
