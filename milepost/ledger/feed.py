"""The feed of what was written many at once: the database makes the events from the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection

from milepost.ledger import rows
from milepost.models.ids import new_ids

SHOWN = 280  # characters of a note or comment

# In the order in which they happened: the feed reads events by their ids, which rise as they are made.
_TELL = """
INSERT INTO event (id, workspace_id, kind, at, actor_id, door, objective_id, key_result_id, subject_id, data)
SELECT %s + row_number() OVER (ORDER BY told.at, told.id), told.workspace_id, told.kind, told.at, told.by_id,
  'file', told.objective_id, told.key_result_id, told.id, {data}
FROM (
  SELECT c.id, c.workspace_id, c.recorded_at AS at, c.by_id, k.objective_id, c.key_result_id,
    CASE WHEN c.corrects_id IS NULL THEN 'checkin.recorded' WHEN c.is_withdrawn THEN 'checkin.withdrawn'
      ELSE 'checkin.corrected' END AS kind,
    '{{"title":' || {title} || ',"value":' || coalesce({value}, 'null')
      || CASE WHEN c.confidence IS NULL THEN '' ELSE ',"confidence":' || c.confidence END
      || CASE WHEN c.note = '' THEN '' ELSE ',"note":' || {note} END || '}}' AS data
  FROM checkin c JOIN key_result k ON k.id = c.key_result_id WHERE c.id IN {these}
  UNION ALL
  SELECT c.id, c.workspace_id, c.at, c.by_id, c.objective_id, c.key_result_id, 'comment.added',
    '{{"text":' || {text} || '}}'
  FROM comment c WHERE c.id IN {these}
  UNION ALL
  SELECT {changes}
) told ORDER BY told.at, told.id
"""
_OF_A_CHANGE = ("subject_id", "workspace_id", "at", "by_id", "kind", "data")
_CHANGES = {
    "sqlite": "{}, {}, {}, {}, NULL, NULL, {}, {} FROM json_each(%s)".format(
        *(f"json_extract(value, '$.{name}')" for name in _OF_A_CHANGE)
    ),
    "postgresql": "subject_id, workspace_id, at, by_id, NULL, NULL, kind, data::text "
    "FROM json_to_recordset(%s) AS change (subject_id bigint, workspace_id bigint, kind text, "
    "at timestamptz, by_id bigint, data json)",
}
_QUOTED = {"sqlite": "json_quote({})", "postgresql": "to_json({})::text"}
_THESE = {
    "sqlite": "(SELECT value FROM json_each(%s))",
    "postgresql": "(SELECT value::bigint FROM json_array_elements_text(%s) AS these(value))",
}
_DATA = {"sqlite": "told.data", "postgresql": "told.data::jsonb"}


class FrameChange(NamedTuple):
    """A past change of a cycle or a team, which has no row but its event."""

    subject_id: int
    workspace_id: int
    kind: str
    at: datetime
    by_id: int | None
    data: dict[str, Any]


def tell(check_ins: Sequence[int], comments: Sequence[int], changes: Sequence[FrameChange]) -> None:
    """Tell the feed of what came in a file; the caller holds the transaction."""
    quoted = _QUOTED[connection.vendor].format
    statement = _TELL.format(
        title=quoted("k.title"),
        value=quoted(rows.read_as("exact", "c.value")),
        note=quoted(f"substr(c.note, 1, {SHOWN})"),
        text=quoted(f"substr(c.text, 1, {SHOWN})"),
        these=_THESE[connection.vendor],
        changes=_CHANGES[connection.vendor],
        data=_DATA[connection.vendor],
    )
    before = new_ids(len(check_ins) + len(comments) + len(changes)).start - 1
    adapt = connection.ops.adapt_datetimefield_value
    told = [one._asdict() | {"at": str(adapt(one.at))} for one in changes]
    with connection.cursor() as cursor:
        cursor.execute(
            statement, [before, *(orjson.dumps(rows).decode() for rows in (check_ins, comments, told))]
        )
