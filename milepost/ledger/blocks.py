"""Every check-in of a workspace, read a block at a time: each column as one text that the database joins.

Five million rows as tuples take half a minute to make; the same as a few long texts, read by NumPy, some
seconds. What few rows have (corrections, milestones, numbers of many digits) is read by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import orjson
from django.db import connection

from milepost.ledger.entries import SAFE_LENGTH

BLOCK = 200_000  # rows; their texts take some 100 bytes each
MOMENT = len("2026-10-05 09:00:00.000000")

_JOINED = {"sqlite": "group_concat({}, '{}')", "postgresql": "string_agg(({})::text, '{}')"}
_MOMENT = {
    "sqlite": f"substr({{}} || '.000000', 1, {MOMENT})",  # whole seconds are written without the rest
    "postgresql": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
}
# What a float cannot say, as JSON: [id, value, parts].
_EXACT = {
    "sqlite": "CASE WHEN parts <> 'null' OR length(value) > {} THEN json_array(id, value, parts) END",
    "postgresql": "CASE WHEN parts <> 'null'::jsonb OR length(value::text) > {} "
    "THEN json_build_array(id, value::text, parts)::text END",
}
# In the order of ids. Of SQLite's two ways the index of the workspace's ids is the longer one: `+` hides it.
_BLOCK = """
SELECT count(*), max(id), {} FROM (
  SELECT id, key_result_id, effective_at, recorded_at, value, parts, confidence, is_withdrawn FROM checkin
  WHERE {} = %s AND id > %s ORDER BY id LIMIT %s) c
"""
_OF = {"sqlite": "+workspace_id", "postgresql": "workspace_id"}
_CORRECTIONS = "SELECT id, corrects_id FROM checkin WHERE workspace_id = %s AND corrects_id IS NOT NULL"

Exact = dict[int, list]  # (value, parts), as `exact_of` reads them


def columns(workspace_id: int, exact: Exact) -> Iterator[dict[str, np.ndarray]]:
    """Yield what every check-in has; moments as whole seconds since 1970, and `micro` beyond.

    What entries say where a float cannot is put into `exact`, by id.
    """
    vendor = connection.vendor
    moment, joined = _MOMENT[vendor].format, _JOINED[vendor].format
    said = ", ".join([
        joined("id", ","), joined("key_result_id", ","),
        joined(moment("effective_at"), ""), joined(moment("recorded_at"), ""),
        joined("coalesce(CAST(value AS text), 'nan')", ","), joined("coalesce(confidence, 0)", ","),
        joined("CAST(is_withdrawn AS integer)", ","),
        joined(_EXACT[vendor].format(SAFE_LENGTH), ","),
    ])  # fmt: skip
    last = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_BLOCK.format(said, _OF[vendor]), [workspace_id, last, BLOCK])
            count, last, id, key_result, effective, recorded, value, confidence, is_withdrawn, odd = (
                cursor.fetchone()
            )
            if not count:
                return
            for one, *what in orjson.loads(f"[{odd or ''}]"):
                exact[one] = what
            seconds, micro = moments(effective)
            yield {
                "key_result": np.fromstring(key_result, np.int64, sep=","),
                "id": np.fromstring(id, np.int64, sep=","),
                "effective": seconds,
                "recorded": moments(recorded)[0],
                "value": np.fromstring(value, np.float64, sep=","),
                "confidence": np.fromstring(confidence, np.int8, sep=","),
                "is_withdrawn": np.fromstring(is_withdrawn, np.int8, sep=",").astype(bool),
                "micro": micro,
            }
            if count < BLOCK:
                return


def moments(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Read moments of `MOMENT` letters each, one after the other: whole seconds since 1970, and the rest."""
    digits = np.frombuffer(text.encode(), dtype=np.uint8).reshape(-1, MOMENT) - ord("0")

    def number(begin: int, end: int) -> np.ndarray:
        found = digits[:, begin].astype(np.int32)
        for place in range(begin + 1, end):
            found = found * 10 + digits[:, place]
        return found

    months = (number(0, 4) - 1970) * 12 + number(5, 7) - 1
    days = months.astype("M8[M]").astype("M8[D]").astype(np.int64) + (number(8, 10) - 1)
    seconds = days * 86_400 + number(11, 13) * 3600 + number(14, 16) * 60 + number(17, 19)
    return seconds, number(20, 26)


def corrections(workspace_id: int) -> np.ndarray:
    """Return pairs: an entry that corrects, and the one it corrects."""
    with connection.cursor() as cursor:
        cursor.execute(_CORRECTIONS, [workspace_id])
        return np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
