"""The whole map as SVG: rows, lines and cards; on a page with links, as a file, cut into sheets of paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup, escape

from milepost.core.layout import Spot
from milepost.queries.map import WIDTH, Card, Link, Map
from milepost.queries.what_if import Supposition
from milepost.web import map_styles, map_text, words
from milepost.web.map_cards import Pen
from milepost.web.map_lenses import Entry

PAD, OVER, UNDER = 24, 26, 14  # around the drawing; above and under the cards in a row's band
CORNER = 7
FRINGE = 7  # what is left out around a card on paper, where masks are drawn coarsely
PAPER = (1054, 650)  # of A4 across, without margins, heading and legend, in the units of a drawing
TRAY = 90  # what the cards in the tray take of it
# How small a drawing may be on paper: with all of a card, with its title alone, and that on several sheets.
IN_DETAIL, AT_LEAST, IN_PARTS = 0.55, 0.3, 0.42


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper: the part of the drawing on it, and the cards that it would cut, as a path."""

    x: int
    y: int
    wide: int
    tall: int
    cut: str = ""

    @property
    def shown(self) -> int:
        """How broad the part is that shows."""
        return self.wide - FRINGE

    @property
    def view(self) -> str:
        """The part, as the drawing says it."""
        return f"{self.x} {self.y} {self.wide} {self.tall}"


