"""Writing a check-in: the one place where statements are written by hand for speed.

A check-in is the most frequent write by far. Through the ORM it costs six times what the database needs
(benchmarks, goal 1): each row is built, converted and checked in Python. Here it is one read and one write
(on PostgreSQL a single statement that inserts all rows and is a transaction by itself; on SQLite, where a
statement costs microseconds, one each). Both are tested on both databases.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import DEFAULT_DB_ALIAS, connections

from milepost.core.access import Actor
from milepost.ledger import image as images
from milepost.ledger.changes import MOST_SEEN, Change, Kind, Logged
from milepost.ledger.statements import Statement
from milepost.ledger.stillness import Mark
from milepost.models.exact import plain
from milepost.models.ids import new_id


@dataclass(frozen=True, slots=True)
class Facts:
    """What must be known about a key result before it takes a check-in."""

    key_result_id: int
    objective_id: int
    title: str
    kind: str
    milestones: str
    state: str
    owner_id: int | None
    visibility: str | None
    objective_state: str
    objective_owner_id: int | None
    sponsor_id: int | None
    contributors: str
    objective_visibility: str
    team_id: int | None
    starts_on: date
    ends_on: date | None
    first: Decimal | None  # its start; of a range, its low
    last: Decimal | None  # its target; of a range, its high
    time_zone: str  # the workspace's, whose days are meant
    latest: datetime | None  # what the last of its entries is for
    submitted: int | None
    requested: str | None  # what that submission asked for, as a hash


_FACTS = Statement("""
SELECT k.id, o.id, k.title, k.kind, k.milestones, k.state, k.owner_id, k.visibility, o.state, o.owner_id,
       o.sponsor_id, o.contributors, o.visibility, o.team_id, coalesce(k.starts_on, c.starts_on),
       coalesce(k.ends_on, c.ends_on), CASE k.kind WHEN 'range' THEN k.low ELSE k.start END,
       CASE k.kind WHEN 'range' THEN k.high ELSE k.target END, w.time_zone,
       (SELECT max(x.effective_at) FROM checkin x
        WHERE x.workspace_id = k.workspace_id AND x.key_result_id = k.id),
       s.entry_id, s.request
FROM key_result k JOIN objective o ON o.id = k.objective_id JOIN cycle c ON c.id = o.cycle_id
JOIN workspace w ON w.id = k.workspace_id
LEFT JOIN submission s ON s.workspace_id = k.workspace_id AND s.person_id = %s AND s.key = %s
WHERE k.id = %s AND k.workspace_id = %s
""")


def facts(
    workspace_id: int, key_result_id: int, *, person_id: int | None, submission: str | None
) -> Facts | None:
    """Read what decides whether a key result takes a check-in; None where there is no such key result.

    `submitted` is the entry that the same submission made before, if it did.
    """
    row = _FACTS.row([person_id, submission, key_result_id, workspace_id])
    if row is None:
        return None
    if isinstance(row[14], str):
        days = [None if day is None else date.fromisoformat(day) for day in row[14:16]]
        ends = [None if end is None else Decimal(str(end)) for end in row[16:18]]
        latest = row[19] and datetime.fromisoformat(row[19]).replace(tzinfo=UTC)
        row = (*row[:14], *days, *ends, row[18], latest, *row[20:])
    return Facts(*row)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a check-in says of a key result, and from when on that is true."""

    value: Decimal | None
    parts: Sequence[Decimal] | None
    confidence: int | None
    note: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """The row that was written."""

    id: int
    event_id: int
    logged: Logged


def write(
    facts: Facts,
    entry: Entry,
    *,
    corrects: int | None,
    is_withdrawn: bool,
    submission: str | None,
    request: str | None,
    event: str,
    data: dict,
    by: Actor,
    at: datetime,
) -> Recorded:
    """Write the check-in, its change, its event and its submission.

    The caller holds the transaction, unless it is one statement.
    """
    id, event_id = new_id(), new_id()
    space, key_result = by.workspace_id, facts.key_result_id
    database = connections[DEFAULT_DB_ALIAS]
    moment = database.ops.adapt_datetimefield_value
    effective, recorded = moment(entry.effective_at), moment(at)
    values: list[list] = [
        [
            id, space, key_result, None if entry.value is None else plain(entry.value),
            None if entry.parts is None else json.dumps([plain(part) for part in entry.parts]),
            entry.confidence, entry.note, effective, recorded, by.person_id, corrects, is_withdrawn,
        ],
        [space, int(Kind.CHECKIN), key_result, id],
        [
            event_id, space, event, recorded, by.person_id, by.door, facts.objective_id, key_result, id,
            json.dumps(data),
        ],
    ]  # fmt: skip
    if submission is not None and by.person_id is not None:
        values.append([new_id(), space, by.person_id, submission, id, request, recorded])
    row = (
        key_result, id, _seconds(entry.effective_at), _seconds(at), values[0][3], entry.confidence or 0,
        values[0][4], corrects, is_withdrawn, entry.effective_at.microsecond,
    )  # fmt: skip
    return Recorded(id, event_id, _WRITTEN[database.vendor](values, row))


