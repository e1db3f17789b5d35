"""The tree listed otherwise: in groups, in another order, with more to say about each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from milepost.core.ids import encode
from milepost.core.listings import Listing
from milepost.core.rollup import Status
from milepost.ledger.columns import NOTHING
from milepost.ledger.structure import KeyResultRow
from milepost.queries import outlines
from milepost.queries.alignment import Place, View, checked_at, confidence, counted_below
from milepost.queries.cards import Reader

URGENCY = ("off_track", "at_risk", "not_started", "no_data", "on_track", "achieved")
STATUSES = ("off_track", "at_risk", "on_track", "achieved", "not_started", "no_data")
COMMITMENTS = ("committed", "aspirational", "learning")
NOBODY, COMPANY_ITSELF = "nobody", "itself"


@dataclass(frozen=True, slots=True)
class Group:
    """Objectives that have something in common; `word` names a status or a type, else there is a name."""

    key: str
    name: str
    objectives: tuple[int, ...]
    word: str = ""
    key_results: tuple[int, ...] = ()  # those that stand by themselves


@dataclass
class Listed(View):
    """The tree as one reader looks at it, sorted or in groups.

    A group holds objectives with their key results below them; what contributes to them stands in its own
    group, so that everything stands once. By owner, a key result stands with its own owner: below its
    objective where that is theirs too, else by itself.
    """

    listing: Listing = field(default_factory=Listing)

    @cached_property
    def groups(self) -> dict[str, Group]:
        """The groups that hold anything, in their order; none without grouping."""
        if self.listing.group is None:
            return {}
        keyed = self._gathered(self._listed(), self._values)
        apart = self._gathered(self._apart(), self._owners) if self.listing.group == "owner" else {}
        found = []
        for value in {**keyed, **apart}:
            found.append(self._group(value, tuple(keyed.get(value, ())), tuple(apart.get(value, ()))))
        return {group.key: group for _, group in sorted(found, key=lambda each: each[0])}

    def _gathered(self, nodes: np.ndarray, values: np.ndarray) -> dict[Any, list[int]]:
        """Return the ids of some nodes by what is said of each."""
        found: dict[Any, list[int]] = {}
        of_nodes = values[nodes].tolist()
        for id, value in zip(outlines.ids_of(self.reader.image, nodes), of_nodes, strict=True):
            found.setdefault(None if value == NOTHING else value, []).append(id)
        return found

    def _apart(self) -> np.ndarray:
        """Return the key results that somebody else owns than their objective."""
        image = self.reader.image
        if not self.filters.key_results:
            return np.zeros(0, dtype=np.int64)
        listed = outlines.marked(image, self.outline.listed[~self._private_alone[self.outline.listed]])
        found = outlines.with_key_results(image, listed, self.outline.standing) & ~listed
        found &= self.shown.mask & self.reader.seen & ~self._with_owner
        if self.matching is not None:
            found &= self.matching.mask
        nodes = np.flatnonzero(found)
        # As they stand below their objectives.
        within = image.key_results.array("position")[nodes - image.first_key_result]
        return nodes[np.lexsort((within, image.parent[nodes - image.first_key_result]))]

    @cached_property
    def _owners(self) -> np.ndarray:
        """Who answers for each node: a key result's owner, or else its objective's."""
        image = self.reader.image
        above, own = (rows.array("owner_id") for rows in (image.objectives, image.key_results))
        return np.concatenate([above, np.where(own == NOTHING, above[image.parent], own)])

    @cached_property
    def _with_owner(self) -> np.ndarray:
        """Mark the key results that their objective's owner answers for."""
        image, first = self.reader.image, self.reader.image.first_key_result
        found = np.zeros(len(image.ids), dtype=bool)
        found[first:] = self._owners[first:] == self._owners[image.parent]
        return found

    @cached_property
    def _private_alone(self) -> np.ndarray:
        """Mark what is somebody's own affair, which no tree shows: personal, and serving nothing."""
        image = self.reader.image
        found = np.zeros(len(image.ids), dtype=bool)
        found[: image.first_key_result] = outlines.private(image) & ~outlines.serves_something(
            image, self.reader.seen
        )
        return found

    def untouched(self, start: int, count: int) -> Any:
        """Name the first rows, where they stand as they do for everyone and as long as the structure does."""
        return super().untouched(start, count) if self.listing.is_in_order else None

    def size(self, key: str) -> int:
        """Return how many objectives stand in a group."""
        return len(self.groups[key].objectives) if key in self.groups else super().size(key)

    def further(self, key: str) -> int:
        """Return how many key results stand in a group without their objective."""
        return len(self.groups[key].key_results) if key in self.groups else 0

    def has(self, key: str) -> bool:
        """Say whether there is such a group."""
        return key in self.groups

    # -- walking -------------------------------------------------------------------------------------------

    def _units(self) -> Iterator[Place]:
        if self.listing.group is None:
            yield from super()._units()
        for key in self.groups:
            yield Place(key, None, 1, self._is_open(key, 1))

    def _ids_below(self, key: str, id: int | None) -> list[int]:
        group = self.groups.get(key)
        ids = [*group.objectives, *group.key_results] if group else super()._ids_below(key, id)
        return self._ordered(ids)

    def _children(self, id: int) -> list[int]:
        if self.listing.group is None:
            return super()._children(id)
        return [one for one in self._kept(self.outline.below(self.reader.image, id)) if self._is_own(id, one)]

    def _has_children(self, id: int) -> bool:
        return bool(self._children(id)) if self.listing.group else super()._has_children(id)

    def _is_own(self, id: int, child: int) -> bool:
        """Say whether a key result of an objective stands below it."""
        one = self.reader.image.key_results.get(child)
        if one is None or one.objective_id != id or not self.filters.key_results:
            return False
        return self.listing.group != "owner" or self._with_owner.item(self.reader.image.node[child])

    def _place(self, id: int, under: int | None, level: int) -> Place:
        found = super()._place(id, under, level)
        return found if self.listing.group is None else found._replace(also=0)

    # -- groups --------------------------------------------------------------------------------------------

    def _listed(self) -> np.ndarray:
        """Return the objectives that stand in groups."""
        image, listed = self.reader.image, self.outline.listed
        wanted = self.reader.seen & ~self._private_alone
        if self.matching is not None:
            below = self.matching.mask.copy()
            if not self.filters.key_results:
                below[:] = False
            elif self.listing.group == "owner":
                below &= self._with_owner
            first = image.first_key_result
            wanted &= self.matching.mask | outlines.marked(image, image.parent[below[first:]])
        return listed[wanted[listed]]

    @property
    def _values(self) -> np.ndarray:
        """What an objective is grouped by."""
        rows, status = self.reader.image.objectives, self.reader.day.status
        match self.listing.group:
            case "team" | "owner" | "cycle":
                return rows.array(f"{self.listing.group}_id")
            case "type":
                return rows.array("commitment", str, object)
        return np.array([each.word for each in Status], dtype=object)[status]

    @cached_property
    def _names(self) -> dict[int, str]:
        """The names of everyone, read from their column: there may be as many groups as people."""
        people = self.reader.image.people
        return dict(zip(people, people.listed("name"), strict=True))

    def _group(
        self, value: Any, objectives: tuple[int, ...], key_results: tuple[int, ...]
    ) -> tuple[tuple, Group]:
        """Return a group with its place among the others."""
        image = self.reader.image
        match self.listing.group:
            case "team":
                team = image.teams.get(value)
                if team is None:
                    return (0,), Group(COMPANY_ITSELF, image.workspace.name, objectives)
                return (1, team.name.casefold(), value), Group(encode(value), team.name, objectives)
            case "owner":
                name = self._names.get(value)
                if name is None:
                    return (1,), Group(NOBODY, "", objectives, key_results=key_results)
                found = Group(encode(value), name, objectives, key_results=key_results)
                return (0, name.casefold(), value), found
            case "cycle":
                cycle = image.cycles[value]
                return (-cycle.starts_on.toordinal(), value), Group(encode(value), cycle.name, objectives)
        order = STATUSES if self.listing.group == "status" else COMMITMENTS
        return (order.index(value),), Group(value, "", objectives, word=value)

    # -- order ---------------------------------------------------------------------------------------------

    def _ordered(self, ids: Iterable[int]) -> list[int]:
        """Sort siblings; what has no value stands last, whichever way round."""
        if self.listing.sort is None:
            return list(ids)
        valued = [(self._value(id), id) for id in ids]
        known = [pair for pair in valued if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.listing.is_down)
        return [id for _, id in known] + [id for value, id in valued if value is None]

    def _value(self, id: int) -> Any:
        reader, sort = self.reader, self.listing.sort
        row = reader.image.objectives.get(id)
        match sort:
            case "title":
                return (row or reader.image.key_results[id]).title.casefold()
            case "status":
                return URGENCY.index(reader.day.status_of(id).word)
            case "progress":
                return reader.day.progress(id)
            case "checked":
                return checked_at(reader, id)
            case "due":
                return due_on(reader, id)
        return confidence(reader, id)


