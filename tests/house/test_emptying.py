"""What a test committed is gone before the next; what a new database holds stays."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connection

from tests import emptying
from tests.worlds import World

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


def rows() -> dict[str, int]:
    """Count the rows of every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


class TestEmpty:
    def test_leaves_what_a_new_database_holds(self, world: World):
        """Two companies at work and all that was said of them are gone; kinds and permissions are there."""
        before = rows()

        emptying.empty(DEFAULT_DB_ALIAS)

        kept = {model._meta.db_table for model in (ContentType, Permission)}
        assert sum(count > 0 for count in before.values()) > 20
        assert {table: count for table, count in rows().items() if count} == {
            table: before[table] for table in kept
        }
