"""Every row of every table in one form that both databases share: what is read here can be written there.

A number is a number, a truth 0 or 1, a moment text in UTC with six places, an exact decimal plain text, JSON
text with its keys in order. The models are those of the migrations a database has, not today's, so an older
database is read and written as well. The database converts what it can while it reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from graphlib import TopologicalSorter
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model

BATCH = 5_000
NUMBERS = ("IntegerField", "BigIntegerField", "SmallIntegerField", "PositiveIntegerField",
           "PositiveSmallIntegerField", "PositiveBigIntegerField", "AutoField", "BigAutoField",
           "SmallAutoField")  # fmt: skip
TEXTS = (
    "CharField",
    "TextField",
    "SlugField",
    "EmailField",
    "URLField",
    "GenericIPAddressField",
    "FileField",
)
KINDS = {
    **dict.fromkeys(NUMBERS, "number"),
    **dict.fromkeys(TEXTS, "text"),
    "BooleanField": "truth",
    "DateTimeField": "moment",
    "DateField": "day",
    "ExactField": "exact",
    "JSONField": "json",
    "UUIDField": "uuid",
    "BinaryField": "bytes",
}
_READ = {
    # Anything but the bare column, for Django has these kinds of columns made into objects.
    "sqlite": {
        "truth": "+{0}",
        "day": "{0} || ''",
        "moment": "CASE WHEN length({0}) = 19 THEN {0} || '.000000' ELSE {0} END",
        "bytes": "lower(hex({0}))",
    },
    "postgresql": {
        "truth": "{0}::int",
        "moment": "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
        "day": "to_char({0}, 'YYYY-MM-DD')",
        "exact": "trim_scale({0})::text",
        "json": "{0}::text",
        "uuid": "replace({0}::text, '-', '')",
        "bytes": "encode({0}, 'hex')",
    },
}


class NoForm(TypeError):
    """A column of a kind that has no form here yet."""


@dataclass(frozen=True)
class Column:
    """One column and the kind of what it holds."""

    name: str
    kind: str


@dataclass(frozen=True)
class Table:
    """One table; `key` orders its rows, `counter` is the column that the database counts up itself."""

    name: str
    columns: tuple[Column, ...]
    key: str
    counter: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def tables(apps) -> list[Table]:
    """List the tables of a registry of models, those referred to before those that refer."""
    models = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    order = TopologicalSorter({name: _referred(model) - {name} for name, model in sorted(models.items())})
    return [_table(models[name]) for name in order.static_order() if name in models]


def _referred(model) -> set[str]:
    return {
        field.related_model._meta.db_table
        for field in model._meta.local_concrete_fields
        if field.is_relation and field.related_model is not None
    }


def _table(model) -> Table:
    meta = model._meta
    columns = tuple(Column(field.column, kind(field)) for field in meta.local_concrete_fields)
    counter = meta.pk.column if isinstance(meta.pk, AutoField) else None
    return Table(meta.db_table, columns, meta.pk.column, counter)


def kind(field: Field) -> str:
    told = field
    while told.is_relation:
        told = told.target_field
    kind = KINDS.get(told.get_internal_type())
    if kind is None:
        raise NoForm(f"{field.model._meta.db_table}.{field.column} is a {told.get_internal_type()}.")
    return kind


# -- reading -----------------------------------------------------------------------------------------------


def read(table: Table) -> Iterator[list[Sequence[Any]]]:
    """Yield a table's rows in the order of its key, some thousands at once; the caller holds the snapshot."""
    chosen = [read_as(column.kind, f'"{column.name}"') for column in table.columns]
    key = next(column for column in table.columns if column.name == table.key)
    # Text sorts by its bytes, which is the one order that both know.
    order = ' COLLATE "C"' if key.kind == "text" and connection.vendor == "postgresql" else ""
    jsons = [number for number, column in enumerate(table.columns) if column.kind == "json"]
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f'SELECT {", ".join(chosen)} FROM "{table.name}" ORDER BY "{table.name}"."{table.key}"{order}'
        )
        while batch := cursor.fetchmany(BATCH):
            yield [_ordered(row, jsons) for row in batch] if jsons else batch


