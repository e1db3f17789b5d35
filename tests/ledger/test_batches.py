"""Rows written together are those that one would have written one by one, and no rule is lifted for them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from milepost.core.plan.ledgers import moment_text
from milepost.ledger import rows as tables
from milepost.ledger.batches import Batches
from milepost.models import Checkin, Event, Objective
from milepost.models.ids import new_id
from milepost.queries import verification
from tests.cast import NOW, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases

TO_THE_MICROSECOND = datetime(2026, 10, 8, 7, 30, 1, 250_000, tzinfo=UTC)


def check_in(cast: Cast, okrs: Okrs, **more) -> dict:
    """Return the columns of a check-in on Ada's key result."""
    return {
        "id": new_id(), "workspace_id": cast.acme.id, "key": None, "key_result_id": okrs.growth.id,
        "value": Decimal("12.50"), "parts": None, "confidence": 6, "note": "“Früh”\n{a,b}", "by_id": None,
        "effective_at": TO_THE_MICROSECOND, "recorded_at": NOW, "corrects_id": None, "is_withdrawn": False,
        **more,
    }  # fmt: skip


def as_stored(id: int) -> list:
    """Return the columns of a check-in as the database holds them, but the id."""
    [table] = [table for table in tables.tables(apps) if table.name == "checkin"]
    [row] = [row for batch in tables.read(table) for row in batch if row[table.names.index("id")] == id]
    return [value for name, value in zip(table.names, row, strict=True) if name != "id"]


class TestWrite:
    def test_gives_the_rows_that_a_model_would_have_written(self, cast: Cast, okrs: Okrs):
        """Moments, exact numbers, lists, truths and what is empty come back as they went in."""
        rows = [
            check_in(cast, okrs),
            check_in(cast, okrs, value=None, parts=["1", "0.5"], confidence=None, is_withdrawn=True),
            check_in(
                cast, okrs, value=Decimal("-0.000000000001"), by_id=cast.ada.person_id, key="2026-10-08.2"
            ),
        ]
        batches = Batches(Checkin)

        for row in rows:
            batches.add(Checkin, row)
        batches.write()

        for row in rows:
            by_model = Checkin.objects.create(**{**row, "id": new_id()})
            assert Checkin.objects.of(cast.acme.id).values(*row).get(id=row["id"]) == row
            assert as_stored(row["id"]) == as_stored(by_model.id)

    def test_gives_the_same_rows_where_they_come_as_texts(self, cast: Cast, okrs: Okrs):
        """Columns with moments and numbers as texts of a file are stored as values are."""
        rows = [
            check_in(cast, okrs, parts=["1", "0.5"], note="", is_withdrawn=True),
            check_in(cast, okrs, value=None, confidence=None, by_id=cast.ada.person_id, key="2026-10-08.2"),
        ]
        columns = {name: [row[name] for row in rows] for name in rows[0]} | {
            name: [moment_text(row[name]) for row in rows] for name in ("effective_at", "recorded_at")
        }
        batches = Batches(Checkin)

        batches.add_told(Checkin, columns | {"value": ["12.5", None], "parts": [("1", "0.5"), None]})
        batches.write()

        for row in rows:
            by_model = Checkin.objects.create(**{**row, "id": new_id()})
            assert as_stored(row["id"]) == as_stored(by_model.id)

    def test_writes_those_first_that_others_refer_to(self, cast: Cast, okrs: Okrs):
        """Rows wait by table, whatever the order in which they came; nothing waits afterwards."""
        batches = Batches(Objective, Event)
        columns = {field.attname: getattr(okrs.company, field.attname) for field in Objective._meta.fields}
        new = {**columns, "id": new_id(), "key": "another", "title": "Another"}

        batches.add(Objective, new)
        batches.write()
        batches.write()

        assert Objective.objects.of(cast.acme.id).get(id=new["id"]).title == "Another"

    def test_refuses_what_reaches_into_another_workspace(self, cast: Cast, okrs: Okrs):
        """The border holds for every row; of rows written together none stays."""
        batches = Batches(Checkin)
        before = Checkin.objects.of(cast.zenith.id).count()

        batches.add(Checkin, check_in(cast, okrs))
        batches.add(Checkin, check_in(cast, okrs, workspace_id=cast.zenith.id))
        with pytest.raises(IntegrityError), transaction.atomic():
            batches.write()

        assert Checkin.objects.of(cast.zenith.id).count() == before
        assert [str(one) for one in verification.differences(cast.acme.id, NOW)] == []
