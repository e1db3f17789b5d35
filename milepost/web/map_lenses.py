"""Ways to colour the map, each with its legend: by status, owner, confidence, or age.

The age of a card is that of the last check-in of the key result of it that says nothing longest: one that
somebody talks about hides no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from milepost.core.ids import encode
from milepost.core.pace import Staleness, staleness
from milepost.queries.map import Card
from milepost.web import words
from milepost.web.marks import STATUS_CLASSES, STATUS_WORDS

LENSES = {"status": "Status", "owner": "Owner", "confidence": "Confidence", "age": "Age"}
STATUS_ORDER = ("achieved", "on_track", "at_risk", "off_track", "not_started", "no_data")
SURE = ((7, "q4", "7 to 10: sure"), (4, "q2", "4 to 6: may be"), (0, "q1", "1 to 3: hardly"))
AGES = {
    Staleness.FRESH: ("q1", "In time"),
    Staleness.LATE: ("q2", "Late by up to a round"),
    Staleness.STALE: ("q3", "Late by up to two"),
    Staleness.ZOMBIE: ("q4", "Later still"),
}
NOBODY = ("q0", "Nobody")
NEVER = ("q0", "Never")
NOT_SAID = ("q0", "Not said")
OWNERS = ("o1", "o2", "o3", "o4", "o5", "o6", "o7", "o8")  # more colours than eight nobody tells apart
OTHERS = ("o0", "others")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a legend: the class of its colour, words, how many cards; for a status its name."""

    colour: str
    words: str
    count: int
    status: str | None = None
    owner: int | None = None

    @property
    def key(self) -> str:
        """The owner's id as addresses have it."""
        return encode(self.owner)


def coloured(cards: Iterable[Card]) -> dict[int, str]:
    """Give a colour to each of those who own most of some cards; of equals, to whoever comes first."""
    counts = Counter(card.row.owner.id for card in cards if card.row.owner)
    return {id: colour for (id, _), colour in zip(counts.most_common(), OWNERS, strict=False)}


@dataclass(frozen=True)
class Lens:
    """One way to look at the cards on a day; check-ins come every so many days.

    `owners` are those who own most of what is drawn, each with a colour of their own.
    """

    name: str
    today: date
    every: int
    owners: Mapping[int, str] = field(default_factory=dict)

    def tint(self, owner: int) -> str:
        """Return the class of an owner's initials: none of five tints where colours say who it is."""
        return "own" if self.name == "owner" else f"t{words.tint(owner)}"

    def of(self, card: Card) -> tuple[str, str]:
        """Return the class of a card's colour and what it stands for."""
        row = card.row
        if self.name == "owner":
            if row.owner is None:
                return NOBODY
            colour = self.owners.get(row.owner.id)
            return (colour, row.owner.name) if colour else OTHERS
        if self.name == "confidence":
            return self._sure(None if card.confidence is None else words.rounded(card.confidence))
        if self.name == "age":
            return self._age(card.silent_since)
        return STATUS_CLASSES[row.status], STATUS_WORDS[row.status]

    def legend(self, cards: Iterable[Card]) -> list[Entry]:
        """Count the cards of each colour, in a fixed order."""
        listed = list(cards)
        if self.name == "status":
            counts = Counter(card.row.status for card in listed)
            return [
                Entry(STATUS_CLASSES[status], STATUS_WORDS[status], counts[status], status)
                for status in STATUS_ORDER
                if counts[status]
            ]
        if self.name == "owner":
            return [*self._owners(listed)]
        counted = Counter(self.of(card) for card in listed)
        known = (
            [(colour, said) for _, colour, said in SURE] if self.name == "confidence" else [*AGES.values()]
        )
        known.append(NOT_SAID if self.name == "confidence" else NEVER)
        return [Entry(*each, counted[each]) for each in known if counted[each]]

    def _owners(self, cards: list[Card]) -> Iterator[Entry]:
        """Name everyone who has a colour, then say of how many the others are."""
        owners = [card.row.owner for card in cards if card.row.owner]
        names = {owner.id: owner.name for owner in owners}
        counts = Counter(owner.id for owner in owners)
        for id, colour in self.owners.items():
            if id in counts:
                yield Entry(colour, names[id], counts.pop(id), owner=id)
        if counts:
            colour, said = OTHERS
            yield Entry(colour, f"{said} ({len(counts)})", counts.total())
        if len(owners) < len(cards):
            yield Entry(*NOBODY, len(cards) - len(owners))

    def _sure(self, confidence: int | None) -> tuple[str, str]:
        if confidence is None:
            return NOT_SAID
        return next((colour, said) for least, colour, said in SURE if confidence >= least)

    def _age(self, since: date | None) -> tuple[str, str]:
        if since is None:
            return NEVER
        return AGES[staleness(max((self.today - since).days, 0), self.every)]
