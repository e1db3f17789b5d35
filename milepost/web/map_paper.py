"""The map on paper: sheets that are whole drawings each, of cards so large that they can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from milepost.core.layout import Spot
from milepost.core.layout.parts import Part
from milepost.queries.map import WIDTH
from milepost.web.map_drawing import Picture

PAPER = (1054, 640)  # of A4 across, without margins, heading and legend, in the units of a drawing
AT_MOST = 0.9  # how large cards are
ALONE = 0.56  # where all go on one sheet, at least
IN_PARTS = 0.62  # where they take several
SIDE, TOP, FOOT = 24, 30, 16  # around the cards
MARK = 18  # the height of a mark that says where it goes on


@dataclass
class Paper:
    """A map as it is printed: its sheets."""

    picture: Picture

    @cached_property
    def sheets(self) -> list[Sheet]:
        """One sheet where that can be read, else as many as it takes, all at one scale."""
        part = self.picture.map.in_one(*_room(ALONE))
        if part is not None:
            fitting = min(
                PAPER[0] / (part.drawing.width + 2 * SIDE), PAPER[1] / (part.drawing.height + TOP + FOOT)
            )
            return [Sheet(self.picture, part, min(fitting, AT_MOST))]
        return [Sheet(self.picture, part, IN_PARTS) for part in self.picture.map.in_parts(*_room(IN_PARTS))]


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper: a part of the map, drawn so large."""

    picture: Picture
    part: Part
    scale: float

    def svg(self) -> Markup:
        """Draw it out of the cards of the drawing on the page, which are used again here."""
        wide, tall = self._size
        inside = "".join([*self._lines(), *self._names(), *self._cards(), *self._marks()])
        return Markup(f'<svg class="map" viewBox="0 0 {wide} {tall}">{inside}</svg>')

    @property
    def _size(self) -> tuple[int, int]:
        return round(PAPER[0] / self.scale), round(self.part.drawing.height + TOP + FOOT)

    @cached_property
    def _spots(self) -> dict[int, Spot]:
        """Where each card stands, by its number: the drawing in the middle of the sheet."""
        left = (PAPER[0] / self.scale - self.part.drawing.width) / 2
        return {
            number: Spot(round(spot.x + left, 1), spot.y + TOP, spot.width, spot.height, spot.row)
            for number, spot in self.part.drawing.spots.items()
        }

    def _lines(self) -> Iterator[str]:
        left = round((PAPER[0] / self.scale - self.part.drawing.width) / 2, 1)
        links = [self.picture.map.lines[at] for at in self.part.lines]
        routes = ([(x + left, y + TOP) for x, y in points] for points in self.part.drawing.routes)
        yield self.picture.lines(list(zip(links, routes, strict=True)), self._spots.values(), self._size)

    def _names(self) -> Iterator[str]:
        if self.picture.map.wish.by_team:
            yield from self.picture.teams(self._spots)

    def _cards(self) -> Iterator[str]:
        for card in self.picture.map.cards.values():
            if card.number in self._spots:
                there, here = self.picture.spot(card), self._spots[card.number]
                x, y = here.x - there.x, here.y - there.y
                yield f'<use href="#c-{card.number}" x="{x:g}" y="{y:g}"/>'

    def _marks(self) -> Iterator[str]:
        """Say at which card the drawing goes on, and in which part."""
        for number, others in self.part.above.items():
            yield _mark(f"↑ {_listed(others)}", self._spots[number], is_above=True)
        for number, others in self.part.below.items():
            yield _mark(f"↓ {_listed(others)}", self._spots[number], is_above=False)

    @property
    def goes_on(self) -> bool:
        """Whether any of its cards stands on another sheet too, or is joined to one there."""
        return bool(self.part.above or self.part.below)


def _room(scale: float) -> tuple[float, float]:
    return round(PAPER[0] / scale) - 2 * SIDE, round(PAPER[1] / scale) - TOP - FOOT


def _listed(sheets: Sequence[int]) -> str:
    """Name sheets, of many the first and the last."""
    if len(sheets) > 3:
        return f"{sheets[0] + 1} … {sheets[-1] + 1}"
    return ", ".join(str(one + 1) for one in sheets)


def _mark(said: str, spot: Spot, *, is_above: bool) -> str:
    wide = 22 + 7 * len(said)
    x, y = spot.x + WIDTH - wide - 8, (spot.y if is_above else spot.bottom) - MARK / 2
    return (
        f'<g class="fd"><rect x="{x:g}" y="{y:g}" width="{wide}" height="{MARK}" rx="9"/>'
        f'<text x="{x + wide / 2:g}" y="{y + 13:g}">{said}</text></g>'
    )
