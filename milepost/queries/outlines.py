"""Outlines: what stands below what in some cycles, whoever looks; drawn up when that changes.

Of half a million nodes few are ever looked at: an outline is made of arrays, and puts into lists what lies
around a node when somebody comes by.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from milepost.core import access
from milepost.core.access import Visibility
from milepost.core.rollup import in_order
from milepost.core.states import KeyResultState, State
from milepost.ledger.columns import NOTHING, distinct, positions
from milepost.ledger.image import Image
from milepost.ledger.structure import COUNTING_STATES, CycleRow
from milepost.queries.cards import Reader

SET_ASIDE = frozenset({State.PARKED, State.CANCELLED, State.DEFERRED})
KEPT_SIGHTS = 256


class Parent(NamedTuple):
    """What an objective serves, and how."""

    id: int
    how: str
    weight: str


class Marked(Container[int]):
    """Ids of an image, those of its nodes that a mask marks."""

    def __init__(self, image: Image, mask: np.ndarray) -> None:
        self.node, self.mask = image.node, mask  # never the image: days that share a structure come and go

    def __contains__(self, id: object) -> bool:
        node = self.node.get(id)
        return node is not None and self.mask.item(node)


@dataclass(eq=False)
class Outline:
    """What stands below what in some cycles, whoever looks."""

    listed: np.ndarray  # nodes of the objectives of these cycles that were not set aside
    standing: np.ndarray  # marks the key results that were not cancelled
    own: np.ndarray  # marks what is listed, and its key results
    shown: Marked  # that with everything above it, of whatever cycle
    tops: list[int]
    unaligned: list[int]
    hanging: list[int]  # serve only what is restricted: for most readers they serve nothing
    topmost: np.ndarray  # marks the objectives that may well serve nothing
    restricted: list[int]
    counted: np.ndarray  # nodes of the key results that count for everyone
    common: np.ndarray  # nodes of the objectives that count for everyone
    serving: Serving
    sights: dict[tuple, frozenset[int]] = field(default_factory=dict)  # what is restricted, and seen
    highest: dict[frozenset[int], tuple[list[int], list[int]]] = field(default_factory=dict)
    shown_by: dict[frozenset[int], Marked] = field(default_factory=dict)
    owned_by: dict[frozenset[int], np.ndarray] = field(default_factory=dict)
    walks: dict[tuple, list[Any]] = field(default_factory=dict)  # the first places of an untouched tree

    def __post_init__(self) -> None:
        self._parents: dict[int, list[Parent]] = {}
        self._below: dict[int, list[int]] = {}

    # -- around a node -------------------------------------------------------------------------------------

    def parents(self, image: Image, id: int) -> list[Parent]:
        """Return what an objective serves, and how."""
        found = self._parents.get(id)
        if found is None:
            links = image.serves.get(id, ()) if id in self.shown else ()
            found = self._parents[id] = [
                Parent(link.parent_id, link.how, link.weight)
                for link in links
                if link.parent_id in image.node
            ]
        return found

    def below(self, image: Image, id: int) -> list[int]:
        """Return what stands right below a node: its key results, then the objectives that serve it."""
        found = self._below.get(id)
        if found is None:
            found, node = [], image.node.get(id)
            if node is not None and self.shown.mask[node]:
                own = np.array([image.node[one] for one in image.key_results_of.ids(id)], dtype=np.int64)
                nodes = np.concatenate([own[self.standing[own]], self.serving.right_below(node)])
                found = ids_of(image, nodes[self.shown.mask[nodes]])
            self._below[id] = found
        return found

    # -- who looks -----------------------------------------------------------------------------------------

    def sight(self, reader: Reader) -> frozenset[int]:
        """Return what the reader sees of what is restricted."""
        eyes = reader.actor.person_id, reader.actor.within
        found = self.sights.get(eyes)
        if found is None:
            if len(self.sights) >= KEPT_SIGHTS:
                for kept in (self.sights, self.highest, self.shown_by, self.owned_by):
                    kept.clear()
            found = frozenset(self.restricted).difference(reader.hidden)
            self.sights[eyes] = found
        return found

    def shown_to(self, reader: Reader) -> Marked:
        """Return what has a place here for a reader: what they see, and above it what leads on from that."""
        if self.is_closed:
            return self.shown
        image, seen = reader.image, reader.seen
        return self._by_sight(
            self.shown_by, reader, lambda: Marked(image, with_all_above(image, self.own & seen, seen))
        )

    @cached_property
    def is_closed(self) -> bool:
        """Whether nothing stands here only because something else serves it."""
        return np.array_equal(self.own, self.shown.mask)

    def shows(self, reader: Reader, id: int | None) -> bool:
        """Say whether something has a place here, and is the reader's to see."""
        return id in self.shown and reader.sees(id) and id in self.shown_to(reader)

    def _by_sight(self, kept: dict[frozenset[int], Any], reader: Reader, made: Callable[[], Any]) -> Any:
        if reader.actor.within is not None:
            return made()
        sight = self.sight(reader)
        if sight not in kept:
            kept[sight] = made()
        return kept[sight]

    def objectives_told(self, reader: Reader) -> int:
        """Return how many objectives count for everyone; for a token limited to teams, of those alone."""
        if reader.actor.within is None:
            return len(self.common)
        return int(reader.seen[self.common].sum())

    def at_the_top(self, image: Image, loose: list[int]) -> tuple[list[int], list[int]]:
        """Return what may well serve nothing, and what is not aligned, where `loose` serve nothing either.

        What serves nothing that one sees stands where it would if it served nothing.
        """
        if not loose:
            return self.tops, self.unaligned
        high = [id for id in loose if self.topmost[image.node[id]]]
        tops = sorted([*self.tops, *high], key=lambda id: _company_first(image, id))
        return tops, sorted({*self.unaligned, *loose}.difference(high), key=image.node.__getitem__)

    # -- who owns it ---------------------------------------------------------------------------------------

    def owner_ids(self, reader: Reader) -> np.ndarray:
        """Return who owns what a reader sees here."""
        return self._by_sight(self.owned_by, reader, lambda: self._owners(reader))

    def _owners(self, reader: Reader) -> np.ndarray:
        image, first, mask = reader.image, reader.image.first_key_result, self.own & reader.seen
        owners = (
            image.objectives.array("owner_id")[mask[:first]],
            image.key_results.array("owner_id")[mask[first:]],
        )
        found = distinct(np.concatenate(owners))
        return found[positions(image.people.ids, found) >= 0]

    def owners(self, reader: Reader) -> dict[int, str]:
        """Return their names, by the id of each, in alphabetical order."""
        people, wanted = reader.image.people, self.owner_ids(reader)
        names = people.listed("name")
        found = [
            (id, names[place])
            for id, place in zip(wanted.tolist(), positions(people.ids, wanted).tolist(), strict=True)
        ]
        return dict(sorted(found, key=lambda each: each[1].casefold()))

    def owned_by_name(self, reader: Reader, written: str) -> frozenset[int]:
        """Return the owners whose name holds what was written."""
        wanted = written.casefold().split()
        named = self.owners(reader).items()
        return frozenset(id for id, name in named if all(part in name.casefold() for part in wanted))


