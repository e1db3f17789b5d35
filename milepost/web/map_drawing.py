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

PAD, OVER, UNDER = 24, 26, 14  # around the drawing; above and under the cards in a row's band
CORNER = 7
SHEET = (1560, 1050)  # what of a drawing goes on one sheet of paper, so that one can read it
ONE_SHEET = 1.35  # a little more is made to fit


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
        tracing = " tracing" if self.hot else ""
        return Markup(
            f'<svg class="map{tracing}" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" aria-hidden="true" focusable="false">'
            f'{map_styles.symbols()}<g id="drawing" class="map">{self._everything()}</g></svg>'
        )

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
            boxes[self.pen.lens.of(card)[0]].append(
                f"M{spot.x:g} {spot.y:g}h{spot.width:g}v{spot.height:g}h-{spot.width:g}z"
            )
        paths = "".join(f'<path class="{colour}" d="{"".join(all)}"/>' for colour, all in boxes.items())
        return Markup(
            f'<svg viewBox="0 0 {self.width} {self.height}" aria-hidden="true">{paths}<rect/></svg>'
        )

    def sheets(self) -> list[str]:
        """Cut the drawing into sheets of paper: the part of it that each shows.

        Sheets overlap by a card, so that each card is whole on one of them.
        """
        tallest = max((spot.height for spot in self.map.drawing.spots.values()), default=0)
        across = _cuts(self.width, SHEET[0], WIDTH)
        down = _cuts(self.height, SHEET[1], tallest)
        return [f"{x} {y} {wide} {tall}" for y, tall in down for x, wide in across]

    @cached_property
    def hot(self) -> frozenset[int]:
        """The cards that are told apart: those that a supposition moves, or the way up from one."""
        if self.supposed is None:
            return self.map.path
        one = self.map.image.key_results[self.supposed.key_result.id]
        return frozenset([one.objective_id, *(effect.id for effect in self.supposed.effects)])

    def _everything(self) -> str:
        return "".join([*self._rows(), *self._lines(), *self._cards()])

    def _spot(self, card: Card) -> Spot:
        spot = self.map.drawing.spots[card.number]
        return Spot(spot.x + PAD, spot.y + PAD + OVER, spot.width, spot.height, spot.row)

    # -- rows ----------------------------------------------------------------------------------------------

    def _rows(self) -> Iterator[str]:
        for row, (top, bottom) in enumerate(self.map.drawing.rows):
            y, tall = top + PAD, bottom - top + OVER + UNDER
            yield (
                f'<rect class="lv" x="{PAD / 2:g}" y="{y:g}" width="{self.width - PAD}" '
                f'height="{tall:g}" rx="10"/>'
            )
            if not self.map.wish.by_team:
                below = " and below" if row in self.map.drawing.deep else ""
                yield f'<text class="sm" x="{PAD}" y="{y + 17:g}">Level {row + 1}{below}</text>'
        if self.map.wish.by_team:
            yield from self._teams()

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
            yield f'<text class="sm em" x="{left:g}" y="{y:g}">{escape(name)}</text>'

    # -- lines ---------------------------------------------------------------------------------------------

    def _lines(self) -> Iterator[str]:
        cards, labels = self.map.cards, defaultdict(int)
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
                (_, before), (x, y) = points[-2:]
                if before == y:  # it enters a stack from the left
                    place = f'x="{x - 11:g}" y="{y - 3:g}" text-anchor="end"'
                else:
                    place = f'x="{x + 5 + 28 * labels[x, y]:g}" y="{y - 7:g}"'
                    labels[x, y] += 1
                yield f'<text class="sm wt" {place}>×{words.number(words.exact(link.weight))}</text>'

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


def _cuts(whole: int, sheet: int, overlap: float) -> list[tuple[int, int]]:
    """Return where each sheet begins and how much it shows, along one side."""
    if whole <= ONE_SHEET * sheet:
        return [(0, whole)]
    steps = -(-(whole - sheet) // max(round(sheet - overlap - PAD), 1))
    return [(round((whole - sheet) * step / steps), sheet) for step in range(steps + 1)]
