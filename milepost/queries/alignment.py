"""The alignment tree as a page shows it: what stands below what, narrowed by filters, row by row.

What does not depend on who looks is drawn up before (`outlines.py`); a page walks only the rows it shows.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import numpy as np

from milepost.core import addresses
from milepost.core.access import Visibility
from milepost.core.ids import decode, encode
from milepost.core.rollup import Status
from milepost.core.states import State
from milepost.core.terms import Terms
from milepost.ledger.image import Image
from milepost.ledger.structure import KeyResultRow
from milepost.queries import outlines
from milepost.queries.cards import KeyResultCard, PersonCard, Reader
from milepost.queries.outlines import Marked, Outline, Parent
from milepost.queries.titled import Titled

COMPANY, UNALIGNED = "company", "unaligned"  # the rows above all others
ATTENTION = frozenset({Status.AT_RISK, Status.OFF_TRACK})
KEPT_WALKS = 64
OPEN_LEVELS = 2  # rows of these levels stand open until somebody shuts them


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader narrows the tree to; several hold together."""

    team: int | None = None  # with the teams below it
    owners: frozenset[int] | None = None
    status: str | None = None
    commitment: str | None = None
    attention: bool = False
    unaligned: bool = False
    mine: bool = False  # the reader's own teams
    words: Terms | None = None  # what a title must have
    key_results: bool = True

    @property
    def is_narrow(self) -> bool:
        """Say whether anything but key results is left out."""
        return self != Filters(key_results=self.key_results)


