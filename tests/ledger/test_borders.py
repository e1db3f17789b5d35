"""The border between workspaces, and queries that forget to say whose data they want."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from milepost.models import Objective, borders
from milepost.models.workspaces import ScopedQuerySet, Unscoped, WorkspaceBound
from tests.cast import Cast
from tests.okrs import written

pytestmark = pytest.mark.both_databases
EVERY_REFERENCE = sorted(
    (table, column, other) for table, found in borders.references() for column, other in found
)


@pytest.fixture
def full(cast: Cast) -> Cast:
    """Both workspaces with something of everything in them."""
    zenith = replace(cast, acme=cast.zenith, product=cast.rockets, ada=cast.zed, ben=cast.zed, cleo=cast.zed)
    for each in (cast, zenith):
        written(each, timezone.now())
    return cast


def change(sql: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def one_of(table: str, workspace_id: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id) FROM {table} WHERE workspace_id = %s", [workspace_id])
        return cursor.fetchone()[0]


def copied(table: str, of: int, **changed) -> None:
    """Insert a copy of a row with some columns changed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [of])
        columns = [column[0] for column in cursor.description]
        row = dict(zip(columns, cursor.fetchone(), strict=True)) | changed
    marks = ", ".join(["%s"] * len(row))
    change(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())


class TestBorders:
    def test_there_are_references_to_guard(self):
        """The list of references is made from the models, so none is forgotten; it is not empty."""
        assert len(EVERY_REFERENCE) > 40

    def test_every_reference_is_guarded(self, full: Cast):
        """No row can be made to point across the border, whichever column it is, by insert or by update."""
        refused, untried = [], []
        for table, column, other in EVERY_REFERENCE:
            mine, theirs = one_of(table, full.acme.id), one_of(other, full.zenith.id)
            if mine is None or theirs is None:
                untried.append(f"{table}.{column}")
                continue
            with pytest.raises(IntegrityError, match=borders.MESSAGE):
                change(f"UPDATE {table} SET {column} = %s WHERE id = %s", theirs, mine)
            with pytest.raises(IntegrityError, match=borders.MESSAGE):
                copied(table, mine, id=1, **{column: theirs})
            refused.append(f"{table}.{column}")

        assert len(refused) > 20
        # What has no row on one side in this test is guarded by a trigger of the same making.
        with connection.cursor() as cursor:
            assert {table for table, _, _ in EVERY_REFERENCE} <= guarded(cursor), untried

    def test_no_row_moves_to_another_workspace(self, full: Cast):
        """A row's workspace is for good."""
        mine = one_of("team", full.acme.id)

        with pytest.raises(IntegrityError, match=borders.MESSAGE):
            change("UPDATE team SET workspace_id = %s WHERE id = %s", full.zenith.id, mine)


def guarded(cursor) -> set[str]:
    """List the tables that carry a border trigger."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT event_object_table FROM information_schema.triggers")
    else:
        cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")
    return {table for (table,) in cursor.fetchall()}


class TestScope:
    @pytest.mark.parametrize(
        "ask",
        [list, len, bool, lambda rows: rows.count(), lambda rows: rows.exists(), lambda rows: rows.first(),
         lambda rows: rows.update(title="x"), lambda rows: rows.delete(), lambda rows: rows[0],
         lambda rows: list(rows.values_list("id")), lambda rows: rows.get(id=1)],
    )  # fmt: skip
    def test_a_query_without_a_workspace_raises(self, db, ask):
        """A forgotten `.of(workspace)` is an error in the first test that runs it, never a leak."""
        with pytest.raises(Unscoped):
            ask(Objective.objects.all())

    def test_holds_for_every_table_of_a_workspace(self):
        """Every model that belongs to a workspace has the careful manager."""
        bound = [
            model
            for model in apps.get_app_config("milepost").get_models()
            if issubclass(model, WorkspaceBound)
        ]

        assert bound
        assert [
            model for model in bound if not isinstance(model.objects.get_queryset(), ScopedQuerySet)
        ] == []

    def test_a_scoped_query_answers(self, full: Cast):
        """With a workspace it answers with that workspace's rows alone."""
        for workspace in (full.acme, full.zenith):
            assert {row.workspace_id for row in Objective.objects.of(workspace.id)} == {workspace.id}
