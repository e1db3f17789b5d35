"""Does the third lock hold, and whom? What `milepost doctor` and `/readyz` tell of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from milepost.models import locks

_ROLE = """
SELECT rolname, rolsuper, rolbypassrls, pg_has_role(rolname, %s, 'MEMBER')
FROM pg_roles WHERE rolname = %s
"""
_TABLES = """
SELECT c.relname, c.relrowsecurity AND (c.relforcerowsecurity OR c.relname = ANY (%s))
       AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'milepost_workspace'),
       pg_get_userbyid(c.relowner)
FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
"""


@dataclass(frozen=True)
class Holding:
    """How the lock holds the role that the application connects with."""

    role: str
    passes_by: bool  # a superuser, or a role to which policies do not apply
    owns_the_tables: bool
    open_tables: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Say whether no statement of the application gets past it."""
        return not self.passes_by and not self.open_tables


def now() -> Holding:
    """Look at the application's role and at every table of a workspace; PostgreSQL alone."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_TABLES, [sorted(locks.unforced())])
        there = {table: (is_held, owner) for table, is_held, owner in cursor.fetchall()}
        bound = [table for table in locks.tables() if table in there]
        cursor.execute("SELECT current_user")
        role = settings.DATABASES[DEFAULT_DB_ALIAS].get("USER") or cursor.fetchone()[0]
        owner = there["workspace"][1] if "workspace" in there else role
        cursor.execute(_ROLE, [owner, role])
        role, is_super, bypasses, is_owner = cursor.fetchone() or (role, False, False, False)
    open_tables = tuple(sorted(table for table in bound if not there[table][0]))
    return Holding(role, is_super or bypasses, is_owner, open_tables)