class Place(NamedTuple):
    """A row of the tree as it stands in one place; an objective that serves two things has two."""

    key: str  # the id as in addresses, or COMPANY, or UNALIGNED
    id: int | None
    level: int
    is_open: bool | None  # None: there is nothing below it
    how: str = ""
    weight: str = "1"
    also: int = 0  # how many other things it serves, as far as the reader sees


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says, wherever it stands: the same for everyone who sees it."""

    key: str
    kind: str  # o or k
    title: str
    url: str
    status: str
    progress: Fraction | float | None
    expected: float | None
    confidence: Fraction | int | None  # an objective's is the mean of its key results'
    owner: PersonCard | None
    checked_on: date | None
    checkin_url: str | None = None
    team: str = ""
    state: str = ""
    is_private: bool = False
    measure: KeyResultCard | None = None


@dataclass(frozen=True, slots=True)
class Fitting:
    """How those key results stand that fit the filters."""

    counts: dict[str, int]
    key_results: int


@dataclass(frozen=True, slots=True)
class Offered:
    """How many would be listed by one more filter beside those that hold, or are by one of these."""

    key_results: int
    attention: int  # key results that need it
    unaligned: int  # objectives


@dataclass(frozen=True, slots=True)
class Summary:
    """How the key results of the tree stand: one number for everyone."""

    counts: dict[str, int]
    key_results: int
    objectives: int
    whole: Offered  # without any filter
    offered: Offered
    has_more: bool  # the reader sees restricted work that these numbers leave out
    fitting: Fitting | None = None  # where filters leave key results out: those that they leave


# -- looking at it -----------------------------------------------------------------------------------------


@dataclass
class View:
    """The tree as one reader looks at it: narrowed, with some rows opened and some shut."""

    reader: Reader
    outline: Outline
    filters: Filters = field(default_factory=Filters)
    opened: Collection[str] = ()
    shut: Collection[str] = ()
    all_open: bool = False
    look: Hashable = None  # how its rows are drawn, where not as usual

    def __post_init__(self) -> None:
        self.tops, self.unaligned = self._at_the_top()
        self.matching: Marked | None = None  # what the filters leave; None: everything
        self.shown = self.outline.shown_to(self.reader)
        if self.filters.is_narrow:
            image = self.reader.image
            self.matching = Marked(image, self._wanted())
            self.shown = Marked(image, outlines.with_all_above(image, self.matching.mask, self.reader.seen))

    def _at_the_top(self) -> tuple[list[int], list[int]]:
        """Return what may well serve nothing, and what serves nothing that the reader sees.

        Both are the same for all who see the same.
        """
        image, outline = self.reader.image, self.outline
        if self.reader.actor.within is not None:
            # Most of what stands above lies beyond the teams that a token is limited to.
            listed = outline.listed
            serves = outlines.serves_something(image) & ~outlines.private(image)
            serving = listed[serves[listed] & self.reader.seen[listed]]
            return outline.at_the_top(image, self._loose(outlines.ids_of(image, serving)))
        seen = outline.sight(self.reader)
        found = outline.highest.get(seen)
        if found is None:
            found = outline.highest[seen] = outline.at_the_top(image, self._loose(outline.hanging))
        return found

    def _loose(self, serving: Iterable[int]) -> list[int]:
        """Return what of this serves nothing that the reader sees."""
        return [id for id in serving if not any(self._seen_parents(id))]

    def summary(self) -> Summary:
        """Return the numbers above the tree."""
        counted = self.outline.counted
        if self.reader.actor.within is not None:
            counted = counted[self.reader.seen[counted]]
        whole = self._offered(counted, self.outline.shown_to(self.reader))
        return Summary(
            counts=self._standing(counted),
            key_results=len(counted),
            objectives=self.outline.objectives_told(self.reader),
            whole=whole,
            offered=self._left_to_offer(counted) if self.filters.is_narrow else whole,
            has_more=any(not self.reader.image.is_private(id) for id in self.outline.sight(self.reader)),
            fitting=self._left(counted),
        )

    def _left_to_offer(self, counted: np.ndarray) -> Offered:
        image = self.reader.image
        shown = outlines.with_all_above(image, self._wanted(unaligned=True), self.reader.seen)
        return self._offered(counted[self._wanted(key_results=True)[counted]], Marked(image, shown))

    def _offered(self, nodes: np.ndarray, shown: Marked) -> Offered:
        needy = np.isin(self.reader.day.status[nodes], [*ATTENTION])
        unaligned = sum(id in shown and self.reader.sees(id) for id in self.unaligned)
        return Offered(len(nodes), int(needy.sum()), unaligned)

    def _left(self, counted: np.ndarray) -> Fitting | None:
        """Return how those stand that the filters leave; None where no key results are listed."""
        if self.matching is None or not self.filters.key_results:
            return None
        left = counted[self.matching.mask[counted]]
        return Fitting(self._standing(left), len(left))

    def _standing(self, nodes: np.ndarray) -> dict[str, int]:
        if not len(nodes):
            return {}
        tally = np.bincount(self.reader.day.status[nodes], minlength=len(Status)).tolist()
        return {status.word: tally[status] for status in Status if tally[status]}

    def size(self, key: str) -> int:
        """Return how many objectives stand directly under COMPANY or UNALIGNED."""
        return len(self._tops() if key == COMPANY else self._unaligned())

    def further(self, key: str) -> int:
        """Return how many key results stand there by themselves."""
        return 0

    def has(self, key: str) -> bool:
        """Say whether a row above all others has this key."""
        return key in (COMPANY, UNALIGNED)

    def first(self, start: int, count: int) -> tuple[list[Place], bool]:
        """Return a stretch of the rows that stand open, and whether more follow."""
        key = self.untouched(start, count)
        if key is None:
            found = list(islice(self.places(), start, start + count + 1))
        else:
            found = self.outline.walks.get(key)
            if found is None:
                if len(self.outline.walks) >= KEPT_WALKS:
                    self.outline.walks.clear()
                found = self.outline.walks[key] = list(islice(self.places(), count + 1))
        return found[:count], len(found) > count

    def untouched(self, start: int, count: int) -> Hashable | None:
        """Name the first rows of a tree that nobody has touched: whoever sees the same has the same ones.

        None where something was opened, shut, filtered, or where it goes on.
        """
        if self.opened or self.shut or self.all_open or self.filters.is_narrow or start:
            return None
        return self.outline.sight(self.reader), self.filters.key_results, count

    def places(self, under: str | None = None, level: int = 1) -> Iterator[Place]:
        """Yield the rows that stand open, from the top or below one row, in the order of the page."""
        stack = [self._below(under, level, decode(under)) if under else self._units()]
        while stack:
            place = next(stack[-1], None)
            if place is None:
                stack.pop()
                continue
            yield place
            if place.is_open:
                stack.append(self._below(place.key, place.level + 1, place.id))

    def _units(self) -> Iterator[Place]:
        for key, ids in ((COMPANY, self._tops()), (UNALIGNED, self._unaligned())):
            if ids:
                yield Place(key, None, 1, self._is_open(key, 1))

    def _tops(self) -> list[int]:
        return self._kept(self.tops)

    def _unaligned(self) -> list[int]:
        return self._kept(self.unaligned)

    def _below(self, key: str, level: int, id: int | None) -> Iterator[Place]:
        for child in self._ids_below(key, id):
            yield self._place(child, id, level)

    def _ids_below(self, key: str, id: int | None) -> list[int]:
        if key == COMPANY:
            return self._tops()
        if key == UNALIGNED:
            return self._unaligned()
        return self._children(id)

    def _kept(self, ids: Iterable[int]) -> list[int]:
        return [id for id in ids if id in self.shown and self.reader.sees(id)]

    def _children(self, id: int) -> list[int]:
        ids = self._kept(self.outline.below(self.reader.image, id))
        if self.filters.key_results:
            return ids
        found = []
        for child in ids:
            found += (
                self._kept(self.outline.below(self.reader.image, child))
                if self._is_key_result(child)
                else [child]
            )
        return found

    def _is_key_result(self, id: int) -> bool:
        return id in self.reader.image.key_results

    def _place(self, id: int, under: int | None, level: int) -> Place:
        key = encode(id)
        is_open = self._is_open(key, level) if self._has_children(id) else None
        if self._is_key_result(id):
            return Place(key, id, level, is_open)
        link, also = None, 0
        for parent in self._seen_parents(id):
            if link is None and self._stands_under(parent.id, under):
                link = parent
            else:
                also += 1
        return Place(key, id, level, is_open, link.how if link else "", link.weight if link else "1", also)

    def _stands_under(self, parent: int, under: int | None) -> bool:
        if parent == under:
            return True
        one = self.reader.image.key_results.get(parent)
        return not self.filters.key_results and one is not None and one.objective_id == under

    def _seen_parents(self, id: int) -> Iterator[Parent]:
        return (
            parent for parent in self.outline.parents(self.reader.image, id) if self.reader.sees(parent.id)
        )

    def _has_children(self, id: int) -> bool:
        for child in self.outline.below(self.reader.image, id):
            if child in self.shown and self.reader.sees(child):
                if self.filters.key_results or not self._is_key_result(child):
                    return True
                if self._kept(self.outline.below(self.reader.image, child)):
                    return True
        return False

    def _is_open(self, key: str, level: int) -> bool:
        if key in self.shut:
            return False
        return key in self.opened or self.all_open or self.filters.is_narrow or level <= OPEN_LEVELS

    # -- narrowing -----------------------------------------------------------------------------------------

    def _wanted(self, **otherwise: bool) -> np.ndarray:
        """Mark what the reader sees of what the filters want, or would want if some were otherwise."""
        wanted, image, reader = replace(self.filters, **otherwise), self.reader.image, self.reader
        found = outlines.marked(image, self.outline.listed)
        objectives = found[: image.first_key_result]
        teams = self._teams()
        if teams is not None:
            objectives &= np.isin(image.objectives.array("team_id"), list(teams))
        if wanted.commitment is not None:
            objectives &= image.objectives.array("commitment", lambda word: word == wanted.commitment, bool)
        if wanted.unaligned:
            nodes = [image.node[id] for id in self.unaligned]
            found &= outlines.marked(image, np.array(nodes, dtype=np.int64))
        found &= reader.seen
        if wanted.key_results:
            found = outlines.with_key_results(image, found, self.outline.standing) & reader.seen
        return found & self._fitting

    @cached_property
    def _fitting(self) -> np.ndarray:
        """Mark the objectives and key results that by themselves are wanted."""
        wanted, image = self.filters, self.reader.image
        status = self.reader.day.status
        found = np.ones(len(image.ids), dtype=bool)
        if wanted.owners is not None:
            owners = [rows.array("owner_id") for rows in (image.objectives, image.key_results)]
            found &= np.isin(np.concatenate(owners), list(wanted.owners))
        if wanted.words is not None:
            kinds = (Titled.of(image, kind) for kind in ("objective", "key_result"))
            found &= np.concatenate([kind.having(wanted.words) for kind in kinds])
        if wanted.status is not None:
            found &= status == next((each for each in Status if each.word == wanted.status), -1)
        if wanted.attention:
            found &= np.isin(status, [*ATTENTION])
        return found

    def _teams(self) -> set[int] | None:
        wanted, image = self.filters, self.reader.image
        found = None
        if wanted.team is not None:
            found, waiting = set(), [wanted.team]
            while waiting:
                found.add(waiting[-1])
                waiting += image.children_teams.get(waiting.pop(), ())
        if wanted.mine:
            mine = set(self.reader.actor.teams)
            found = mine if found is None else found & mine
        return found


# -- what a row says ---------------------------------------------------------------------------------------


def row(reader: Reader, place: Place) -> Row:
    """Return what the row of an objective or a key result says; nothing in it depends on who looks."""
    objective = reader.image.objectives.get(place.id)
    if objective is None:
        return _key_result(reader, reader.image.key_results[place.id])
    team = reader.image.teams.get(objective.team_id)
    checked = checked_at(reader, place.id)
    return Row(
        key=place.key,
        kind="o",
        title=objective.title,
        url=addresses.objective(reader.slug, place.id),
        status=reader.day.status_of(place.id).word,
        progress=reader.progress(place.id),
        expected=reader.expected(place.id),
        confidence=confidence(reader, place.id),
        owner=reader.person(objective.owner_id),
        checked_on=None if checked is None else reader.day_of(checked),
        team=team.name if team else "",
        state=objective.state,
        is_private=objective.visibility == Visibility.PRIVATE,
    )


def counted_below(image: Image, id: int) -> Iterator[KeyResultRow]:
    """Yield the key results of an objective that count in it: whoever sees it sees them."""
    return (one for one in image.key_results_of.get(id, ()) if image.counted(one.id, id))


def checked_at(reader: Reader, id: int) -> int | None:
    """Return when a key result was checked in last, or one of an objective's; a moment of the ledger."""
    latest = [reader.image.entries.current(one) for one in _measured_in(reader.image, id)]
    return max((entry.effective for entry in latest if entry), default=None)


