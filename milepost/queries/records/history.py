"""Who changed what, from what to what, when and why, as programs read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from milepost.core.ids import encode
from milepost.queries import history
from milepost.queries.cards import Reader
from milepost.queries.hindsight import Learned
from milepost.queries.history import Difference, Entry
from milepost.queries.listed import Listed
from milepost.queries.records.figures import rounded
from milepost.queries.records.slices import Slice, Wanted, in_place, written


@dataclass(frozen=True, slots=True)
class DifferenceRecord:
    """What was one thing and became another, in words; a long text only says that it was rewritten."""

    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A change: `text` says what was done, `about` to what, where that is not the thing itself.

    `by` null is the system, or a file.
    """

    at: datetime
    by: str | None
    by_name: str | None
    text: str
    about: str | None
    differences: tuple[DifferenceRecord, ...]
    reason: str
    may_undo: bool


@dataclass(frozen=True, slots=True)
class ReassessedRecord:
    """An objective's progress of a day: `then` as it stood, `now` as it is known; 1 is done, null no data."""

    id: str
    title: str
    then: float | None
    now: float | None


@dataclass(frozen=True, slots=True)
class LearnedRecord:
    """What became known of a day only later: `late` check-ins for it or before it, `corrected` ones.

    `moved` are the objectives whose figures of that day they change, the highest first; above 500 key results
    only the check-ins are counted.
    """

    day: date
    late: int
    corrected: int
    moved: tuple[ReassessedRecord, ...]


def of_objective(reader: Reader, id: int, wanted: Wanted) -> Slice:
    """Return some of an objective's history with that of its key results, newest first, or NotFound."""
    row, before = reader.objective_row(id), written(wanted.after) or ""
    return _slice(history.of_objective(reader, row, before=before, size=wanted.size))


def of_key_result(reader: Reader, id: int, wanted: Wanted) -> Slice:
    """Return some of how a key result's definition changed, newest first, or NotFound."""
    row, before = reader.key_result_row(id), written(wanted.after) or ""
    return _slice(history.of_key_result(reader, row, before=before, size=wanted.size))


def learned(reader: Reader, found: Learned | None) -> LearnedRecord:
    """Return what became known of the reader's day only later."""
    if found is None:
        return LearnedRecord(reader.today, 0, 0, ())
    moved = (
        ReassessedRecord(encode(one.id), one.title, rounded(one.then.progress), rounded(one.now.progress))
        for one in found.moved
    )
    return LearnedRecord(found.on, found.late, found.corrected, tuple(moved))


def differences(found: Iterable[Difference]) -> tuple[DifferenceRecord, ...]:
    """Return what differed."""
    return tuple(DifferenceRecord(one.label, one.before, one.after) for one in found)


def _slice(found: Listed[Entry]) -> Slice:
    return Slice(tuple(map(_record, in_place(found).entries)), found.onwards)


def _record(one: Entry) -> ChangeRecord:
    return ChangeRecord(
        at=one.at.astimezone(UTC),
        by=one.by and encode(one.by.id),
        by_name=one.by and one.by.name,
        text=one.words,
        about=one.about and one.about[0],
        differences=differences(one.differences),
        reason=one.reason,
        may_undo=bool(one.undo_url),
    )