@dataclass
class Picture:
    """A map as it is drawn."""

    map: Map
    pen: Pen
    workspace: str
    supposed: Supposition | None = None

    @property
    def width(self) -> int:
        return round(max(self.map.drawing.width, WIDTH) + 2 * PAD)

    @property
    def height(self) -> int:
        return round(self.map.drawing.height + OVER + UNDER + 2 * PAD)

    # -- the whole -----------------------------------------------------------------------------------------

    def svg(self) -> Markup:
        """Draw everything for a page; the list beside it says the same, so screen readers skip this."""
        tracing, afar = " tracing" if self.hot else "", " afar" if self.is_afar else ""
        return Markup(
            f'<svg class="map{tracing}" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" aria-hidden="true" focusable="false">'
            f'{map_styles.symbols()}<g id="drawing" class="map{afar}">{self._everything()}</g></svg>'
        )

    def legend(self) -> list[Entry]:
        """Say what the colours mean, with how many cards have each."""
        return self.pen.lens.legend(map(self.pen.seen, self.map.cards.values()))

    def file(self, title: str) -> str:
        """Draw everything as a file that stands alone."""
        size = f'width="{self.width}" height="{self.height}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="map" {size} '
            f'viewBox="0 0 {self.width} {self.height}"><title>{escape(title)}</title>'
            f"<style>{map_styles.styles()}</style>{map_styles.symbols()}"
            f'<rect class="paper" {size}/>{self._everything()}</svg>\n'
        )

    def small(self) -> Markup:
        """Draw all cards as plain boxes, to see where one is."""
        boxes: dict[str, list[str]] = defaultdict(list)
        for card in self.map.cards.values():
            spot = self._spot(card)
            boxes[self.pen.lens.of(self.pen.seen(card))[0]].append(
                f"M{spot.x:g} {spot.y:g}h{spot.width:g}v{spot.height:g}h-{spot.width:g}z"
            )
        paths = "".join(f'<path class="{colour}" d="{"".join(all)}"/>' for colour, all in boxes.items())
        return Markup(
            f'<svg viewBox="0 0 {self.width} {self.height}" aria-hidden="true">{paths}<rect/></svg>'
        )

    @cached_property
    def _paper(self) -> tuple[float, float]:
        return PAPER[0], PAPER[1] - (TRAY if self.map.left_out else 0)

    @cached_property
    def _on_one_sheet(self) -> float:
        """How large the drawing is when it stands on one sheet of paper; 1 is as drawn."""
        return min(self._paper[0] / self.width, self._paper[1] / self.height)

    @property
    def is_afar(self) -> bool:
        """Whether it is too small on paper for more than the titles and figures of its cards."""
        return self._on_one_sheet < IN_DETAIL

    @cached_property
    def sheets(self) -> list[Sheet]:
        """Cut the drawing into sheets of paper, all at one scale; one sheet where that can be read.

        Sheets overlap by a card: each card is whole on one of them, and left out where it would be cut.
        """
        if self._on_one_sheet >= AT_LEAST:
            return [Sheet(0, 0, self.width, self.height)]
        wide, tall = (round(side / IN_PARTS) for side in self._paper)
        tallest = max(spot.height for spot in self.map.drawing.spots.values())
        return [
            self._sheet(x, y, wide, tall)
            for y in _cuts(self.height, tall, tallest + 2 * UNDER)
            for x in _cuts(self.width, wide, WIDTH)
        ]

    def _sheet(self, x: int, y: int, wide: int, tall: int) -> Sheet:
        cut = []
        for spot in map(self._spot, self.map.cards.values()):
            top, bottom = spot.y - UNDER, spot.y + spot.height + UNDER
            is_on = spot.x < x + wide and spot.right > x and top < y + tall and bottom > y
            right = x + wide - FRINGE
            is_whole = spot.x >= x and spot.right <= right and top >= y and bottom <= y + tall
            if is_on and not is_whole:
                beyond = spot.width + 2 * FRINGE
                cut.append(f"M{spot.x - FRINGE:g} {top:g}h{beyond:g}v{bottom - top:g}h-{beyond:g}z")
        return Sheet(x, y, wide, tall, "".join(cut))

    @cached_property
    def hot(self) -> frozenset[int]:
        """The cards that are told apart: those that a supposition moves, or the way up from one."""
        if self.supposed is None:
            return self.map.path
        known = self.map.image.key_results
        own = (known[end.key_result.id].objective_id for end in self.supposed.ends)
        return frozenset([*own, *(effect.id for effect in self.supposed.effects)])

    def _everything(self) -> str:
        # Names lie over the lines, which they interrupt: a line that crosses one would strike it out.
        return "".join([*self._rows(), *self._lines(), *self._names(), *self._cards()])

    def _spot(self, card: Card) -> Spot:
        spot = self.map.drawing.spots[card.number]
        return Spot(spot.x + PAD, spot.y + PAD + OVER, spot.width, spot.height, spot.row)

    # -- rows ----------------------------------------------------------------------------------------------

    def _rows(self) -> Iterator[str]:
        for top, bottom in self.map.drawing.rows:
            y, tall = top + PAD, bottom - top + OVER + UNDER
            yield (
                f'<rect class="lv" x="{PAD / 2:g}" y="{y:g}" width="{self.width - PAD}" '
                f'height="{tall:g}" rx="10"/>'
            )

    def _names(self) -> Iterator[str]:
        if self.map.wish.by_team:
            yield from self._teams()
            return
        for row, (top, _) in enumerate(self.map.drawing.rows):
            below = " and below" if row in self.map.drawing.deep else ""
            yield f'<text class="sm lt" x="{PAD}" y="{top + PAD + 17:g}">Level {row + 1}{below}</text>'

    def _teams(self) -> Iterator[str]:
        """Name each team above its cards that stand side by side."""
        spots = [(self._spot(card), card.team) for card in self.map.cards.values()]
        runs: list[tuple[tuple[int, int | None], float, float]] = []
        for spot, team in sorted(spots, key=lambda one: (one[0].row, one[0].x)):
            run, left = (spot.row, team), spot.x
            if runs and runs[-1][0] == run:
                left = runs.pop()[1]
            runs.append((run, left, spot.right))
        for (row, team), left, right in runs:
            known = self.map.image.teams.get(team)
            (name,) = map_text.broken(known.name if known else self.workspace, right - left, 12, 1) or ("",)
            y = self.map.drawing.rows[row][0] + PAD + 17
            yield f'<text class="sm em lt" x="{left:g}" y="{y:g}">{escape(name)}</text>'

    # -- lines ---------------------------------------------------------------------------------------------

    def _lines(self) -> Iterator[str]:
        cards, weights = self.map.cards, []
        drawn = list(zip(self.map.lines, self.map.drawing.routes, strict=True))
        # What is told apart lies on top.
        for link, points in sorted(drawn, key=lambda one: self._is_hot(one[0])):
            classes = ("ln" if link.how == "contributes" else "ln sup") + (
                " hot" if self._is_hot(link) else ""
            )
            ends = f'data-l="{cards[link.lower].number}" data-u="{cards[link.upper].number}"'
            points = [(x + PAD, y + PAD + OVER) for x, y in points]
            yield f'<path class="{classes}" {ends} d="{_path(points)}"/>'
            if link.how == "contributes" and link.weight != "1":
                weights.append(_weight(f"×{words.number(words.exact(link.weight))}", points))
        yield from weights

    def _is_hot(self, link: Link) -> bool:
        if self.supposed is not None and link.how != "contributes":
            return False
        return link.lower in self.hot and link.upper in self.hot

    # -- cards ---------------------------------------------------------------------------------------------

    def _cards(self) -> Iterator[str]:
        served: dict[int, list[str]] = defaultdict(list)
        for link in self.map.lines:
            served[link.lower].append(str(self.map.cards[link.upper].number))
        for id, card in self.map.cards.items():
            yield self.pen.card(card, self._spot(card), served=" ".join(served[id]), is_hot=id in self.hot)


