"""What the page of one objective needs to know, and its closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from milepost.core import access
from milepost.core.cadence import REOPEN_WITHIN_DAYS
from milepost.core.rollup import is_clear
from milepost.core.scoring import (
    Band,
    Kind,
    Part,
    Verdict,
    band,
    expected_grade,
    grade,
    roll_up,
    score,
    verdict,
)
from milepost.core.states import Event, State, legal_events
from milepost.ledger.structure import KeyResultRow, ObjectiveRow
from milepost.models import Grade, Objective, ObjectiveVersion, Transition
from milepost.queries import alignments, comments, history, initiatives
from milepost.queries.alignments import LinkCard
from milepost.queries.cards import KeyResultCard, ObjectiveCard, PersonCard, Reader
from milepost.queries.comments import CommentCard
from milepost.queries.initiatives import InitiativeCard

# Which steps a page offers, in the order of its menu, and the event each needs to be legal.
STEPS = (
    ("activation", Event.SUBMIT),
    ("activation", Event.COMMIT),
    ("activation", Event.START),
    ("closing", Event.END),
    ("closing", Event.GRADE),
    ("closing", Event.REFLECT),
    ("parking", Event.PARK),
    ("deferral", Event.DEFER),
    ("cancellation", Event.CANCEL),
    ("redrafting", Event.REDRAFT),
)


@dataclass(frozen=True, slots=True)
class GradeCard:
    """A grade as it was stored: `raw` None for published material and where there was no data."""

    number: int
    title: str
    raw: Fraction | None
    grade: Decimal
    band: str
    reason: str
    policy: str


@dataclass(frozen=True, slots=True)
class Closing:
    """How an objective ended."""

    whole: GradeCard
    parts: tuple[GradeCard, ...]
    verdict: Verdict
    learned: str
    on: date
    by: PersonCard | None


@dataclass(frozen=True, slots=True)
class ObjectivePage:
    """Everything the page of an objective shows; lists hold only what its reader may see."""

    card: ObjectiveCard
    description: str
    revision: int
    sponsor: PersonCard | None
    contributors: tuple[PersonCard, ...]
    visible_to: tuple[PersonCard, ...]
    cycle_begins: date
    cycle_ends: date | None
    success_from: Fraction
    above: tuple[LinkCard, ...]
    below: tuple[LinkCard, ...]
    initiatives: tuple[InitiativeCard, ...]
    comments: tuple[CommentCard, ...]
    history: tuple[history.Entry, ...]
    closing: Closing | None
    steps: tuple[str, ...]
    may_edit: bool
    may_add: bool


def page(reader: Reader, id: int) -> ObjectivePage:
    """Return the page of an objective, or NotFound."""
    row = reader.objective_row(id)
    kept = Objective.objects.of(reader.actor.workspace_id).get(id=row.id)
    may_edit = access.may_edit(reader.actor, reader.standing(row))
    listed = initiatives.of(reader, row, may_edit=may_edit)
    cycle = reader.cycle_of(row)
    is_open = row.state not in (State.CLOSED, State.GRADED)
    return ObjectivePage(
        card=reader.objective(row, initiatives=len(listed)),
        description=_description(reader, row, kept),
        revision=kept.revision,
        sponsor=reader.person(row.sponsor_id),
        contributors=_people(reader, row.contributors),
        visible_to=_people(reader, row.visible_to),
        cycle_begins=cycle.starts_on,
        cycle_ends=cycle.ends_on,
        success_from=expected_grade(row.commitment),
        above=tuple(alignments.above(reader, row, may_edit and is_open)),
        below=tuple(alignments.below(reader, row)),
        initiatives=listed,
        comments=comments.discussion(reader, objective=row.id),
        history=history.of_objective(reader, row),
        closing=closing_of(reader, row),
        steps=steps(reader, row, may_edit),
        may_edit=may_edit and is_open,
        may_add=may_edit and is_open,
    )


def _description(reader: Reader, row: ObjectiveRow, kept: Objective) -> str:
    if reader.known is None:
        return kept.description
    versions = reader.until(ObjectiveVersion.objects.of(reader.actor.workspace_id))
    return versions.filter(objective_id=row.id).order_by("at", "id").last().description


def _people(reader: Reader, ids: tuple[int, ...]) -> tuple[PersonCard, ...]:
    return tuple(card for card in map(reader.person, ids) if card is not None)


def steps(reader: Reader, row: ObjectiveRow, may_edit: bool) -> tuple[str, ...]:
    """Name the steps that an objective can take now, as far as the reader may take them."""
    legal = legal_events(State(row.state))
    found = dict.fromkeys(step for step, event in STEPS if event in legal) if may_edit else {}
    if row.state == State.CLOSED and access.may_oversee(reader.actor) and _closed_lately(reader, row):
        found["reopening"] = None
    return tuple(found)


def _closed_lately(reader: Reader, row: ObjectiveRow) -> bool:
    steps = Transition.objects.of(reader.actor.workspace_id).filter(
        objective_id=row.id, to_state=State.CLOSED
    )
    last = steps.order_by("-id").values_list("at", flat=True).first()
    if last is None:
        return False
    return reader.today - reader.local(last).date() <= timedelta(days=REOPEN_WITHIN_DAYS)


# -- forms -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ObjectiveForm:
    """An objective as its form is filled in: ids as numbers."""

    row: ObjectiveRow
    description: str
    revision: int


def form(reader: Reader, id: int) -> ObjectiveForm:
    """Return what the form of an objective begins with, or NotFound."""
    row = reader.objective_row(id)
    kept = Objective.objects.of(reader.actor.workspace_id).get(id=row.id)
    # What is shown is then never older than its revision, so nothing of others is written over unseen.
    reader.image.refresh(anew=True)
    row = reader.objective_row(id)
    return ObjectiveForm(row, kept.description, kept.revision)


# -- closing -----------------------------------------------------------------------------------------------


def closing_of(reader: Reader, row: ObjectiveRow) -> Closing | None:
    """Return the grades of a closed objective as they were stored; the latest closing stands."""
    if row.state not in (State.CLOSED, State.GRADED):
        return None
    stored: dict[int | None, Grade] = {}
    grades = reader.until(Grade.objects.of(reader.actor.workspace_id))
    for one in grades.filter(objective_id=row.id).order_by("id"):
        stored[one.key_result_id] = one
    whole = stored.pop(None, None)
    if whole is None:
        return None
    learned = whole.learned
    raw = Fraction(whole.raw) if whole.raw is not None else Fraction(whole.grade)
    if whole.reason == "all_weights_zero" and whole.raw is None:
        raw = None
    graded = [one for one in reader.key_results_of(row) if one.id in stored]
    return Closing(
        whole=_grade_card(row.id, row.title, whole),
        parts=tuple(_grade_card(one.id, one.title, stored[one.id]) for one in graded),
        verdict=verdict(row.commitment, raw, insight=bool(learned.strip()), policy=reader.policy),
        learned=learned,
        on=reader.local(whole.at).date(),
        by=reader.person(whole.by_id),
    )


def _grade_card(id: int, title: str, one: Grade) -> GradeCard:
    raw = None if one.raw is None else Fraction(one.raw)
    return GradeCard(id, title, raw, one.grade, band(one.grade).value, one.reason, one.policy)


@dataclass(frozen=True, slots=True)
class FinalCard:
    """A key result on the closing page: what it ends with and the grade that this gives."""

    card: KeyResultCard
    takes_value: bool
    raw: Fraction | None
    grade: Decimal | None
    band: str
    problem: str


@dataclass(frozen=True, slots=True)
class ClosingPage:
    card: ObjectiveCard
    finals: tuple[FinalCard, ...]
    left_out: tuple[KeyResultCard, ...]
    contributors: tuple[LinkCard, ...]
    raw: Fraction | None
    grade: Decimal
    band: str
    verdict: Verdict
    policy: str
    success_from: Fraction
    is_due: bool


def require_may_close(reader: Reader, id: int) -> None:
    """Raise NotFound for an objective out of sight, NotAllowed for one that the reader may not close."""
    standing = reader.standing(reader.objective_row(id))
    access.require(access.may_edit(reader.actor, standing), "close this objective")


def closing(
    reader: Reader, id: int, *, values: Mapping[int, Decimal] | None = None, learned: str = ""
) -> ClosingPage:
    """Return what closing an objective would give, with final values other than the last ones if named."""
    row = reader.objective_row(id)
    values = values or {}
    finals, left_out, parts = [], [], {}
    for one in reader.key_results_of(row):
        if not one.counts:
            left_out.append(reader.key_result(one, trend=False))
            continue
        final = _final(reader, one, values.get(one.id))
        finals.append(final)
        parts[one.id] = final.raw
    raw = _rolled_up(reader, row, parts)
    whole = grade(Fraction(0) if raw is None else raw, reader.policy)
    cycle = reader.cycle_of(row)
    return ClosingPage(
        card=reader.objective(row, trends=False),
        finals=tuple(finals),
        left_out=tuple(left_out),
        contributors=tuple(one for one in alignments.served_by(reader, row.id) if one.counts),
        raw=raw,
        grade=whole,
        band=band(whole, reader.policy).value,
        verdict=verdict(row.commitment, raw, insight=bool(learned.strip()), policy=reader.policy),
        policy=reader.policy.name,
        success_from=expected_grade(row.commitment),
        is_due=cycle.ends_on is not None and cycle.ends_on <= reader.today,
    )


def _rolled_up(reader: Reader, row: ObjectiveRow, finals: Mapping[int, Fraction | None]) -> Fraction | None:
    image = reader.image
    ids = [image.ids[child] for child, _ in image.pool.get(image.node[row.id], ())]
    raw = None
    for figure in (reader.day.near, image.exact):
        pool = [
            Part(weight=image.weight(id, row.id), raw=finals[id] if id in finals else figure(id))
            for id in ids
        ]
        raw = roll_up(pool, reader.policy).raw if pool else None
        if raw is None or is_clear(float(raw)):
            break
    return raw


def takes_final_value(one: KeyResultRow) -> bool:
    """Say whether a key result ends with one number: not with milestones, periods or contributors."""
    kind = Kind(one.kind)
    return one.source == "check_ins" and not kind.is_list


def _final(reader: Reader, one: KeyResultRow, value: Decimal | None) -> FinalCard:
    card = reader.key_result(one, trend=False)
    if one.source == "contributors":
        raw = reader.image.exact(one.id)
        graded = None if raw is None else grade(raw, reader.policy)
        word = Band.UNGRADED if graded is None else band(graded, reader.policy)
        return FinalCard(card, False, raw, graded, word.value, "" if raw is not None else "no_data_at_close")
    reading = reader.image.reading(one) if value is None else Fraction(value)
    if one.kind == Kind.BINARY and reading in (0, 1):
        reading = bool(reading)
    found = score(one.measure, reading, policy=reader.policy, closing=True)
    return FinalCard(
        card, takes_final_value(one), found.raw, found.grade, found.band.value, found.problem or ""
    )
