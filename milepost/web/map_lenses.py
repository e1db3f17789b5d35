"""Ways to colour the map: by status, owner, confidence, or age of the last check-in; each with its legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from milepost.core.ids import encode
from milepost.core.pace import Staleness, staleness
from milepost.queries.alignment import Row
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
NEVER = ("q0", "Never")
NOT_SAID = ("q0", "Not said")
MOST_OWNERS = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a legend: the class of its colour, words, how many cards; for a status its name."""

    colour: str
    words: str
    count: int
    status: str | None = None
    owner: int | None = None
    others: int = 0  # how many further owners it stands for

    @property
    def key(self) -> str:
        """The owner's id as addresses have it."""
        return encode(self.owner)


@dataclass(frozen=True)
class Lens:
    """One way to look at the cards on a day; check-ins come every so many days."""

    name: str
    today: date
    every: int

    def of(self, card: Card) -> tuple[str, str]:
        """Return the class of a card's colour and what it stands for."""
        row = card.row
        if self.name == "owner":
            return (f"t{words.tint(row.owner.id)}", row.owner.name) if row.owner else ("q0", "Nobody")
        if self.name == "confidence":
            return self._sure(None if card.confidence is None else words.rounded(card.confidence))
        if self.name == "age":
            return self._age(row)
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
        counted = Counter(self.of(card) for card in listed)
        if self.name == "owner":
            owners = {card.row.owner.name: card.row.owner.id for card in listed if card.row.owner}
            ranked = sorted(counted.items(), key=lambda one: (-one[1], one[0][1]))
            most, rest = ranked[:MOST_OWNERS], ranked[MOST_OWNERS:]
            found = [Entry(colour, said, count, owner=owners.get(said)) for (colour, said), count in most]
            if rest:
                found.append(Entry("q0", "other owners", sum(count for _, count in rest), others=len(rest)))
            return found
        known = (
            [(colour, said) for _, colour, said in SURE] if self.name == "confidence" else [*AGES.values()]
        )
        known.append(NOT_SAID if self.name == "confidence" else NEVER)
        return [Entry(*each, counted[each]) for each in known if counted[each]]

    def _sure(self, confidence: int | None) -> tuple[str, str]:
        if confidence is None:
            return NOT_SAID
        return next((colour, said) for least, colour, said in SURE if confidence >= least)

    def _age(self, row: Row) -> tuple[str, str]:
        if row.checked_on is None:
            return NEVER
        return AGES[staleness(max((self.today - row.checked_on).days, 0), self.every)]
