"""The map as a list: the cards at the top, and under each what serves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from milepost.queries.map import Card, Link, Map
from milepost.web import words
from milepost.web.map_cards import hidden_words


@dataclass(frozen=True, slots=True)
class Branch:
    """A card in the list: how it serves what it stands under, and what stands under it.

    One that serves two things stands under both; what is below it, under the first alone.
    """

    card: Card
    said: str
    also: int
    is_repeated: bool
    below: tuple[Branch, ...]

    @property
    def folded(self) -> str:
        """What is folded away below it, in words."""
        return hidden_words(self.card)


def branches(map: Map) -> Iterator[Branch]:
    """Yield the cards at the top with all that stands below them."""
    served: dict[int, list[Link]] = {}
    below: dict[int, list[Link]] = {}
    for link in map.links:
        served.setdefault(link.lower, []).append(link)
        below.setdefault(link.upper, []).append(link)
    seen: set[int] = set()

    def grown(id: int, links: list[Link]) -> Branch:
        is_repeated = id in seen
        seen.add(id)
        uppers = {link.upper for link in served.get(id, ())}
        lowers: dict[int, list[Link]] = {}
        for link in () if is_repeated else below.get(id, ()):
            lowers.setdefault(link.lower, []).append(link)
        return Branch(
            map.cards[id],
            "; ".join(_said(map, link) for link in links),
            max(len(uppers) - 1, 0),
            is_repeated,
            tuple(grown(lower, several) for lower, several in lowers.items()),
        )

    for id in map.cards:
        if id not in served:
            yield grown(id, [])


def _said(map: Map, link: Link) -> str:
    said = link.how
    if link.how == "contributes" and link.weight != "1":
        said += f", weight {words.number(words.exact(link.weight))}"
    if link.key_result is not None:
        said += f" to “{map.image.key_results[link.key_result].title}”"
    return said