def _weight(said: str, points: Sequence[tuple[float, float]]) -> str:
    """Write a weight in the middle of the last piece of its line, where no other line ends."""
    (before_x, before_y), (x, y) = points[-2:]
    at_x, at_y = (before_x + x) / 2, (before_y + y) / 2
    if before_y == y:  # it enters a stack from the left: above the piece, there is little room
        at_x, at_y = x - 26, y - 12
    wide = round(map_text.width(said, 11.5)) + 10
    return (
        f'<g class="wg"><rect class="wr" x="{at_x - wide / 2:g}" y="{at_y - 8:g}" '
        f'width="{wide}" height="16" rx="8"/>'
        f'<text class="sm wt" x="{at_x:g}" y="{at_y + 4:g}">{said}</text></g>'
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Write a line: straight pieces with round corners, and curves that leave and arrive upright."""
    (x, y), *following = points
    found = [f"M{x:g} {y:g}"]
    for at, (to_x, to_y) in enumerate(following):
        turns = at + 1 < len(following) and _is_corner((x, y), (to_x, to_y), following[at + 1])
        if x != to_x and y != to_y:
            middle = (y + to_y) / 2
            found.append(f"C{x:g} {middle:g} {to_x:g} {middle:g} {to_x:g} {to_y:g}")
        elif turns:
            next_x, next_y = following[at + 1]
            found.append(
                f"L{_short(to_x, x):g} {_short(to_y, y):g}"
                f"Q{to_x:g} {to_y:g} {_short(to_x, next_x):g} {_short(to_y, next_y):g}"
            )
        else:
            found.append(f"L{to_x:g} {to_y:g}")
        x, y = to_x, to_y
    return "".join(found)


def _is_corner(before: tuple[float, float], at: tuple[float, float], after: tuple[float, float]) -> bool:
    """Say whether a level piece meets an upright one."""
    level, upright = before[1] == at[1], before[0] == at[0]
    return (level and at[0] == after[0]) or (upright and at[1] == after[1])


def _short(end: float, other: float) -> float:
    """Return where a piece ends that makes room for a round corner."""
    return end if end == other else end + max(-CORNER, min(CORNER, other - end))


def _cuts(whole: int, sheet: int, overlap: float) -> list[int]:
    """Return where each sheet begins, along one side."""
    if whole <= sheet:
        return [0]
    steps = -(-(whole - sheet) // max(round(sheet - overlap - 2 * PAD), 1))
    return [round((whole - sheet) * step / steps) for step in range(steps + 1)]
