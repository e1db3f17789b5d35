"""The change log: what an image has to take in, in an order that is right on both databases.

On PostgreSQL, sequence order is not commit order: a transaction that took number 7 may commit after a
reader has already seen number 8, and `WHERE seq > 8` never shows 7. So each row carries the id of its
transaction; a reader takes everything from the oldest transaction that was still open when it last
looked (`pg_snapshot_xmin`) and drops what it has applied. SQLite has one writer: there row order is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections

from milepost.ledger import stillness, tallies
from milepost.ledger.entries import columns
from milepost.ledger.statements import Statement
from milepost.ledger.stillness import Look, Mark


class Kind(IntEnum):
    CHECKIN = 1  # subject: the key result; entry: the check-in
    OBJECTIVE = 2  # subject: the objective, with its key results and alignments
    ALL = 3  # a whole file, or a new log
    PERSON = 4  # subject: the person
    TEAMS = 5  # the teams and who belongs to them
    CYCLES = 6
    SETTINGS = 7  # the workspace's own
    VIEW = 8  # subject: whose saved views are other ones now; 0: everyone's


class Change(NamedTuple):
    seq: int
    kind: int
    subject_id: int
    entry_id: int
    entry: tuple | None = None  # the check-in's row, as `Entries.take` reads it


@dataclass(frozen=True)
class Token:
    """Where a reader stands. `applied` holds what it saw beyond `mark` (PostgreSQL alone).

    Written out it names what was seen, alike in every process: `count` changes whose numbers add up to
    `total`. Two readers who write the same have seen the same. `still` marks what was committed when it was
    given, where that is known: it moves with other workspaces, too.
    """

    mark: int = 0
    applied: frozenset[int] = frozenset()
    count: int = 0
    total: int = 0
    still: Mark | Look | None = field(default=None, compare=False)

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
    tallies.loads.add()
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


def changes_since(workspace_id: int, token: Token, *, anew: bool = False) -> tuple[list[Change], Token]:
    """Return what was committed since the token was given, and the next token.

    Whoever reads as of a mark is told no later news, but where these are asked for `anew`.
    """
    if stillness.is_settled(token.still) and not anew:
        return [], token
    database = connections[DEFAULT_DB_ALIAS]
    since = _since_on_postgresql if database.vendor == "postgresql" else _since_on_sqlite
    found, mark, applied, still = since(workspace_id, token)
    still = stillness.looked(stillness.told(database, still))
    if not found and mark == token.mark:
        return found, token if token.still == still else replace(token, still=still)
    total = token.total + sum(change.seq for change in found)
    return found, Token(mark, applied, token.count + len(found), total, still)


# -- what this process logged itself -----------------------------------------------------------------------

MOST_SEEN = 9  # rows of others, beside which nobody's own is taken in by itself


class Logged(NamedTuple):
    """A change that this process has just committed, and on PostgreSQL what was in the log beside it.

    `seen` are the latest rows from the transaction `mark` on, as of the snapshot before the change.
    """

    change: Change
    mark: int = 0
    xid: int = 0
    snapshot: str = ""
    seen: frozenset[int] = frozenset()


def following(token: Token, logged: Logged) -> Token | None:
    """Return the token after a change, if nothing else was logged since `token`; None: that is not known."""
    seq = logged.change.seq
    if not logged.snapshot:
        # One writer, so numbers rise with commits: between two that follow each other there was none.
        mark, applied, still = seq, frozenset[int](), str(seq)
        if token.mark != seq - 1:
            return None
    else:
        if token.mark != logged.mark or len(logged.seen) >= MOST_SEEN:
            return None
        if not logged.seen <= token.applied or seq in token.applied:
            return None
        mark, applied, still = int(logged.snapshot.split(":")[0]), token.applied | {seq}, None
        if logged.snapshot == f"{logged.xid}:{logged.xid}:":  # nobody else was writing
            applied, still = applied - logged.seen, f"{logged.xid + 1}:{logged.xid + 1}:"
    return Token(mark, applied, token.count + 1, token.total + seq, still)


# The check-ins come along: whoever asks what changed asks for them next.
_ENTRIES = "LEFT JOIN checkin c ON l.kind = 1 AND c.workspace_id = l.workspace_id AND c.id = l.entry_id"
_ON_SQLITE = Statement(
    f"SELECT s.still, l.seq, l.kind, l.subject_id, l.entry_id, {columns('sqlite')} "
    f"FROM (SELECT {stillness.COLUMN['sqlite']} AS still) s "
    f"LEFT JOIN change l ON l.workspace_id = %s AND l.seq > %s {_ENTRIES} ORDER BY l.seq"
)
# One statement, so the snapshot whose xmin is asked is the one the rows are read with.
_ON_POSTGRESQL = Statement(
    "SELECT s.xmin, s.still, l.xid::text::bigint, l.seq, l.kind, l.subject_id, l.entry_id, "
    f"{columns('postgresql')} FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin, "
    f"{stillness.COLUMN['postgresql']} AS still) s "
    f"LEFT JOIN change l ON l.workspace_id = %s AND l.xid >= %s::text::xid8 {_ENTRIES} ORDER BY l.seq"
)


def _change(row: tuple) -> Change:
    return Change(*row[:4], row[4:] if row[4] is not None else None)


Since = tuple[list[Change], int, frozenset[int], Mark | None]  # what is new, and the next token's


def _since_on_sqlite(workspace_id: int, token: Token) -> Since:
    rows = _ON_SQLITE.rows([workspace_id, token.mark])
    found = [_change(row[1:]) for row in rows if row[1] is not None]
    return found, found[-1].seq if found else token.mark, frozenset(), rows[0][0]


def _since_on_postgresql(workspace_id: int, token: Token) -> Since:
    rows = _ON_POSTGRESQL.rows([workspace_id, token.mark])
    mark, still = rows[0][:2]
    there = [row[2:] for row in rows if row[2] is not None]
    found = [_change(row[1:]) for row in there if row[1] not in token.applied]
    return found, mark, frozenset(row[1] for row in there if row[0] >= mark), still


def begin_epoch(at: datetime) -> None:
    """Make every image load anew after the log was replaced, and let its numbers leap.

    A reader of before may stand further on than the log that was put in its place, and a number that is
    given out again would name something else. So the numbers go on from the moment of the restore, in
    seconds, or from the highest there ever was. The caller holds the transaction.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT last_value FROM change_seq_seq")
        else:
            cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'change'")
        last = max(int(at.timestamp()), cursor.fetchone()[0])
        cursor.execute("SELECT id FROM workspace ORDER BY id")
        for workspace_id, *_ in cursor.fetchall():
            last += 1
            cursor.execute(
                "INSERT INTO change (seq, workspace_id, kind, subject_id, entry_id) "
                "VALUES (%s, %s, %s, 0, 0)",
                [last, workspace_id, int(Kind.ALL)],
            )
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval('change_seq_seq', %s)", [last])
