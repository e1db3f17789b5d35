"""Finding: what has the words, as far as the reader may see it, the likeliest first.

Everything that has the words is looked at and left out unless the reader may see it, before anything is
ranked, counted or cut. The rank of a thing depends on what was typed, on the thing and on the reader alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from milepost.core import terms
from milepost.core.terms import Fit, Terms
from milepost.ledger import search as index
from milepost.queries import hits
from milepost.queries.cards import Reader
from milepost.queries.hits import KINDS, Hit
from milepost.queries.ranking import FIT, Ranked, Ranking

MOST = 20


@dataclass(frozen=True, slots=True)
class Found:
    """The likeliest hits, and how many of each kind there are that the reader may see."""

    text: str
    terms: Terms
    hits: tuple[Hit, ...]
    counts: dict[str, int]
    instead: str = ""  # what was looked for, where nothing has the words themselves

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def find(reader: Reader, text: str, *, kind: str | None = None, most: int = MOST) -> Found:
    """Return what the reader finds under some words; with `kind`, of that kind alone (counts tell of all)."""
    wanted = terms.terms(text)
    matches = index.matches(reader.actor.workspace_id, wanted)
    with reader.image.lock:
        ranking = Ranking(reader, wanted, most)
        ranked = {each: ranking.of(each, matches) for each in KINDS} if wanted else {}
        chosen = [entry for each in ranked if kind in (None, each) for entry in ranked[each].entries]
        first = _first(chosen, most)
        in_text = {match.id for rank, _, match in first if rank // FIT == Fit.TEXT}
        found = hits.shown(reader, wanted, [match for *_, match in first], in_text)
    counts = {each: likeliest.count for each, likeliest in ranked.items() if likeliest.count}
    return Found(text, wanted, found, counts)


def _first(ranked: list[Ranked], most: int) -> list[Ranked]:
    # Titles are compared only of what may come among the first.
    ranks = sorted(rank for rank, *_ in ranked)[:most]
    return sorted((entry for entry in ranked if entry[0] <= ranks[-1]), key=_order)[:most]


def _order(entry: Ranked) -> tuple[int, str, int]:
    rank, title, match = entry
    return rank, terms.folded(title), match.id
