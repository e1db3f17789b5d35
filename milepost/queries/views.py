"""Which saved views somebody has: their own, and those that are shared with them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from milepost.core import access
from milepost.core.access import Actor
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.ledger import image as images
from milepost.ledger.changes import Kind
from milepost.models import DefaultView, SavedView
from milepost.queries.cards import Reader

KEPT = 4_096


@dataclass(frozen=True, slots=True)
class ViewCard:
    """A saved view as pages show it."""

    id: str
    number: int
    name: str
    settings: str
    shared: str
    team: int | None
    owner: int
    revision: int
    is_default: bool


def of(reader: Reader) -> tuple[ViewCard, ...]:
    """Return the views that the reader sees, their own first; kept until one of them changes.

    Pages of the past offer those of today.
    """
    actor = reader.actor
    image = reader.image if reader.known is None else images.of(actor.workspace_id)
    # Held while they are read, so that a change cannot be taken in between reading and keeping.
    with image.lock:
        kept = image.derived.setdefault(Kind.VIEW, {})
        found = kept.get(actor.person_id)
        if found is None or found[0] != actor.teams:
            if len(kept) >= KEPT:
                kept.clear()
            found = kept[actor.person_id] = actor.teams, _read(actor)
    return tuple(
        card
        for card in found[1]
        if access.may_see_view(actor, owner=card.owner, shared=card.shared, team=card.team)
    )


def one(reader: Reader, id: int) -> ViewCard:
    """Return a view, or NotFound."""
    for card in of(reader):
        if card.number == id:
            return card
    raise NotFound


def default(reader: Reader) -> ViewCard | None:
    """Return the view with which the reader's tree begins, as long as they may see it."""
    return next((card for card in of(reader) if card.is_default), None)


def may_change(reader: Reader, card: ViewCard) -> bool:
    """Say whether the reader may rename, change and delete a view."""
    line = reader.lineage(card.team)
    return access.may_change_view(
        reader.actor, owner=card.owner, shared=card.shared, team=card.team, lineage=line
    )


def ways_to_share(reader: Reader) -> tuple[list[str], list[int]]:
    """Return how the reader may share a view, and with which teams."""
    actor = reader.actor
    teams = [id for id in sorted(actor.teams) if access.may_share_view(actor, "team", reader.lineage(id))]
    ways = [way for way in ("private", "everyone") if access.may_share_view(actor, way, ())]
    return [*ways[:1], *(["team"] if teams else []), *ways[1:]], teams


def _read(actor: Actor) -> list[ViewCard]:
    """Read them with the default, in one statement."""
    seen = Q(owner_id=actor.person_id) | Q(shared="everyone") | Q(shared="team", team_id__in=actor.teams)
    mine = DefaultView.objects.of(actor.workspace_id).filter(person_id=actor.person_id)
    rows = (
        SavedView.objects.of(actor.workspace_id)
        .filter(seen)
        .annotate(is_default=Exists(mine.filter(view_id=OuterRef("id"))))
        .order_by("name", "id")
    )
    cards = [
        ViewCard(
            id=encode(row.id),
            number=row.id,
            name=row.name,
            settings=row.settings,
            shared=row.shared,
            team=row.team_id,
            owner=row.owner_id,
            revision=row.revision,
            is_default=row.is_default,
        )
        for row in rows
    ]
    return sorted(cards, key=lambda card: (card.owner != actor.person_id, card.name.casefold(), card.number))
