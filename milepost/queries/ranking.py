"""Ranking: of everything that has the words and that one reader may see, the likeliest.

A rank depends on what was typed, on the thing and on its reader alone. Where thousands have the words, what
may be seen and how near it is comes from arrays, and titles are read only until enough are known to be first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from milepost.core import terms
from milepost.core.terms import Fit, Terms
from milepost.ledger import search as index
from milepost.ledger.columns import Rows
from milepost.ledger.search import Match, Matches
from milepost.ledger.structure import CycleRow
from milepost.queries.cards import Reader
from milepost.queries.hits import KINDS

# One number ranks: how well the title answers, then whether its time is over, then how near it is to the
# reader, then its kind.
FIT, AGE, DISTANCE = 1_000, 100, 10
OWN, TEAMS, OTHERS = 0, DISTANCE, 2 * DISTANCE
MANY = 300  # from here on titles are not read one by one
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
        if kind in matches.ids:
            return getattr(self, f"_{kind}")(matches.ids[kind])
        return self._all(kind, getattr(self, f"_{kind}")(matches.rows.get(kind, ())))

    def _all(self, kind: str, seen: Iterable[tuple[str, int, Match]]) -> Likeliest:
        place, fit, wanted = KINDS.index(kind), terms.fit, self.wanted
        entries = [
            (FIT * (fit(wanted, title) if title else Fit.TEXT) + nearness + place, title, match)
            for title, nearness, match in seen
        ]
        return Likeliest(len(entries), entries)

    # -- the few, one by one -----------------------------------------------------------------------------

    def _initiative(self, matches: Iterable[Match]) -> Iterator[tuple[str, int, Match]]:
        return ((match.text, nearness, match) for nearness, match in self._around(matches))

    def _comment(self, matches: Iterable[Match]) -> Iterator[tuple[str, int, Match]]:
        return (("", nearness, match) for nearness, match in self._around(matches))

    def _around(self, matches: Iterable[Match]) -> Iterator[tuple[int, Match]]:
        # Whoever may not see a key result is not told what is said or done about it.
        image, sees = self.image, self.reader.sees
        for match in matches:
            row = image.objectives.get(match.objective_id)
            if row is None or not sees(match.objective_id):
                continue
            if match.key_result_id is None or sees(match.key_result_id):
                yield self._nearness(row, match.by_id), match

    def _nearness(self, row, owner_id: int | None) -> int:
        age = self.ages.get(row.cycle_id, 0)
        me = self.me
        if me is not None and (me == owner_id or me == row.owner_id):
            return age + OWN
        return age + (TEAMS if row.team_id in self.teams else OTHERS)

    def _team(self, ids: np.ndarray) -> Likeliest:
        teams = filter(None, map(self.image.teams.get, ids.tolist()))
        near = ((row.name, OWN if row.id in self.teams else OTHERS, Match("team", row.id)) for row in teams)
        return self._all("team", near)

    def _cycle(self, ids: np.ndarray) -> Likeliest:
        cycles = filter(None, map(self.image.cycles.get, ids.tolist()))
        near = ((row.name, self.ages[row.id] + OTHERS, Match("cycle", row.id)) for row in cycles)
        return self._all("cycle", near)

    def _age(self, cycle: CycleRow) -> int:
        today = self.reader.today
        if cycle.closed_on is not None or (cycle.ends_on is not None and cycle.ends_on < today):
            return 2 * AGE
        return AGE if cycle.starts_on > today else 0

    # -- the many, by arrays -----------------------------------------------------------------------------

    def _objective(self, ids: np.ndarray) -> Likeliest:
        rows = self.image.objectives
        places = self._seen(_places(rows, ids), 0)
        return self._likeliest("objective", rows, "title", places, self._distance(places))

    def _key_result(self, ids: np.ndarray) -> Likeliest:
        rows = self.image.key_results
        places = self._seen(_places(rows, ids), self.image.first_key_result)
        near = self._distance(self.image.parent[places], rows.array("owner_id")[places])
        return self._likeliest("key_result", rows, "title", places, near)

    def _person(self, ids: np.ndarray) -> Likeliest:
        rows = self.image.people
        places = _places(rows, ids)
        over = rows.array("has_left", bool, bool)[places] * (2 * AGE)
        near = over + np.where(rows.ids[places] == (self.me or 0), OWN, OTHERS)
        return self._likeliest("person", rows, "name", places, near)

    def _seen(self, places: np.ndarray, first: int) -> np.ndarray:
        """Leave out what the reader may not see."""
        image, sees = self.image, self.reader.sees
        if self.reader.actor.within is None:
            doubtful = np.flatnonzero(_restricted(image)[places + first])
        else:
            doubtful = np.arange(len(places))
        hidden = [at for at in doubtful.tolist() if not sees(image.ids[first + places.item(at)])]
        return np.delete(places, hidden) if hidden else places

    def _distance(self, objectives: np.ndarray, owners: np.ndarray | None = None) -> np.ndarray:
        """Return the part of the rank that does not depend on titles, by the objectives' places."""
        rows = self.image.objectives
        cycles = np.array(sorted(self.ages), dtype=np.int64)
        ages = np.array([self.ages[id] for id in cycles.tolist()], dtype=np.int64)
        age = ages[np.searchsorted(cycles, rows.array("cycle_id")[objectives])]
        ours = np.isin(rows.array("team_id")[objectives], np.array([*self.teams], dtype=np.int64))
        near = np.where(ours, TEAMS, OTHERS)
        if self.me is not None:
            near[rows.array("owner_id")[objectives] == self.me] = OWN
            if owners is not None:
                near[owners == self.me] = OWN
        return age + near

    def _likeliest(self, kind: str, rows: Rows, name: str, places: np.ndarray, near: np.ndarray) -> Likeliest:
        some = _Some(kind, rows, name, KINDS.index(kind), self.wanted)
        near = near + some.place
        if len(places) <= MANY:
            entries = [some.entry(*each) for each in zip(places.tolist(), near.tolist(), strict=True)]
            return Likeliest(len(places), entries)
        titles = rows.columns[name].titles
        base = rows.places[places]
        replaced = base < 0
        standing = np.where(replaced, 0, titles.standing[base])
        begin, exact, end = titles.beginning(self.wanted.phrase)
        begins = (standing >= begin) & (standing < end) & ~replaced
        how = np.where(standing < exact, int(Fit.EXACT), int(Fit.BEGINS))
        first = np.flatnonzero(begins)
        first = first[_least(((FIT * how + near)[first] << _SHIFT) + standing[first], self.most)]
        entries = [some.entry(places.item(at), near.item(at)) for at in first.tolist()]
        entries += [some.entry(places.item(at), near.item(at)) for at in np.flatnonzero(replaced).tolist()]
        if len(first) < self.most:
            rest = np.flatnonzero(~begins & ~replaced)
            rest = rest[np.argsort((near[rest] << _SHIFT) + standing[rest], kind="stable")]
            entries += self._read(some, places[rest], near[rest], self.most - len(first))
        return Likeliest(len(places), entries)

    def _read(self, some: _Some, places: np.ndarray, near: np.ndarray, need: int) -> list[Ranked]:
        """Read titles in their order until enough are known that nothing further can come before."""
        if len(places) > MANY:
            having = index.matches(self.image.workspace_id, self.wanted, (some.kind,), whole=True)
            whole = np.isin(some.rows.ids[places], having.ids.get(some.kind, ()), assume_unique=True)
        else:
            whole = np.zeros(len(places), dtype=bool)
        counts, entries = [0] * len(Fit), []
        # The best that the words can be: whole, where a row has them whole; else beginnings.
        for best, group in ((Fit.WORDS, whole), (Fit.PREFIXES, ~whole)):
            for place, nearness in zip(places[group].tolist(), near[group].tolist(), strict=True):
                if sum(counts[: best + 1]) >= need and len(places) > MANY:
                    return entries
                entry = some.entry(place, nearness)
                counts[entry[0] // FIT] += 1
                entries.append(entry)
        return entries


class _Some(NamedTuple):
    """Rows of one kind, and how one of them is ranked."""

    kind: str
    rows: Rows
    name: str
    place: int
    wanted: Terms

    def entry(self, place: int, near: int) -> Ranked:
        title = self.rows.at(place, self.name)
        id = self.rows.ids.item(place)
        return FIT * terms.fit(self.wanted, title) + near, title, Match(self.kind, id)


def _places(rows: Rows, ids: Sequence[int] | np.ndarray) -> np.ndarray:
    """Return where the ids stand that there are."""
    known, ids = rows.ids, np.sort(ids)
    if not len(known):
        return np.zeros(0, dtype=np.int64)
    places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return places[known[places] == ids]


def _least(keys: np.ndarray, most: int) -> np.ndarray:
    """Return where the least keys are, with all that equal the last of them."""
    if len(keys) <= most:
        return np.arange(len(keys))
    return np.flatnonzero(keys <= np.partition(keys, most - 1)[most - 1])


def _restricted(image) -> np.ndarray:
    """Return for each node whether not everyone may see it."""
    found = image.derived.get(_restricted)
    if found is None:
        found = image.derived[_restricted] = np.zeros(len(image.ids), dtype=bool)
        found[[image.node[id] for id in image.restricted() if id in image.node]] = True
    return found
