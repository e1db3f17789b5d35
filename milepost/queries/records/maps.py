"""The alignment map as programs read it: cards with their facts and places, and the lines between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from milepost.core.ids import encode
from milepost.queries.alignment import Row
from milepost.queries.map import Card, Link, Map
from milepost.queries.records.cards import NamedRecord, named
from milepost.queries.records.figures import rounded
from milepost.queries.records.slices import written


@dataclass(frozen=True, slots=True)
class OnMapRecord:
    """A key result on a card, or an objective that hangs on nothing."""

    id: str
    title: str
    url: str
    status: str
    progress: float | None
    owner: NamedRecord | None


@dataclass(frozen=True, slots=True)
class HiddenRecord:
    """What is folded away below a card."""

    count: int
    at_risk: int
    off_track: int


@dataclass(frozen=True, slots=True)
class PlaceOnMap:
    """Where a card is drawn: its left top corner and its size; `row` counts from the top."""

    x: float
    y: float
    width: float
    height: float
    row: int


@dataclass(frozen=True, slots=True)
class CardRecord:
    """An objective on the map; what its colours say: status, owner, confidence, the day of the last check-in.

    `is_open` is null where nothing stands below it.
    """

    id: str
    title: str
    url: str
    state: str
    status: str
    progress: float | None
    expected: float | None
    confidence: float | None
    owner: NamedRecord | None
    team: str | None
    checked_on: date | None
    is_private: bool
    is_open: bool | None
    hidden: HiddenRecord
    key_results: tuple[OnMapRecord, ...]
    place: PlaceOnMap


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """What `lower` serves: the card `upper`, or a key result of it; `weight` counts for contributions."""

    lower: str
    upper: str
    key_result: str | None
    how: str
    weight: str


@dataclass(frozen=True, slots=True)
class TallyRecord:
    """How the key results of the cycle stand: one number for everyone; `unaligned` as you see it."""

    objectives: int
    key_results: int
    counts: dict[str, int]
    attention: int
    unaligned: int


@dataclass(frozen=True, slots=True)
class MapRecord:
    """The map as you see it; `not_aligned` is what serves nothing and is not the company's own;
    some of it has no card.

    Of several links between two cards one is drawn. `is_cut`: there is more than fits on one map; narrow
    it, or read /tree.
    """

    day: date
    cycle: str
    width: float
    height: float
    cards: tuple[CardRecord, ...]
    links: tuple[LinkRecord, ...]
    not_aligned: tuple[OnMapRecord, ...]
    summary: TallyRecord
    is_cut: bool


def record(map: Map, *, cycle: str) -> MapRecord:
    """Return a map. Hold the image's lock."""
    drawing = map.drawing
    found = map.view.summary()
    return MapRecord(
        day=map.reader.today,
        cycle=cycle,
        width=round(drawing.width, 1),
        height=round(drawing.height, 1),
        cards=tuple(_card(map, card) for card in map.cards.values()),
        links=tuple(_link(link) for link in map.links),
        not_aligned=tuple(_in_short(map.row(id)) for id in map.not_aligned),
        summary=TallyRecord(
            found.objectives, found.key_results, found.counts, found.whole.attention, found.whole.unaligned
        ),
        is_cut=map.is_cut,
    )


def _card(map: Map, card: Card) -> CardRecord:
    row, spot, hidden = card.row, map.drawing.spots[card.number], card.hidden
    return CardRecord(
        id=row.key,
        title=row.title,
        url=row.url,
        state=row.state,
        status=row.status,
        progress=rounded(row.progress),
        expected=rounded(row.expected),
        confidence=rounded(card.confidence),
        owner=named(row.owner),
        team=written(card.team),
        checked_on=row.checked_on,
        is_private=row.is_private,
        is_open=card.is_open,
        hidden=HiddenRecord(hidden.count, hidden.at_risk, hidden.off_track),
        key_results=tuple(_in_short(each) for each in card.key_results),
        place=PlaceOnMap(
            round(spot.x, 1), round(spot.y, 1), round(spot.width, 1), round(spot.height, 1), spot.row
        ),
    )


def _in_short(row: Row) -> OnMapRecord:
    return OnMapRecord(row.key, row.title, row.url, row.status, rounded(row.progress), named(row.owner))


def _link(link: Link) -> LinkRecord:
    return LinkRecord(encode(link.lower), encode(link.upper), written(link.key_result), link.how, link.weight)
