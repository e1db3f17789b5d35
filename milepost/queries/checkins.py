"""What a check-in did: the key result's new figures, and those of everything above it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

from milepost.core import addresses, numbers
from milepost.core.access import Actor
from milepost.core.ids import decode, encode
from milepost.core.pace import OPENING_CONFIDENCE, confidence_status
from milepost.core.problems import Invalid, NotFound
from milepost.core.scoring import Kind, Reading, expected_grade, is_far_out, plain, progress
from milepost.core.trends import Course
from milepost.ledger import image as images
from milepost.ledger.entries import Entry
from milepost.ledger.structure import KeyResultRow
from milepost.models import Checkin, Submission
from milepost.queries import courses
from milepost.queries.cards import KeyResultCard, Reader
from milepost.queries.records.figures import exact, rounded

NOTES = 3
COMPARED = 5_000  # keys among which one that is nearly right is looked for


@dataclass(frozen=True, slots=True)
class Moved:
    """An objective or key result with its progress as shown, before (where known) and now."""

    id: str
    kind: str
    title: str
    url: str
    before: str | None
    percent: str | None
    progress: float | None
    status: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The key result that was checked in, and its ancestors, nearest first."""

    key_result: Moved
    ancestors: tuple[Moved, ...]


def shown_before(actor: Actor, today: date, key_result_id: int) -> dict[int, str | None]:
    """Return what this process last showed of a key result and its ancestors; costs no statement."""
    image = images.held(actor.workspace_id)
    if image is None:
        return {}
    with image.lock:
        if key_result_id not in image.node:
            return {}
        day = image.on(today)
        return {id: day.percent(id) for id in (key_result_id, *image.ancestors(key_result_id))}


class FarOut(Invalid):
    """A value far outside the way from start to target: asked about once, for mostly it is a slip."""

    code = "far_out"

    def __init__(self, typed: str, read_as: str, card: KeyResultCard, value: Decimal) -> None:
        if card.kind == Kind.RANGE:
            where = f"outside {plain(card.low)} to {plain(card.high)}"
        elif card.start is None:
            where = f"from {plain(card.target)}"
        else:
            where = f"outside {plain(card.start)} → {plain(card.target)}"
        super().__init__(
            f"“{typed}” reads as {read_as}, far {where}.",
            field="value",
            remedy="Nothing is recorded yet. If it is right, save once more.",
        )
        self.value = format(value, "f")


def look_twice(actor: Actor, today: date, key_result_id: int, value: Decimal, typed: str) -> None:
    """Raise FarOut for a value that is likely a slip; costs no statement for any other."""
    image = images.held(actor.workspace_id)
    if image is not None:
        held = image.key_results.get(key_result_id)
        if held is None or not _is_far(held, value):
            return
    reader = Reader(actor, today)
    one = reader.key_result_row(key_result_id)
    if _is_far(one, value):
        card = reader.key_result(one, trend=False)
        raise FarOut(typed.strip(), value_text(one, Fraction(value)), card, value)


def _is_far(one: KeyResultRow, value: Decimal) -> bool:
    kind = Kind(one.kind)
    ends = (one.low, one.high) if kind is Kind.RANGE else (one.start, one.target)
    return is_far_out(kind, value, *(None if end is None else Decimal(end) for end in ends))


def outcome(
    actor: Actor, today: date, key_result_id: int, *, before: dict[int, str | None] | None = None
) -> Outcome:
    """Return what stands now, as far as the actor may see it."""
    reader = Reader(actor, today)
    with reader.image.lock:
        one = reader.key_result_row(key_result_id)
        return Outcome(
            _moved(reader, one.id, before),
            tuple(_moved(reader, id, before) for id in reader.image.ancestors(one.id) if reader.sees(id)),
        )


def _moved(reader: Reader, id: int, before: dict[int, str | None] | None) -> Moved:
    kind, address, row = "objective", addresses.objective, reader.image.objectives.get(id)
    if row is None:
        kind, address, row = "key_result", addresses.key_result, reader.image.key_results[id]
    return Moved(
        id=encode(id),
        kind=kind,
        title=row.title,
        url=address(reader.slug, id),
        before=(before or {}).get(id),
        percent=reader.day.percent(id),
        progress=rounded(reader.day.progress(id)),
        status=reader.day.status_of(id).word,
    )


