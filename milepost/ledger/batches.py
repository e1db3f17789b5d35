"""Rows that wait to be written together, beside what is there: each is held to every rule of its table.

Unlike `bulk`, which is for databases that nobody uses yet, this locks nobody out and lifts nothing:
references are checked row by row, policies hold, triggers run, unless whoever calls has lifted some of that
(`bulk` does, on SQLite, for a new workspace). It saves what a model and a statement for each row cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection
from django.db.models import Field, Model

from milepost.ledger import rows
from milepost.ledger.statements import Statement
from milepost.models.exact import plain

IN_A_TEXT = 5_000  # rows, on PostgreSQL
IN_A_STATEMENT = 500  # rows, on SQLite, which takes 32,766 values

Row = dict[str, Any]
Columns = Mapping[str, Sequence[Any]]


class Batches:
    """Rows by table, written in the order in which the tables were named: those referred to first."""

    def __init__(self, *models: type[Model]) -> None:
        self.tables = {model: _Table(model) for model in models}

    def add(self, model: type[Model], row: Row) -> Row:
        """Let a row wait, with every column of its table as a model holds it; until then it may change."""
        self.tables[model].rows.append(row)
        return row

    def add_told(self, model: type[Model], columns: Columns) -> None:
        """Let rows wait that come column by column, moments and numbers as texts of a file."""
        self.tables[model].take(columns)

    def write(self) -> None:
        """Write what waits; the caller holds the transaction."""
        for table in self.tables.values():
            table.write()


class _Table:
    """The rows of one table that wait, and how they are written."""

    def __init__(self, model: type[Model]) -> None:
        fields = model._meta.local_concrete_fields
        name, listed = model._meta.db_table, ", ".join(f'"{field.column}"' for field in fields)
        self.rows: list[Row] = []
        self.columns: dict[str, list[Any]] = {field.column: [] for field in fields}
        self.in_order = itemgetter(*self.columns)
        self.is_postgresql = connection.vendor == "postgresql"
        kinds = {} if self.is_postgresql else {field.column: rows.kind(field) for field in fields}
        self.forms = {column: _SQLITE.get(kind) for column, kind in kinds.items()}
        self.told_forms = {column: _SQLITE_TOLD.get(kind) for column, kind in kinds.items()}
        self.into = f'INSERT INTO "{name}" ({listed})'
        typed = ", ".join(f'"{field.column}" {_type(field)}' for field in fields)
        self.from_text = f"{self.into} SELECT {listed} FROM json_to_recordset(%s) AS waiting ({typed})"

    def take(self, columns: Columns) -> None:
        """Take rows column by column."""
        for name, values in self.columns.items():
            form = self.told_forms.get(name)
            values.extend(columns[name] if form is None else form(columns[name]))

    def write(self) -> None:
        if self.rows:
            found = zip(*map(self.in_order, self.rows), strict=True)
            for (name, values), said in zip(self.columns.items(), found, strict=True):
                values.extend(_formed(said, self.forms.get(name)))
        if self.is_postgresql:
            self._write_texts()
        else:
            self._write_values()
        self.rows.clear()
        for values in self.columns.values():
            values.clear()

    def _write_texts(self) -> None:
        # As text: an array for each column is put together value by value, which takes far longer.
        listed = zip(*self.columns.values(), strict=True)
        with connection.cursor() as cursor:
            while rows := [dict(zip(self.columns, row, strict=True)) for row in islice(listed, IN_A_TEXT)]:
                cursor.execute(self.from_text, [orjson.dumps(rows, default=plain).decode()])

    def _write_values(self) -> None:
        # In one statement: before each, SQLite writes out the index of words as far as it has come.
        columns = [*self.columns.values()]
        width, count = len(columns), len(columns[0])
        for start in range(0, count, IN_A_STATEMENT):
            end = min(start + IN_A_STATEMENT, count)
            values = [None] * (width * (end - start))
            for place, column in enumerate(columns):
                values[place::width] = column[start:end]
            _insertion(self.into, width, end - start).run(values)


@lru_cache(32)  # of each table that of a full batch, and a few of what was left
def _insertion(into: str, columns: int, rows: int) -> Statement:
    marks = f"({', '.join(['%s'] * columns)})"
    return Statement(f"{into} VALUES {', '.join([marks] * rows)}")


def _formed(values: Sequence[Any], form: Callable[[Any], Any] | None) -> Sequence[Any]:
    if form is None:
        return values
    if form is _json:  # of what can change nobody keeps what it becomes
        return [None if value is None else form(value) for value in values]
    known = {value: None if value is None else form(value) for value in {*values}}
    return [known[value] for value in values]


def _type(field: Field) -> str:
    return field.db_type(connection).partition(" CHECK")[0]


def _moment(at) -> str:
    """Write a moment as Django does on SQLite, where moments are compared as text."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(" ")[:-6]


def _json(value: Sequence | Mapping) -> str:
    return orjson.dumps(value).decode() if value else "{}" if value == {} else "[]"


def _told_moments(texts: Sequence[str]) -> list[str]:
    # At one stroke: a moment has no other T than that before its time, no other Z than that at its end.
    return "\n".join(texts).replace("T", " ").replace("Z", "").split("\n")


def _told_lists(values: Sequence[Sequence | None]) -> Sequence[str | None]:
    return _formed(values, _json)


_SQLITE = {"moment": _moment, "exact": plain, "json": _json, "day": str}
_SQLITE_TOLD = {"moment": _told_moments, "json": _told_lists}
