"""SQLite's one writer is waited for in a queue."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from milepost.config.database import from_url
from milepost.config.sqlite.base import DatabaseWrapper
from milepost.ledger import faults
from milepost.models import Workspace
from tests.threads import at_once


def opened(slug: str) -> None:
    with transaction.atomic():
        Workspace.objects.create(name=slug, slug=slug, created_at=timezone.now())


class TestFile:
    def test_is_for_its_owner_alone(self, tmp_path):
        """A new database and what lies beside it can be read by nobody else, wherever it is put."""
        file = tmp_path / "milepost.sqlite3"
        told = connections.configure_settings({"default": from_url(f"sqlite:///{file}", tmp_path)})["default"]
        wrapper = DatabaseWrapper(told, "aside")

        with closing(wrapper.get_new_connection(wrapper.get_connection_params())) as opened:
            opened.execute("CREATE TABLE kept (id integer)")
            modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}

        assert modes == dict.fromkeys([file.name, f"{file.name}-wal", f"{file.name}-shm"], 0o600)


@pytest.mark.django_db(transaction=True)
class TestWriter:
    def test_is_let_go_by_what_failed(self):
        """A transaction that ends in an error keeps nobody waiting."""
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise ZeroDivisionError

        at_once(2, lambda number: opened(f"w{number}"))

        assert Workspace.objects.count() == 2

    def test_is_let_go_with_the_connection(self):
        """A connection that is closed in the middle of a transaction keeps nobody waiting."""

        def leave(number: int) -> None:
            transaction.atomic().__enter__()
            opened("gone")
            connection.close()

        at_once(1, leave)
        at_once(1, lambda number: opened("there"))

        assert [row.slug for row in Workspace.objects.all()] == ["there"]

    def test_is_not_waited_for_without_end(self):
        """Whoever waits too long is told so, as by SQLite itself."""
        told = []

        def write(number: int) -> None:
            connection.ensure_connection()
            connection.settings_dict["OPTIONS"] |= {"timeout": 0.01}
            try:
                with transaction.atomic():
                    pass
            except OperationalError as error:
                told.append(faults.told(error).code)

        before = dict(connection.settings_dict["OPTIONS"])
        try:
            with transaction.atomic():
                at_once(1, write)
        finally:
            connection.settings_dict["OPTIONS"] = before

        assert told == ["database_is_busy"]
