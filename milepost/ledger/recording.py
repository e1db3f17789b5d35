"""Writing a check-in: the one place where statements are written by hand for speed.

A check-in is the most frequent write by far. Through the ORM it costs six times what the database needs
(benchmarks, goal 1): each row is built, converted and checked in Python. Here it is one read and one write
(on PostgreSQL a single statement that inserts all rows; on SQLite, where a statement costs microseconds,
one each). Both are tested on both databases.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from milepost.ledger.changes import Kind
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
    submitted: int | None


_FACTS = """
SELECT k.id, o.id, k.title, k.kind, k.milestones, k.state, k.owner_id, k.visibility, o.state, o.owner_id,
       o.sponsor_id, o.contributors, o.visibility, o.team_id, coalesce(k.starts_on, c.starts_on),
       coalesce(k.ends_on, c.ends_on),
       (SELECT s.entry_id FROM submission s WHERE s.workspace_id = k.workspace_id AND s.person_id = %s
        AND s.key = %s)
FROM key_result k JOIN objective o ON o.id = k.objective_id JOIN cycle c ON c.id = o.cycle_id
WHERE k.id = %s AND k.workspace_id = %s
"""


def facts(
    workspace_id: int, key_result_id: int, *, person_id: int | None, submission: str | None
) -> Facts | None:
    """Read what decides whether a key result takes a check-in; None where there is no such key result.

    `submitted` is the entry that the same submission made before, if it did.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [person_id, submission, key_result_id, workspace_id])
        row = cursor.fetchone()
    if row is None:
        return None
    if isinstance(row[14], str):
        days = [None if day is None else date.fromisoformat(day) for day in row[14:16]]
        row = (*row[:14], *days, row[16])
    return Facts(*row)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The row that was written."""

    id: int
    event_id: int


def write(
    *,
    workspace_id: int,
    key_result_id: int,
    objective_id: int,
    person_id: int | None,
    door: str,
    value: Decimal | None,
    parts: Sequence[Decimal] | None,
    confidence: int | None,
    note: str,
    effective_at: datetime,
    recorded_at: datetime,
    corrects: int | None,
    is_withdrawn: bool,
    submission: str | None,
    event: str,
    data: dict,
) -> Recorded:
    """Write the check-in, its change, its event and its submission; the caller holds the transaction."""
    entry, event_id = new_id(), new_id()
    moment = connection.ops.adapt_datetimefield_value
    effective, recorded = moment(effective_at), moment(recorded_at)
    number = None if value is None else plain(value)
    fractions = None if parts is None else json.dumps([plain(part) for part in parts])
    rows: list[tuple[str, str, list]] = [
        (
            "checkin",
            "id, workspace_id, key_result_id, value, parts, confidence, note, effective_at, recorded_at, "
            "by_id, corrects_id, is_withdrawn",
            [entry, workspace_id, key_result_id, number, fractions, confidence, note, effective, recorded,
             person_id, corrects, is_withdrawn],
        ),
        ("change", "workspace_id, kind, subject_id, entry_id", [workspace_id, int(Kind.CHECKIN), key_result_id, entry]),
        (
            "event",
            "id, workspace_id, kind, at, actor_id, door, objective_id, key_result_id, subject_id, data",
            [event_id, workspace_id, event, recorded, person_id, door, objective_id, key_result_id, entry,
             json.dumps(data)],
        ),
    ]  # fmt: skip
    if submission is not None and person_id is not None:
        rows.append(
            (
                "submission",
                "id, workspace_id, person_id, key, entry_id, at",
                [new_id(), workspace_id, person_id, submission, entry, recorded],
            )
        )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _in_one_statement(cursor, rows)
        else:
            for table, columns, values in rows:
                cursor.execute(_insert(table, columns, values), values)
    return Recorded(entry, event_id)


_CASTS = {"value": "::numeric", "parts": "::jsonb", "data": "::jsonb"}


def _insert(table: str, columns: str, values: list) -> str:
    marks = ", ".join(
        f"%s{_CASTS.get(column, '')}" if connection.vendor == "postgresql" else "%s"
        for column in columns.split(", ")
    )
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})"


def _in_one_statement(cursor, rows: list[tuple[str, str, list]]) -> None:
    # Foreign keys and the border triggers are checked at the end of the statement or row by row as usual.
    *first, last = rows
    with_parts = ", ".join(f"{table}_row AS ({_insert(table, columns, values)})" for table, columns, values in first)
    cursor.execute(
        f"WITH {with_parts} {_insert(*last)}", [value for _, _, values in rows for value in values]
    )
