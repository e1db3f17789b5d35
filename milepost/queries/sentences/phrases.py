"""Phrases: the pieces of a sentence, and what an event names as pieces with links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from milepost.core import addresses
from milepost.models import Event
from milepost.queries.cards import Reader
from milepost.queries.sentences.happenings import Happening


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a sentence: words, perhaps a link, or a number with its unit."""

    text: str = ""
    url: str = ""
    value: Decimal | None = None
    unit: str = ""
    is_strong: bool = False


def words(text: str) -> Phrase:
    """Say something plainly."""
    return Phrase(text)


def exact(text: Any) -> Decimal | None:
    """Read a number of an event's data; None where there is none."""
    try:
        return None if text is None else Decimal(str(text))
    except InvalidOperation:
        return None


@dataclass(slots=True)
class Telling:
    """An event being told: its data, and the things it names as links."""

    reader: Reader
    event: Happening | Event
    data: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.data = self.event.data

    @property
    def objective(self) -> Phrase:
        """The objective it is about."""
        return self.link(self.event.objective_id)

    @property
    def key_result(self) -> Phrase:
        """The key result it is about, or else the objective."""
        return self.link(self.event.key_result_id or self.event.objective_id)

    def link(self, id: int | None) -> Phrase:
        """Name an objective or key result that the reader may see."""
        image, slug = self.reader.image, self.reader.slug
        if id in image.key_results:
            return Phrase(image.key_results[id].title, addresses.key_result(slug, id), is_strong=True)
        if id in image.objectives:
            return Phrase(image.objectives[id].title, addresses.objective(slug, id), is_strong=True)
        return Phrase(str(self.data.get("title", "something")))

    def person(self, id: int | None, otherwise: str = "someone") -> Phrase:
        """Name a person."""
        card = self.reader.person(id)
        return Phrase(card.name, card.url) if card else Phrase(otherwise)

    def team(self, id: int | None) -> Phrase:
        """Name a team."""
        card = self.reader.team(id)
        return (
            Phrase(card.name, card.url, is_strong=True)
            if card
            else Phrase(str(self.data.get("name", "a team")))
        )

    @property
    def name(self) -> Phrase:
        """What it was called then."""
        return Phrase(str(self.data.get("name", "")), is_strong=True)

    @property
    def unit(self) -> str:
        """The unit of the key result it is about."""
        one = self.reader.image.key_results.get(self.event.key_result_id)
        return one.unit if one else ""


Teller = Callable[[Telling], list[Phrase] | None]  # None where its reader may not see what it names
