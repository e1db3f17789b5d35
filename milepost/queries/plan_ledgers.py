"""The check-ins of a workspace as a file says them: the database writes them, for they are most of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context

import numpy as np
from django.db import connection
from django.db.backends.utils import CursorWrapper

from milepost.core import ids
from milepost.ledger import rows
from milepost.queries import written_ids

BLOCK = 20_000  # rows; their texts take some 150 bytes each

# As `CheckIns.written` takes them. What goes by its id begins behind it: that is written in arrays.
_LINE = """CASE WHEN c.key IS NULL THEN '"' ELSE '{{"id": ' || {key} END || ', "at": "' || {at}
  || CASE WHEN c.recorded_at <> c.effective_at THEN '", "recorded": "' || {recorded} || '"' ELSE '"' END
  || coalesce(', "value": ' || {value}, '')
  || coalesce(', "parts": ' || {parts}, '')
  || coalesce(', "confidence": ' || c.confidence, '')
  || CASE WHEN c.note = '' THEN '' ELSE ', "note": ' || {note} END
  || CASE WHEN p.id IS NULL THEN '' ELSE ', "by": ' || {by} END
  || CASE WHEN o.id IS NULL THEN '' WHEN o.key IS NULL THEN ', "corrects": "' || {corrects} || '"'
    ELSE ', "corrects": ' || {corrects_key} END
  || CASE WHEN c.is_withdrawn THEN ', "withdrawn": true}}' ELSE '}}' END"""
# In the order of ids, which is the one in which they were made. Of SQLite's two ways the index of the
# workspace's ids is the longer one: `+` hides it.
_BLOCK = """
SELECT count(*), max(id), {ids}, {key_results}, {lines} FROM (
  SELECT c.id, c.key_result_id, {line} AS line FROM (
    SELECT * FROM checkin WHERE {of} = %s AND id > %s ORDER BY id LIMIT %s
  ) c LEFT JOIN person p ON p.id = c.by_id LEFT JOIN checkin o ON o.id = c.corrects_id {sorted}
) l
"""
_OF = {"sqlite": "+workspace_id", "postgresql": "workspace_id"}
_SORTED = {"sqlite": "", "postgresql": "ORDER BY c.id"}  # SQLite joins row by row, and leaves them in order
_JOINED = {"sqlite": "group_concat({}, char({}))", "postgresql": "string_agg({}::text, chr({}))"}
_QUOTED = {"sqlite": "json_quote({})", "postgresql": "to_json({})::text"}
# A moment as a file says it.
_MOMENT = {
    "sqlite": "replace({0}, ' ', 'T') || 'Z'",
    "postgresql": "replace(to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), "
    "'.000000Z', 'Z')",
}
_COMMA, _LINE_END = 44, 10  # no line has an end within, for JSON escapes it


@contextmanager
def meanwhile(workspace_id: int, key_results: Iterable[int]) -> Iterator[Mapping[int, list[str]]]:
    """Let the database write the entries of key results into lists, while the caller asks nothing else of it.

    They stand there as lines, in the order in which they were made, once the block is left. The database
    takes about as long as whoever makes a plan of the rest, and each has a processor of its own.
    """
    found: dict[int, list[str]] = {id: [] for id in key_results}
    connection.inc_thread_sharing()  # one at a time has it: the caller leaves it alone meanwhile
    try:
        with connection.cursor() as cursor, ThreadPoolExecutor(1) as beside:
            # In this context: it says what the database may show.
            reading = beside.submit(copy_context().run, _read, cursor, _statement(), workspace_id, found)
            yield found
            reading.result()
    finally:
        connection.dec_thread_sharing()


def _read(cursor: CursorWrapper, statement: str, workspace_id: int, found: Mapping[int, list[str]]) -> None:
    last, count = 0, BLOCK
    while count == BLOCK:
        cursor.execute(statement, [workspace_id, last, BLOCK])
        count, last, made, key_results, written = cursor.fetchone()
        if not count:
            return
        # In arrays, where they can be: a step of Python's for each entry costs as much as fetching it.
        begun = written_ids.of(np.fromstring(made, np.int64, sep=","), before='{"id": "')
        owners = np.fromstring(key_results, np.int64, sep=",").tolist()
        for owner, begin, line in zip(owners, begun, written.split("\n"), strict=True):
            found[owner].append(line if line[0] == "{" else begin + line)


def _statement() -> str:
    vendor = connection.vendor
    quoted, moment, joined = _QUOTED[vendor].format, _MOMENT[vendor].format, _JOINED[vendor].format
    line = _LINE.format(
        key=quoted("c.key"),
        at=moment("c.effective_at"),
        recorded=moment("c.recorded_at"),
        value=rows.read_as("exact", "c.value"),
        parts=_numbers(rows.read_as("json", "c.parts")),
        note=quoted("c.note"),
        by=quoted("p.key"),
        corrects=_written("o.id"),
        corrects_key=quoted("o.key"),
    )
    return _BLOCK.format(
        of=_OF[vendor],
        sorted=_SORTED[vendor],
        ids=joined("id", _COMMA),
        key_results=joined("key_result_id", _COMMA),
        lines=joined("line", _LINE_END),
        line=line,
    )


def _numbers(texts: str) -> str:
    """Write a list of numbers that is kept as a list of texts."""
    return f"""replace(replace(replace({texts}, '"', ''), ' ', ''), ',', ', ')"""


def _written(id: str) -> str:
    """Write an id as `core.ids.encode` does."""
    return " || ".join(
        f"substr('{ids.ALPHABET}', CAST(({id} >> {5 * place}) & 31 AS integer) + 1, 1)"
        for place in reversed(range(ids.LENGTH))
    )
