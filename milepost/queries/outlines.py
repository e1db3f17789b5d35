"""Outlines: what stands below what in some cycles, whoever looks; drawn up when the structure changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from milepost.core import access
from milepost.core.access import Visibility
from milepost.core.states import KeyResultState, State
from milepost.ledger.image import Image
from milepost.ledger.structure import CycleRow, KeyResultRow, ObjectiveRow
from milepost.queries.cards import Reader

SET_ASIDE = frozenset({State.PARKED, State.CANCELLED, State.DEFERRED})
KEPT_SIGHTS = 256


class Parent(NamedTuple):
    """What an objective serves, and how."""

    id: int
    how: str
    weight: str


@dataclass(eq=False)
class Outline:
    """What stands below what in some cycles, whoever looks."""

    listed: list[ObjectiveRow]  # the objectives of these cycles that were not set aside
    below: dict[int, list[int]]
    parents: dict[int, list[Parent]]
    tops: list[int]
    unaligned: list[int]
    hanging: list[int]  # serve only what is restricted: for most readers they stand at the top
    shown: set[int]
    above: frozenset[int]  # what of `shown` is of other cycles, and there for what serves it alone
    restricted: list[int]
    counted: np.ndarray  # nodes of the key results that count for everyone
    objectives: int  # how many count for everyone
    owners: list[int]  # of what everyone sees
    sights: dict[tuple, frozenset[int]] = field(default_factory=dict)  # what is restricted, and seen
    loose: dict[frozenset[int], list[int]] = field(default_factory=dict)
    standing: dict[frozenset[int], set[int]] = field(default_factory=dict)
    walks: dict[tuple, list[Any]] = field(default_factory=dict)  # the first places of an untouched tree

    def sight(self, reader: Reader) -> frozenset[int]:
        """Return what the reader sees of what is restricted."""
        eyes = reader.actor.person_id, reader.actor.within
        found = self.sights.get(eyes)
        if found is None:
            if len(self.sights) >= KEPT_SIGHTS:
                self.sights.clear()
                self.loose.clear()
                self.standing.clear()
            found = frozenset(id for id in self.restricted if reader.sees(id))
            self.sights[eyes] = found
        return found

    def shown_to(self, reader: Reader) -> set[int]:
        """Return what has a place here for a reader, less what is there for nothing that they see."""
        if not self.above:
            return self.shown
        seen = self.sight(reader) if reader.actor.within is None else None
        found = self.standing.get(seen)
        if found is None:
            reached = {
                id
                for id in filter(reader.sees, self.above)
                if any(below not in self.above and reader.sees(below) for below in self.below.get(id, ()))
            }
            add_all_above(reader.image, reached, self.parents, reader.sees)
            found = self.shown - (self.above - reached)
            if seen is not None:
                self.standing[seen] = found
        return found

    def shows(self, reader: Reader, id: int | None) -> bool:
        """Say whether something has a place here, and is the reader's to see."""
        return id in self.shown and reader.sees(id) and id in self.shown_to(reader)

    def owners_told(self, reader: Reader) -> list[int]:
        """Return who owns what a reader sees here, by name."""
        image = reader.image
        if reader.actor.within is not None:
            return _owners(image, filter(reader.sees, self.shown - self.above))
        further = _owners(image, self.sight(reader) - self.above)
        return _by_name(image, {*self.owners, *further}) if further else self.owners

    def objectives_told(self, reader: Reader) -> int:
        """Return how many objectives count for everyone; for a token limited to teams, of those alone."""
        if reader.actor.within is None:
            return self.objectives
        return sum(reader.sees(row.id) for row in self.listed if counts_for_all(reader.image, row))


def cycles_around(image: Image, cycle: CycleRow | None) -> frozenset[int] | None:
    """Return a cycle with those that hold it and those it holds; None stands for all."""
    if cycle is None:
        return None
    around, above = {cycle.id}, cycle.parent_id
    while above in image.cycles and above not in around:
        around.add(above)
        above = image.cycles[above].parent_id
    inside = {cycle.id}
    while inside:
        inside = {one.id for one in image.cycles.values() if one.parent_id in inside} - around
        around |= inside
    return frozenset(around)


def of(image: Image, cycles: frozenset[int] | None) -> Outline:
    """Return the outline of these cycles (None: all), drawn up anew when the structure has changed."""
    found = image.derived.setdefault(Outline, {})
    if cycles not in found:
        found[cycles] = _drawn_up(image, cycles)
    return found[cycles]