@dataclass(frozen=True, slots=True)
class Note:
    """An earlier check-in, as the history shows it."""

    id: str
    day: date
    status: str
    value_text: str
    confidence: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Form:
    """What the check-in form of a key result begins with."""

    key_result: KeyResultCard
    action: str
    milestones: tuple[tuple[str, Fraction], ...]  # title, done share
    confidence: int
    success_from: Fraction  # the share of the way that counts as success: what the confidence is about
    aims_at: Fraction | None  # that share as a value, where there is a way to go
    plan_today: Fraction | None  # on the day of the entry, where one is corrected
    last_id: str | None
    is_binary: bool
    is_done: bool | None
    value: Fraction | None
    note: str = ""
    on: date | None = None


def named(reader: Reader, written: str) -> KeyResultRow:
    """Return the key result that an id or a key of the file names; raises NotFound, with what comes near."""
    rows = reader.image.key_results
    found = rows.get(decode(written))
    if found is None or not reader.sees(found.id):
        keys = {
            key: id for key, id in zip(rows.listed("key"), rows.ids.tolist(), strict=True) if reader.sees(id)
        }
        found = rows.get(keys.get(written))
    if found is None:
        near = get_close_matches(written, keys, n=3) if len(keys) <= COMPARED else []
        raise NotFound(
            f"There is no key result “{written}” that you may see.",
            remedy=f"Did you mean {' or '.join(near)}?"
            if near
            else "Its page and `milepost export` name its id.",
        )
    return found


def form(reader: Reader, one: KeyResultRow) -> Form:
    """Return what the check-in form of a key result begins with: its last value."""
    current = reader.image.entries.current(one.id)
    value = reader.image.entries.exact(current) if current else None
    return _form(reader, one, value, current.confidence if current else None, current.id if current else None)


def correction(reader: Reader, id: int) -> Form:
    """Return the form that corrects a check-in, or NotFound."""
    row = Checkin.objects.of(reader.actor.workspace_id).filter(id=id).first()
    if row is None:
        raise NotFound
    one = reader.key_result_row(row.key_result_id)
    value: Reading = None if row.value is None else Fraction(row.value)
    if row.parts is not None:
        value = tuple(Fraction(part) for part in row.parts)
    on = reader.local(row.effective_at).date()
    made = _form(reader, one, value, row.confidence, row.id, on)
    card = _as_read(one, made.key_result, made.value, made.plan_today)
    return replace(made, key_result=card, note=row.note, on=on)


def _as_read(
    one: KeyResultRow, card: KeyResultCard, value: Fraction | None, plan: Fraction | None
) -> KeyResultCard:
    """Return the card as one entry makes it: its value, and the plan of its day."""
    if not Kind(one.kind).is_on_a_line or value is None:
        return replace(card, now=value)
    shares = [None if at is None else float(progress(one.measure, at)) for at in (value, plan)]
    return replace(card, now=value, progress=shares[0], expected=shares[1])


def _form(
    reader: Reader,
    one: KeyResultRow,
    value: Reading,
    confidence: int | None,
    entry_id: int | None,
    on: date | None = None,
) -> Form:
    card = reader.key_result(one, trend=False)
    kind = Kind(one.kind)
    shares = value if isinstance(value, tuple) else (Fraction(0),) * len(one.milestones)
    course = courses.of(reader, one) if kind.is_on_a_line else None
    success = Fraction(expected_grade(reader.image.objectives[one.objective_id].commitment))
    return Form(
        key_result=card,
        action=addresses.checkins(reader.slug, one.id),
        milestones=tuple(zip((title for title, _ in one.milestones), shares, strict=False)),
        confidence=confidence or OPENING_CONFIDENCE,
        success_from=success,
        aims_at=_way(card, success) if kind.is_on_a_line else None,
        plan_today=_plan_today(course, on or reader.today),
        last_id=encode(entry_id) if entry_id else None,
        is_binary=kind is Kind.BINARY,
        is_done=None if value is None or kind is not Kind.BINARY else bool(value),
        value=value if isinstance(value, Fraction) else None,
    )


def _way(card: KeyResultCard, share: Fraction) -> Fraction | None:
    """Return the value at a share of the way from start to target."""
    if card.start is None or card.target is None:
        return None
    return _in_sight(card.start + share * (card.target - card.start), abs(card.target - card.start))


