"""Taking sealed rows out, or rewriting them, in Milepost's own name: the chain says so and stays true.

The hash of such a row stays in its seal, without its salt: of a person who is to be forgotten nobody can
then find out by trying what the row had said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np
from django.db.models import Model, QuerySet
from django.db.models.deletion import Collector

from milepost.core.access import Actor
from milepost.ledger import leaves, seals
from milepost.ledger.leaves import FORM, FORMS, NO_SALT, SALT_BYTES
from milepost.models import Redaction, Seal


def delete(rows: QuerySet | Model, *, why: str, by: Actor, at: datetime) -> None:
    """Delete rows with all that belongs to them, sealed or not; the caller holds the transaction."""
    taken = rows.all() if isinstance(rows, QuerySet) else [rows]
    seals.hold(by.workspace_id)  # before one looks at what would go
    wanted: dict[str, list[int]] = {}
    for table, ids in _below(taken):
        if table in FORMS[FORM]:
            wanted.setdefault(table, []).extend(ids)
    _release(wanted, is_gone=True, why=why, by=by, at=at)
    rows.delete()


def _below(taken: Iterable[Model]) -> Iterable[tuple[str, list[int]]]:
    """Yield what would go with rows, and the rows themselves, by table."""
    collector = Collector(using="default")
    collector.can_fast_delete = lambda *_, **__: False  # else what goes by one statement is not listed
    if len(taken):
        collector.collect(taken)
    for model, instances in collector.data.items():
        yield model._meta.db_table, [one.pk for one in instances]


def rewrite(table: str, ids: Iterable[int], *, why: str, by: Actor, at: datetime) -> None:
    """Say that rows are about to be rewritten in this transaction; they are sealed anew afterwards."""
    wanted = [*ids]
    if wanted:
        seals.hold(by.workspace_id)
        _release({table: wanted}, is_gone=False, why=why, by=by, at=at)


def _release(
    wanted: Mapping[str, list[int]],
    *,
    is_gone: bool,
    why: str,
    by: Actor,
    at: datetime,
) -> None:
    """Take rows out of the seals that name them, as far as any does; the caller holds these."""
    ids = [id for some in wanted.values() for id in some]
    if not ids:
        return
    there = Redaction.objects.of(by.workspace_id).filter(row_id__among=ids)
    freed = {(row.table, row.row_id, row.seal) for row in there}
    made: dict[tuple[str, int], int] = {}
    reaching = Seal.objects.of(by.workspace_id).filter(highest__gte=min(ids), lowest__lte=max(ids))
    for one in reaching.order_by("number"):
        positions = []
        for table, first, named in leaves.by_table(one):
            for place in np.flatnonzero(np.isin(named, wanted.get(table, ()))).tolist():
                key = table, int(named[place])
                if (*key, one.number) in freed:
                    made.setdefault(key, 0)
                else:
                    made[key] = one.number
                    positions.append(first + place)
        if positions:
            _forget_salts(one, positions)
    Redaction.objects.bulk_create(
        Redaction(workspace_id=by.workspace_id, table=table, row_id=id, seal=number, is_gone=is_gone, why=why,
                  at=at, by_id=by.person_id)
        for (table, id), number in made.items()
        if number or is_gone
    )  # fmt: skip


def _forget_salts(seal: Seal, positions: list[int]) -> None:
    kept = bytearray(b"".join(leaves.salts(seal, sum(seal.counts.values()))))
    for position in positions:
        kept[position * SALT_BYTES : (position + 1) * SALT_BYTES] = NO_SALT
    Seal.objects.of(seal.workspace_id).filter(id=seal.id).update(seed=b"", salts=bytes(kept))