def silent_since(reader: Reader, id: int) -> date | None:
    """Return the day of the last check-in of the one of an objective's key results that says nothing longest.

    None: one of them never said anything, or there is none that takes check-ins.
    """
    image = reader.image
    asked = [one.id for one in counted_below(image, id) if one.source != "contributors"]
    latest = [image.entries.current(one) for one in asked]
    return reader.day_of(min(each.effective for each in latest)) if latest and all(latest) else None


def confidence(reader: Reader, id: int) -> Fraction | None:
    """Return how sure a key result's owner is, 1 to 10; of an objective, the mean of its key results'."""
    image = reader.image
    latest = [image.entries.current(one) for one in _measured_in(image, id)]
    said = [entry.confidence for entry in latest if entry and entry.confidence]
    return Fraction(sum(said), len(said)) if said else None


def _measured_in(image: Image, id: int) -> list[int]:
    return [id] if id in image.key_results else [one.id for one in counted_below(image, id)]


def _key_result(reader: Reader, one: KeyResultRow) -> Row:
    card = reader.key_result(one, trend=False)
    takes = State(reader.image.objectives[one.objective_id].state).takes_checkins
    return Row(
        key=card.id,
        kind="k",
        title=card.title,
        url=card.url,
        status=card.status,
        progress=card.progress,
        expected=card.expected,
        confidence=card.confidence,
        owner=card.owner,
        checked_on=card.checked_on,
        checkin_url=f"{card.url}#check-in" if takes else None,
        state=card.state,
        measure=card,
    )