@dataclass(frozen=True, slots=True)
class Earlier:
    """A check-in that says what another one is about to say again."""

    id: str
    recorded_at: datetime
    value_text: str
    confidence: int | None
    note: str


def said_already(
    reader: Reader,
    one: KeyResultRow,
    *,
    value: Decimal | None,
    parts: list[Decimal] | None,
    confidence: int | None,
    note: str,
    on: date,
    submission: str | None,
) -> Earlier | None:
    """Return the reader's own check-in for the same day that says all of this, sent with another mark.

    A note that is left out says nothing new: a form made anew comes without it. Costs no statement as long
    as no value of that day is the same.
    """
    said: Reading = None if value is None else Fraction(value)
    if parts is not None:
        said = tuple(Fraction(part) for part in parts)
    entries = reader.image.entries
    same = [
        entry
        for entry in entries.series(one.id)
        if reader.day_of(entry.effective) == on
        and (entry.confidence or None) == confidence
        and entries.exact(entry) == said
    ]
    if not same:
        return None
    mine = Checkin.objects.of(reader.actor.workspace_id).filter(by_id=reader.actor.person_id)
    rows = mine.filter(id__in=[entry.id for entry in same]).order_by("-id")
    row = next((row for row in rows if note.strip() in ("", row.note)), None)
    if row is None or (submission is not None and _is_known(reader.actor, submission)):
        return None
    return Earlier(encode(row.id), row.recorded_at, value_text(one, said), row.confidence, row.note)


def _is_known(actor: Actor, submission: str) -> bool:
    mine = Submission.objects.of(actor.workspace_id).filter(person_id=actor.person_id, key=submission)
    return mine.exists()


def last_value(reader: Reader, one: KeyResultRow) -> tuple[Decimal | None, list[Decimal] | None]:
    """Return the last value, or the last share of each milestone, as a check-in takes them.

    Raises Invalid where nothing was checked in yet.
    """
    current = reader.image.entries.current(one.id)
    if current is None:
        raise Invalid(
            "There is no earlier value to keep.", field="value", remedy="Say where it stands today."
        )
    found = reader.image.entries.exact(current)
    if isinstance(found, tuple):
        return None, [Decimal(exact(part)) for part in found]
    return (None if found is None else Decimal(exact(found))), None


def last_text(reader: Reader, one: KeyResultRow) -> str:
    """Write the last value in words."""
    current = reader.image.entries.current(one.id)
    return value_text(one, None if current is None else reader.image.entries.exact(current))


def last_notes(reader: Reader, rows: Iterable[KeyResultRow]) -> dict[int, list[Note]]:
    """Return the latest entries that stand of each key result, newest first: one statement."""
    standing = [(one, reader.image.entries.series(one.id)[-NOTES:]) for one in rows]
    ids = [entry.id for _, entries in standing for entry in entries]
    here = Checkin.objects.of(reader.actor.workspace_id).filter(id__in=ids)
    texts = dict(here.values_list("id", "note")) if ids else {}
    return {
        one.id: [_note(reader, one, entry, texts) for entry in reversed(entries)] for one, entries in standing
    }


def _note(reader: Reader, one: KeyResultRow, entry: Entry, texts: Mapping[int, str]) -> Note:
    return Note(
        id=encode(entry.id),
        day=reader.day_of(entry.effective),
        status=confidence_status(entry.confidence) if entry.confidence else "no_data",
        value_text=value_text(one, reader.image.entries.exact(entry)),
        confidence=entry.confidence or None,
        note=texts.get(entry.id, ""),
    )


def value_text(one: KeyResultRow, value: Reading) -> str:
    """Write a reading in words."""
    if value is None:
        return "no data"
    if isinstance(value, tuple):
        return f"{sum(1 for share in value if share == 1)} of {len(value)} milestones"
    if one.kind == Kind.BINARY:
        return "done" if value else "not done"
    return numbers.with_unit(plain(value), value, one.unit)


def _plan_today(course: Course | None, today: date) -> Fraction | None:
    planned = course.plan_on(today) if course else None
    if planned is None:
        return None
    return _in_sight(planned, abs(Fraction(course.plan[-1].value) - Fraction(course.plan[0].value)))


def _in_sight(value: Fraction, span: Fraction) -> Fraction:
    """Round a planned value to what one sees of it: a hundredth of the way from start to target."""
    places = 2
    while places < 12 and span and span * 10**places < 100:
        places += 1
    return round(value, places)
