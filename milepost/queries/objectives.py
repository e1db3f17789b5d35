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
from milepost.core.scoring import Kind, Verdict, band, expected_grade, grade, verdict
from milepost.core.states import Event, State, legal_events
from milepost.ledger.structure import KeyResultRow, ObjectiveRow
from milepost.models import Grade, Objective, ObjectiveVersion, Transition
from milepost.queries import alignments, comments, finals, history, initiatives
from milepost.queries.alignments import LinkCard
from milepost.queries.cards import KeyResultCard, ObjectiveCard, PersonCard, Reader
from milepost.queries.comments import CommentCard
from milepost.queries.finals import Final
from milepost.queries.initiatives import InitiativeCard
from milepost.queries.listed import Listed, behind

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
    below: Listed[LinkCard]
    initiatives: Listed[InitiativeCard]
    comments: Listed[CommentCard]
    history: Listed[history.Entry]
    began: date
    closing: Closing | None
    steps: tuple[str, ...]
    may_edit: bool
    may_add: bool


@dataclass(frozen=True, slots=True)
class Begin:
    """Where the lists of a page begin: behind what; nothing is their beginning."""

    below: str = ""
    initiatives: str = ""
    comments: str = ""
    history: str = ""


def page(reader: Reader, id: int, begin: Begin = Begin()) -> ObjectivePage:
    """Return the page of an objective, or NotFound."""
    row = reader.objective_row(id)
    kept = Objective.objects.of(reader.actor.workspace_id).get(id=row.id)
    may_edit = access.may_edit(reader.actor, reader.standing(row))
    listed = initiatives.of(reader, row, may_edit=may_edit)
    cycle = reader.cycle_of(row)
    may_change = may_edit and not State(row.state).is_on_record
    told = history.of_objective(reader, row, before=begin.history)
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
        above=tuple(alignments.above(reader, row, may_change)),
        below=alignments.below(reader, row, begin.below),
        initiatives=behind(listed, begin.initiatives, lambda one: one.id),
        comments=comments.discussion(reader, objective=row.id, before=begin.comments),
        history=told,
        began=told.entries[-1].on if told.onwards is None else history.began_on(reader, objective=row.id),
        closing=closing_of(reader, row),
        steps=steps(reader, row, may_edit),
        may_edit=may_change,
        may_add=may_change,
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
    if not State(row.state).is_on_record:
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
    for figure in (reader.day.near, reader.image.exact):
        listed, raw = finals.finals(
            reader.image, row.id, reader.policy, values=values or {}, on=reader.today, figure=figure
        )
        if raw is None or is_clear(float(raw)):
            break
    ended = {each.key_result.id: each for each in listed}
    shown, left_out = [], []
    for one in reader.key_results_of(row):
        card = reader.key_result(one, trend=False)
        if one.id in ended:
            shown.append(_final(card, ended[one.id]))
        else:
            left_out.append(card)
    whole = grade(Fraction(0) if raw is None else raw, reader.policy)
    cycle = reader.cycle_of(row)
    return ClosingPage(
        card=reader.objective(row, trends=False),
        finals=tuple(shown),
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


def takes_final_value(one: KeyResultRow) -> bool:
    """Say whether a key result ends with one number: not with milestones, periods or contributors."""
    kind = Kind(one.kind)
    return one.source == "check_ins" and not kind.is_list


def _final(card: KeyResultCard, ended: Final) -> FinalCard:
    takes = takes_final_value(ended.key_result)
    return FinalCard(card, takes, ended.raw, ended.grade, ended.band, ended.problem)
