"""Who is asking: a session and a workspace's address, or a token, become an actor, in one statement.

Written by hand because every request pays for it: the stock look-ups of session, account and membership
cost more than a check-in. Nothing is remembered between requests, so ending a session, closing an account
or leaving a workspace takes effect at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections

from milepost.core.access import Actor, Role
from milepost.core.cadence import day_in
from milepost.ledger import sight, stillness
from milepost.ledger.statements import Statement, zoned
from milepost.ledger.stillness import Mark
from milepost.models.sessions import kept_as

_TEAMS = {
    "sqlite": "group_concat(m.team_id || ':' || m.is_lead)",
    "postgresql": "string_agg(m.team_id || ':' || m.is_lead::int, ',')",
}
# Whether the workspace asks for a second step that the account has not: 1 or 0.
_LACKING = """CASE WHEN (w.second_step_for = 'everyone'
         OR (w.second_step_for = 'admins' AND p.role IN ('owner', 'admin')))
        AND NOT EXISTS (SELECT 1 FROM mfa_authenticator f WHERE f.user_id = a.id
                        AND f.type IN ('totp', 'webauthn')) THEN 1 ELSE 0 END"""
# Moments come as text: Python's own reading of it takes a tenth of what the driver's takes.
_SQL = """
SELECT w.id, s.user_id, a.name, CAST(s.seen_at AS text), CAST(s.expire_date AS text), {lacking}, {mark},
       w.slug, p.id, p.role, p.name, CAST(p.looked_at AS text), w.time_zone,
       (SELECT {teams} FROM team_member m WHERE m.workspace_id = w.id AND m.person_id = p.id
        AND m.until_on IS NULL)
FROM session s
JOIN account a ON a.id = s.user_id AND a.is_active
LEFT JOIN workspace w ON w.slug = %s
LEFT JOIN person p ON p.workspace_id = w.id AND p.user_id = a.id AND p.left_on IS NULL
WHERE s.session_key = %s AND s.expire_date > %s
"""

# A token says which workspace. What one that is limited to a team reaches: that team and those below it.
_TOKEN_SQL = """
SELECT w.id, k.id, k.name, k.scope, CAST(k.expires_at AS text), CAST(k.used_at AS text), k.team_id,
       w.slug, p.id, p.role, p.name, w.time_zone, {lacking}, {mark},
       (SELECT {teams} FROM team_member m WHERE m.workspace_id = w.id AND m.person_id = p.id
        AND m.until_on IS NULL),
       CASE WHEN k.team_id IS NULL THEN NULL ELSE
         (WITH RECURSIVE below (id) AS (
            SELECT k.team_id UNION SELECT t.id FROM team t JOIN below b ON t.parent_id = b.id
            WHERE t.workspace_id = k.workspace_id)
          SELECT {ids} FROM below) END
FROM token k
JOIN workspace w ON w.id = k.workspace_id
JOIN person p ON p.id = k.person_id AND p.left_on IS NULL
JOIN account a ON a.id = p.user_id AND a.is_active
WHERE k.secret_hash = %s AND k.revoked_at IS NULL AND k.expires_at > %s
"""
# Of one that lets nobody in any more, told to whoever holds it: the hash is that of a secret nobody else has.
_ENDED_SQL = """
SELECT w.id, CAST(k.revoked_at AS text), CAST(k.expires_at AS text), w.time_zone
FROM token k
JOIN workspace w ON w.id = k.workspace_id
JOIN person p ON p.id = k.person_id AND p.left_on IS NULL
JOIN account a ON a.id = p.user_id AND a.is_active
WHERE k.secret_hash = %s
"""
_ENDED_STATEMENT = Statement(_ENDED_SQL)
_IDS = {"sqlite": "group_concat(id)", "postgresql": "string_agg(id::text, ',')"}

_STATEMENTS = {
    vendor: Statement(_SQL.format(teams=teams, lacking=_LACKING, mark=stillness.COLUMN[vendor]))
    for vendor, teams in _TEAMS.items()
}
_TOKEN_STATEMENTS = {
    vendor: Statement(
        _TOKEN_SQL.format(teams=teams, ids=_IDS[vendor], lacking=_LACKING, mark=stillness.COLUMN[vendor])
    )
    for vendor, teams in _TEAMS.items()
}


@dataclass(frozen=True, slots=True)
class Seat:
    """A signed-in account, and who it is in the workspace asked for (None: not a member, or no such)."""

    user_id: int
    user_name: str
    slug: str | None
    actor: Actor | None
    time_zone: str = "UTC"
    looked_at: datetime | None = None
    seen_at: datetime | None = None
    ends_at: datetime | None = None
    mark: Mark | None = None  # of what was committed when it was asked, where that came along
    lacks_second_step: bool = False


def seat(session_key: str | None, slug: str, *, door: str, at: datetime) -> Seat | None:
    """Return who holds this session, and as whom in this workspace; None where nobody does."""
    if not session_key:
        return None
    # Bound the way the ORM binds it, so that text comparison on SQLite is right.
    database = connections[DEFAULT_DB_ALIAS]
    moment = database.ops.adapt_datetimefield_value(at)
    row = _asked(_STATEMENTS[database.vendor], [slug, kept_as(session_key), moment], "slug", slug)
    if row is None:
        return None
    workspace_id, user_id, user_name, seen_at, ends_at, lacking, mark, found = row[:8]
    person_id, role, name, looked_at, time_zone, teams = row[8:]
    session = zoned(seen_at), zoned(ends_at), stillness.told(database, mark)
    if person_id is None:
        return Seat(user_id, user_name, None, None, "UTC", None, *session)
    actor = _actor(workspace_id, person_id, role, name, teams, door)
    return Seat(user_id, user_name, found, actor, time_zone, zoned(looked_at), *session, bool(lacking))


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds a token, and what the token is."""

    actor: Actor
    slug: str
    time_zone: str
    token_id: int
    name: str
    scope: str
    team_id: int | None
    expires_at: datetime
    used_at: datetime | None
    lacks_second_step: bool = False
    mark: Mark | None = None


