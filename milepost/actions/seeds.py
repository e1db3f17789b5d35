"""What may happen to an empty place: a workspace with very many rows is sown, for measuring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from milepost.actions.events import tell
from milepost.core.access import Actor
from milepost.core.problems import Conflict
from milepost.ledger import bulk, changes
from milepost.models import Workspace

TABLES = (
    "person", "team", "team_member", "cycle", "objective", "objective_version", "transition", "alignment",
    "key_result", "key_result_version", "checkin",
)  # fmt: skip


class Rows(NamedTuple):
    """Many rows of one table, in the order of its columns."""

    table: str
    columns: Sequence[str]
    rows: Iterable[Sequence]


def sow(
    *,
    slug: str,
    name: str,
    seed: Iterable[Rows],
    facts: dict,
    progress: Callable[[int], None] | None = None,
    by: Actor,
    at: datetime,
) -> dict[str, int]:
    """Write a whole workspace, all or nothing; return how many rows each table gained.

    The rows are trusted: nothing but the database checks them. There is one event and one change for all.
    """
    if Workspace.objects.filter(slug=slug).exists():
        raise Conflict(
            f"There is a workspace “{slug}” already.",
            code="slug_taken",
            field="workspace",
            remedy="Name another with --workspace.",
        )
    written: dict[str, int] = {}
    with bulk.room(), bulk.references_later(), transaction.atomic():
        Workspace.objects.create(id=by.workspace_id, slug=slug, name=name, created_at=at)
        with bulk.checked_at_once(TABLES, by.workspace_id):
            for table, columns, rows in seed:
                count = bulk.write(table, columns, rows, progress=progress)
                written[table] = written.get(table, 0) + count
        tell("workspace.seeded", data=facts, by=by, at=at)
        changes.append(by.workspace_id, changes.Kind.ALL)
    bulk.settle(written)
    return written
