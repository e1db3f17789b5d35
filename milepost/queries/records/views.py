"""Saved views as programs read them."""

from __future__ import annotations

from dataclasses import dataclass

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.queries import views
from milepost.queries.cards import Reader
from milepost.queries.records.slices import Slice, Wanted, following, ids_of, written
from milepost.queries.views import ViewCard


@dataclass(frozen=True, slots=True)
class ViewRecord:
    """A saved view of the tree. `settings`: what its address says; `is_default`: your tree begins so."""

    id: str
    url: str
    name: str
    settings: str
    shared: str
    team: str | None
    owner: str
    is_default: bool
    revision: int


def slice_of(reader: Reader, wanted: Wanted) -> Slice:
    """Return some of the views that the reader sees, the oldest first."""
    cards = {card.number: card for card in views.of(reader)}
    kept, onwards = ids_of(following(cards, wanted), wanted)
    return Slice(tuple(_record(reader, cards[id]) for id in kept), onwards)


def one(reader: Reader, id: int) -> ViewRecord:
    """Return one view, or NotFound."""
    return _record(reader, views.one(reader, id))


def _record(reader: Reader, card: ViewCard) -> ViewRecord:
    return ViewRecord(
        id=card.id,
        url=f"{addresses.alignment(reader.slug)}?view={card.id}",
        name=card.name,
        settings=card.settings,
        shared=card.shared,
        team=written(card.team),
        owner=encode(card.owner),
        is_default=card.is_default,
        revision=card.revision,
    )