class Serving:
    """Objectives by what they serve, as nodes, each group in the order of ids."""

    def __init__(self, child: np.ndarray, served: np.ndarray, size: int) -> None:
        order = in_order(served * size + child)
        self.children, self.served = child[order], served[order]
        self._ends = np.cumsum(np.bincount(served, minlength=size))

    def right_below(self, node: int) -> np.ndarray:
        """Return the objectives that serve a node."""
        begin = self._ends.item(node - 1) if node else 0
        return self.children[begin : self._ends.item(node)]


class Branches:
    """What stands below an objective, however deep, among what a mask marks."""

    def __init__(self, image: Image, outline: Outline, seen: np.ndarray) -> None:
        first = image.first_key_result
        child, above = served(image)
        # What serves a key result stands below its objective; below a cancelled one stands nothing.
        upper = np.concatenate([np.arange(first), image.parent])[above]
        kept = seen[child] & seen[above] & ((above < first) | outline.standing[above]) & (upper >= 0)
        child, upper = child[kept], upper[kept]
        self._children = child[in_order(upper)]
        self._count = np.bincount(upper, minlength=first)
        self._begin = np.cumsum(self._count) - self._count
        self._found: dict[int, np.ndarray] = {}

    def under(self, node: int) -> np.ndarray:
        """Return the objectives below one, and itself."""
        if node not in self._found:
            self._found[node] = self._walked(node)
        return self._found[node]

    def _walked(self, node: int) -> np.ndarray:
        found = np.zeros(len(self._count), dtype=bool)
        wave = np.array([node])
        while len(wave):
            found[wave] = True
            count = self._count[wave]
            ends = np.cumsum(count)
            # The places of all their children: for each as many as it has, from where its own begin.
            places = np.arange(count.sum()) + np.repeat(self._begin[wave] - ends + count, count)
            below = np.zeros(len(found), dtype=bool)
            below[self._children[places]] = True
            wave = np.flatnonzero(below & ~found)
        return np.flatnonzero(found)


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
    """Return the outline of these cycles (None: all)."""
    found = image.arranged.setdefault(Outline, {})
    if cycles not in found:
        found[cycles] = _drawn_up(image, cycles)
    return found[cycles]


