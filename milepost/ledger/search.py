"""What the index of words answers: which rows have all the words, in one statement on either database.

Of what the image holds the ids come in one piece, so that thousands cost little more than ten.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import orjson
from django.db import connection

from milepost.core.terms import Terms
from milepost.ledger.entries import seconds_of
from milepost.ledger.statements import Statement
from milepost.models import locks
from milepost.models.search import INDEXED, index_of, sqlite_index, written_on_postgresql

KINDS = tuple(INDEXED)
# What the image does not hold comes along: where it belongs, its text, who and when.
_MORE = {
    "initiative": "t.objective_id, t.key_result_id, t.title, t.owner_id, CAST(NULL AS bigint)",
    "comment": "t.objective_id, t.key_result_id, t.text, t.by_id, {seconds}",
}
# Of everything else all ids in one value, in the place of a text.
_IDS = {"sqlite": "group_concat(w.id)", "postgresql": "string_agg(int8send(w.id), '')"}
_NUMBER = "CAST(NULL AS bigint)"
# What has the words, as w(id).
_HAVING = {
    "sqlite": '(SELECT rowid AS id FROM "{index}" WHERE "{index}" MATCH %s) w',
    "postgresql": "{having}(CAST(%s AS tsquery), %s) AS w(id)",
}


class Match(NamedTuple):
    """One row that has the words; what follows the id belongs to initiatives and comments."""

    kind: str
    id: int
    objective_id: int | None = None
    key_result_id: int | None = None
    text: str | None = None
    by_id: int | None = None
    seconds: int | None = None


class Matches(NamedTuple):
    """Every row that has the words: the ids of each kind, and the rows of initiatives and comments."""

    ids: dict[str, np.ndarray]
    rows: dict[str, list[Match]]


def matches(
    workspace_id: int, wanted: Terms, kinds: tuple[str, ...] = KINDS, *, whole: bool = False
) -> Matches:
    """Return every row of a workspace that has all the words, whoever may see it; `whole`: not beginnings."""
    found = Matches({}, {})
    if not wanted or not kinds:
        return found
    vendor = connection.vendor
    if vendor == "postgresql":
        # No word holds anything but letters and digits.
        asked = " & ".join(f"'{word}'" if whole else f"'{word}':*" for word in wanted.words)
        arguments = [asked, workspace_id] * len(kinds)
    else:
        has = " AND ".join(f'"{word}"' if whole else f'"{word}" *' for word in wanted.spelled)
        arguments = [
            f'workspace_id : "{workspace_id}" AND {{{" ".join(INDEXED[kind])}}} : ({has})' for kind in kinds
        ]
    for row in _statement(vendor, kinds).rows(arguments):
        kind, id, *_, ids = row
        if id is not None:
            found.rows.setdefault(kind, []).append(Match._make(row[:-1]))
        elif ids is not None:
            found.ids[kind] = _numbers(ids)
    return found


def _numbers(ids: str | bytes) -> np.ndarray:
    if isinstance(ids, str):
        return np.array(orjson.loads(f"[{ids}]"), dtype=np.int64)
    return np.frombuffer(ids, dtype=">i8").astype(np.int64)


@lru_cache(maxsize=64)
def _statement(vendor: str, kinds: tuple[str, ...]) -> Statement:
    return Statement(" UNION ALL ".join(_part(vendor, kind) for kind in kinds))


def _part(vendor: str, kind: str) -> str:
    having = _HAVING[vendor].format(index=index_of(kind), having=locks.having(kind))
    if kind in _MORE:
        more = _MORE[kind].format(seconds=seconds_of(vendor).format("t.at"))
        nothing = "NULL" if vendor == "sqlite" else "CAST(NULL AS bytea)"
        return f"SELECT '{kind}', t.id, {more}, {nothing} FROM {having} JOIN \"{kind}\" t ON t.id = w.id"
    nothing = f"{_NUMBER}, {_NUMBER}, {_NUMBER}, CAST(NULL AS text), {_NUMBER}, {_NUMBER}"
    return f"SELECT '{kind}', {nothing}, {_IDS[vendor]} FROM {having}"


# -- does it still agree? ----------------------------------------------------------------------------------


def differences(workspace_id: int) -> Iterator[tuple[str, int]]:
    """Yield the table and id of every row whose words in the index are not those of its texts."""
    for table in KINDS:
        find = _differences_on_postgresql if connection.vendor == "postgresql" else _differences_on_sqlite
        for id in find(table, workspace_id):
            yield table, id


def _differences_on_postgresql(table: str, workspace_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT coalesce(t.id, w.id) FROM (SELECT * FROM "{table}" WHERE workspace_id = %s) t '
            f'FULL JOIN (SELECT * FROM "{index_of(table)}" WHERE workspace_id = %s) w ON w.id = t.id '
            f"WHERE w.words IS DISTINCT FROM {written_on_postgresql(table, 't')} ORDER BY 1",
            [workspace_id, workspace_id],
        )
        return [id for (id,) in cursor.fetchall()]


def _differences_on_sqlite(table: str, workspace_id: int) -> list[int]:
    # The index written anew beside the living one; a view of FTS5 on each lists every word of every row.
    index = index_of(table)
    made = [
        sqlite_index("temp.words_anew", table).replace(f"content='{table}'", "content=''"),
        "CREATE VIRTUAL TABLE temp.words_expected USING fts5vocab(temp, words_anew, instance)",
        f"CREATE VIRTUAL TABLE temp.words_found USING fts5vocab(main, {index}, instance)",
    ]
    columns = ", ".join(f'"{column}"' for column in ("workspace_id", *INDEXED[table]))
    listed = 'SELECT doc, term, col, "offset" FROM temp.words_{}'
    # What stands in the index under this workspace, or belongs to a row of it.
    ours = (
        f"SELECT doc FROM temp.words_found WHERE term = '{workspace_id}' AND col = 'workspace_id' "
        f'UNION SELECT id FROM "{table}" WHERE workspace_id = {workspace_id}'
    )
    with connection.cursor() as cursor:
        try:
            for statement in made:
                cursor.execute(statement)
            cursor.execute(
                f'INSERT INTO temp.words_anew (rowid, {columns}) SELECT id, {columns} FROM "{table}" '
                "WHERE workspace_id = %s",
                [workspace_id],
            )
            cursor.execute(
                f"WITH ours (doc) AS ({ours}), found AS ({listed.format('found')} WHERE doc IN ours), "
                f"expected AS ({listed.format('expected')}) "
                "SELECT DISTINCT doc FROM (SELECT * FROM (SELECT * FROM found EXCEPT SELECT * FROM expected) "
                "UNION ALL SELECT * FROM (SELECT * FROM expected EXCEPT SELECT * FROM found)) ORDER BY doc"
            )
            return [id for (id,) in cursor.fetchall()]
        finally:
            for name in ("words_found", "words_expected", "words_anew"):
                cursor.execute(f"DROP TABLE IF EXISTS temp.{name}")