def taken_in(logged: Logged, workspace_id: int) -> Mark | None:
    """Let this process's image take in what was just committed, without asking the database again.

    Return the mark as of which the image then knows everything; None where it does not, or within a
    transaction, which may yet be taken back.
    """
    held = images.held(workspace_id)
    if held is None or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return None
    return held.take_own(logged)


_EPOCH, _SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)


def _seconds(moment: datetime) -> int:
    """Return whole seconds since 1970, as the database counts them (`milepost/ledger/entries.py`)."""
    return (moment - _EPOCH) // _SECOND


def is_one_statement() -> bool:
    """Say whether what `write` writes needs no transaction around it, and nobody holds one.

    On PostgreSQL one statement writes all rows, and what `facts` read is not locked: to begin a transaction
    and to end it would be two ways to the server for nothing. On SQLite it keeps what was read as it was.
    """
    database = connections[DEFAULT_DB_ALIAS]
    return database.vendor == "postgresql" and not database.in_atomic_block


_TABLES = (
    (
        "checkin",
        "id, workspace_id, key_result_id, value, parts, confidence, note, effective_at, recorded_at, by_id, "
        "corrects_id, is_withdrawn",
    ),
    ("change", "workspace_id, kind, subject_id, entry_id"),
    (
        "event",
        "id, workspace_id, kind, at, actor_id, door, objective_id, key_result_id, subject_id, data",
    ),
    ("submission", "id, workspace_id, person_id, key, entry_id, request, at"),
)
_CASTS = {"value": "::numeric", "parts": "::jsonb", "data": "::jsonb"}


def _inserts(vendor: str) -> tuple[str, ...]:
    casts = _CASTS if vendor == "postgresql" else {}
    return tuple(
        f"INSERT INTO {table} ({columns}) VALUES "
        f"({', '.join('%s' + casts.get(column, '') for column in columns.split(', '))})"
        for table, columns in _TABLES
    )


_SQLITE = tuple(Statement(insert) for insert in _inserts("sqlite"))
_CHANGE = 1  # the place of the change log among the tables


def _written_on_sqlite(values: list[list], row: tuple) -> Logged:
    numbers = []
    for statement, arguments in zip(_SQLITE, values, strict=False):
        cursor = statement.run(arguments)
        numbers.append(cursor.lastrowid)
        cursor.close()
    return Logged(_change(numbers[_CHANGE], row))


def _all_in_one(count: int) -> Statement:
    inserts = list(_inserts("postgresql")[:count])
    inserts[_CHANGE] += " RETURNING seq"
    parts = ", ".join(f"r{number} AS ({insert})" for number, insert in enumerate(inserts))
    # What else the log holds since the image last looked comes along: mostly nothing, so that the image takes
    # in this change without another way to the server. In this order, for which there is an index.
    seen = (
        "SELECT l.seq FROM change l WHERE l.workspace_id = %s AND l.xid >= %s::text::xid8 "
        f"ORDER BY l.xid DESC LIMIT {MOST_SEEN}"
    )
    return Statement(
        f"WITH {parts} SELECT seq, pg_current_xact_id()::text::bigint, pg_current_snapshot()::text, "
        f"ARRAY({seen}) FROM r{_CHANGE}"
    )


# One statement for all rows: what counts there is the way to the server and back. Foreign keys and the
# border triggers are checked as ever. Indexed by how many rows there are: with or without a submission.
_POSTGRESQL = {count: _all_in_one(count) for count in (len(_TABLES) - 1, len(_TABLES))}


def _written_on_postgresql(values: list[list], row: tuple) -> Logged:
    space = values[_CHANGE][0]
    held = images.held(space)
    mark = held.token.mark if held else 0
    arguments = [one for each in values for one in each]
    seq, xid, snapshot, seen = _POSTGRESQL[len(values)].row([*arguments, space, mark])
    return Logged(_change(seq, row), mark, xid, snapshot, frozenset(seen))


def _change(seq: int, row: tuple) -> Change:
    return Change(seq, int(Kind.CHECKIN), row[0], row[1], row)


_WRITTEN = {"sqlite": _written_on_sqlite, "postgresql": _written_on_postgresql}
