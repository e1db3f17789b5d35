"""Ranking: of everything that has the words and that one reader may see, the likeliest.

A rank depends on what was typed, on the thing and on its reader alone. What has a title in the image is
ranked by arrays, all of it at once; only the few that may come first are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from milepost.core import terms
from milepost.core.terms import Fit, Terms
from milepost.ledger.columns import Rows
from milepost.ledger.search import Match, Matches
from milepost.ledger.structure import CycleRow, ObjectiveRow
from milepost.queries.cards import Reader
from milepost.queries.hits import KINDS
from milepost.queries.titled import Titled

# One number ranks: how well the title answers, then whether its time is over, then how near it is to the
# reader, then its kind.
FIT, AGE, DISTANCE = 1_000, 100, 10
OWN, TEAMS, OTHERS = 0, DISTANCE, 2 * DISTANCE
_SHIFT = 32  # a rank and a place in the alphabet, as one number

Ranked = tuple[int, str, Match]  # its rank, its title ("": a text alone), the match


class Likeliest(NamedTuple):
    """How many of a kind there are that the reader may see, and of these at least the likeliest."""

    count: int
    entries: list[Ranked]


class Ranking:
    """How the things that one reader may see are ranked for what was typed."""

    def __init__(self, reader: Reader, wanted: Terms, most: int) -> None:
        self.reader, self.image, self.wanted, self.most = reader, reader.image, wanted, most
        self.me, self.teams = reader.actor.person_id, reader.actor.teams
        self.ages = {cycle.id: self._age(cycle) for cycle in self.image.cycles.values()}

    def of(self, kind: str, matches: Matches) -> Likeliest:
        """Return the likeliest of one kind."""
        if kind in _NEAR:
            return self._titled(Titled.of(self.image, kind), matches.ids.get(kind, ()))
        return self._around(kind, matches.rows.get(kind, ()))

    def _age(self, cycle: CycleRow) -> int:
        today = self.reader.today
        if cycle.closed_on is not None or (cycle.ends_on is not None and cycle.ends_on < today):
            return 2 * AGE
        return AGE if cycle.starts_on > today else 0

    # -- what the database read, one by one --------------------------------------------------------------

    def _around(self, kind: str, matches: Iterable[Match]) -> Likeliest:
        """Rank initiatives by their titles, and comments, which have none."""
        entries = []
        for nearness, match in self._seen_around(matches):
            title = match.text if kind == "initiative" else ""
            fit = terms.fit(self.wanted, title) if title else Fit.TEXT
            entries.append((FIT * fit + nearness + KINDS.index(kind), title, match))
        return Likeliest(len(entries), entries)

    def _seen_around(self, matches: Iterable[Match]) -> Iterator[tuple[int, Match]]:
        # Whoever may not see a key result is not told what is said or done about it.
        image, sees = self.image, self.reader.sees
        for match in matches:
            row = image.objectives.get(match.objective_id)
            if row is None or not sees(match.objective_id):
                continue
            if match.key_result_id is None or sees(match.key_result_id):
                yield self._nearness(row, match.by_id), match

    def _nearness(self, row: ObjectiveRow, owner_id: int | None) -> int:
        age = self.ages.get(row.cycle_id, 0)
        me = self.me
        if me is not None and (me == owner_id or me == row.owner_id):
            return age + OWN
        return age + (TEAMS if row.team_id in self.teams else OTHERS)

    # -- what has a title in the image, by arrays --------------------------------------------------------

    def _titled(self, titled: Titled, in_text: Sequence[int] | np.ndarray) -> Likeliest:
        """Rank what a title has, and the ids of what a text has a part in."""
        having = found = titled.having(self.wanted)
        if len(in_text):
            found = having.copy()
            found[titled.places(in_text)] = True
        places = self._seen(titled, np.flatnonzero(found))
        if not len(places):
            return Likeliest(0, [])
        near = _NEAR[titled.kind](self, titled.rows, places)
        fits, standing = self._fits(titled, places, having)
        ranks = FIT * fits + near + KINDS.index(titled.kind)
        least = _least((ranks << _SHIFT) + standing, self.most)
        ids = titled.rows.ids
        entries = [
            (rank, titled.title(place), Match(titled.kind, ids.item(place)))
            for place, rank in zip(places[least].tolist(), ranks[least].tolist(), strict=True)
        ]
        return Likeliest(len(places), entries)

    def _fits(self, titled: Titled, places: np.ndarray, having: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how well the titles at some places answer, and where they stand in the alphabet."""
        titles, bases = titled.titles, titled.bases[places]
        standing = np.append(titles.standing, 0)[bases]
        begin, exact, end = titles.beginning(self.wanted.phrase)
        fits = np.where(having[places], int(Fit.PREFIXES), int(Fit.TEXT))
        fits[titled.having(self.wanted, whole=True)[places]] = Fit.WORDS
        fits[(standing >= begin) & (standing < end)] = Fit.BEGINS
        fits[(standing >= begin) & (standing < exact)] = Fit.EXACT
        for at in np.flatnonzero(bases < 0).tolist():
            title = titled.title(places.item(at))
            fits[at] = terms.fit(self.wanted, title)
            standing[at] = titles.beginning(terms.folded(title)).begin
        return fits, standing

    def _seen(self, titled: Titled, places: np.ndarray) -> np.ndarray:
        """Leave out what the reader may not see."""
        if titled.first_node is None or not len(places):
            return places
        return places[self.reader.seen[places + titled.first_node]]

    # -- the part of the rank that does not depend on titles ---------------------------------------------

    def _near_objective(self, rows: Rows, places: np.ndarray) -> np.ndarray:
        return self._distance(places)

    def _near_key_result(self, rows: Rows, places: np.ndarray) -> np.ndarray:
        return self._distance(self.image.parent[places], rows.array("owner_id")[places])

    def _near_person(self, rows: Rows, places: np.ndarray) -> np.ndarray:
        over = rows.array("has_left", bool, bool)[places] * (2 * AGE)
        return over + np.where(rows.ids[places] == (self.me or 0), OWN, OTHERS)

    def _near_team(self, rows: Rows, places: np.ndarray) -> np.ndarray:
        return np.where(_among(rows.ids[places], self.teams), OWN, OTHERS)

    def _near_cycle(self, rows: Rows, places: np.ndarray) -> np.ndarray:
        return np.array([self.ages[id] + OTHERS for id in rows.ids[places].tolist()], dtype=np.int64)

    def _distance(self, objectives: np.ndarray, owners: np.ndarray | None = None) -> np.ndarray:
        """Return how far objectives, by their places, are in time and from the reader."""
        rows = self.image.objectives
        cycles, ages = self._ages_by_cycle
        age = ages[np.searchsorted(cycles, rows.array("cycle_id")[objectives])]
        near = np.where(_among(rows.array("team_id")[objectives], self.teams), TEAMS, OTHERS)
        if self.me is not None:
            near[rows.array("owner_id")[objectives] == self.me] = OWN
            if owners is not None:
                near[owners == self.me] = OWN
        return age + near

    @cached_property
    def _ages_by_cycle(self) -> tuple[np.ndarray, np.ndarray]:
        cycles = sorted(self.ages)
        return np.array(cycles, dtype=np.int64), np.array([self.ages[id] for id in cycles], dtype=np.int64)


_NEAR: dict[str, Callable[[Ranking, Rows, np.ndarray], np.ndarray]] = {
    "team": Ranking._near_team,
    "objective": Ranking._near_objective,
    "key_result": Ranking._near_key_result,
    "person": Ranking._near_person,
    "cycle": Ranking._near_cycle,
}


def _among(ids: np.ndarray, few: Collection[int]) -> np.ndarray:
    # One after another: for as many teams as somebody is in, that is quicker than to compare sets.
    found = np.zeros(len(ids), dtype=bool)
    for one in few:
        found |= ids == one
    return found


def _least(keys: np.ndarray, most: int) -> np.ndarray:
    """Return where the least keys are, with all that equal the last of them."""
    if len(keys) <= most:
        return np.arange(len(keys))
    return np.flatnonzero(keys <= np.partition(keys, most - 1)[most - 1])
