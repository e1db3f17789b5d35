"""The change log: what an image has to take in, in an order that is right on both databases.

On PostgreSQL, sequence order is not commit order: a transaction that took number 7 may commit after a
reader has already seen number 8, and `WHERE seq > 8` never shows 7. So each row carries the id of its
transaction; a reader takes everything from the oldest transaction that was still open when it last
looked (`pg_snapshot_xmin`) and drops what it has applied. SQLite has one writer: there row order is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from django.db import connection


class Kind(IntEnum):
    CHECKIN = 1  # subject: the key result; entry: the check-in
    OBJECTIVE = 2  # subject: the objective, with its key results and alignments
    ALL = 3  # people, teams, cycles, settings, or a whole file


class Change(NamedTuple):
    seq: int
    kind: int
    subject_id: int
    entry_id: int


@dataclass(frozen=True)
class Token:
    """Where a reader stands. `applied` holds what it saw beyond `mark` (PostgreSQL alone).

    Written out it names what was seen, alike in every process: `count` changes whose numbers add up to
    `total`. Two readers who write the same have seen the same.
    """

    mark: int = 0
    applied: frozenset[int] = frozenset()
    count: int = 0
    total: int = 0

    def __str__(self) -> str:
        return f"{self.count:x}.{self.total:x}"


def append(workspace_id: int, kind: Kind, subject_id: int = 0, entry_id: int = 0) -> None:
    """Log one change, inside the transaction that makes it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO change (workspace_id, kind, subject_id, entry_id) VALUES (%s, %s, %s, %s)",
            [workspace_id, int(kind), subject_id, entry_id],
        )


def now(workspace_id: int) -> Token:
    """Return where the log stands, for a reader about to load everything.

    What commits between this and the load is seen twice; applying a change twice changes nothing.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, count(*), "
                "coalesce(sum(seq), 0)::bigint, "
                "array_agg(seq) FILTER (WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())) "
                "FROM change WHERE workspace_id = %s",
                [workspace_id],
            )
            mark, count, total, beyond = cursor.fetchone()
            return Token(mark, frozenset(beyond or ()), count, total)
        cursor.execute(
            "SELECT coalesce(max(seq), 0), count(*), coalesce(sum(seq), 0) FROM change "
            "WHERE workspace_id = %s",
            [workspace_id],
        )
        mark, count, total = cursor.fetchone()
        return Token(mark, frozenset(), count, total)


def changes_since(workspace_id: int, token: Token) -> tuple[list[Change], Token]:
    """Return what was committed since the token was given, and the next token."""
    if connection.vendor == "postgresql":
        found, mark, applied = _since_on_postgresql(workspace_id, token)
    else:
        found = _since_on_sqlite(workspace_id, token)
        mark, applied = (found[-1].seq if found else token.mark), frozenset()
    if not found and mark == token.mark:
        return found, token
    total = token.total + sum(change.seq for change in found)
    return found, Token(mark, applied, token.count + len(found), total)


def _since_on_sqlite(workspace_id: int, token: Token) -> list[Change]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, kind, subject_id, entry_id FROM change WHERE workspace_id = %s AND seq > %s "
            "ORDER BY seq",
            [workspace_id, token.mark],
        )
        return [Change(*row) for row in cursor.fetchall()]


def _since_on_postgresql(workspace_id: int, token: Token) -> tuple[list[Change], int, frozenset[int]]:
    # One statement, so the snapshot whose xmin is asked is the one the rows are read with.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.xmin, c.xid::text::bigint, c.seq, c.kind, c.subject_id, c.entry_id "
            "FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin) s "
            "LEFT JOIN change c ON c.workspace_id = %s AND c.xid >= %s::text::xid8 ORDER BY c.seq",
            [workspace_id, token.mark],
        )
        rows = cursor.fetchall()
    mark = rows[0][0]
    there = [row for row in rows if row[1] is not None]
    found = [Change(*row[2:]) for row in there if row[2] not in token.applied]
    return found, mark, frozenset(row[2] for row in there if row[1] >= mark)