# -- what further columns say ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    """What the further columns of a row say: like the row, the same for everyone who sees it."""

    confidence: Fraction | None
    due: date | None
    ends: date | None
    weight: Decimal | None  # None: it counts nowhere here
    team: str
    cycle: str
    type: str
    state: str


def facts(reader: Reader, place: Place) -> Facts:
    """Return what the further columns say of an objective or a key result."""
    image = reader.image
    one = image.key_results.get(place.id)
    row = image.objectives[one.objective_id if one else place.id]
    team = image.teams.get(row.team_id)
    return Facts(
        confidence=confidence(reader, place.id),
        due=due_on(reader, place.id),
        ends=reader.window(one).ends_on if one else reader.cycle_of(row).ends_on,
        weight=_weight(place, one),
        team=team.name if team else "",
        cycle=reader.cycle_of(row).name,
        type="" if one else row.commitment,
        state=one.state if one else row.state,
    )


def due_on(reader: Reader, id: int) -> date | None:
    """Return when a check-in is due next: an objective's is that of its key results that is due first."""
    found = [reader.due_on(one, reader.image.entries.current(one.id)) for one in _measured(reader, id)]
    return min((day for day in found if day is not None), default=None)


def _measured(reader: Reader, id: int) -> Iterable[KeyResultRow]:
    one = reader.image.key_results.get(id)
    return (one,) if one is not None else counted_below(reader.image, id)


def _weight(place: Place, one: KeyResultRow | None) -> Decimal | None:
    if one is not None:
        return Decimal(one.weight)
    return Decimal(place.weight) if place.how == "contributes" else None
