"""Sealing what was recorded, afterwards and in batches, so that no check-in waits for a chain.

What is not sealed yet is found by comparing ids, never by the highest number: a transaction may commit rows
whose ids are lower than those of rows that are sealed already. For that long (`LATE`) they are looked for.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import IntegrityError, connection, transaction

from milepost.ledger import leaves
from milepost.ledger.leaves import FORM, FORMS, LEAF
from milepost.models import Redaction, Seal, SealHead
from milepost.models.ids import COUNTER_BITS, new_id

BATCH = 250  # rows in a seal: so long others wait on SQLite, some 5 ms
LATE = timedelta(minutes=30)  # from the making of an id to the commit of its row
SEED_BYTES = 32
DAILY = timedelta(days=1)


@dataclass(frozen=True)
class Waiting:
    """How many rows wait for a seal, and when the oldest of them was made."""

    rows: int
    since: datetime | None


def seal(workspace_id: int, *, at: datetime, pause: Callable[[], bool] = lambda: False) -> int:
    """Seal what a workspace has recorded since the last time, and return how many rows that were.

    `pause` is called between batches, and ends it where it says so; the rest is for the next time.
    """
    began = new_id()
    last = Seal.objects.of(workspace_id).order_by("number").last()
    complete = last_complete(workspace_id)
    floor = floor_after(complete, began)
    waiting = _waiting(workspace_id, complete, floor)
    if not len(waiting) and last is not None and at - last.at < DAILY:
        return 0
    number, done = last.number if last else 0, 0
    # Another process may seal the same; what it has not taken is found the next time.
    with suppress(IntegrityError):
        for start in range(0, max(1, len(waiting)), BATCH):
            batch = waiting[start : start + BATCH]
            is_last = start + BATCH >= len(waiting)
            made = _write(workspace_id, number, batch, began, floor, is_complete=is_last, at=at)
            if made is None:
                break
            number, done = made.number, done + len(batch)
            if not is_last and pause():
                break
    return done


def waiting(workspace_id: int) -> Waiting:
    """Count the rows that no seal names yet, as `seal` would find them now."""
    complete = last_complete(workspace_id)
    ids = _waiting(workspace_id, complete, floor_after(complete, new_id()))["id"]
    return Waiting(len(ids), leaves.moment(int(ids.min())) if len(ids) else None)


def hold(workspace_id: int) -> None:
    """Keep others from sealing until the transaction ends; on SQLite one alone writes anyhow."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [workspace_id])


def last_complete(workspace_id: int) -> Seal | None:
    """Return the last seal after which nothing was left over."""
    return Seal.objects.of(workspace_id).filter(is_complete=True).order_by("number").last()


def floor_after(complete: Seal | None, began: int) -> int:
    """Return the id below which everything is sealed, for one who looks at a moment (as an id)."""
    if complete is None:
        return 0
    late = int(LATE.total_seconds() * 1000) << COUNTER_BITS
    return max(0, min(complete.began, began) - late)


_PENDING = np.dtype([("id", np.int64), ("table", np.int8)])


def _waiting(workspace_id: int, complete: Seal | None, floor: int) -> np.ndarray:
    """Return the rows that no seal names as this form does, in the order of their ids."""
    was = complete.form if complete else FORM
    # What is sealed in other columns by now, or for the first time, is looked for from the beginning.
    floors = {table: floor if leaves.is_same(table, was, FORM) else 0 for table in sorted(FORMS[FORM])}
    known: dict[str, list[np.ndarray]] = {}
    reaching = Seal.objects.of(workspace_id).filter(highest__gte=min(floors.values()))
    for one in reaching.order_by("number").iterator(chunk_size=100):
        for table, _, ids in leaves.by_table(one):
            if leaves.is_same(table, one.form, FORM):
                known.setdefault(table, []).append(ids[ids >= floors[table]])
    found = []
    for place, table in enumerate(floors):
        ids = leaves.ids_of(table, workspace_id, since=floors[table])
        if table in known:
            ids = np.setdiff1d(ids, np.concatenate(known[table]), assume_unique=False)
        rows = np.empty(len(ids), _PENDING)
        rows["id"], rows["table"] = ids, place
        found.append(rows)
    return np.sort(np.concatenate(found), order="id")


def _write(
    workspace_id: int,
    number: int,
    batch: np.ndarray,
    began: int,
    floor: int,
    *,
    is_complete: bool,
    at: datetime,
) -> Seal | None:
    """Write one seal; None where another process was first."""
    tables = sorted(FORMS[FORM])
    with transaction.atomic():
        hold(workspace_id)
        before = Seal.objects.of(workspace_id).order_by("number").last()
        if (before.number if before else 0) != number:
            return None
        wanted = {table: batch["id"][batch["table"] == place].tolist() for place, table in enumerate(tables)}
        for table, ids in _rewritten(workspace_id, wanted["redaction"]).items():
            wanted[table] = sorted({*wanted[table], *ids})
        seed = secrets.token_bytes(SEED_BYTES)
        counts, listed = {}, []
        salts = leaves.derived(seed, sum(map(len, wanted.values())))
        for table in tables:
            # What was taken away meanwhile was never sealed.
            rows = leaves.read(FORM, table, workspace_id, wanted[table]) if wanted[table] else {}
            for id in sorted(rows):
                listed.append((id, leaves.leaf(salts[len(listed)], table, rows[id])))
            if rows:
                counts[table] = len(rows)
        named = np.array(listed, LEAF)
        made = Seal(
            workspace_id=workspace_id, number=number + 1, at=at, form=FORM, began=began, floor=floor,
            is_complete=is_complete, counts=counts, rows=named.tobytes(), seed=seed,
            lowest=int(named["id"].min()) if listed else 0, highest=int(named["id"].max()) if listed else 0,
            previous=before.digest if before else "",
        )  # fmt: skip
        made.digest = leaves.digest(made)
        made.save(force_insert=True)
        _move_head(made)
    return made


def _rewritten(workspace_id: int, redactions: list[int]) -> dict[str, list[int]]:
    """Return the rows that Milepost rewrote, which are sealed once more as they are now."""
    found: dict[str, list[int]] = {}
    rows = Redaction.objects.of(workspace_id).filter(id__among=redactions, is_gone=False)
    for table, id in rows.values_list("table", "row_id") if redactions else ():
        found.setdefault(table, []).append(id)
    return found


def _move_head(made: Seal) -> None:
    heads = SealHead.objects.of(made.workspace_id)
    if not heads.update(number=made.number, digest=made.digest):
        SealHead.objects.create(workspace_id=made.workspace_id, number=made.number, digest=made.digest)
