"""The third lock: on PostgreSQL the database shows and takes no row but those of the workspace it was told.

A connection is told by three settings of its own (`milepost/ledger/sight.py` tells it): the workspace; before
one is chosen, the account, whose own memberships may be read; and for the operator's tools, everywhere, which
holds for the owner of the tables alone. Told nothing, it sees nothing. Policies are made from the models and
made again after every migration, so no table can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps

from milepost.models import search
from milepost.models.people import Person
from milepost.models.workspaces import Workspace

WORKSPACE, ACCOUNT, EVERYWHERE = "milepost.workspace", "milepost.account", "milepost.everywhere"

# As subqueries they are asked once for each statement, not once for each row.
_WORKSPACE = f"(SELECT nullif(current_setting('{WORKSPACE}', true), '')::bigint)"
_ACCOUNT = f"(SELECT nullif(current_setting('{ACCOUNT}', true), '')::bigint)"
_EVERYWHERE = f"(SELECT coalesce(current_setting('{EVERYWHERE}', true), '') = 'on')"

# What must be asked before anybody knows a workspace: which one a key opens, by its number and nothing more.
KEYS = {
    "milepost_workspace_of_slug": ("workspace", "id", "slug"),
    "milepost_workspace_of_token": ("token", "workspace_id", "secret_hash"),
    "milepost_workspace_of_invitation": ("invitation", "workspace_id", "secret_hash"),
}
IS_FOUNDED = "milepost_is_founded"


def tables() -> dict[str, str]:
    """Return every table that belongs to workspaces, with the column that says to which."""
    of_models = {
        model._meta.db_table: "workspace_id"
        for model in apps.get_app_config("milepost").get_models()
        if any(field.column == "workspace_id" for field in model._meta.local_fields)
    }
    of_search = {search.index_of(table): "workspace_id" for table in search.INDEXED}
    return {Workspace._meta.db_table: "id"} | of_models | of_search


def unforced() -> frozenset[str]:
    """Return the tables whose owner is not held, so that the index of words can be used at all.

    What a policy holds PostgreSQL reads row by row, unless it is certain that the search itself tells
    nothing. These are read through `having` alone, which looks into one workspace: the one it was told.
    """
    return frozenset(search.index_of(table) for table in search.INDEXED)


def having(table: str) -> str:
    """Name the function that returns the ids of a table's rows in a workspace that have some words."""
    return f"{search.index_of(table)}_having"


def looking_across(schema: str, found: str, declared: str, then: str) -> str:
    """Return the body of a function that looks at every workspace to find one thing, and then sees as before.

    It runs as the tables' owner. What it sees it says in its body, for only a superuser may say so in its
    head; where it raises, the setting is taken back with everything else.
    """
    return (
        f"LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $body$ "
        f"DECLARE before text := coalesce(current_setting('{EVERYWHERE}', true), ''); {declared}; "
        f"BEGIN PERFORM set_config('{EVERYWHERE}', 'on', true); {found}; "
        f"PERFORM set_config('{EVERYWHERE}', before, true); {then}; END $body$"
    )


def install(connection, *, application: str | None = None) -> None:
    """Make the policies anew for every table that exists, and let the application's role work with them.

    A role that this server does not know is the one of another database, and gets nothing here.
    """
    if connection.vendor != "postgresql":
        return
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_schema(), current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)",
            [application or ""],
        )
        *names, is_known = cursor.fetchone()
        schema, me = map(quoted, names)
        cursor.execute(
            "SELECT c.relname, pg_get_userbyid(c.relowner) FROM pg_class c "
            "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"
        )
        owners = {table: quoted(owner) for table, owner in cursor.fetchall()}
        # A table is not altered while references of its rows wait to be checked.
        statements = ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"]
        statements += [
            statement
            for table, column in tables().items()
            if table in owners
            for statement in _policies(table, quoted(table), column, owners[table])
        ]
        statements += _functions(owners, schema)
        if is_known and quoted(application) != me:
            statements += _grants(schema, quoted(application))
        # All in one, for this is done after every migration, and often in tests.
        cursor.execute(";\n".join(statements))


def _policies(name: str, table: str, column: str, owner: str) -> Iterator[str]:
    # Forced, for where there is one role alone it owns the tables, and an owner is else not held.
    force = "NO FORCE" if name in unforced() else "FORCE"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, {force} ROW LEVEL SECURITY"
    yield from _policy(table, "milepost_workspace", f"USING ({column} = {_WORKSPACE})")
    yield from _policy(table, "milepost_everywhere", f"TO {owner} USING ({_EVERYWHERE})")
    if name == Person._meta.db_table:
        yield from _policy(table, "milepost_own", f"FOR SELECT USING (user_id = {_ACCOUNT})")
    if name == Workspace._meta.db_table:
        mine = f"SELECT p.workspace_id FROM person p WHERE p.user_id = {_ACCOUNT}"
        yield from _policy(table, "milepost_own", f"FOR SELECT USING (id IN ({mine}))")


def _policy(table: str, name: str, rule: str) -> Iterator[str]:
    yield f"DROP POLICY IF EXISTS {name} ON {table}"
    yield f"CREATE POLICY {name} ON {table} {rule}"


def _functions(owners: dict[str, str], schema: str) -> Iterator[str]:
    for name, (table, column, key) in KEYS.items():
        if table in owners:
            found = f"found := (SELECT {column} FROM {table} WHERE {key} = $1)"
            body = looking_across(schema, found, "found bigint", "RETURN found")
            yield f"CREATE OR REPLACE FUNCTION {name}(key text) RETURNS bigint {body}"
            yield f"REVOKE EXECUTE ON FUNCTION {name}(text) FROM PUBLIC"
    for table in search.INDEXED:
        if search.index_of(table) in owners:
            yield from _having(table, schema)
    if "workspace" in owners:
        found = "found := EXISTS (SELECT FROM workspace)"
        body = looking_across(schema, found, "found boolean", "RETURN found")
        yield f"CREATE OR REPLACE FUNCTION {IS_FOUNDED}() RETURNS boolean {body}"
        yield f"REVOKE EXECUTE ON FUNCTION {IS_FOUNDED}() FROM PUBLIC"


def _having(table: str, schema: str) -> Iterator[str]:
    name, index = having(table), search.index_of(table)
    # In a language that keeps its plans: what is asked with each letter typed is not planned anew.
    yield (
        f"CREATE OR REPLACE FUNCTION {name}(asked tsquery, wanted bigint) RETURNS SETOF bigint "
        f"LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $body$ BEGIN "
        f"IF (wanted = {_WORKSPACE} OR {_EVERYWHERE}) IS TRUE THEN RETURN QUERY "
        f'SELECT w.id FROM "{index}" w WHERE w.words @@ asked AND w.workspace_id = wanted; '
        "END IF; END $body$"
    )
    yield f"REVOKE EXECUTE ON FUNCTION {name}(tsquery, bigint) FROM PUBLIC"


def _grants(schema: str, role: str) -> Iterator[str]:
    # No TRUNCATE, which no policy holds, and nothing that changes tables.
    yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {role}"