def _drawn_up(image: Image, cycles: frozenset[int] | None) -> Outline:
    listed = [
        row
        for row in image.objectives.values()
        if row.state not in SET_ASIDE and (cycles is None or row.cycle_id in cycles)
    ]
    parents: dict[int, list[Parent]] = {}
    own = {id for row in listed for id in (row.id, *(one.id for one in key_results(image, row.id)))}
    shown = set(own)
    add_all_above(image, shown, parents)
    everyones = (id for id in own if image.audience(id) is access.EVERYONE)
    tops, unaligned, hanging = _at_the_top(image, shown, parents)
    common = [row for row in listed if counts_for_all(image, row)]
    counted = [
        image.node[one.id]
        for row in common
        for one in key_results(image, row.id)
        if image.counted(one.id, row.id)
    ]
    return Outline(
        listed=listed,
        below=_below(image, shown, parents),
        parents=parents,
        tops=tops,
        unaligned=unaligned,
        hanging=hanging,
        shown=shown,
        above=frozenset(shown - own),
        restricted=[id for id in image.restricted() if id in shown],
        counted=np.array(counted, dtype=np.int64),
        objectives=len(common),
        owners=_owners(image, everyones),
    )


def _below(image: Image, shown: set[int], parents: dict[int, list[Parent]]) -> dict[int, list[int]]:
    """Return what stands right below each: its key results, then the objectives that serve it."""
    found: dict[int, list[int]] = defaultdict(list)
    objectives = [row.id for row in image.objectives.values() if row.id in shown]
    for id in objectives:
        found[id] += [one.id for one in key_results(image, id) if one.id in shown]
    for id in objectives:
        for parent in parents.get(id, ()):
            found[parent.id].append(id)
    return dict(found)


def _at_the_top(
    image: Image, shown: set[int], parents: dict[int, list[Parent]]
) -> tuple[list[int], list[int], list[int]]:
    """Return what may well serve nothing, what serves nothing, and what serves only what is restricted."""
    tops, unaligned, hanging = [], [], []
    for row in image.objectives.values():
        if row.id not in shown:
            continue
        serves = parents.get(row.id, ())
        if serves:
            if all(image.audience(parent.id) is not access.EVERYONE for parent in serves):
                hanging.append(row.id)
        elif _is_top(image, row):
            tops.append(row.id)
        elif row.visibility != Visibility.PRIVATE:
            unaligned.append(row.id)
    tops.sort(key=lambda id: _company_first(image, id))
    return tops, unaligned, hanging


def key_results(image: Image, objective_id: int) -> Iterator[KeyResultRow]:
    """Yield the key results of an objective that were not cancelled."""
    for one in image.key_results_of.get(objective_id, ()):
        if one.state != KeyResultState.CANCELLED:
            yield one


def _above(image: Image, id: int, parents: dict[int, list[Parent]]) -> Iterable[int]:
    """Return what a node stands right under, and remember how."""
    if id in image.key_results:
        return (image.key_results[id].objective_id,)
    if id not in parents:
        parents[id] = [
            Parent(served, link.how, link.weight)
            for link in image.serves.get(id, ())
            if (served := link.parent_id) in image.node
        ]
    return [parent.id for parent in parents[id]]


def add_all_above(
    image: Image,
    ids: set[int],
    parents: dict[int, list[Parent]],
    sees: Callable[[int], bool] = lambda id: True,
) -> None:
    """Add to some nodes everything that stands above them; `parents` remembers what serves what.

    What one does not see (`sees`) is left out, and no way leads through it.
    """
    waiting = list(ids)
    while waiting:
        for id in _above(image, waiting.pop(), parents):
            if id not in ids and sees(id):
                ids.add(id)
                waiting.append(id)


def _is_top(image: Image, row: ObjectiveRow) -> bool:
    """Say whether it may well serve nothing: the company's own, or what a topmost team is served with."""
    if row.team_id is None:
        return row.visibility != Visibility.PRIVATE
    team = image.teams.get(row.team_id)
    if team is None or team.parent_id is not None:
        return False
    return row.id in image.served_by or any(
        one.id in image.served_by for one in image.key_results_of.get(row.id, ())
    )


def _company_first(image: Image, id: int) -> tuple:
    row = image.objectives[id]
    return row.team_id is not None, image.cycles[row.cycle_id].starts_on, row.id


def counts_for_all(image: Image, row: ObjectiveRow) -> bool:
    """Say whether an objective is in the numbers that everyone is told."""
    if not row.counts or image.audience(row.id) is access.EVERYONE:
        return row.counts
    return image.workspace.count_restricted_work and not image.is_private(row.id)


def _owners(image: Image, ids: Iterable[int]) -> list[int]:
    rows = (image.objectives.get(id) or image.key_results[id] for id in ids)
    return _by_name(image, {row.owner_id for row in rows})


def _by_name(image: Image, people: Iterable[int | None]) -> list[int]:
    known = [image.people[id] for id in people if id in image.people]
    return [one.id for one in sorted(known, key=lambda one: one.name.casefold())]


def owned_by(reader: Reader, outline: Outline, written: str) -> frozenset[int]:
    """Return the owners whose name holds what was written."""
    wanted, people = written.casefold().split(), reader.image.people
    return frozenset(
        id for id in outline.owners_told(reader) if all(part in people[id].name.casefold() for part in wanted)
    )
