"""A person's week and their sweep as programs read them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from milepost.core.ids import encode
from milepost.queries.checkins import Note
from milepost.queries.records.cards import KeyResultCardRecord, key_result
from milepost.queries.records.figures import exact, rounded
from milepost.queries.records.slices import Slice
from milepost.queries.sweep import Step
from milepost.queries.week import CycleCard, Mine, Moved, Week


@dataclass(frozen=True, slots=True)
class DueRecord:
    """A key result to be checked in; `context` is its team, or the company; `by`: number, choice or page."""

    key_result: KeyResultCardRecord
    context: str
    by: str


@dataclass(frozen=True, slots=True)
class CycleNowRecord:
    """The cycle on the day; of the `owned` objectives that count, `on_track` are so or achieved."""

    name: str
    starts_on: date
    ends_on: date | None
    words: str
    days_left: int | None
    gone: float | None
    grading_opens_on: date | None
    on_track: int
    owned: int


@dataclass(frozen=True, slots=True)
class MovedRecord:
    """A key result that moved: shares before and after, and what was said about it."""

    title: str
    url: str
    status: str
    before: float | None
    after: float | None
    note: str
    by: str | None
    by_name: str
    on: date


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """Something that waits for you: a draft, a closing, somebody's question."""

    title: str
    url: str
    sentence: str


@dataclass(frozen=True, slots=True)
class MineRecord:
    """An objective that you work on, in short."""

    id: str
    title: str
    url: str
    status: str
    progress: float | None
    expected: float | None
    is_owner: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class WeekRecord:
    """Your week: what is due, what moved near your work since a day, what waits for you, your objectives."""

    day: date
    since: date
    due: tuple[DueRecord, ...]
    next_due_on: date | None
    cycle: CycleNowRecord | None
    moved: tuple[MovedRecord, ...]
    waiting: tuple[WaitingRecord, ...]
    objectives: tuple[MineRecord, ...]


@dataclass(frozen=True, slots=True)
class NoteOfRecord:
    """An earlier check-in, with its value in words."""

    id: str
    on: date
    value: str
    confidence: int | None
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A key result of the sweep with what one needs to judge it.

    `success_at` is the value that counts as success, `planned` where the plan says it should be today;
    `trouble` counts the weeks in a row, from three on, in which its owner was not sure of it.
    """

    id: str
    key_result: KeyResultCardRecord
    objective: str
    objective_title: str
    team_name: str | None
    success_at: str | None
    planned: str | None
    trouble: int
    notes: tuple[NoteOfRecord, ...]


def of_week(found: Week, day: date) -> WeekRecord:
    """Return a person's week."""
    return WeekRecord(
        day=day,
        since=found.since,
        due=tuple(DueRecord(key_result(one.card), one.context, one.by) for one in found.due),
        next_due_on=found.next_due_on,
        cycle=found.cycle and _cycle(found.cycle),
        moved=tuple(map(_moved, found.moved)),
        waiting=tuple(WaitingRecord(one.title, one.url, one.sentence) for one in found.waiting),
        objectives=tuple(map(_mine, found.objectives)),
    )


def of_sweep(steps: list[Step]) -> Slice:
    """Return the whole sweep, the one that waits longest first."""
    return Slice(tuple(map(_step, steps)), None)


def _cycle(card: CycleCard) -> CycleNowRecord:
    return CycleNowRecord(
        name=card.name,
        starts_on=card.starts_on,
        ends_on=card.ends_on,
        words=card.words,
        days_left=card.days_left,
        gone=rounded(card.gone),
        grading_opens_on=card.grading_opens_on,
        on_track=card.on_track,
        owned=card.owned,
    )


def _moved(one: Moved) -> MovedRecord:
    return MovedRecord(
        title=one.title,
        url=one.url,
        status=one.status,
        before=rounded(one.before),
        after=rounded(one.after),
        note=one.note,
        by=encode(one.by.id) if one.by.id else None,
        by_name=one.by.name,
        on=one.on,
    )


def _mine(one: Mine) -> MineRecord:
    return MineRecord(
        id=one.id,
        title=one.title,
        url=one.url,
        status=one.status,
        progress=rounded(one.progress),
        expected=rounded(one.expected),
        is_owner=one.is_owner,
        is_private=one.is_private,
    )


def _step(one: Step) -> StepRecord:
    form = one.form
    return StepRecord(
        id=form.key_result.id,
        # The form's card comes without its course, which the step has beside it.
        key_result=key_result(replace(form.key_result, trend=one.course)),
        objective=one.objective_id,
        objective_title=one.objective,
        team_name=one.team,
        success_at=exact(form.aims_at),
        planned=exact(form.plan_today),
        trouble=one.trouble,
        notes=tuple(map(_note, one.notes)),
    )


def _note(note: Note) -> NoteOfRecord:
    return NoteOfRecord(note.id, note.day, note.value_text, note.confidence, note.status, note.note)
