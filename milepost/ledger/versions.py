"""What only dated rows tell of past days: how something was described, and who might see it then."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from milepost.ledger.statements import AMONG, Statement, listed, zoned

_READ = {
    (table, vendor): Statement(
        f"SELECT {table}_id, at, description, visibility, visible_to FROM {table}_version "
        f"WHERE workspace_id = %s AND {among.format(f'{table}_id')} AND at < %s ORDER BY at, id"
    )
    for table in ("objective", "key_result")
    for vendor, among in AMONG.items()
}


class Version(NamedTuple):
    """What the rows of an image do not hold of a definition, or hold as it is today."""

    description: str
    visibility: str | None
    visible_to: tuple[int, ...]


def at_both(
    workspace_id: int, table: str, ids: Collection[int], then: datetime, now: datetime
) -> dict[int, tuple[Version, Version]]:
    """Return what held before each of two moments, of objectives or key results that were there at both."""
    if not ids:
        return {}
    until = connection.ops.adapt_datetimefield_value(now)
    before: dict[int, Version] = {}
    after: dict[int, Version] = {}
    for id, at, description, visibility, named in _READ[table, connection.vendor].rows(
        [workspace_id, listed(ids), until]
    ):
        people = json.loads(named) if isinstance(named, str) else named
        after[id] = Version(description, visibility, tuple(people or ()))
        if zoned(at) < then:
            before[id] = after[id]
    return {id: (was, after[id]) for id, was in before.items()}
