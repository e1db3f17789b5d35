"""What the index of words answers beyond titles: which rows have all the words, some of them in a text.

One statement on either database. Where the title alone has them, the image knows that by itself
(`milepost/ledger/titles.py`); of what it holds the ids come in one piece, so that thousands cost little more
than ten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import orjson
from django.db import connection

from milepost.core.terms import Terms
from milepost.ledger.entries import seconds_of
from milepost.ledger.statements import AMONG, Statement, listed
from milepost.models import locks
from milepost.models.search import (
    INDEXED,
    OF_TEXTS,
    TITLED,
    index_of,
    sqlite_index,
    written_on_postgresql,
)

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
    """Rows that have the words: the ids of what the image holds, the rows of initiatives and comments."""

    ids: dict[str, np.ndarray]
    rows: dict[str, list[Match]]


def matches(workspace_id: int, wanted: Terms) -> Matches:
    """Return the rows of a workspace that have all the words, whoever may see them.

    Of objectives, key results and teams those where a text below the title has one of them at least.
    """
    found = Matches({}, {})
    if not wanted:
        return found
    vendor = connection.vendor
    if vendor == "postgresql":
        arguments = [each for kind in KINDS for each in (_asked_of_postgresql(kind, wanted), workspace_id)]
    else:
        arguments = [_asked_of_sqlite(kind, workspace_id, wanted) for kind in KINDS]
    for row in _statement(vendor).rows(arguments):
        kind, id, *_, ids = row
        if id is not None:
            found.rows.setdefault(kind, []).append(Match._make(row[:-1]))
        elif ids is not None:
            found.ids[kind] = _numbers(ids)
    return found


def _asked_of_postgresql(kind: str, wanted: Terms) -> str:
    # No word holds anything but letters and digits.
    every = " & ".join(f"'{word}':*" for word in wanted.words)
    if kind not in TITLED:
        return every
    in_text = " | ".join(f"'{OF_TEXTS}{word}':*" for word in wanted.words)
    return in_text if len(wanted.words) == 1 else f"{every} & ({in_text})"


def _asked_of_sqlite(kind: str, workspace_id: int, wanted: Terms) -> str:
    words = [f'"{word}" *' for word in wanted.spelled]
    clauses = [f'workspace_id : "{workspace_id}"']
    if kind not in TITLED or len(words) > 1:
        clauses.append(f"{{{' '.join(INDEXED[kind])}}} : ({' AND '.join(words)})")
    if kind in TITLED:
        clauses.append(f"{{{' '.join(INDEXED[kind][1:])}}} : ({' OR '.join(words)})")
    return " AND ".join(clauses)


def _numbers(ids: str | bytes) -> np.ndarray:
    if isinstance(ids, str):
        return np.array(orjson.loads(f"[{ids}]"), dtype=np.int64)
    return np.frombuffer(ids, dtype=">i8").astype(np.int64)


@lru_cache(maxsize=2)
def _statement(vendor: str) -> Statement:
    return Statement(" UNION ALL ".join(_part(vendor, kind) for kind in KINDS))


def _part(vendor: str, kind: str) -> str:
    having = _HAVING[vendor].format(index=index_of(kind), having=locks.having(kind))
    if kind in _MORE:
        more = _MORE[kind].format(seconds=seconds_of(vendor).format("t.at"))
        nothing = "NULL" if vendor == "sqlite" else "CAST(NULL AS bytea)"
        return f"SELECT '{kind}', t.id, {more}, {nothing} FROM {having} JOIN \"{kind}\" t ON t.id = w.id"
    nothing = f"{_NUMBER}, {_NUMBER}, {_NUMBER}, CAST(NULL AS text), {_NUMBER}, {_NUMBER}"
    return f"SELECT '{kind}', {nothing}, {_IDS[vendor]} FROM {having}"


def texts(workspace_id: int, ids: Mapping[str, list[int]]) -> dict[int, str]:
    """Return the texts below the titles of some objectives, key results and teams, by their ids."""
    kinds = tuple(kind for kind in TITLED if ids.get(kind))
    if not kinds:
        return {}
    arguments = [each for kind in kinds for each in (workspace_id, listed(ids[kind]))]
    return dict(_statement_of_texts(connection.vendor, kinds).rows(arguments))


@lru_cache(maxsize=16)
def _statement_of_texts(vendor: str, kinds: tuple[str, ...]) -> Statement:
    among = AMONG[vendor].format("id")
    return Statement(
        " UNION ALL ".join(
            f'SELECT id, "{INDEXED[kind][1]}" FROM "{kind}" WHERE workspace_id = %s AND {among}'
            for kind in kinds
        )
    )


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
