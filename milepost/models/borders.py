"""The border between workspaces, held by the database: a reference across it is refused.

Foreign keys say that the other row exists; these triggers say that it belongs to the same workspace.
They are made from the models and made again after every migration, on both databases.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.apps import apps

from milepost.models import locks
from milepost.models.workspaces import WorkspaceBound

MESSAGE = "reference across workspaces"


def references() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each table with its references inside the workspace: (column, table referred to)."""
    for model in apps.get_app_config("milepost").get_models():
        if not issubclass(model, WorkspaceBound):
            continue
        found = [
            (field.column, field.related_model._meta.db_table)
            for field in model._meta.local_fields
            if field.is_relation and field.related_model and issubclass(field.related_model, WorkspaceBound)
        ]
        yield model._meta.db_table, found


def _tests(found: list[tuple[str, str]]) -> list[str]:
    """Return what is true of a new row that refers to one of another workspace, column by column."""
    return [
        f'(NEW."{column}" IS NOT NULL AND EXISTS (SELECT 1 FROM "{other}" o WHERE o.id = NEW."{column}" '
        f"AND o.workspace_id <> NEW.workspace_id))"
        for column, other in found
    ]


def _sqlite(table: str, found: list[tuple[str, str]]) -> Iterator[str]:
    tests = _tests(found)
    for moment, name, when in (
        ("INSERT", "insert", " OR ".join(tests)),
        ("UPDATE", "update", " OR ".join([*tests, "NEW.workspace_id <> OLD.workspace_id"])),
    ):
        yield f'DROP TRIGGER IF EXISTS "{table}_border_{name}"'
        if when:
            yield (
                f'CREATE TRIGGER "{table}_border_{name}" BEFORE {moment} ON "{table}" WHEN {when} '
                f"BEGIN SELECT RAISE(ABORT, '{table}: {MESSAGE}'); END"
            )


def _postgresql(table: str, found: list[tuple[str, str]], schema: str) -> Iterator[str]:
    tests = _tests(found)
    tests.append("(TG_OP = 'UPDATE' AND NEW.workspace_id <> OLD.workspace_id)")
    yield f'DROP TRIGGER IF EXISTS "{table}_border" ON "{table}"'
    # What a strange row belongs to must be seen to be refused, whatever its writer may see.
    body = locks.looking_across(
        schema,
        f"is_strange := {' OR '.join(tests)}",
        "is_strange boolean",
        f"IF is_strange THEN RAISE EXCEPTION '{table}: {MESSAGE}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW",
    )
    yield f'CREATE OR REPLACE FUNCTION "{table}_border"() RETURNS trigger {body}'
    moments = "INSERT OR UPDATE" if found else "UPDATE"
    yield (
        f'CREATE TRIGGER "{table}_border" BEFORE {moments} ON "{table}" '
        f'FOR EACH ROW EXECUTE FUNCTION "{table}_border"()'
    )


def install(connection) -> None:
    """Make the triggers anew for every table that exists."""
    with connection.cursor() as cursor:
        write = _sqlite
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_schema()")
            write = partial(_postgresql, schema=connection.ops.quote_name(cursor.fetchone()[0]))
        present = set(connection.introspection.table_names(cursor))
        for table, found in references():
            if table in present and all(other in present for _, other in found):
                for statement in write(table, found):
                    cursor.execute(statement)
