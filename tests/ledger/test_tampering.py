"""Tampering: whoever changes one row of the history by themselves is found out, whichever row it is.

A row is altered in one of its sealed columns, deleted, or put in, with the database's own statements and at
random; each time the chain of seals must notice. `--tamperings 10000` tries as many as promised.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from milepost.actions import alignments, checkins, comments, erasures, people, reviews, teams
from milepost.core.access import operator
from milepost.ledger import chain, leaves, rows, seals
from milepost.ledger.leaves import FORM, FORMS
from milepost.models import Alignment
from milepost.models.ids import COUNTER_BITS
from tests.cast import LATER, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases

PARTS = 4  # so that the workers of the tests share them
OLDER = int((seals.LATE + timedelta(minutes=5)).total_seconds() * 1000) << COUNTER_BITS
SEALS = ("number", "at", "form", "began", "floor", "is_complete", "lowest", "highest", "counts", "rows",
         "seed", "salts", "previous", "digest")  # fmt: skip
SEALED = {**FORMS[FORM], "seal": ("id", "workspace_id", *SEALS), "seal_head": ("number", "digest")}


@pytest.fixture
def history(cast: Cast, okrs: Okrs) -> Cast:
    """Acme's chain: of everything that happens there, with rows that Milepost took out and rewrote."""
    entry = checkins.record(key_result=okrs.growth.id, value=Decimal(44), by=cast.ada, at=LATER).id
    said = comments.add(objective=okrs.helpful.id, text="We need a bench", by=cast.ada, at=LATER).id
    comments.add(objective=okrs.company.id, text="Why not more?", by=cast.ben, at=LATER)
    seals.seal(cast.acme.id, at=LATER)
    checkins.correct(checkin=entry, value=Decimal(43), note="Counted twice", by=cast.ada, at=LATER)
    comments.withdraw(comment=said, by=cast.ada, at=LATER)
    people.leave(person=cast.cleo.person_id, by=cast.ada, at=LATER)
    teams.update(team=cast.product.id, changed={"name": "Bread"}, by=cast.ada, at=LATER)
    link = Alignment.objects.of(cast.acme.id).filter(until_at=None).first()
    alignments.update(alignment=link.id, how="contributes", weight=Decimal(7), by=cast.ada, at=LATER)
    seals.seal(cast.acme.id, at=LATER)
    erasures.erase(person=cast.cleo.person_id, by=operator(cast.acme.id), at=LATER)
    reviews.close(objective=okrs.company.id, values={}, learned="Ask sooner.", by=cast.ada, at=LATER)
    seals.seal(cast.acme.id, at=LATER)
    return cast


class Tamperer:
    """Somebody with the database's password, and a die."""

    def __init__(self, workspace_id: int, seed: int) -> None:
        self.workspace_id = workspace_id
        self.die = random.Random(seed)
        models = {model._meta.db_table: model for model in apps.get_app_config("milepost").get_models()}
        self.kinds = {
            table: {field.column: rows.kind(field) for field in models[table]._meta.local_concrete_fields}
            for table in SEALED
        }
        self.there = {table: self._ids(table) for table in SEALED}
        self.places = [(table, id) for table, ids in self.there.items() for id in ids]

    def tamper(self) -> str:
        """Change one row, and say what was done."""
        table, id = self.die.choice(self.places)
        deed = self.die.choice(("alter", "alter", "delete", "insert"))
        if table in ("seal_head", "workspace") and deed == "insert":
            deed = "alter"  # of either there is one
        with connection.cursor() as cursor:
            if deed == "delete":
                cursor.execute(f'DELETE FROM "{table}" WHERE id = %s', [id])
                return f"delete {table} {id}"
            if deed == "insert":
                return self._insert(cursor, table, id)
            return self._alter(cursor, table, id)

    def _alter(self, cursor, table: str, id: int) -> str:
        column = self.die.choice(SEALED[table])
        before = self._read(cursor, table, column, id)
        cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s',
                       [self._other(table, column, before), id])  # fmt: skip
        new = self._read(cursor, table, column, id) if column != "id" else before + 1
        if new == before:
            raise DatabaseError("That is the same in other words.")
        return f"alter {table} {id} {column}: {before!r}"

    def _insert(self, cursor, table: str, id: int) -> str:
        columns = [*self.kinds[table]]
        cursor.execute(f'SELECT min(id) FROM "{table}"')
        new = {"id": cursor.fetchone()[0] - OLDER - self.die.randrange(1_000_000)}
        if table == "seal":
            new["number"] = self.die.choice((0, 1_000))
        if "undoes_id" in columns:
            new["undoes_id"] = None
        for unique in {"key", "email", "user_id"} & {*columns}:
            new[unique] = f"like-{id}" if unique == "key" else None
        chosen = ", ".join(self._given(column) if column in new else f'"{column}"' for column in columns)
        listed = ", ".join(f'"{column}"' for column in columns)
        values = [new[column] for column in columns if column in new]
        cursor.execute(f'INSERT INTO "{table}" ({listed}) SELECT {chosen} FROM "{table}" WHERE id = %s',
                       [*values, id])  # fmt: skip
        return f"insert {table} like {id}"

    def _given(self, column: str) -> str:
        if connection.vendor == "sqlite":
            return "%s"
        return "%s::text" if column in ("key", "email") else "%s::bigint"

    def _other(self, table: str, column: str, before: Any) -> Any:
        kind, some = self.kinds[table][column], self.die.randrange(1, 9)
        if kind == "number" or kind == "exact":
            return str(Decimal(before or 0) + some) if kind == "exact" else (before or 0) + some
        if kind == "truth":
            return not before if connection.vendor == "postgresql" else 1 - before
        if kind == "moment":
            return f"2026-0{some}-0{some} 0{some}:00:00" + (
                "+00" if connection.vendor == "postgresql" else ""
            )
        if kind == "day":
            return f"2026-0{some}-0{some}"
        if kind == "json":
            return f'{{"tampered": {some}}}'
        if kind == "bytes":
            spoiled = bytearray(bytes.fromhex(before) or b"\0")
            spoiled[self.die.randrange(len(spoiled))] ^= some
            return bytes(spoiled)
        return f"{before or ''}{some}"[-9:]

    def _read(self, cursor, table: str, column: str, id: int) -> Any:
        chosen = rows.read_as(self.kinds[table][column], f'"{column}"')
        cursor.execute(f'SELECT {chosen} FROM "{table}" WHERE id = %s', [id])
        return cursor.fetchone()[0]

    def _ids(self, table: str) -> list[int]:
        return leaves.ids_of(table, self.workspace_id).tolist()


class TestTampering:
    @pytest.mark.parametrize("part", range(PARTS))
    def test_is_found_out(self, history: Cast, pytestconfig: pytest.Config, part: int):
        """However often a single row is altered, deleted or put in: each time the chain notices."""
        wanted = pytestconfig.getoption("tamperings") // PARTS
        tamperer, unnoticed, tried = Tamperer(history.acme.id, seed=part), [], Counter()
        assert list(chain.faults(history.acme.id)) == []
        assert all(tamperer.there.values())

        while sum(tried.values()) < wanted:
            try:
                with transaction.atomic():
                    deed = tamperer.tamper()
                    tried[deed.split()[0]] += 1
                    if next(chain.faults(history.acme.id), None) is None:
                        unnoticed.append(deed)
                    transaction.set_rollback(True)
            except DatabaseError:
                continue  # what the database itself refuses needs no seal

        assert unnoticed == []
        assert min(tried[deed] for deed in ("alter", "delete", "insert")) > wanted // 10
