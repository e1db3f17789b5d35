"""What the page of one objective needs to know, and its closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from milepost.core import access, addresses
from milepost.core.cadence import REOPEN_WITHIN_DAYS
from milepost.core.ids import encode
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
from milepost.models import Alignment, Comment, Grade, Initiative, Objective, ObjectiveVersion, Transition
from milepost.queries import history
from milepost.queries.cards import KeyResultCard, ObjectiveCard, PersonCard, Reader

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
class LinkCard:
    """A link between an objective and what it serves; `there` is the end that the page is not about."""

    id: str
    how: str
    weight: Decimal
    kind: str  # objective or key_result
    title: str
    url: str
    status: str
    progress: Fraction | float | None
    expected: float | None
    owner: PersonCard | None
    where: str  # the team, or the objective of a key result
    is_open: bool
    may_edit: bool = False
    counts: bool = True
    through: str = ""  # the title of the key result by which it serves


@dataclass(frozen=True, slots=True)
class InitiativeCard:
    id: str
    title: str
    description: str
    state: str
    owner: PersonCard | None
    due_on: date | None
    key_result: tuple[str, str] | None  # (title, address)
    revision: int
    may_edit: bool
    url: str | None
    number: int


@dataclass(frozen=True, slots=True)
class CommentCard:
    id: str
    by: PersonCard | None
    at: datetime
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class GradeCard:
    """A grade as it was stored: `raw` None for published material and where there was no data."""

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
    initiatives = initiative_cards(reader, row, may_edit=may_edit)
    cycle = reader.cycle_of(row)
    is_open = row.state not in (State.CLOSED, State.GRADED)
    return ObjectivePage(
        card=reader.objective(row, initiatives=len(initiatives)),
        description=_description(reader, row, kept),
        revision=kept.revision,
        sponsor=reader.person(row.sponsor_id),
        contributors=_people(reader, row.contributors),
        visible_to=_people(reader, row.visible_to),
        cycle_begins=cycle.starts_on,
        cycle_ends=cycle.ends_on,
        success_from=expected_grade(row.commitment),
        above=tuple(_above(reader, row, may_edit and is_open)),
        below=tuple(_below(reader, row)),
        initiatives=initiatives,
        comments=comments(reader, objective=row.id),
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
    if row.state == State.CLOSED and access.may_manage(reader.actor) and _closed_lately(reader, row):
        found["reopening"] = None
    return tuple(found)


def _closed_lately(reader: Reader, row: ObjectiveRow) -> bool:
    steps = Transition.objects.of(reader.actor.workspace_id).filter(
        objective_id=row.id, to_state=State.CLOSED
    )
    last = steps.order_by("-id").values_list("at", flat=True).first()
    if last is None:
        return False
    return reader.today - last.astimezone(reader.zone).date() <= timedelta(days=REOPEN_WITHIN_DAYS)


# -- alignment ---------------------------------------------------------------------------------------------


def _above(reader: Reader, row: ObjectiveRow, may_edit: bool) -> list[LinkCard]:
    found = []
    for link in reader.image.serves.get(row.id, ()):
        above = link.parent_id
        if reader.finds(above):
            counts = link.how == "contributes" and reader.image.counted(row.id, above)
            if link.parent_key_result_id:
                counts = counts and reader.image.key_results[above].source == "contributors"
            found.append(_link(reader, link, above, may_edit=may_edit, counts=counts))
    return found


def _below(reader: Reader, row: ObjectiveRow) -> list[LinkCard]:
    found = served_by(reader, row.id)
    for one in reader.key_results_of(row):
        found += served_by(reader, one.id, through=one.title)
    return sorted(found, key=lambda card: (not card.is_open, card.how != "contributes"))


def served_by(reader: Reader, id: int, *, through: str = "") -> list[LinkCard]:
    """List the objectives that serve an objective or key result, as far as the reader may see them."""
    found = []
    served = reader.image.key_results.get(id)
    for link in reader.image.served_by.get(id, ()):
        if reader.finds(link.child_id):
            counts = link.how == "contributes" and reader.image.counted(link.child_id, id)
            counts = counts and (served is None or served.source == "contributors")
            found.append(_link(reader, link, link.child_id, counts=counts, through=through))
    return found


def _link(
    reader: Reader, link: Any, there: int, *, may_edit: bool = False, counts: bool, through: str = ""
) -> LinkCard:
    one = reader.image.key_results.get(there)
    row = reader.image.objectives[one.objective_id if one else there]
    team = reader.image.teams.get(row.team_id)
    address = addresses.key_result if one else addresses.objective
    return LinkCard(
        id=encode(link.id),
        how=link.how,
        weight=Decimal(link.weight),
        kind="key_result" if one else "objective",
        title=one.title if one else row.title,
        url=address(reader.slug, there),
        status=reader.day.status_of(there).word,
        progress=reader.progress(there),
        expected=reader.expected(there),
        owner=reader.person(one.owner_id if one else row.owner_id),
        where=row.title if one else f"{team.name if team else 'Company'} · {reader.cycle_of(row).name}",
        is_open=row.is_open,
        may_edit=may_edit,
        counts=counts,
        through=through,
    )


@dataclass(frozen=True, slots=True)
class LinkForm:
    """A link that holds, as its form shows it."""

    card: LinkCard
    child: str
    child_title: str
    child_url: str


def link(reader: Reader, id: int) -> LinkForm | None:
    """Return a link that holds and that the reader may see both ends of, or None."""
    found = Alignment.objects.of(reader.actor.workspace_id).filter(id=id, until_at=None).first()
    if found is None or not reader.finds(found.child_id):
        return None
    above = found.parent_objective_id or found.parent_key_result_id
    if not reader.finds(above):
        return None
    row = reader.image.objectives[found.child_id]
    card = _link(
        reader, found, above, may_edit=access.may_edit(reader.actor, reader.standing(row)), counts=True
    )
    return LinkForm(card, encode(row.id), row.title, addresses.objective(reader.slug, row.id))


# -- initiatives and discussion ----------------------------------------------------------------------------


def initiative_cards(
    reader: Reader, row: ObjectiveRow, *, may_edit: bool, key_result: int | None = None
) -> tuple[InitiativeCard, ...]:
    """Return an objective's initiatives, or those for one key result of it."""
    rows = reader.until(Initiative.objects.of(reader.actor.workspace_id), "created_at")
    rows = rows.filter(objective_id=row.id)
    if key_result is not None:
        rows = rows.filter(key_result_id=key_result)
    seen = (one for one in rows.order_by("id") if _sees_initiative(reader, one))
    found = [initiative_card(reader, one, may_edit=may_edit) for one in seen]
    done = {"doing": 0, "planned": 1, "done": 2, "dropped": 3}
    return tuple(sorted(found, key=lambda card: (done[card.state], card.due_on or date.max, card.number)))


