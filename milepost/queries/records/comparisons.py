"""Two days side by side, as programs read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from milepost.core.ids import encode
from milepost.core.scoring import ShiftExplanation
from milepost.queries.cards import KeyResultCard, ObjectiveCard
from milepost.queries.comparisons import Comparison, KeyResultPair, ObjectivePair
from milepost.queries.drifts import Drift, Drifted, Verdict
from milepost.queries.records.figures import exact, rounded
from milepost.queries.records.history import DifferenceRecord, differences
from milepost.queries.records.team_pages import SummaryRecord, summary
from milepost.queries.sentences import Sentence


@dataclass(frozen=True, slots=True)
class SideRecord:
    """How a thing stood at the end of a day; `value` and `confidence` are those of its last check-in."""

    state: str
    status: str
    progress: float | None
    value: str | None
    target: str | None
    confidence: int | None
    weight: str | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """What someone wrote with a check-in between the two days."""

    by: str | None
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class CheckinsRecord:
    """The check-ins recorded between the two days; `late` are for the first day or before it.

    `count` are new ones; `corrections` and `withdrawals` mend earlier ones.
    """

    count: int
    corrections: int
    withdrawals: int
    late: int
    notes: tuple[NoteRecord, ...]


@dataclass(frozen=True, slots=True)
class VerdictRecord:
    """How a day judged something, and by which figures."""

    on: date
    status: str
    because: str


@dataclass(frozen=True, slots=True)
class DriftRecord:
    """Something that stands as it stood and is judged otherwise by time alone."""

    id: str
    title: str
    before: VerdictRecord
    after: VerdictRecord


@dataclass(frozen=True, slots=True)
class DriftedRecord:
    """An objective to which nothing was done, and how it and its key results are judged otherwise.

    `own` is null where only key results are.
    """

    id: str
    title: str
    own: DriftRecord | None
    key_results: tuple[DriftRecord, ...]


@dataclass(frozen=True, slots=True)
class KeyResultPairRecord:
    """A key result on both days; a side is null where it was not there yet, or no longer.

    `why` is of one that its contributors make up, on both days.
    """

    id: str
    title: str
    before: SideRecord | None
    after: SideRecord | None
    points: float | None
    differences: tuple[DifferenceRecord, ...]
    check_ins: CheckinsRecord
    why: WhyRecord | None


@dataclass(frozen=True, slots=True)
class ShiftRecord:
    """What one part of the pool adds to its objective on both days, in points of 100; `id` null: hidden."""

    id: str | None
    label: str
    before: str
    before_how: str
    after: str
    after_how: str
    points: str


@dataclass(frozen=True, slots=True)
class WhyRecord:
    """The difference as arithmetic: the points of the parts add up. `exact` is it as a fraction of 1."""

    parts: tuple[ShiftRecord, ...]
    before: str
    after: str
    points: str
    exact: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToldRecord:
    """Something that was done between the two days."""

    id: str
    kind: str
    at: datetime
    by: str | None
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class ObjectivePairRecord:
    """An objective on both days; `points` of 100 lie between, `why` says what they are made of.

    Of a whole tree `why` is null: ask for the objective's own comparison.
    Where its status differs, `below` are the ids of what contributes to it and has changed, besides by time.
    """

    id: str
    title: str
    before: SideRecord | None
    after: SideRecord | None
    points: float | None
    differences: tuple[DifferenceRecord, ...]
    key_results: tuple[KeyResultPairRecord, ...]
    why: WhyRecord | None
    events: tuple[ToldRecord, ...]
    below: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparisonRecord:
    """Two days side by side. `objectives` are those that differ, what moved most first.

    `more` differ less and are not listed. What time alone changed stands in `drifted`, and `more_drifted`
    are not listed; `unmoved` are the same on both days. `places` tell what became of teams and cycles:
    teams founded or put below another one, new names, cycles made, their other days, closing and opening
    again; of one team the cycles of its objectives, and who joined and left.
    """

    before: date
    after: date
    summary_before: SummaryRecord | None
    summary_after: SummaryRecord | None
    objectives: tuple[ObjectivePairRecord, ...]
    more: int
    unmoved: tuple[str, ...]
    places: tuple[DifferenceRecord, ...]
    drifted: tuple[DriftedRecord, ...]
    more_drifted: int


def record(found: Comparison) -> ComparisonRecord:
    """Return a comparison as programs read it."""
    before, after = found.summaries or (None, None)
    return ComparisonRecord(
        before=found.before,
        after=found.after,
        summary_before=before and summary(before),
        summary_after=after and summary(after),
        objectives=tuple(map(_objective, found.objectives)),
        more=found.more,
        unmoved=tuple(one.id for one in found.unmoved),
        places=differences(found.places),
        drifted=tuple(map(_drifted, found.drifted)),
        more_drifted=found.more_drifted,
    )


def _drifted(one: Drifted) -> DriftedRecord:
    return DriftedRecord(one.id, one.title, one.own and _drift(one.own), tuple(map(_drift, one.key_results)))


def _drift(one: Drift) -> DriftRecord:
    return DriftRecord(one.id, one.title, _verdict(one.before), _verdict(one.after))


def _verdict(one: Verdict) -> VerdictRecord:
    return VerdictRecord(one.on, one.status, one.because)


def _objective(pair: ObjectivePair) -> ObjectivePairRecord:
    return ObjectivePairRecord(
        id=pair.id,
        title=pair.title,
        before=pair.before and _side(pair.before),
        after=pair.after and _side(pair.after),
        points=rounded(pair.points),
        differences=differences(pair.differences),
        key_results=tuple(map(_key_result, pair.key_results)),
        why=pair.shifts and _why(pair.shifts),
        events=tuple(map(_told, pair.told)),
        below=tuple(one.id for one in pair.below),
    )


def _key_result(pair: KeyResultPair) -> KeyResultPairRecord:
    checkins = pair.checkins
    notes = tuple(NoteRecord(note.by and encode(note.by.id), note.on, note.text) for note in checkins.notes)
    return KeyResultPairRecord(
        id=pair.id,
        title=pair.title,
        before=pair.before and _side(pair.before),
        after=pair.after and _side(pair.after),
        points=rounded(pair.points),
        differences=differences(pair.differences),
        check_ins=CheckinsRecord(
            checkins.count, checkins.corrections, checkins.withdrawals, checkins.late, notes
        ),
        why=pair.shifts and _why(pair.shifts),
    )


def _side(card: ObjectiveCard | KeyResultCard) -> SideRecord:
    measured = isinstance(card, KeyResultCard)
    return SideRecord(
        state=card.state,
        status=card.status,
        progress=rounded(card.progress),
        value=exact(card.now) if measured and not isinstance(card.now, float) else None,
        target=exact(card.target) if measured else None,
        confidence=card.confidence if measured else None,
        weight=exact(card.weight) if measured else None,
        owner=card.owner and encode(card.owner.id),
    )


def _why(found: ShiftExplanation) -> WhyRecord:
    return WhyRecord(
        parts=tuple(
            ShiftRecord(
                line.ref and encode(line.ref),
                line.label,
                line.before,
                line.before_how,
                line.after,
                line.after_how,
                line.points,
            )
            for line in found.lines
        ),
        before=found.before,
        after=found.after,
        points=found.points,
        exact=exact(found.exact),
        notes=found.notes,
    )


def _told(one: Sentence) -> ToldRecord:
    at = one.at.astimezone(UTC)
    return ToldRecord(one.id, one.kind, at, encode(one.by.id) if one.by.id else None, one.text, one.note)
