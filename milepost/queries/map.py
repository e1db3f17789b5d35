"""The alignment map: which cards a reader sees, what joins them, where each is drawn, what is folded away.

What stands below what, and what may be seen, comes from the tree (`queries.alignment`); where cards are drawn
from `core.layout`, which keeps what it drew: a check-in moves nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import islice

import numpy as np

from milepost.core.ids import encode
from milepost.core.layout import Box, Drawing, Line, Look, labels, lay_out
from milepost.core.layout.letters import BOLD, PLAIN, broken
from milepost.core.layout.parts import Part, in_one, in_parts
from milepost.core.rollup import Status
from milepost.queries import alignment, outlines
from milepost.queries.alignment import Place, Row, View
from milepost.queries.outlines import Branches
from milepost.queries.registers import register

AT_ONCE = 100  # cards that a drawing opens by itself
AT_ONCE_NARROW = 300  # when somebody has narrowed it, or unfolds all that can be read
MOST = 600  # cards on one drawing; then it says that it stops
WITH_KEY_RESULTS = 60  # up to so many cards show their key results unless asked not to
MOST_LEFT_OUT = 12  # cards in the tray
MOST_OWN = 60  # objectives of one person or team, among which the highest is looked for
MOST_BEGUN = 60  # cards right below the one that a map opens by itself which would else have no line
STEPS = 12  # of unfolding that are drawn one after another

WIDTH, HEAD, LINE, FOOT = 224, 100, 30, 10  # a card; its head; a key result in it; what is below those
LEFT, INDENT, RIGHT = 15, 36, WIDTH - 12  # where marks begin, where words begin, where figures end
TITLE, NAME = 13, 11.5  # the size of letters: of a title, of all that is smaller
TITLE_LINE, NAME_LINE, FIGURE = 16, 13, 44  # from line to line; what the figure of a key result takes
MOST_LINES = 2  # of a key result; an objective's title is whole


@dataclass(frozen=True, slots=True)
class Wish:
    """How a reader wants the map: what is open and shut, the way up from one card, one branch alone."""

    by_team: bool = False
    key_results: bool | None = None  # None: where there is room
    opened: Sequence[str] = ()  # in the order in which it was unfolded
    shut: Collection[str] = ()
    unfolded: bool = False  # as much as can be read, though nobody has narrowed it
    path: int | None = None
    reveal: Collection[int] = ()  # objectives to which the way stands open
    branch: int | None = None

    @property
    def earlier(self) -> Wish | None:
        """What was drawn a step before: cards are unfolded one by one, and then folded what is folded."""
        if self.shut or self.path is not None or self.reveal:
            return replace(self, shut=(), path=None, reveal=())
        if self.opened:
            # Very many steps are taken several at once, as a drawing takes its time.
            kept = len(self.opened) - 1
            return replace(self, opened=self.opened[: kept if kept < STEPS else kept - kept % STEPS])
        return replace(self, unfolded=False) if self.unfolded else None


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is folded away below a card."""

    count: int
    at_risk: int
    off_track: int


@dataclass(frozen=True, slots=True)
class Link:
    """What a card serves: another card, or a key result on it."""

    lower: int
    upper: int
    key_result: int | None
    how: str
    weight: str

    @property
    def is_weighed(self) -> bool:
        """Say whether its weight is written: 1 goes without saying."""
        return self.how == "contributes" and self.weight != "1"


@dataclass(frozen=True, slots=True)
class Card:
    """An objective on the map. `is_open` is None where nothing stands below it."""

    id: int
    number: int
    row: Row
    confidence: Fraction | None  # the mean of its key results'
    silent_since: date | None  # the last check-in of the one of them that says nothing longest; None: never
    key_results: tuple[Row, ...]
    is_open: bool | None
    hidden: Hidden
    team: int | None
    level: int  # how deep its team lies; the company's own are at 0

    @property
    def title(self) -> tuple[str, ...]:
        """Its title, broken into lines."""
        return title_lines(self.row.title)

    @property
    def head(self) -> int:
        """How tall it is without its key results."""
        return HEAD + TITLE_LINE * max(len(self.title) - 2, 0)

    @property
    def tops(self) -> list[int]:
        """Where each of its key results begins, and where the last one ends."""
        found = [self.head]
        for row in self.key_results:
            found.append(found[-1] + LINE + NAME_LINE * (len(name_lines(row.title)) - 1))
        return found

    @property
    def height(self) -> int:
        return self.tops[-1] + (FOOT if self.key_results else 0)


