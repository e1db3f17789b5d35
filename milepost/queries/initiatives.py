"""Initiatives as pages show them: what is done for an objective, seen by who may see its key result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from milepost.core import access, addresses
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger.structure import ObjectiveRow
from milepost.models import Initiative
from milepost.queries.cards import PersonCard, Reader

ORDER = ("doing", "planned", "done", "dropped")


@dataclass(frozen=True, slots=True)
class InitiativeCard:
    """What is done for an objective or for one key result of it."""

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
class InitiativeForm:
    """An initiative as its form begins, with ids for what its card names."""

    card: InitiativeCard
    objective: ObjectiveRow
    key_result: int | None
    owner: int | None


def of(
    reader: Reader, row: ObjectiveRow, *, may_edit: bool, key_result: int | None = None
) -> tuple[InitiativeCard, ...]:
    """Return an objective's initiatives, or those for one key result of it: what is being done first."""
    rows = reader.until(Initiative.objects.of(reader.actor.workspace_id), "created_at")
    rows = rows.filter(objective_id=row.id)
    if key_result is not None:
        rows = rows.filter(key_result_id=key_result)
    seen = (one for one in rows.order_by("id") if _sees(reader, one))
    found = [_card(reader, one, may_edit=may_edit) for one in seen]
    return tuple(
        sorted(found, key=lambda card: (ORDER.index(card.state), card.due_on or date.max, card.number))
    )


def _sees(reader: Reader, one: Initiative) -> bool:
    """Whoever may not see a key result is not told what is done for it."""
    if not reader.finds(one.objective_id):
        return False
    return one.key_result_id not in reader.image.node or reader.sees(one.key_result_id)


def _card(reader: Reader, one: Initiative, *, may_edit: bool) -> InitiativeCard:
    """Return one initiative's card; its own owner may change it too."""
    actor = reader.actor
    is_theirs = one.owner_id is not None and one.owner_id == actor.person_id
    own = is_theirs and not (actor.is_guest or actor.looks_back)
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


def form(reader: Reader, id: int) -> InitiativeForm:
    """Return what the form of an initiative begins with, or NotFound."""
    one = Initiative.objects.of(reader.actor.workspace_id).filter(id=id).first()
    if one is None or not _sees(reader, one):
        raise NotFound
    row = reader.image.objectives[one.objective_id]
    may_edit = access.may_edit(reader.actor, reader.standing(row))
    return InitiativeForm(_card(reader, one, may_edit=may_edit), row, one.key_result_id, one.owner_id)
