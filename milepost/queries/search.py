"""Finding: what has the words, as far as the reader may see it, the likeliest first.

Everything that has the words is looked at and left out unless the reader may see it, before anything is
ranked, counted or cut. The rank of a thing depends on what was typed, on the thing and on the reader alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nsmallest

from milepost.core import terms
from milepost.core.terms import Fit, Terms
from milepost.ledger import search as index
from milepost.ledger.search import Match
from milepost.ledger.structure import CycleRow
from milepost.queries import hits
from milepost.queries.cards import Reader
from milepost.queries.hits import KINDS, Hit

MOST = 20
# One number ranks: how well the title answers, then whether its time is over, then how near it is to the
# reader, then its kind.
FIT, AGE, DISTANCE = 1_000, 100, 10
OWN, TEAMS, OTHERS = 0, DISTANCE, 2 * DISTANCE

Ranked = tuple[int, str, Match]  # its rank, its title ("": a text alone), the match


@dataclass(frozen=True, slots=True)
class Found:
    """The likeliest hits, and how many of each kind there are that the reader may see."""

    text: str
    terms: Terms
    hits: tuple[Hit, ...]
    counts: dict[str, int]

    def pieces(self, text: str) -> list[tuple[str, bool]]:
        """Return a text in pieces, each with whether it is what was looked for."""
        return list(terms.marked(self.terms, text))

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def find(reader: Reader, text: str, *, kind: str | None = None, most: int = MOST) -> Found:
    """Return what the reader finds under some words; with `kind`, of that kind alone (counts tell of all)."""
    wanted = terms.terms(text)
    by_kind: dict[str, list[Match]] = {}
    for match in index.matches(reader.actor.workspace_id, wanted):
        by_kind.setdefault(match.kind, []).append(match)
    with reader.image.lock:
        ranking = _Ranking(reader, wanted)
        ranked = {each: list(ranking.of(each, by_kind[each])) for each in KINDS if each in by_kind}
        chosen = [entry for each in ranked if kind in (None, each) for entry in ranked[each]]
        found = hits.shown(reader, wanted, [match for *_, match in _first(chosen, most)])
    counts = {each: len(entries) for each, entries in ranked.items() if entries}
    return Found(text, wanted, found, counts)


def _first(ranked: list[Ranked], most: int) -> list[Ranked]:
    # Titles are compared only of what may come among the first.
    last = max(nsmallest(most, (rank for rank, *_ in ranked)), default=0)
    return nsmallest(most, (entry for entry in ranked if entry[0] <= last), key=_order)


def _order(entry: Ranked) -> tuple[int, str, int]:
    rank, title, match = entry
    return rank, terms.folded(title), match.id


class _Ranking:
    """How the things that one reader may see are ranked for what was typed."""

    def __init__(self, reader: Reader, wanted: Terms) -> None:
        self.reader, self.image, self.wanted = reader, reader.image, wanted
        self.me, self.teams = reader.actor.person_id, reader.actor.teams
        self.ages = {cycle.id: self._age(cycle) for cycle in self.image.cycles.values()}
        self.hidden = hidden(reader)

    def of(self, kind: str, matches: list[Match]) -> Iterator[Ranked]:
        """Yield the matches of one kind that the reader may see, with their rank."""
        wanted, place, fit = self.wanted, KINDS.index(kind), terms.fit
        for title, nearness, match in getattr(self, f"_{kind}")(matches):
            how = fit(wanted, title) if title else Fit.TEXT
            yield FIT * how + nearness + place, title, match

    # -- each kind: the title, and the part of the rank that does not depend on it -----------------------

    def _objective(self, matches: list[Match]) -> Iterator[tuple[str, int, Match]]:
        rows, hidden = self.image.objectives, self.hidden
        for match in matches:
            row = rows.get(match.id)
            if row is not None and match.id not in hidden:
                yield row.title, self._nearness(row, row.owner_id), match

    def _key_result(self, matches: list[Match]) -> Iterator[tuple[str, int, Match]]:
        rows, objectives, hidden = self.image.key_results, self.image.objectives, self.hidden
        for match in matches:
            one = rows.get(match.id)
            if one is not None and match.id not in hidden:
                yield one.title, self._nearness(objectives[one.objective_id], one.owner_id), match

    def _initiative(self, matches: list[Match]) -> Iterator[tuple[str, int, Match]]:
        for row, match in self._around(matches):
            yield match.text, self._nearness(row, match.by_id), match

    def _comment(self, matches: list[Match]) -> Iterator[tuple[str, int, Match]]:
        for row, match in self._around(matches):
            yield "", self._nearness(row, match.by_id), match

    def _team(self, matches: list[Match]) -> Iterator[tuple[str, int, Match]]:
        for match in matches:
            row = self.image.teams.get(match.id)
            if row is not None:
                yield row.name, OWN if row.id in self.teams else OTHERS, match

    def _person(self, matches: list[Match]) -> Iterator[tuple[str, int, Match]]:
        for match in matches:
            row = self.image.people.get(match.id)
            if row is not None:
                over = 2 * AGE if row.has_left else 0
                yield row.name, over + (OWN if row.id == self.me else OTHERS), match

    def _cycle(self, matches: list[Match]) -> Iterator[tuple[str, int, Match]]:
        for match in matches:
            row = self.image.cycles.get(match.id)
            if row is not None:
                yield row.name, self.ages[row.id] + OTHERS, match

    def _around(self, matches: list[Match]) -> Iterator[tuple]:
        # Whoever may not see a key result is not told what is said or done about it.
        for match in matches:
            row = self.image.objectives.get(match.objective_id)
            if row is None or match.objective_id in self.hidden:
                continue
            if match.key_result_id is None or match.key_result_id not in self.hidden:
                yield row, match

    def _nearness(self, row, owner_id: int | None) -> int:
        age = self.ages.get(row.cycle_id, 0)
        me = self.me
        if me is not None and (me == owner_id or me == row.owner_id):
            return age + OWN
        return age + (TEAMS if row.team_id in self.teams else OTHERS)

    def _age(self, cycle: CycleRow) -> int:
        today = self.reader.today
        if cycle.closed_on is not None or (cycle.ends_on is not None and cycle.ends_on < today):
            return 2 * AGE
        return AGE if cycle.starts_on > today else 0


def hidden(reader: Reader) -> set[int]:
    """Return the objectives and key results that the reader may not see."""
    image = reader.image
    among = image.restricted() if reader.actor.within is None else (*image.objectives, *image.key_results)
    return {id for id in among if not reader.sees(id)}
