"""The check-ins of a workspace as a file says them: read by hand, for they are most of what a plan holds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping

from django.db import connection

from milepost.core import ids
from milepost.ledger import rows
from milepost.models import Checkin

_EVERY = """
SELECT key_result_id, id, key, {at}, CASE WHEN recorded_at <> effective_at THEN {recorded} END, {value},
  {parts}, confidence, note, by_id, corrects_id, {withdrawn}
FROM checkin WHERE workspace_id = %s ORDER BY id
"""
_ON_THE_SECOND = ".000000"


def of(workspace_id: int, people: Mapping[int, str]) -> dict[int, list[tuple]]:
    """Return the entries of every key result as `CheckIns` holds them, in the order in which they were made.

    `people` are the text ids of the people.
    """
    found: dict[int, list[tuple]] = defaultdict(list)
    corrected = _corrected(workspace_id)
    statement = _EVERY.format(
        at=rows.read_as("moment", "effective_at"),
        recorded=rows.read_as("moment", "recorded_at"),
        value=rows.read_as("exact", "value"),
        parts=rows.read_as("json", "parts"),
        withdrawn=rows.read_as("truth", "is_withdrawn"),
    )
    encode, named = ids.encode, people.get
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, [workspace_id])
        while batch := cursor.fetchmany(rows.BATCH):
            for key_result, id, key, at, later, value, parts, sure, note, by, corrects, withdrawn in batch:
                at = _moment(at)
                key, made = key or encode(id), at if later is None else _moment(later)
                done = None if parts is None else tuple(json.loads(parts))
                told = (
                    key,
                    at,
                    made,
                    value,
                    done,
                    sure,
                    note,
                    named(by),
                    corrected[corrects],
                    withdrawn == 1,
                )
                found[key_result].append(told)
    return found


def _moment(text: str) -> str:
    """Return a moment as a file says it; the database said it with six places."""
    return f"{text[:10]}T{text[11:].removesuffix(_ON_THE_SECOND)}Z"


def _corrected(workspace_id: int) -> dict[int | None, str | None]:
    """Return the names of the entries that others correct; None has none."""
    corrected = Checkin.objects.of(workspace_id).filter(corrects__isnull=False).values_list("corrects_id")
    named = Checkin.objects.of(workspace_id).filter(id__in=corrected).values_list("id", "key")
    return {None: None, **{id: key or ids.encode(id) for id, key in named}}
