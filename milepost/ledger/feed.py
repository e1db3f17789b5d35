"""The feed of what was written many at once: the database makes the events from the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import orjson
from django.db import connection

from milepost.core.plan.ledgers import moment_text
from milepost.ledger import rows
from milepost.models.ids import new_ids

SHOWN = 280  # characters of a note or comment

_TELL = """
INSERT INTO event (id, workspace_id, kind, at, actor_id, door, objective_id, key_result_id, subject_id, data)
SELECT %s + {place}, c.workspace_id,
  CASE WHEN c.corrects_id IS NULL THEN 'checkin.recorded' WHEN c.is_withdrawn THEN 'checkin.withdrawn'
    ELSE 'checkin.corrected' END,
  c.recorded_at, c.by_id, 'file', k.objective_id, c.key_result_id, c.id, {of_a_check_in}
FROM {these} JOIN checkin c ON c.id = {this} JOIN key_result k ON k.id = c.key_result_id
UNION ALL
SELECT %s + {place}, c.workspace_id, 'comment.added', c.at, c.by_id, 'file', c.objective_id, c.key_result_id,
  c.id, {of_a_comment}
FROM {these} JOIN comment c ON c.id = {this}
UNION ALL
SELECT %s + place, workspace_id, kind, at, by_id, 'file', NULL, NULL, subject_id, {of_a_change}
FROM {changes}
"""
_OF_A_CHECK_IN = """'{{"title":' || {title} || ',"value":' || coalesce({value}, 'null')
  || CASE WHEN c.confidence IS NULL THEN '' ELSE ',"confidence":' || c.confidence END
  || CASE WHEN c.note = '' THEN '' ELSE ',"note":' || {note} END || '}}'"""
_OF_A_COMMENT = """'{{"text":' || {text} || '}}'"""
_THESE = {
    "sqlite": {"these": "json_each(%s) these", "place": "these.key", "this": "these.value"},
    "postgresql": {
        "these": "json_array_elements_text(%s) WITH ORDINALITY these (value, place)",
        "place": "these.place - 1",
        "this": "these.value::bigint",
    },
}
_OF_A_CHANGE = ("place", "subject_id", "workspace_id", "at", "by_id", "kind", "data")
_CHANGES = {
    "sqlite": "(SELECT {} FROM json_each(%s))".format(
        ", ".join(f"json_extract(value, '$.{name}') {name}" for name in _OF_A_CHANGE)
    ),
    "postgresql": "json_to_recordset(%s) AS change (place bigint, subject_id bigint, workspace_id bigint, "
    "kind text, at timestamptz, by_id bigint, data json)",
}
_QUOTED = {"sqlite": "json_quote({})", "postgresql": "to_json({})::text"}
_DATA = {"sqlite": "{}", "postgresql": "({})::jsonb"}


class FrameChange(NamedTuple):
    """How a cycle or a team was made or changed, which has no row but its event."""

    subject_id: int
    workspace_id: int
    kind: str
    at: datetime
    by_id: int | None
    data: dict[str, Any]


class Made:
    """Rows to tell of: when each was made, in microseconds, and its id."""

    def __init__(self, since: datetime | None = None) -> None:
        self.at, self.ids = np.empty(0, np.int64), np.empty(0, np.int64)
        self.since = None if since is None else _microseconds([moment_text(since)])[0]

    def add(self, moments: Sequence[str], ids: Sequence[int]) -> None:
        """Take rows that were made at moments, as a file tells them; leave out what is older than `since`."""
        if not moments:
            return
        at, made = _microseconds(moments), np.array(ids, np.int64)
        if self.since is not None:
            at, made = at[at >= self.since], made[at >= self.since]
        self.at, self.ids = np.append(self.at, at), np.append(self.ids, made)


def _microseconds(moments: Sequence[str]) -> np.ndarray:
    return np.array("\n".join(moments).replace("Z", "").split("\n"), "datetime64[us]").astype(np.int64)


def tell(check_ins: Made, comments: Made, changes: Sequence[FrameChange]) -> None:
    """Tell the feed of what came in a file; the caller holds the transaction.

    In the order in which it happened: the feed reads events by their ids, which rise as they are made.
    """
    dated = Made()
    dated.add([moment_text(one.at) for one in changes], [one.subject_id for one in changes])
    order = np.argsort(np.concatenate([check_ins.at, comments.at, dated.at]), kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    of_check_ins, of_comments, of_changes = np.split(
        places, [len(check_ins.at), len(check_ins.at) + len(comments.at)]
    )
    told = (
        _by_place(check_ins, of_check_ins, len(order)),
        _by_place(comments, of_comments, len(order)),
        orjson.dumps([*map(_said, changes, of_changes.tolist())]).decode(),
    )
    start = new_ids(len(order)).start
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [value for listed in told for value in (start, listed)])


def _by_place(rows: Made, places: np.ndarray, count: int) -> str:
    """List the ids of rows by their place among all that is told, 0 where something else has it."""
    listed = np.zeros(count if len(places) else 0, np.int64)
    listed[places] = rows.ids
    return orjson.dumps(listed, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _said(change: FrameChange, place: int) -> dict[str, Any]:
    at = str(connection.ops.adapt_datetimefield_value(change.at))
    return change._asdict() | {"at": at, "place": place}


def _statement() -> str:
    quoted, data = _QUOTED[connection.vendor].format, _DATA[connection.vendor].format
    check_in = _OF_A_CHECK_IN.format(
        title=quoted("k.title"),
        value=quoted(rows.read_as("exact", "c.value")),
        note=quoted(f"substr(c.note, 1, {SHOWN})"),
    )
    return _TELL.format(
        **_THESE[connection.vendor],
        changes=_CHANGES[connection.vendor],
        of_a_check_in=data(check_in),
        of_a_comment=data(_OF_A_COMMENT.format(text=quoted(f"substr(c.text, 1, {SHOWN})"))),
        of_a_change=data("data"),
    )
