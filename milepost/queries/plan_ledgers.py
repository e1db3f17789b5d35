"""The check-ins of a workspace as a file says them: read by hand, for they are most of what a plan holds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from django.db import connection

from milepost.core import ids
from milepost.ledger import rows
from milepost.models import Checkin
from milepost.queries import written_ids

_EVERY = """
SELECT key_result_id, id, key, {at}, CASE WHEN recorded_at <> effective_at THEN {recorded} END, {value},
  {parts}, confidence, note, by_id, corrects_id, {withdrawn}
FROM checkin WHERE workspace_id = %s ORDER BY id
"""
# A moment as a file says it.
_MOMENT = {
    "sqlite": "replace({0}, ' ', 'T') || 'Z'",
    "postgresql": "replace(to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), "
    "'.000000Z', 'Z')",
}


def of(workspace_id: int, people: Mapping[int, str]) -> dict[int, list[tuple]]:
    """Return the entries of every key result as `CheckIns` holds them, in the order in which they were made.

    `people` are the text ids of the people.
    """
    found: dict[int, list[tuple]] = defaultdict(list)
    corrected = _corrected(workspace_id)
    moment = _MOMENT[connection.vendor].format
    statement = _EVERY.format(
        at=moment("effective_at"),
        recorded=moment("recorded_at"),
        value=rows.read_as("exact", "value"),
        parts=rows.read_as("json", "parts"),
        withdrawn=rows.read_as("truth", "is_withdrawn"),
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, [workspace_id])
        while batch := cursor.fetchmany(rows.BATCH):
            # Column by column: a step of Python's for each entry costs as much as fetching it.
            key_results, made, keys, at, later, value, parts, sure, note, by, corrects, withdrawn = zip(
                *batch, strict=True
            )
            told = zip(
                _keys(keys, made),
                at,
                _or(later, at),
                value,
                [None if done is None else tuple(json.loads(done)) for done in parts],
                sure,
                note,
                map(people.get, by),
                map(corrected.__getitem__, corrects),
                map(bool, withdrawn),
                strict=True,
            )
            for key_result, entry in zip(key_results, told, strict=True):
                found[key_result].append(entry)
    return found


def _or(said: Iterable, others: Iterable) -> list:
    """Return the values, and where there is none the other."""
    return [other if one is None else one for one, other in zip(said, others, strict=True)]


def _keys(keys: Sequence[str | None], made: Sequence[int]) -> Sequence[str]:
    """Return the names of entries; one without a name of its own goes by its id."""
    return (
        keys
        if all(keys)
        else [key or id for key, id in zip(keys, written_ids.of(np.array(made)), strict=True)]
    )


def _corrected(workspace_id: int) -> dict[int | None, str | None]:
    """Return the names of the entries that others correct; None has none."""
    corrected = Checkin.objects.of(workspace_id).filter(corrects__isnull=False).values_list("corrects_id")
    named = Checkin.objects.of(workspace_id).filter(id__in=corrected).values_list("id", "key")
    return {None: None, **{id: key or ids.encode(id) for id, key in named}}
