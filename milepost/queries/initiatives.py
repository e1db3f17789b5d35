"""Initiatives as pages show them: what is done for an objective, seen by who may see its key result."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date

from milepost.core import access, addresses
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger.initiatives import changed_since
from milepost.ledger.structure import ObjectiveRow
from milepost.models import Initiative
from milepost.queries.cards import PersonCard, Reader

Pair = tuple[Initiative | None, Initiative]
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
    seen = as_they_stood(reader, rows.filter(objective_id=row.id).order_by("id"))
    found = [_card(reader, one, may_edit=may_edit) for one in seen if key_result in (None, one.key_result_id)]
    return tuple(
        sorted(found, key=lambda card: (ORDER.index(card.state), card.due_on or date.max, card.number))
    )


def as_they_stood(reader: Reader, rows: Iterable[Initiative]) -> list[Initiative]:
    """Return what the reader sees of initiatives that are there; on a past day, as they stood at its end."""
    found = [one for one in rows if sees(reader, one.objective_id, one.key_result_id)]
    if reader.known is None:
        return found
    about = {one.objective_id for one in found}
    changed = changed_since(reader.actor.workspace_id, about, reader.known)
    for one in found:
        for name, value in changed.get(one.id, {}).items():
            setattr(one, name, value)
    return [one for one in found if sees(reader, one.objective_id, one.key_result_id)]


def on_both(then: Reader, now: Reader, objectives: Collection[int]) -> Iterator[tuple[int, Pair]]:
    """Yield the initiatives of objectives as they stood on two days, by objective, the oldest first."""
    rows = Initiative.objects.of(now.actor.workspace_id).filter(objective_id__in=objectives)
    listed = list(now.until(rows, "created_at").order_by("id"))
    before = {
        one.id: one
        for one in as_they_stood(then, [copy(one) for one in listed if one.created_at < then.known])
    }
    for after in as_they_stood(now, listed):
        yield after.objective_id, (before.get(after.id), after)


def sees(reader: Reader, objective: int, key_result: int | None) -> bool:
    """Say whether the reader is told what is done for them: not, where they may not see either today."""
    return reader.finds(objective) and (key_result is None or reader.sees_now(key_result))


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
    if one is None or not sees(reader, one.objective_id, one.key_result_id):
        raise NotFound
    row = reader.image.objectives[one.objective_id]
    may_edit = access.may_edit(reader.actor, reader.standing(row))
    return InitiativeForm(_card(reader, one, may_edit=may_edit), row, one.key_result_id, one.owner_id)
