"""Taking sealed rows out, or rewriting them, in Milepost's own name: the chain says so and stays true.

The hash of such a row stays in its seal, without its salt: of a person who is to be forgotten nobody can
then find out by trying what the row had said. A row of today that merely changes (a team's name, the end of a
link) keeps the salts of its earlier hashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np
from django.db.models import Model, QuerySet
from django.db.models.deletion import Collector

from milepost.core.access import Actor
from milepost.ledger import leaves, seals
from milepost.ledger.leaves import CHANGING, FORM, FORMS, NO_SALT, SALT_BYTES
from milepost.models import Redaction, Seal


def delete(rows: QuerySet | Model, *, why: str, by: Actor, at: datetime) -> None:
    """Delete rows with all that belongs to them, sealed or not; the caller holds the transaction."""
    taken = rows.all() if isinstance(rows, QuerySet) else [rows]
    seals.hold(by.workspace_id)  # before one looks at what would go
    wanted: dict[str, list[int]] = {}
    below = _below(taken)
    for model, instances in below.data.items():
        if (table := model._meta.db_table) in FORMS[FORM]:
            wanted.setdefault(table, []).extend(one.pk for one in instances)
    _release(wanted, is_gone=True, why=why, by=by, at=at)
    for (field, _), several in below.field_updates.items():  # what pointed at them points nowhere
        ids = [row.pk for rows in several for row in rows]
        change(field.model._meta.db_table, ids, why=why, by=by, at=at)
    rows.delete()


def _below(taken: Iterable[Model]) -> Collector:
    """Collect what would go with rows, and the rows themselves."""
    collector = Collector(using="default")
    collector.can_fast_delete = lambda *_, **__: False  # else what goes by one statement is not listed
    if len(taken):
        collector.collect(taken)
    return collector


def change(table: str, ids: Iterable[int], *, why: str, by: Actor, at: datetime) -> None:
    """Say that rows of today change in this transaction: they are sealed anew, and stay watched meanwhile.

    It takes no lock: a seal that is being made holds them as they were, and the next one as they are.
    """
    if table in CHANGING[FORM]:
        Redaction.objects.bulk_create(
            Redaction(workspace_id=by.workspace_id, table=table, row_id=id, seal=0, is_gone=False, why=why,
                      at=at, by_id=by.person_id)
            for id in ids
        )  # fmt: skip


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
    made, again = set(), set()
    reaching = Seal.objects.of(by.workspace_id).filter(highest__gte=min(ids), lowest__lte=max(ids))
    for one in reaching.order_by("number"):
        positions = []
        for table, first, named in leaves.by_table(one):
            for place in np.flatnonzero(np.isin(named, wanted.get(table, ()))).tolist():
                key = table, int(named[place]), one.number
                if key not in freed:
                    made.add(key)
                    positions.append(first + place)
                elif is_gone:
                    again.add((*key[:2], 0))
        if positions:
            _forget_salts(one, positions)
    said = {key[:2] for key in made}
    made |= {key for key in again if key[:2] not in said}  # freed before, and gone only now
    Redaction.objects.bulk_create(
        Redaction(workspace_id=by.workspace_id, table=table, row_id=id, seal=number, is_gone=is_gone, why=why,
                  at=at, by_id=by.person_id)
        for table, id, number in sorted(made)
    )  # fmt: skip


def _forget_salts(seal: Seal, positions: list[int]) -> None:
    kept = bytearray(b"".join(leaves.salts(seal, sum(seal.counts.values()))))
    for position in positions:
        kept[position * SALT_BYTES : (position + 1) * SALT_BYTES] = NO_SALT
    Seal.objects.of(seal.workspace_id).filter(id=seal.id).update(seed=b"", salts=bytes(kept))
