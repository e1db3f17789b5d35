"""What the page of one key result needs to know, and its form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile

from django.db.models import Q

from milepost.core import access, addresses
from milepost.core.cadence import Window, elapsed
from milepost.core.ids import decode, encode
from milepost.core.pace import expected, pace
from milepost.core.scoring import Explanation, Kind, expected_grade, score
from milepost.core.states import KeyResultState, State
from milepost.core.trends import Course, Point
from milepost.ledger import image as images
from milepost.ledger.structure import KeyResultRow, ObjectiveRow
from milepost.models import Checkin, KeyResult, KeyResultVersion
from milepost.queries import alignments, comments, courses, explanations, history, initiatives
from milepost.queries.alignments import LinkCard
from milepost.queries.cards import KeyResultCard, PersonCard, Reader, TeamCard
from milepost.queries.checkins import value_text
from milepost.queries.comments import CommentCard
from milepost.queries.initiatives import InitiativeCard
from milepost.queries.listed import LISTED, Listed, behind, cut


@dataclass(frozen=True, slots=True)
class EntryCard:
    """A check-in in the history of a key result; `state` is standing, corrected or withdrawn."""

    id: str
    on: date
    recorded_on: date
    at: datetime
    status: str
    progress: Fraction | None
    value: Decimal | None
    parts: tuple[Decimal, ...]
    confidence: int | None
    note: str
    by: PersonCard | None
    state: str
    corrects_on: date | None
    may_correct: bool
    mended: Mended | None = None  # after the day looked at


@dataclass(frozen=True, slots=True)
class Begin:
    """Where the lists of a page begin: behind what; nothing is their beginning."""

    checkins: str = ""
    served_by: str = ""
    initiatives: str = ""
    comments: str = ""
    history: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached, kept or got through, with the parts that only some kinds have."""

    floor: Decimal | None
    tolerance: Decimal | None
    direction: str | None
    milestones: tuple[tuple[str, Decimal, Fraction | None], ...]  # (title, weight, done)


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a check-in after the day looked at: it was corrected, or taken back."""

    is_withdrawn: bool
    on: date


@dataclass(frozen=True, slots=True)
class Hindsight:
    """What is known now about a past day, and was not then: the value, and when it was recorded.

    Of a series there is no one value: what it comes to is its progress.
    """

    value: str
    progress: Fraction | None
    recorded_on: date | None  # None: what was known then was taken back, or it is a series


@dataclass(frozen=True, slots=True)
class KeyResultPage:
    """Everything the page of a key result shows."""

    card: KeyResultCard
    objective: tuple[str, str]  # (title, address)
    objective_id: str
    objective_state: str
    commitment: str
    team: TeamCard | None
    description: str
    data_source: str
    source: str
    curve: str
    window: Window
    revision: int
    explanation: Explanation | None
    course: Course | None
    target: Target
    ledger: Listed[EntryCard]  # newest first; `total` counts those neither corrected nor withdrawn
    hindsight: Hindsight | None
    history: Listed[history.Entry]
    began: date
    initiatives: Listed[InitiativeCard]
    served_by: Listed[LinkCard]
    comments: Listed[CommentCard]
    visible_to: tuple[PersonCard, ...]
    visibility: str | None
    may_edit: bool
    may_change_state: bool
    may_check_in: bool
    why_not: str


def _hindsight(reader: Reader, one: KeyResultRow) -> Hindsight | None:
    """Return what a past day comes to by what was learned later; None where that is the same."""
    if reader.known is None or one.source == "contributors":
        return None
    then = reader.image.entries.current(one.id)
    living = images.of(reader.actor.workspace_id)
    told = living.entries.until([one.id], int(reader.known.timestamp()))[one.id]
    if Kind(one.kind).is_series:
        series = reader.image.entries.series(one.id)
        if [entry.id for entry in told] == [entry.id for entry in series]:
            return None
        was = score(one.measure, reader.image.read(one, series), policy=reader.policy).raw
        comes_to = score(one.measure, living.read(one, told), policy=reader.policy).raw
        return None if comes_to == was else Hindsight("", comes_to, None)
    now = told[-1] if told else None
    value, before = (None if entry is None else reader.image.entries.exact(entry) for entry in (now, then))
    if value == before:
        return None
    if one.kind == Kind.BINARY and value in (0, 1):
        value = bool(value)
    return Hindsight(
        value=value_text(one, value),
        progress=score(one.measure, value, policy=reader.policy).raw,
        recorded_on=None if now is None else reader.day_of(now.recorded),
    )


def _mended(reader: Reader, one: KeyResultRow, listed: list[int]) -> dict[int, Mended]:
    """Return what became after a past day of check-ins that stood on it, by id: of today there is none."""
    if reader.known is None:
        return {}
    rows = Checkin.objects.of(reader.actor.workspace_id).filter(
        corrects__in=listed,
        corrects__recorded_at__lt=reader.known,
        corrects__effective_at__lt=reader.known,
        key_result_id=one.id,
        recorded_at__gte=reader.known,
    )
    return {
        corrects: Mended(is_withdrawn, reader.local(at).date())
        for corrects, is_withdrawn, at in rows.values_list("corrects_id", "is_withdrawn", "recorded_at")
    }


def page(reader: Reader, id: int, begin: Begin = Begin()) -> KeyResultPage:
    """Return the page of a key result, or NotFound."""
    one = reader.key_result_row(id)
    row = reader.image.objectives[one.objective_id]
    kept = KeyResult.objects.of(reader.actor.workspace_id).get(id=one.id)
    worded = _worded(reader, kept)
    standing = reader.standing(row, one)
    may_check_in = access.may_check_in(reader.actor, standing)
    is_open = not State(row.state).is_on_record
    may_edit = access.may_edit_key_result(reader.actor, standing) and is_open
    whole_may_edit = access.may_edit(reader.actor, standing)
    why_not = _why_not(reader, row, one)
    rows, onwards, begins = _rows(reader, one, begin.checkins)
    entries = _entries(reader, row, one, rows, may_correct=may_check_in and not why_not)
    standing_entries = len(reader.image.entries.series(one.id))
    ledger = Listed(entries=entries, total=standing_entries, onwards=onwards, begins=begins)
    doing = initiatives.of(reader, row, may_edit=whole_may_edit, key_result=one.id)
    told = history.of_key_result(reader, one, before=begin.history)
    return KeyResultPage(
        card=reader.key_result(one, trend=False),
        objective=(row.title, addresses.objective(reader.slug, row.id)),
        objective_id=encode(row.id),
        objective_state=row.state,
        commitment=row.commitment,
        team=reader.team(row.team_id),
        description=worded.description,
        data_source=worded.data_source,
        source=one.source,
        curve=one.curve,
        window=reader.window(one),
        revision=kept.revision,
        explanation=explanations.of_key_result(reader, one),
        course=_course(reader, one, ledger),
        hindsight=_hindsight(reader, one),
        target=_target(reader, one),
        ledger=ledger,
        history=told,
        began=told.entries[-1].on
        if told.onwards is None
        else history.began_on(reader, objective=row.id, key_result=one.id),
        initiatives=behind(doing, begin.initiatives, lambda each: each.id),
        served_by=alignments.serving(reader, one.id, begin.served_by),
        comments=comments.discussion(reader, key_result=one.id, before=begin.comments),
        visible_to=tuple(filter(None, map(reader.person, one.visible_to))),
        visibility=one.visibility,
        may_edit=may_edit,
        may_change_state=whole_may_edit and is_open,
        may_check_in=may_check_in,
        why_not=why_not,
    )


def _worded(reader: Reader, kept: KeyResult) -> KeyResult | KeyResultVersion:
    """Return the row that says how it was described on the day looked at."""
    if reader.known is None:
        return kept
    versions = reader.until(KeyResultVersion.objects.of(reader.actor.workspace_id))
    return versions.filter(key_result_id=kept.id).order_by("at", "id").last()


def _why_not(reader: Reader, row: ObjectiveRow, one: KeyResultRow) -> str:
    """Say why it takes no check-ins; nothing where it does."""
    if one.source == "contributors":
        return "Its value comes from the objectives that contribute to it."
    if not KeyResultState(one.state).takes_checkins:
        return f"This key result is {one.state}, so it takes no check-ins."
    if row.state == State.COMMITTED:
        begins = reader.cycle_of(row).starts_on
        return "" if begins <= reader.today else f"Its cycle begins on {history.day(begins)}."
    if State(row.state).takes_checkins:
        return ""
    return f"Its objective is {row.state.replace('_', ' ')}, so it takes no check-ins."


def _target(reader: Reader, one: KeyResultRow) -> Target:
    current = reader.image.entries.current(one.id)
    done = reader.image.entries.exact(current) if current is not None else None
    shares = done if isinstance(done, tuple) and len(done) == len(one.milestones) else None
    return Target(
        floor=_number(one.floor),
        tolerance=_number(one.tolerance),
        direction=one.direction,
        milestones=tuple(
            (title, Decimal(weight), shares[place] if shares else None)
            for place, (title, weight) in enumerate(one.milestones)
        ),
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


# -- the ledger as it reads --------------------------------------------------------------------------------


def _rows(reader: Reader, one: KeyResultRow, before: str) -> tuple[list[Checkin], str | None, bool | None]:
    """Read a page of the ledger, newest first; say where the next begins, and whether it begins as asked."""
    known = reader.until(Checkin.objects.of(reader.actor.workspace_id), "recorded_at")
    rows = known.filter(key_result_id=one.id)
    begins = None
    if before:
        last = rows.filter(id=decode(before)).values_list("effective_at", "id").first()
        begins = last is not None
        if last is not None:
            # The first half lets the index lead there.
            rows = rows.filter(effective_at__lte=last[0]).exclude(effective_at=last[0], id__gte=last[1])
    # What takes an entry back stands beside that entry.
    asked = rows.filter(is_withdrawn=False).order_by("-effective_at", "-id")[: LISTED + 1]
    return *cut(asked, lambda row: encode(row.id)), begins


def _entries(
    reader: Reader, row: ObjectiveRow, one: KeyResultRow, rows: list[Checkin], *, may_correct: bool
) -> tuple[EntryCard, ...]:
    mended = _mended(reader, one, [each.id for each in rows])
    after, of = _corrections(reader, one, rows)
    found, so_far = [], _so_far(reader, one, rows)
    for each in reversed(rows):
        on = reader.local(each.effective_at).date()
        state = "standing" if each.id not in after else ("withdrawn" if after[each.id] else "corrected")
        progress, status = None, "no_data"
        if state == "standing":
            if each.value is not None:
                so_far[on] = Fraction(each.value)
            progress, status = _judged(reader, row, one, each, so_far, on)
        found.append(
            EntryCard(
                id=encode(each.id),
                on=on,
                recorded_on=reader.local(each.recorded_at).date(),
                at=each.effective_at,
                status=status,
                progress=progress,
                value=each.value,
                parts=tuple(Decimal(part) for part in each.parts or ()),
                confidence=each.confidence,
                note=each.note,
                by=reader.person(each.by_id),
                state=state,
                corrects_on=of.get(each.corrects_id),
                may_correct=may_correct and state == "standing",
                mended=mended.get(each.id),
            )
        )
    found.reverse()
    return tuple(found)


def _corrections(
    reader: Reader, one: KeyResultRow, rows: list[Checkin]
) -> tuple[dict[int, bool], dict[int, date]]:
    """Say which rows were corrected (False) or withdrawn (True), and the days of those that they correct.

    Costs a statement only where there is one of either.
    """
    stand = {entry.id for entry in reader.image.entries.series(one.id)}
    corrected = {each.corrects_id for each in rows if each.corrects_id is not None}
    gone = [each.id for each in rows if each.id not in stand]
    if not corrected and not gone:
        return {}, {}
    known = reader.until(Checkin.objects.of(reader.actor.workspace_id), "recorded_at")
    others = known.filter(Q(corrects_id__in=gone) | Q(id__in=corrected), key_result_id=one.id)
    after, of = {}, {}
    for id, corrects, is_withdrawn, at in others.values_list(
        "id", "corrects_id", "is_withdrawn", "effective_at"
    ):
        of[id] = reader.local(at).date()
        if corrects is not None:
            after[corrects] = is_withdrawn
    return after, of


def _so_far(reader: Reader, one: KeyResultRow, rows: list[Checkin]) -> dict[date, Fraction]:
    """Return by day what a series came to before the oldest of the rows; nothing for a kind that is none."""
    if not rows or not Kind(one.kind).is_series:
        return {}
    entries, listed = reader.image.entries, {each.id for each in rows}
    earlier = takewhile(lambda entry: entry.id not in listed, entries.series(one.id))
    exact = ((reader.day_of(entry.effective), entries.exact(entry)) for entry in earlier)
    return {on: value for on, value in exact if value is not None}


def _judged(
    reader: Reader,
    row: ObjectiveRow,
    one: KeyResultRow,
    each: Checkin,
    so_far: dict[date, Fraction],
    on: date,
) -> tuple[Fraction | None, str]:
    """Say how far it was with this entry, and how that compared with the plan of its day."""
    kind = Kind(one.kind)
    reading: object
    if kind is Kind.MILESTONES:
        reading = tuple(Fraction(part) for part in each.parts or ()) or None
    elif each.value is None:
        reading = None
    elif kind.is_series:
        reading = tuple(so_far.values())
    elif kind is Kind.BINARY and each.value in (0, 1):
        reading = bool(each.value)
    else:
        reading = Fraction(each.value)
    raw = score(one.measure, reading, policy=reader.policy).raw
    gone = elapsed(reader.window(one), on)
    needed = expected(courses.curve_of(one), gone) * expected_grade(row.commitment)
    return raw, pace(raw, needed, elapsed=gone, checkins=1).status.value


def _course(reader: Reader, one: KeyResultRow, ledger: Listed[EntryCard]) -> Course | None:
    """Return the full course: exact values, and the entries that were corrected later."""
    course = courses.of(reader, one, full=True)
    if course is None:
        return None
    return replace(course, points=[*course.points, *_corrected(reader, one, ledger)])


def _corrected(reader: Reader, one: KeyResultRow, ledger: Listed[EntryCard]) -> list[Point]:
    """Return the entries that were corrected later; where the page lists only some entries, the latest."""
    if ledger.is_whole:
        return [
            Point(entry.on, Fraction(entry.value), corrected=True)
            for entry in ledger.entries
            if entry.state == "corrected" and entry.value is not None
        ]
    known = reader.until(Checkin.objects.of(reader.actor.workspace_id), "recorded_at")
    rows = known.filter(
        key_result_id=one.id, corrects__isnull=False, is_withdrawn=False, corrects__value__isnull=False
    )
    latest = rows.order_by("-id").values_list("corrects__effective_at", "corrects__value")[:LISTED]
    return [Point(reader.local(at).date(), Fraction(value), corrected=True) for at, value in latest]


# -- forms -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyResultForm:
    """A key result as its form begins: what the image holds, and what only the table does."""

    row: KeyResultRow
    objective: ObjectiveRow
    description: str
    data_source: str
    revision: int


def form(reader: Reader, id: int) -> KeyResultForm:
    """Return what the form of a key result begins with, or NotFound."""
    one = reader.key_result_row(id)
    kept = KeyResult.objects.of(reader.actor.workspace_id).get(id=one.id)
    # What is shown is then never older than its revision, so nothing of others is written over unseen.
    reader.image.refresh(anew=True)
    one = reader.key_result_row(id)
    row = reader.image.objectives[one.objective_id]
    return KeyResultForm(one, row, kept.description, kept.data_source, kept.revision)