def values(
    model: type[Model], workspace_id: int, *, order: Sequence[str] = ("id",), several_of: str | None = None
) -> Iterator[dict[str, Sequence[Any]]]:
    """Yield what a workspace has of a model, some thousands of rows at once, as lists of values by column.

    The values are those that the ORM gives, which takes several times as long for each as the database.
    `several_of` names a column by which rows belong together: then only those that do not stand alone.
    """
    fields = model._meta.local_concrete_fields
    chosen = ", ".join(read_as(kind(field), f'"{field.column}"') for field in fields)
    table = f'"{model._meta.db_table}"'
    ordered = ", ".join(f'{table}."{column}"' for column in order)
    wanted, arguments = "workspace_id = %s", [workspace_id]
    if several_of is not None:
        wanted = (
            f'{wanted} AND "{several_of}" IN (SELECT "{several_of}" FROM {table} WHERE {wanted} '
            f'GROUP BY "{several_of}" HAVING count(*) > 1)'
        )
        arguments *= 2
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {chosen} FROM {table} WHERE {wanted} ORDER BY {ordered}", arguments)
        while batch := cursor.fetchmany(BATCH):
            columns = zip(fields, zip(*batch, strict=True), strict=True)
            yield {field.attname: _valued(kind(field), texts) for field, texts in columns}


def _valued(kind: str, texts: Sequence[Any]) -> Sequence[Any]:
    value = _VALUES.get(kind)
    if value is None:
        return texts
    if kind == "moment":
        return [None if text is None else value(f"{text}Z") for text in texts]
    if kind == "json":  # most are empty lists
        known = {text: None if text is None else value(text) for text in {*texts}}
        return [known[text] for text in texts]
    return [None if text is None else value(text) for text in texts]


_VALUES: dict[str, Callable[[Any], Any]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "exact": Decimal,
    "json": json.loads,
    "truth": bool,
}


def read_as(kind: str, column: str) -> str:
    """Return the SQL that reads a column of a kind in its one form."""
    return _READ[connection.vendor].get(kind, "{0}").format(column)


def _ordered(row: Sequence[Any], jsons: Sequence[int]) -> Sequence[Any]:
    if all(row[number] is None for number in jsons):
        return row
    changed = list(row)
    for number in jsons:
        if changed[number] is not None:
            changed[number] = in_order(changed[number])
    return changed


def in_order(text: str) -> str:
    """Return JSON with its keys in order and no spaces, which is its one form."""
    return json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def count(table: Table) -> int:
    """Count a table's rows."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table.name}"')
        return cursor.fetchone()[0]


# -- writing -----------------------------------------------------------------------------------------------


def write(table: Table, batches: Iterable[Sequence[Sequence[Any]]], heard: Callable[[int], None]) -> None:
    """Write rows into an empty table, and tell `heard` how many; the caller holds the transaction."""
    put = _copied if connection.vendor == "postgresql" else _inserted
    for batch in batches:
        put(table, batch)
        heard(len(batch))


def _inserted(table: Table, batch: Sequence[Sequence[Any]]) -> None:
    # A moment on the full second has no places in Django's own form, and text is compared as text.
    native = _native(
        table, batch, {"moment": lambda text: text.removesuffix(".000000"), "bytes": bytes.fromhex}
    )
    marks = ", ".join(["%s"] * len(table.columns))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table.name}" ({_listed(table)}) VALUES ({marks})', native)


def _copied(table: Table, batch: Sequence[Sequence[Any]]) -> None:
    native = _native(table, batch, {"moment": lambda text: f"{text}+00", "bytes": bytes.fromhex})
    command = f'COPY "{table.name}" ({_listed(table)}) FROM STDIN'
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in native:
            copy.write_row(row)


def _native(
    table: Table, batch: Sequence[Sequence[Any]], forms: dict[str, Callable[[str], Any]]
) -> Iterable[Sequence[Any]]:
    """Return rows as the database takes them: most columns are as they are."""
    changed = [(at, forms[column.kind]) for at, column in enumerate(table.columns) if column.kind in forms]
    return (_changed(row, changed) for row in batch) if changed else batch


def _changed(row: Sequence[Any], changed: list[tuple[int, Callable[[str], Any]]]) -> list[Any]:
    native = list(row)
    for at, form in changed:
        if native[at] is not None:
            native[at] = form(native[at])
    return native


def _listed(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def clear(listed: Sequence[Table]) -> None:
    """Delete every row of these tables; the caller holds the transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE " + ", ".join(f'"{table.name}"' for table in listed))
            return
        for table in reversed(listed):
            cursor.execute(f'DELETE FROM "{table.name}"')


def count_on(listed: Sequence[Table]) -> None:
    """Let the database's own counters go on behind the rows that were written (on SQLite they do)."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in listed:
            if table.counter:
                name, column = table.name, table.counter
                cursor.execute(
                    f'SELECT setval(s, greatest((SELECT coalesce(max("{column}"), 0) FROM "{name}") + 1, '
                    f"nextval(s)), false) FROM pg_get_serial_sequence('\"{name}\"', '{column}') s"
                )
