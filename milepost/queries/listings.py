"""The tree listed otherwise: in groups, in another order, with more to say about each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from milepost.core.access import Visibility
from milepost.core.ids import encode
from milepost.core.listings import Listing
from milepost.ledger.structure import KeyResultRow, ObjectiveRow
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
        keyed: dict[Any, list[int]] = {}
        of = self._grouped_by
        for row in self.outline.listed:
            if self._is_listed(row):
                keyed.setdefault(of(row), []).append(row.id)
        apart = self._apart() if self.listing.group == "owner" else {}
        found = []
        for value in {**keyed, **apart}:
            place, group = self._group(value, keyed.get(value, []))
            found.append((place, replace(group, key_results=tuple(apart.get(value, ())))))
        return {group.key: group for _, group in sorted(found, key=lambda each: each[0])}

    def _apart(self) -> dict[int, list[int]]:
        """Return the key results that somebody else owns than their objective, by their owner."""
        found: dict[int, list[int]] = {}
        if not self.filters.key_results:
            return found
        for row in self.outline.listed:
            if self._is_apart(row):
                continue
            for one in self._kept(self.outline.below.get(row.id, ())):
                is_wanted = not self.filters.is_narrow or one in self.matching
                if is_wanted and self._is_of(row.id, one) and self._owner(one) != row.owner_id:
                    found.setdefault(self._owner(one), []).append(one)
        return found

    def _owner(self, key_result: int) -> int | None:
        one = self.reader.image.key_results[key_result]
        return one.owner_id or self.reader.image.objectives[one.objective_id].owner_id

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
        return [one for one in self._kept(self.outline.below.get(id, ())) if self._is_own(id, one)]

    def _has_children(self, id: int) -> bool:
        return bool(self._children(id)) if self.listing.group else super()._has_children(id)

    def _is_own(self, id: int, child: int) -> bool:
        """Say whether a key result of an objective stands below it."""
        if not self._is_of(id, child) or not self.filters.key_results:
            return False
        owner = self.reader.image.objectives[id].owner_id
        return self.listing.group != "owner" or self._owner(child) == owner

    def _is_of(self, id: int, child: int) -> bool:
        one = self.reader.image.key_results.get(child)
        return one is not None and one.objective_id == id

    def _place(self, id: int, under: int | None, level: int) -> Place:
        found = super()._place(id, under, level)
        return found if self.listing.group is None else found._replace(also=0)

    # -- groups --------------------------------------------------------------------------------------------

    def _is_listed(self, row: ObjectiveRow) -> bool:
        if not self.reader.sees(row.id) or self._is_apart(row):
            return False
        if not self.filters.is_narrow:
            return True
        own = self.reader.image.key_results_of.get(row.id, ())
        return row.id in self.matching or any(
            one.id in self.matching and self._is_own(row.id, one.id) for one in own
        )

    def _is_apart(self, row: ObjectiveRow) -> bool:
        """Say whether it is somebody's own affair, which no tree shows: personal, and serving nothing."""
        return row.visibility == Visibility.PRIVATE and not self.outline.parents.get(row.id)

    @property
    def _grouped_by(self) -> Callable[[ObjectiveRow], Any]:
        match self.listing.group:
            case "team":
                return lambda row: row.team_id
            case "owner":
                return lambda row: row.owner_id
            case "type":
                return lambda row: row.commitment
            case "cycle":
                return lambda row: row.cycle_id
        return lambda row: self.reader.day.status_of(row.id).word

    def _group(self, value: Any, ids: list[int]) -> tuple[tuple, Group]:
        """Return a group with its place among the others."""
        image, objectives = self.reader.image, tuple(ids)
        match self.listing.group:
            case "team":
                team = image.teams.get(value)
                if team is None:
                    return (0,), Group(COMPANY_ITSELF, image.workspace.name, objectives)
                return (1, team.name.casefold(), value), Group(encode(value), team.name, objectives)
            case "owner":
                person = image.people.get(value)
                if person is None:
                    return (1,), Group(NOBODY, "", objectives)
                return (0, person.name.casefold(), value), Group(encode(value), person.name, objectives)
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
