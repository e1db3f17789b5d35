"""The whole map as SVG: rows, lines and cards; on a page with links, or as a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup, escape

from milepost.core.layout import Spot, labels, letters
from milepost.core.layout.labels import Label
from milepost.core.layout.routes import Point
from milepost.queries.map import WIDTH, Card, Link, Map
from milepost.queries.what_if import Supposition
from milepost.web import map_styles, words
from milepost.web.map_cards import Pen
from milepost.web.map_lenses import Entry

PAD, OVER, UNDER = 24, 26, 14  # around the drawing; above and under the cards in a row's band
CORNER = 7
SIZES = {labels.LARGE: " big", labels.LESS: " snug"}


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
            f"{map_styles.symbols()}{self._everything()}</svg>"
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
            spot = self.spot(card)
            boxes[self.pen.lens.of(self.pen.seen(card))[0]].append(
                f"M{spot.x:g} {spot.y:g}h{spot.width:g}v{spot.height:g}h-{spot.width:g}z"
            )
        paths = "".join(f'<path class="{colour}" d="{"".join(all)}"/>' for colour, all in boxes.items())
        return Markup(
            f'<svg viewBox="0 0 {self.width} {self.height}" aria-hidden="true">{paths}<rect/></svg>'
        )

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
        return "".join([*self._rows(), self._lines(), *self._names(), *self._cards()])

    def spot(self, card: Card) -> Spot:
        """Return where a card stands."""
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
        spots = {card.number: self.spot(card) for card in self.map.cards.values()}
        if self.map.wish.by_team:
            yield from self.teams(spots)
            return
        for row, (top, _) in enumerate(self.map.drawing.rows):
            below = " and below" if row in self.map.drawing.deep else ""
            yield f'<text class="sm lt" x="{PAD}" y="{top + PAD + 17:g}">Level {row + 1}{below}</text>'

    def teams(self, spots: Mapping[int, Spot]) -> Iterator[str]:
        """Name each team above its cards that stand side by side; `spots` are those of some cards."""
        placed = [(spots[card.number], card.team) for card in self.map.cards.values() if card.number in spots]
        runs: list[tuple[tuple[int, int | None], Spot, float]] = []
        for spot, team in sorted(placed, key=lambda one: (one[0].row, one[0].x, one[0].y)):
            run, first = (spot.row, team), spot
            if runs and runs[-1][0] == run:
                first = runs.pop()[1]
            runs.append((run, first, spot.right))
        for (_, team), first, right in runs:
            known = self.map.image.teams.get(team)
            (name,) = letters.broken(known.name if known else self.workspace, right - first.x, 12, 1) or ("",)
            yield f'<text class="sm em lt" x="{first.x:g}" y="{first.y - 9:g}">{escape(name)}</text>'

    # -- lines ---------------------------------------------------------------------------------------------

    def _lines(self) -> str:
        routes = ([(x + PAD, y + PAD + OVER) for x, y in points] for points in self.map.drawing.routes)
        return self.lines(
            list(zip(self.map.lines, routes, strict=True)),
            map(self.spot, self.map.cards.values()),
            (self.width, self.height),
        )

    def lines(
        self,
        drawn: Sequence[tuple[Link, Sequence[Point]]],
        spots: Iterable[Spot],
        size: tuple[float, float],
    ) -> str:
        """Draw lines and their weights, which stand clear of cards, other lines and the edges of `size`."""
        cards, found = self.map.cards, []
        # What is told apart lies on top.
        for link, points in sorted(drawn, key=lambda one: self._is_hot(one[0])):
            classes = ("ln" if link.how == "contributes" else "ln sup") + (
                " hot" if self._is_hot(link) else ""
            )
            ends = f'data-l="{cards[link.lower].number}" data-u="{cards[link.upper].number}"'
            found.append(f'<path class="{classes}" {ends} d="{_path(points)}"/>')
        said = [
            f"×{words.number(words.exact(link.weight))}" if link.is_weighed else None for link, _ in drawn
        ]
        placed = labels.labelled(
            [(points, text and labels.wide(text)) for (_, points), text in zip(drawn, said, strict=True)],
            [(spot.x, spot.y - 1, spot.right, spot.bottom + 10) for spot in spots],
            size,
        )
        found += [_weight(text, at) for text, at in zip(said, placed, strict=True) if text and at]
        return "".join(found)

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
            row, above = self.map.drawing.row(card.number), " ".join(served[id])
            drawn = self.pen.card(card, self.spot(card), row, served=above, is_hot=id in self.hot)
            # On paper it is used again, elsewhere: there its styles must find all that they ask for in it.
            yield f'<g class="map" id="c-{card.number}">{drawn}</g>'


def _weight(said: str, at: Label) -> str:
    return (
        f'<g class="wg{SIZES.get(at.grows, "")}"><rect class="wr" x="{at.x - at.width / 2:g}" '
        f'y="{at.y - 8:g}" width="{at.width:g}" height="16" rx="8"/>'
        f'<text class="sm wt" x="{at.x:g}" y="{at.y + 4:g}">{said}</text></g>'
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