def bearer(secret_hash: str, *, door: str, at: datetime) -> Bearer | None:
    """Return for whom a token acts; None where it has ended, or its person has left, or it never was."""
    database = connections[DEFAULT_DB_ALIAS]
    moment = database.ops.adapt_datetimefield_value(at)
    row = _asked(_TOKEN_STATEMENTS[database.vendor], [secret_hash, moment], "token", secret_hash)
    if row is None:
        return None
    workspace_id, id, named, scope, expires_at, used_at, team_id, slug = row[:8]
    person_id, role, name, time_zone, lacking, mark, teams, below = row[8:]
    within = None if team_id is None else frozenset(map(int, below.split(",")))
    actor = _actor(workspace_id, person_id, role, name, teams, door, within)
    moments = (zoned(expires_at), zoned(used_at))
    still = stillness.told(database, mark)
    return Bearer(actor, slug, time_zone, id, named, scope, team_id, *moments, bool(lacking), still)


def ending(secret_hash: str, *, at: datetime) -> str | None:
    """Return what became of a token that lets nobody in: “ended on” or “was revoked on” which day.

    None where it never was, or where its person has left: there nothing is told.
    """
    row = _asked(_ENDED_STATEMENT, [secret_hash], "token", secret_hash)
    if row is None:
        return None
    revoked_at, expires_at = zoned(row[1]), zoned(row[2])
    if revoked_at is not None:
        return f"was revoked on {day_in(row[3], revoked_at)}"
    return f"ended on {day_in(row[3], expires_at)}" if expires_at <= at else None


# Which workspace a key opened before, for PostgreSQL, which must be told before it is asked. It lets nobody
# in: the statement is asked all the same, and where the workspace is not there any more it finds none.
_opened: dict[tuple[str, str], int] = {}
MOST_OPENED = 100_000


def _asked(statement: Statement, arguments: list, kind: str, key: str) -> tuple | None:
    """Ask within the workspace that a key opens, which the row begins with."""
    if not sight.is_held():
        return statement.row(arguments)
    before = _opened.get((kind, key))
    if before is not None:
        with sight.within(before):
            row = statement.row(arguments)
        if row is None or row[0] is not None:
            return row
    opened = sight.opened_by(kind, key) if key else None
    if opened is None:
        with sight.nothing():
            return statement.row(arguments)
    if len(_opened) >= MOST_OPENED:
        _opened.clear()
    _opened[kind, key] = opened
    with sight.within(opened):
        return statement.row(arguments)


def _actor(
    workspace_id: int,
    person_id: int,
    role: str,
    name: str,
    teams: str | None,
    door: str,
    within: frozenset[int] | None = None,
) -> Actor:
    belongs = [entry.split(":") for entry in teams.split(",")] if teams else []
    return Actor(
        workspace_id,
        person_id,
        Role(role),
        frozenset(int(team) for team, _ in belongs),
        frozenset(int(team) for team, is_lead in belongs if is_lead == "1"),
        door,
        name,
        within=within,
    )
