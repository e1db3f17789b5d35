"""Who is asking: a session and a workspace's address become an actor, in one statement.

Written by hand because every request pays for it: the stock look-ups of session, account and membership
cost more than a check-in. Nothing is remembered between requests, so ending a session, closing an account
or leaving a workspace takes effect at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import DEFAULT_DB_ALIAS, connections

from milepost.core.access import Actor, Role
from milepost.ledger.statements import Statement

_TEAMS = {
    "sqlite": "group_concat(m.team_id || ':' || m.is_lead)",
    "postgresql": "string_agg(m.team_id || ':' || m.is_lead::int, ',')",
}
_SQL = """
SELECT s.user_id, a.name, w.id, w.slug, p.id, p.role, p.name, p.looked_at, w.time_zone,
       (SELECT {teams} FROM team_member m WHERE m.workspace_id = w.id AND m.person_id = p.id
        AND m.until_on IS NULL)
FROM session s
JOIN account a ON a.id = s.user_id AND a.is_active
LEFT JOIN workspace w ON w.slug = %s
LEFT JOIN person p ON p.workspace_id = w.id AND p.user_id = a.id AND p.left_on IS NULL
WHERE s.session_key = %s AND s.expire_date > %s
"""

_STATEMENTS = {vendor: Statement(_SQL.format(teams=teams)) for vendor, teams in _TEAMS.items()}


@dataclass(frozen=True, slots=True)
class Seat:
    """A signed-in account, and who it is in the workspace asked for (None: not a member, or no such)."""

    user_id: int
    user_name: str
    slug: str | None
    actor: Actor | None
    time_zone: str = "UTC"
    looked_at: datetime | None = None


def seat(session_key: str | None, slug: str, *, door: str, at: datetime) -> Seat | None:
    """Return who holds this session, and as whom in this workspace; None where nobody does."""
    if not session_key:
        return None
    # Bound the way the ORM binds it, so that text comparison on SQLite is right.
    database = connections[DEFAULT_DB_ALIAS]
    moment = database.ops.adapt_datetimefield_value(at)
    row = _STATEMENTS[database.vendor].row([slug, session_key, moment])
    if row is None:
        return None
    user_id, user_name, workspace_id, found, person_id, role, name, looked_at, time_zone, teams = row
    if person_id is None:
        return Seat(user_id, user_name, None, None)
    belongs = [entry.split(":") for entry in teams.split(",")] if teams else []
    actor = Actor(
        workspace_id,
        person_id,
        Role(role),
        frozenset(int(team) for team, _ in belongs),
        frozenset(int(team) for team, is_lead in belongs if is_lead == "1"),
        door,
        name,
    )
    if looked_at is not None and looked_at.tzinfo is None:  # SQLite keeps moments in UTC and says no zone
        looked_at = looked_at.replace(tzinfo=UTC)
    return Seat(user_id, user_name, found, actor, time_zone, looked_at)
