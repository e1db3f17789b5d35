"""Rows that wait to be written together, beside what is there: each is held to every rule of its table.

Unlike `bulk`, which is for databases that nobody uses yet, this locks nobody out and lifts nothing:
references are checked row by row, policies hold, triggers run. It saves what a model and a statement for each
row cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
        self.is_postgresql = connection.vendor == "postgresql"
        forms = _POSTGRESQL if self.is_postgresql else _SQLITE
        self.forms = [forms.get(rows.kind(field)) for field in fields]
        into = f'INSERT INTO "{name}" ({listed})'
        if self.is_postgresql:
            arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
            self.statement = f"{into} SELECT * FROM unnest({arrays})"
        else:
            self.statement = f"{into} VALUES ({', '.join(['%s'] * len(fields))})"

    def write(self, waiting: Sequence[Row]) -> None:
        columns = [
            _formed(form, [row[column] for row in waiting])
            for column, form in zip(self.columns, self.forms, strict=True)
        ]
        with connection.cursor() as cursor:
            if self.is_postgresql:
                cursor.execute(self.statement, columns)
            else:
                cursor.executemany(self.statement, zip(*columns, strict=True))


def _type(field: Field) -> str:
    return field.db_type(connection).partition(" CHECK")[0]


def _formed(form: Callable[[Any], Any] | None, values: list[Any]) -> list[Any]:
    return values if form is None else [None if value is None else form(value) for value in values]


def _moment(at) -> str:
    """Write a moment as Django does on SQLite, where moments are compared as text."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(" ")[:-6]


def _json(value: Sequence | Mapping) -> str:
    return orjson.dumps(value).decode() if value else "[]" if value == [] else "{}"


_SQLITE = {"moment": _moment, "exact": plain, "json": _json, "day": str}
_POSTGRESQL = {"exact": plain, "json": _json}