class Map:
    """The map as one reader looks at it. Hold the image's lock while it is made and read."""

    def __init__(self, view: View, wish: Wish, branches: Branches | None = None) -> None:
        self.view, self.reader, self.outline, self.wish = view, view.reader, view.outline, wish
        self.image = view.reader.image
        self._branches = branches or Branches(self.image, self.outline, view.shown.mask & view.reader.seen)
        self.is_cut = False
        self._below: dict[int, list[int]] = {}
        self._opens: dict[int, bool] = {}
        self._drawn = self._walked()

    # -- what is drawn -------------------------------------------------------------------------------------

    @cached_property
    def path(self) -> frozenset[int]:
        """The card whose path is shown with everything above it, as far as the reader sees."""
        return frozenset(self._with_above(self.wish.path)) if self.wish.path is not None else frozenset()

    @cached_property
    def left_out(self) -> list[int]:
        """What of that is served by nothing either: it lies in the tray."""
        return [] if self.wish.branch is not None else [id for id in self.not_aligned if not self.below(id)]

    @property
    def shows_key_results(self) -> bool:
        if self.wish.key_results is None:
            return len(self._drawn) <= WITH_KEY_RESULTS
        return self.wish.key_results

    @cached_property
    def own(self) -> int | None:
        """The reader's own part, with which the map begins: the highest they own, else of their teams."""
        listed, actor = register(self.image), self.reader.actor
        for ids in (listed.owners.ids(actor.person_id), *map(listed.teams.ids, sorted(actor.teams))):
            joined = (id for id in self._kept(ids) if self._is_joined(id))
            first = min(islice(joined, MOST_OWN), key=lambda id: len(self._with_above(id)), default=None)
            if first is not None:
                return first
        return None

    def _is_joined(self, id: int) -> bool:
        return bool(self.below(id)) or any(self._above(id))

    def _kept(self, ids: Iterable[int]) -> Iterator[int]:
        return (id for id in ids if id in self.view.shown and self.reader.sees(id))

    @cached_property
    def not_aligned(self) -> list[int]:
        """What serves nothing and is not the company's: drawn where something serves it, else in the tray."""
        return list(self._kept(self.view.unaligned))

    @cached_property
    def _roots(self) -> list[int]:
        """What stands at the top; where not all is drawn, first below what most is off track."""
        if self.wish.branch is not None:
            return [self.wish.branch]
        found = [*self._kept(self.view.tops), *(id for id in self.not_aligned if self.below(id))]
        is_whole = self._depth(found, AT_ONCE) is None
        return found if is_whole else sorted(found, key=self._trouble, reverse=True)

    def _trouble(self, id: int) -> tuple[int, int]:
        """Return how much of a branch is off track, and how much at risk."""
        under = self._branches.under(self.image.node[id])
        counts = np.bincount(self.reader.day.status[under], minlength=len(Status)).tolist()
        return counts[Status.OFF_TRACK], counts[Status.AT_RISK]

    @cached_property
    def may_unfold(self) -> bool:
        """Whether unfolding would show more: something is folded away, and one more level can be read."""
        if self.wish.unfolded or not any(card.hidden.count for card in self.cards.values()):
            return False
        usual, more = (self._depth(self._roots, count) for count in (AT_ONCE, AT_ONCE_NARROW))
        return more != usual or bool(self.wish.shut)

    @cached_property
    def in_all(self) -> int:
        """How many objectives there would be if everything were unfolded."""
        found = {self.image.node[id] for id in self._drawn}
        for id in self._roots:
            found.update(self._branches.under(self.image.node[id]).tolist())
        return len(found)

    @property
    def unfolds_all(self) -> bool:
        """Whether all of it can be read at once."""
        return self.in_all <= AT_ONCE_NARROW

    def below(self, id: int) -> list[int]:
        """Return the objectives that serve an objective or one of its key results."""
        found = self._below.get(id)
        if found is None:
            ids: list[int] = []
            for child in self._kept(self.outline.below(self.image, id)):
                if child in self.image.key_results:
                    ids += self._kept(self.outline.below(self.image, child))
                else:
                    ids.append(child)
            found = self._below[id] = list(dict.fromkeys(ids))
        return found

    def _with_above(self, id: int) -> set[int]:
        found, waiting = {id}, [id]
        while waiting:
            for above in self._above(waiting.pop()):
                if above not in found:
                    found.add(above)
                    waiting.append(above)
        return found

    def _above(self, id: int) -> Iterator[int]:
        for parent in self.outline.parents(self.image, id):
            if self.reader.sees(parent.id):
                one = self.image.key_results.get(parent.id)
                yield one.objective_id if one else parent.id

    def _walked(self) -> dict[int, int]:
        """Return what is drawn, in the order of the tree's rows, each with its depth."""
        roots, wish = self._roots, self.wish
        comfortable = AT_ONCE_NARROW if self.view.filters.is_narrow or wish.unfolded else AT_ONCE
        deep = self._depth(roots, comfortable)
        forced = self.path - {wish.path}
        way = self._way(deep)
        for id in wish.reveal:
            forced |= self._with_above(id) - {id}
        found = dict.fromkeys(roots[:MOST], 1)
        wave, depth = list(found), 1
        while wave:
            following: list[int] = []
            for id in wave:
                key = encode(id)
                is_open = id in forced or (
                    key not in wish.shut and (key in wish.opened or id in way or deep is None or depth < deep)
                )
                self._opens[id] = is_open
                if not is_open:
                    continue
                for child in self.below(id):
                    if child not in found and len(found) < MOST:
                        found[child] = depth + 1
                        following.append(child)
            wave, depth = following, depth + 1
        self.is_cut = len(found) >= MOST
        if wish.branch is not None:
            found |= dict.fromkeys(self._with_above(wish.branch) - found.keys(), 0)
        return found

    def _way(self, deep: int | None) -> set[int]:
        """Return what stands open so that the reader's own card, else the first, is drawn with its lines."""
        way = self._with_above(self.own) - {self.own} if self.own is not None else set()
        if way or deep != 1:
            return way
        wanted = self._roots if self.own is None else [self.own]
        return set([id for id in wanted if 0 < len(self.below(id)) <= MOST_BEGUN][:1])

    def _depth(self, roots: list[int], comfortable: int) -> int | None:
        """Return how many levels can be shown without anybody having opened anything; None: all."""
        seen, wave, depth = set(roots), roots, 1
        while wave:
            wave = list(dict.fromkeys(child for id in wave for child in self.below(id) if child not in seen))
            seen.update(wave)
            if len(seen) > comfortable:
                return depth
            depth += 1
        return None

    # -- cards and links -----------------------------------------------------------------------------------

    @cached_property
    def cards(self) -> dict[int, Card]:
        """Every card, by the id of its objective."""
        return {id: self._card(id, number) for number, id in enumerate(self._drawn)}

    @cached_property
    def links(self) -> list[Link]:
        """What joins the cards."""
        found = []
        for id in self._drawn:
            for parent in self.outline.parents(self.image, id):
                one = self.image.key_results.get(parent.id)
                upper = one.objective_id if one else parent.id
                if upper in self._drawn and upper != id and self.reader.sees(parent.id):
                    found.append(Link(id, upper, one.id if one else None, parent.how, parent.weight))
        return found

    @cached_property
    def lines(self) -> list[Link]:
        """What is drawn of the links: one line from a card to another, for the link that says most."""
        found: dict[tuple[int, int], Link] = {}
        for link in self.links:
            kept = found.get((link.lower, link.upper))
            if kept is None or _says(link) > _says(kept):
                found[link.lower, link.upper] = link
        return list(found.values())

    def _card(self, id: int, number: int) -> Card:
        objective = self.image.objectives[id]
        hidden = self._hidden(id)
        is_open: bool | None = self._opens.get(id, False)
        if not self.below(id) or (not is_open and not hidden.count):
            is_open = None
        return Card(
            id=id,
            number=number,
            row=self.row(id),
            confidence=alignment.confidence(self.reader, id),
            silent_since=alignment.silent_since(self.reader, id),
            key_results=tuple(self.key_results(id)) if self.shows_key_results else (),
            is_open=is_open,
            hidden=hidden,
            team=objective.team_id,
            level=len(self.reader.lineage(objective.team_id)),
        )

    def row(self, id: int) -> Row:
        """Return what is said of an objective or a key result."""
        return alignment.row(self.reader, Place(encode(id), id, 1, None))

    def key_results(self, id: int) -> Iterator[Row]:
        """Yield the key results of an objective, as far as they are asked for and seen."""
        for child in self._kept(self.outline.below(self.image, id)):
            if child in self.image.key_results:
                yield self.row(child)

    def _hidden(self, id: int) -> Hidden:
        if self._opens.get(id, False):
            return Hidden(0, 0, 0)
        under = self._branches.under(self.image.node[id])
        statuses = self.reader.day.status[under[~self._drawn_nodes[under]]]
        counts = np.bincount(statuses, minlength=len(Status)).tolist()
        return Hidden(len(statuses), counts[Status.AT_RISK], counts[Status.OFF_TRACK])

    @cached_property
    def _drawn_nodes(self) -> np.ndarray:
        return outlines.marked(self.image, np.array([self.image.node[id] for id in self._drawn]))

    # -- where it is drawn ---------------------------------------------------------------------------------

    @cached_property
    def drawing(self) -> Drawing:
        """Where each card and each line goes; what was there before something was folded keeps its order."""
        earlier = self._earlier
        if earlier is None:
            return lay_out(*self._drawable)
        if earlier._drawable == self._drawable:
            return earlier.drawing
        ids = list(earlier.cards)
        known = (self.cards.get(ids[number]) for number in earlier.drawing.order)
        return lay_out(*self._drawable, tuple(card.number for card in known if card))

    @cached_property
    def _earlier(self) -> Map | None:
        wish = self.wish.earlier
        return None if wish is None else Map(self.view, wish, self._branches)

    def in_one(self, wide: float, tall: float) -> Part | None:
        """Return the same as one drawing of a size at most; None where it is too large."""
        boxes, lines, look = self._drawable
        return in_one(boxes, lines, wide, tall, look)

    def in_parts(self, wide: float, tall: float) -> tuple[Part, ...]:
        """Return the same as several drawings of a size at most, with the cards' numbers."""
        boxes, lines, look = self._drawable
        return in_parts(boxes, lines, wide, tall, look)

    @cached_property
    def _drawable(self) -> tuple[tuple[Box, ...], tuple[Line, ...], Look]:
        by_team = self.wish.by_team
        boxes = tuple(
            Box(
                card.number,
                WIDTH,
                card.height,
                row=card.level if by_team else 0,
                group=card.team or 0 if by_team else None,
            )
            for card in self.cards.values()
        )
        lines = tuple(
            Line(self.cards[link.lower].number, self.cards[link.upper].number, self._beside(link))
            for link in self.lines
        )
        # As wide as it is drawn where everything is small.
        said = (labels.wide(f"×{link.weight}") * labels.LARGE for link in self.lines if link.is_weighed)
        room = max(said, default=None)
        return boxes, lines, Look() if room is None else Look().with_labels(room)

    def _beside(self, link: Link) -> float | None:
        """Return how far below the top of a card the key result stands that a line leads to."""
        if link.key_result is None:
            return None
        key = encode(link.key_result)
        card = self.cards[link.upper]
        for top, row in zip(card.tops, card.key_results, strict=False):
            if row.key == key:
                return top + LINE / 2
        return None


def title_lines(title: str) -> tuple[str, ...]:
    """Break an objective's title into the lines of its card."""
    return broken(title, RIGHT - INDENT, TITLE * BOLD, lines=len(title)) or ("",)


def name_lines(title: str, *, is_bold: bool = False) -> tuple[str, ...]:
    """Break a key result's title into lines, the first beside its figure; bold takes no more of them."""
    room, lines = RIGHT - INDENT, len(name_lines(title)) if is_bold else MOST_LINES
    return broken(title, room, NAME * (BOLD if is_bold else PLAIN), lines, first=room - FIGURE) or ("",)


def _says(link: Link) -> tuple[bool, bool]:
    return link.how == "contributes", link.key_result is not None
