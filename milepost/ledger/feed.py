"""The feed of what was written many at once: the database makes the events from the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence

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
) told ORDER BY told.at, told.id
"""
_QUOTED = {"sqlite": "json_quote({})", "postgresql": "to_json({})::text"}
_THESE = {
    "sqlite": "(SELECT value FROM json_each(%s))",
    "postgresql": "(SELECT value::bigint FROM json_array_elements_text(%s) AS these(value))",
}
_DATA = {"sqlite": "told.data", "postgresql": "told.data::jsonb"}


def tell(check_ins: Sequence[int], comments: Sequence[int]) -> None:
    """Tell the feed of check-ins and comments that came in a file; the caller holds the transaction."""
    quoted = _QUOTED[connection.vendor].format
    statement = _TELL.format(
        title=quoted("k.title"),
        value=quoted(rows.read_as("exact", "c.value")),
        note=quoted(f"substr(c.note, 1, {SHOWN})"),
        text=quoted(f"substr(c.text, 1, {SHOWN})"),
        these=_THESE[connection.vendor],
        data=_DATA[connection.vendor],
    )
    before = new_ids(len(check_ins) + len(comments)).start - 1
    with connection.cursor() as cursor:
        cursor.execute(statement, [before, *(orjson.dumps(ids).decode() for ids in (check_ins, comments))])
