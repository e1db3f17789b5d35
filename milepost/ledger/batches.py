"""Rows that wait to be written together, beside what is there: each is held to every rule of its table.

Unlike `bulk`, which is for databases that nobody uses yet, this locks nobody out and lifts nothing:
references are checked row by row, policies hold, triggers run. It saves what a model and a statement for each
row cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

import orjson
from django.db import connection
from django.db.models import Field, Model

from milepost.ledger import rows
from milepost.models.exact import plain

AT_ONCE = 5_000
ENOUGH = 20_000  # rows that wait for no others

Row = dict[str, Any]


class Batches:
    """Rows by table, written in the order in which the tables were named: those referred to first."""

    def __init__(self, *models: type[Model]) -> None:
        self.waiting: dict[type[Model], list[Row]] = {model: [] for model in models}
        self.tables = {model: _Table(model) for model in models}

    def add(self, model: type[Model], row: Row) -> Row:
        """Let a row wait, with every column of its table as a model holds it; until then it may change."""
        self.waiting[model].append(row)
        return row

    def write(self) -> None:
        """Write what waits; the caller holds the transaction."""
        for model, waiting in self.waiting.items():
            for begin in range(0, len(waiting), AT_ONCE):
                self.tables[model].write(waiting[begin : begin + AT_ONCE])
            waiting.clear()

    def write_if_many(self) -> None:
        """Write what waits if it has become much, so that it does not fill the memory."""
        if sum(map(len, self.waiting.values())) >= ENOUGH:
            self.write()


class _Table:
    """How the rows of one table are written."""

    def __init__(self, model: type[Model]) -> None:
        fields = model._meta.local_concrete_fields
        name, listed = model._meta.db_table, ", ".join(f'"{field.column}"' for field in fields)
        self.columns = [field.column for field in fields]
        self.forms = [_SQLITE.get(rows.kind(field)) for field in fields]
        self.is_postgresql = connection.vendor == "postgresql"
        into = f'INSERT INTO "{name}" ({listed})'
        if self.is_postgresql:
            typed = ", ".join(f'"{field.column}" {_type(field)}' for field in fields)
            self.statement = f"{into} SELECT {listed} FROM json_to_recordset(%s) AS waiting ({typed})"
        else:
            self.statement = f"{into} VALUES ({', '.join(['%s'] * len(fields))})"

    def write(self, waiting: Sequence[Row]) -> None:
        with connection.cursor() as cursor:
            if self.is_postgresql:
                # One text: an array for each column is put together value by value, which takes far longer.
                cursor.execute(self.statement, [orjson.dumps(waiting, default=plain).decode()])
            else:
                cursor.executemany(self.statement, zip(*self._columns(waiting), strict=True))

    def _columns(self, waiting: Sequence[Row]) -> Iterator[list[Any]]:
        for column, form in zip(self.columns, self.forms, strict=True):
            values = [row[column] for row in waiting]
            yield values if form is None else [None if value is None else form(value) for value in values]


def _type(field: Field) -> str:
    return field.db_type(connection).partition(" CHECK")[0]


def _moment(at) -> str:
    """Write a moment as Django does on SQLite, where moments are compared as text."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(" ")[:-6]


def _json(value: Sequence | Mapping) -> str:
    return orjson.dumps(value).decode() if value else "[]" if value == [] else "{}"


_SQLITE = {"moment": _moment, "exact": plain, "json": _json, "day": str}
