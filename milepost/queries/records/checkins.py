"""Check-ins as programs read them: the ledger, entry by entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger.structure import KeyResultRow
from milepost.models import Checkin
from milepost.models.exact import plain
from milepost.queries.cards import Reader
from milepost.queries.records.sights import unseen
from milepost.queries.records.slices import Slice, Wanted, cut, written


@dataclass(frozen=True, slots=True)
class CheckinRecord:
    """An entry. `state`: standing, corrected, withdrawn, or withdrawal (it only takes another back).

    On a past day it is the state of then.

    `value` None says "no data"; milestones have `parts`, the done share of each.
    """

    id: str
    key_result: str
    objective: str
    value: str | None
    parts: tuple[str, ...] | None
    confidence: int | None
    note: str
    effective_at: datetime
    recorded_at: datetime
    by: str | None
    state: str
    corrects: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of check-ins is narrowed to; None does not narrow."""

    key_result: int | None = None
    objective: int | None = None
    by: int | None = None
    since: datetime | None = None  # recorded then or later
    until: datetime | None = None  # recorded earlier


ALL = Asked()


def slice_of(reader: Reader, wanted: Wanted, asked: Asked = ALL) -> Slice:
    """Return some of the check-ins, the latest recorded first."""
    _, key_results = unseen(reader)
    rows = reader.until(Checkin.objects.of(reader.actor.workspace_id), "recorded_at")
    if asked.key_result is not None:
        rows = rows.filter(key_result_id=asked.key_result)
    if asked.objective is not None:
        pool = reader.image.key_results_of.get(asked.objective, ())
        rows = rows.filter(key_result_id__in=[one.id for one in pool])
    rows = rows.exclude(key_results("key_result_id"))
    given = {"by_id": asked.by, "recorded_at__gte": asked.since, "recorded_at__lt": asked.until}
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    # Offered an order by id, SQLite walks back through everybody's check-ins to those of one key result.
    are_few = asked.key_result is not None or asked.objective is not None
    rows = rows.alias(place=F("id") + 0 if are_few else F("id"))
    if wanted.after is not None:
        rows = rows.filter(place__lt=wanted.after)
    kept, onwards = cut(rows.order_by("-place")[: wanted.size + 1], wanted, lambda row: row.id)
    return Slice(tuple(_records(reader, kept)), onwards)


def of(reader: Reader, key_result: int, wanted: Wanted) -> Slice:
    """Return some of a key result's check-ins, the latest recorded first, or NotFound."""
    return slice_of(reader, wanted, Asked(key_result=reader.key_result_row(key_result).id))


def one(reader: Reader, id: int) -> CheckinRecord:
    """Return one check-in, or NotFound."""
    row = Checkin.objects.of(reader.actor.workspace_id).filter(id=id).first()
    if row is None:
        raise NotFound
    reader.key_result_row(row.key_result_id)
    (record,) = _records(reader, [row])
    return record


def _records(reader: Reader, rows: list[Checkin]) -> Iterable[CheckinRecord]:
    after = dict(
        reader.until(Checkin.objects.of(reader.actor.workspace_id), "recorded_at")
        # By the index of corrections, which goes by key result: millions of rows correct nothing.
        .filter(key_result_id__in={row.key_result_id for row in rows}, corrects__isnull=False)
        .filter(corrects_id__in=[row.id for row in rows])
        .values_list("corrects_id", "is_withdrawn")
    )
    for row in rows:
        above: KeyResultRow | None = reader.image.key_results.get(row.key_result_id)
        if above is None:
            continue  # a file told it of a day on which the key result was not there yet
        yield CheckinRecord(
            id=encode(row.id),
            key_result=encode(row.key_result_id),
            objective=encode(above.objective_id),
            value=None if row.value is None else plain(row.value),
            parts=None if row.parts is None else tuple(row.parts),
            confidence=row.confidence,
            note=row.note,
            effective_at=row.effective_at,
            recorded_at=row.recorded_at,
            by=written(row.by_id),
            state=_state(row, after.get(row.id)),
            corrects=written(row.corrects_id),
        )


def _state(row: Checkin, taken_back: bool | None) -> str:
    if row.is_withdrawn:
        return "withdrawal"
    if taken_back is None:
        return "standing"
    return "withdrawn" if taken_back else "corrected"