def _drawn_up(image: Image, cycles: frozenset[int] | None) -> Outline:
    rows, first = image.objectives, image.first_key_result
    is_listed = rows.array("state", lambda state: state not in SET_ASIDE, bool)
    if cycles is not None:
        is_listed = is_listed & np.isin(rows.array("cycle_id"), list(cycles))
    listed = np.flatnonzero(is_listed)
    standing = np.zeros(len(image.ids), dtype=bool)
    standing[first:] = image.key_results.array("state", lambda state: state != KeyResultState.CANCELLED, bool)
    own = with_key_results(image, marked(image, listed), standing)
    shown = with_all_above(image, own)
    common = listed[_counting(image)[listed]]
    restricted = image.node.among(image.restricted())
    tops, unaligned, hanging, topmost = _at_the_top(image, shown[:first])
    return Outline(
        listed=listed,
        standing=standing,
        own=own,
        shown=Marked(image, shown),
        tops=tops,
        unaligned=unaligned,
        hanging=hanging,
        topmost=topmost,
        restricted=ids_of(image, restricted[shown[restricted]]),
        counted=_counted(image, marked(image, common)),
        common=common,
        serving=Serving(*served(image), len(image.ids)),
    )


# -- as masks ----------------------------------------------------------------------------------------------


def marked(image: Image, nodes: np.ndarray) -> np.ndarray:
    """Return a mask over all nodes that marks some."""
    mask = np.zeros(len(image.ids), dtype=bool)
    mask[nodes] = True
    return mask


def ids_of(image: Image, nodes: np.ndarray) -> list[int]:
    """Return the ids of some nodes."""
    return [image.ids[node] for node in nodes.tolist()]


def served(image: Image) -> tuple[np.ndarray, np.ndarray]:
    """Return of every link whose ends are there the node of the objective, and of what it serves."""
    child, above = image.link_ends
    there = (child >= 0) & (above >= 0)
    return child[there], above[there]


