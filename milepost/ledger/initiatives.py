"""Initiatives as they stood: today's, with the changes since a moment taken back.

The event of a change keeps what was before it, whether a page, a program or a file made it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import connection

from milepost.ledger.statements import AMONG, Statement, listed

# What tells of initiatives; written as their index has it.
_TOLD = "kind IN ('initiative.added', 'initiative.changed', 'initiative.done')"
_CHANGES = {
    vendor: Statement(
        "SELECT subject_id, data FROM event WHERE workspace_id = %s AND "
        f"{among.format('objective_id')} AND {_TOLD} AND at >= %s "
        "ORDER BY id DESC"
    )
    for vendor, among in AMONG.items()
}
_BETWEEN = Statement(
    "SELECT DISTINCT objective_id, key_result_id FROM event "
    f"WHERE workspace_id = %s AND {_TOLD} AND at >= %s AND at < %s"
)


def objectives_between(workspace_id: int, since: datetime, until: datetime) -> set[tuple[int, int | None]]:
    """Return for which objectives, and key results of them, initiatives came or changed in a span of time."""
    moments = map(connection.ops.adapt_datetimefield_value, (since, until))
    return {*_BETWEEN.rows([workspace_id, *moments])}


def changed_since(workspace_id: int, objectives: Collection[int], known: datetime) -> dict[int, dict]:
    """Return what initiatives of some objectives held before `known`, field by field, where it changed since.

    Ask after their rows were read: what changes in between is taken back from neither or from both.
    """
    if not objectives:
        return {}
    moment = connection.ops.adapt_datetimefield_value(known)
    found: dict[int, dict[str, Any]] = {}
    for id, data in _CHANGES[connection.vendor].rows([workspace_id, listed(objectives), moment]):
        said = json.loads(data) if isinstance(data, str) else data
        # The latest comes first, so what the first change found is what stays.
        was = found.setdefault(id, {})
        for name, (old, _) in said.get("changes", {}).items():
            was[name] = date.fromisoformat(old) if name == "due_on" and old else old
    return found