def _sees_initiative(reader: Reader, one: Initiative) -> bool:
    """Whoever may not see a key result is not told what is done for it."""
    if not reader.finds(one.objective_id):
        return False
    return one.key_result_id not in reader.image.node or reader.sees(one.key_result_id)


def initiative_card(reader: Reader, one: Initiative, *, may_edit: bool) -> InitiativeCard:
    """Return one initiative's card; its own owner may change it too."""
    own = not reader.actor.is_guest and one.owner_id is not None and one.owner_id == reader.actor.person_id
    served = reader.image.key_results.get(one.key_result_id)
    return InitiativeCard(
        id=encode(one.id),
        title=one.title,
        description=one.description,
        state=one.state,
        owner=reader.person(one.owner_id),
        due_on=one.due_on,
        key_result=(served.title, addresses.key_result(reader.slug, served.id))
        if served and reader.sees(served.id)
        else None,
        revision=one.revision,
        may_edit=own or may_edit,
        url=f"/w/{reader.slug}/initiatives/{encode(one.id)}/edit/" if own or may_edit else None,
        number=one.id,
    )


def initiative(reader: Reader, id: int) -> tuple[InitiativeCard, ObjectiveRow, int | None, int | None] | None:
    """Return an initiative the reader may see, with its objective, its key result's id and its owner's."""
    one = Initiative.objects.of(reader.actor.workspace_id).filter(id=id).first()
    if one is None or not _sees_initiative(reader, one):
        return None
    row = reader.image.objectives[one.objective_id]
    may_edit = access.may_edit(reader.actor, reader.standing(row))
    return initiative_card(reader, one, may_edit=may_edit), row, one.key_result_id, one.owner_id


def comments(reader: Reader, *, objective: int | None = None, key_result: int | None = None) -> tuple:
    """Return the discussion of an objective (or of a key result), oldest first."""
    rows = reader.until(Comment.objects.of(reader.actor.workspace_id))
    about = {"key_result_id": key_result} if key_result else {"objective_id": objective, "key_result": None}
    return tuple(
        CommentCard(
            encode(one.id), reader.person(one.by_id), one.at, one.at.astimezone(reader.zone).date(), one.text
        )
        for one in rows.filter(**about).order_by("at", "id")
    )


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
    reader.image.refresh()
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
    parts = [_grade_card(one.title, stored[one.id]) for one in reader.key_results_of(row) if one.id in stored]
    return Closing(
        whole=_grade_card(row.title, whole),
        parts=tuple(parts),
        verdict=verdict(row.commitment, raw, insight=bool(learned.strip()), policy=reader.policy),
        learned=learned,
        on=whole.at.astimezone(reader.zone).date(),
        by=reader.person(whole.by_id),
    )


def _grade_card(title: str, one: Grade) -> GradeCard:
    raw = None if one.raw is None else Fraction(one.raw)
    return GradeCard(title, raw, one.grade, band(one.grade).value, one.reason, one.policy)


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


def closing(
    reader: Reader, id: int, *, values: Mapping[int, Decimal] | None = None, learned: str = ""
) -> ClosingPage:
    """Return what closing an objective would give, with final values other than the last ones if named."""
    row = reader.objective_row(id)
    access.require(access.may_edit(reader.actor, reader.standing(row)), "close this objective")
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
        contributors=tuple(one for one in served_by(reader, row.id) if one.counts),
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
    pool = []
    for child, _ in image.pool.get(image.node[row.id], ()):
        id = image.ids[child]
        raw = finals[id] if id in finals else image.exact(id)
        pool.append(Part(weight=image.weight(id, row.id), raw=raw))
    return roll_up(pool, reader.policy).raw if pool else None


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