def with_key_results(image: Image, mask: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Mark with some objectives those of their key results that are wanted."""
    first, parent = image.first_key_result, image.parent
    found = mask.copy()
    found[first:] |= mask[parent] & (parent >= 0) & wanted[first:]
    return found


def with_all_above(image: Image, mask: np.ndarray, seen: np.ndarray | None = None) -> np.ndarray:
    """Mark with some nodes everything that stands above them.

    What one does not see (`seen` marks what one does) is left out, and no way leads through it.
    """
    found, first, parent = mask.copy(), image.first_key_result, image.parent
    child, above = served(image)
    known = 0
    while known < (count := int(np.count_nonzero(found))):
        known = count
        objectives = parent[found[first:]]
        found[objectives[objectives >= 0]] = True
        found[above[found[child]]] = True
        if seen is not None:
            found &= seen
    return found


def serves_something(image: Image, seen: np.ndarray | None = None) -> np.ndarray:
    """Mark the objectives that serve anything; anything that one sees, where `seen` marks that."""
    child, above = served(image)
    return marked(image, child if seen is None else child[seen[above]])[: image.first_key_result]


def _at_the_top(image: Image, shown: np.ndarray) -> tuple[list[int], list[int], list[int], np.ndarray]:
    """Return what may well serve nothing, what serves nothing, and what serves only what is restricted.

    The last mask marks all that may well serve nothing, whatever it serves.
    """
    child, above = served(image)
    is_open = ~marked(image, image.node.among(image.restricted()))
    serves = serves_something(image)
    serves_what_is_open = marked(image, child[is_open[above]])[: len(shown)]
    is_top, is_private = _tops(image), private(image)
    hanging = shown & serves & ~serves_what_is_open & ~is_private
    tops = ids_of(image, np.flatnonzero(shown & ~serves & is_top))
    tops.sort(key=lambda id: _company_first(image, id))
    unaligned = shown & ~serves & ~is_top & ~is_private
    return tops, ids_of(image, np.flatnonzero(unaligned)), ids_of(image, np.flatnonzero(hanging)), is_top


def _tops(image: Image) -> np.ndarray:
    """Mark what may well serve nothing: the company's own, or what a topmost team is served with."""
    team = image.objectives.array("team_id")
    topmost = [one.id for one in image.teams.values() if one.parent_id is None]
    return ((team == NOTHING) & ~private(image)) | (np.isin(team, topmost) & _openly_served(image))


def _openly_served(image: Image) -> np.ndarray:
    """Mark the objectives that are served by something which all who see them see, and the link to it."""
    first, parent = image.first_key_result, image.parent
    child, above = served(image)
    upper = np.concatenate([np.arange(first), parent])[above]
    child, above, upper = child[upper >= 0], above[upper >= 0], upper[upper >= 0]
    restricted = marked(image, image.node.among(image.restricted()))
    kept = ~(restricted[child] | restricted[above])
    for at in np.flatnonzero(~kept).tolist():
        ends = (image.audience(image.ids[node]) for node in (child[at], above[at]))
        whole = image.audience(image.ids[upper[at]])
        kept[at] = all(access.counts_towards(end, whole) for end in ends)
    return marked(image, upper[kept])[:first]


def private(image: Image) -> np.ndarray:
    """Mark the personal objectives."""
    return image.objectives.array("visibility", lambda word: word == Visibility.PRIVATE, bool)


def _company_first(image: Image, id: int) -> tuple:
    told = image.objectives.value
    return told(id, "team_id") is not None, image.cycles[told(id, "cycle_id")].starts_on, id


def _counting(image: Image) -> np.ndarray:
    """Mark the objectives that are in the numbers that everyone is told."""
    found = image.objectives.array("state", COUNTING_STATES.__contains__, bool).copy()
    restricted = image.node.among(image.restricted())
    restricted = restricted[restricted < len(found)]
    found[restricted] &= image.workspace.count_restricted_work & ~private(image)[restricted]
    return found


def _counted(image: Image, common: np.ndarray) -> np.ndarray:
    """Return the nodes of the key results that count in objectives that count for everyone."""
    first, parent = image.first_key_result, image.parent
    child, above = image.tree.child, image.tree.parent
    own = child >= first
    own[own] = above[own] == parent[child[own] - first]
    found = marked(image, child[own])
    found[first:] &= common[parent]
    return np.flatnonzero(found)
