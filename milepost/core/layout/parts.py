"""A drawing that is too large for a sheet of paper, as several drawings: an overview, and what goes on below.

Boxes are taken branch by branch. A branch that has no room is there by its topmost box alone, which stands
again at the top of a later part, with what serves it. So each part is a whole drawing of its own: no box is
cut, and no sheet has holes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from milepost.core.layout.boxes import Box, Line, Look
from milepost.core.layout.drawing import Drawing, lay_out

KEPT = 32
DENSE = 0.8  # how much of a sheet boxes and the gaps between them can take at most


@dataclass(frozen=True, slots=True)
class Part:
    """One of the drawings: its boxes, and which of the lines it shows, in the order of its routes.

    `above` and `below` say of a box in which other parts stands what it serves, and what serves it; parts are
    counted from 0.
    """

    drawing: Drawing
    lines: tuple[int, ...]
    above: Mapping[Hashable, tuple[int, ...]]
    below: Mapping[Hashable, tuple[int, ...]]


@lru_cache(maxsize=KEPT)
def in_parts(
    boxes: tuple[Box, ...], lines: tuple[Line, ...], wide: float, tall: float, look: Look | None = None
) -> tuple[Part, ...]:
    """Draw boxes and lines on as few sheets of a size as they can be read on; every box stands on one."""
    cutter = _cutter(boxes, lines, wide, tall, look)
    sheets = list(cutter.sheets())
    first: dict[Hashable, int] = {}
    for number, ids in enumerate(sheets):
        for id in ids:
            first.setdefault(id, number)
    return tuple(cutter.part(ids, first) for ids in sheets)


@lru_cache(maxsize=KEPT)
def in_one(
    boxes: tuple[Box, ...], lines: tuple[Line, ...], wide: float, tall: float, look: Look | None = None
) -> Part | None:
    """Draw boxes and lines on one sheet of a size; None where they have no room there."""
    cutter, ids = _cutter(boxes, lines, wide, tall, look), [box.id for box in boxes]
    return cutter.part(ids, {}) if cutter.fits(ids) else None


def _cutter(
    boxes: tuple[Box, ...], lines: tuple[Line, ...], wide: float, tall: float, look: Look | None
) -> _Cutter:
    return _Cutter(boxes, lines, wide, tall, replace(look or Look(), wide=wide, shape=wide / tall))


@dataclass
class _Cutter:
    boxes: Sequence[Box]
    lines: Sequence[Line]
    wide: float
    tall: float
    look: Look
    children: dict[Hashable, list[Hashable]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.box = {box.id: box for box in self.boxes}
        upper: dict[Hashable, Hashable] = {}
        for line in self.lines:
            upper.setdefault(line.lower, line.upper)
        for lower, above in upper.items():
            self.children[above].append(lower)
        self.tops = [box.id for box in self.boxes if box.id not in upper]

    def sheets(self) -> Iterator[list[Hashable]]:
        """Yield the boxes of each sheet: those that follow one another, as long as there is room."""
        current: list[Hashable] = []
        for ids in self._pieces(None, self.tops):
            together = list(dict.fromkeys([*current, *ids]))
            if current and not self.fits(together):
                yield current
                together = ids
            current = together
        if current:
            yield current

    def _pieces(self, above: Hashable, heads: Sequence[Hashable]) -> Iterator[list[Hashable]]:
        """Yield what goes on a sheet with the box that it serves: as many whole branches as have room."""
        context = [] if above is None else [above]
        units, later = [self._branch(head) for head in heads], []
        while units:
            count = self._most(context, units)
            if count == 0 and len(units[0]) > 1:
                later.append(units[0][0])
                units[0] = units[0][:1]
                continue
            taken, units = units[: max(count, 1)], units[max(count, 1) :]
            yield context + [id for unit in taken for id in unit]
        for head in later:
            yield from self._pieces(head, self.children[head])

    def _most(self, context: list[Hashable], units: Sequence[Sequence[Hashable]]) -> int:
        """Return how many of some branches have room on a sheet."""
        fits, fails = 0, len(units) + 1
        tried = len(units)
        while fits + 1 < fails:
            if self.fits(context + [id for unit in units[:tried] for id in unit]):
                fits = tried
            else:
                fails = tried
            tried = (fits + fails) // 2
        return fits

    def _branch(self, top: Hashable) -> list[Hashable]:
        found, waiting = [], [top]
        while waiting:
            id = waiting.pop()
            found.append(id)
            waiting += reversed(self.children[id])
        return found

    def fits(self, ids: Collection[Hashable]) -> bool:
        """Say whether boxes have room on one sheet."""
        gap, pile = self.look.gap, self.look.pile
        area = sum((self.box[id].width + gap) * (self.box[id].height + pile) for id in ids)
        if area > DENSE * self.wide * self.tall:
            return False
        drawing = self._drawing(ids)[0]
        return drawing.width <= self.wide and drawing.height <= self.tall

    def _drawing(self, ids: Collection[Hashable]) -> tuple[Drawing, tuple[int, ...]]:
        chosen = set(ids)
        boxes = tuple(box for box in self.boxes if box.id in chosen)
        numbers = tuple(
            at for at, line in enumerate(self.lines) if line.lower in chosen and line.upper in chosen
        )
        # What is only tried is not worth keeping.
        return lay_out.__wrapped__(boxes, tuple(self.lines[at] for at in numbers), self.look), numbers

    def part(self, ids: Collection[Hashable], first: Mapping[Hashable, int]) -> Part:
        """Draw a sheet, and say where it goes on."""
        drawing, numbers = self._drawing(ids)
        chosen = set(ids)
        above: dict[Hashable, set[int]] = defaultdict(set)
        below: dict[Hashable, set[int]] = defaultdict(set)
        for line in self.lines:
            if line.lower in chosen and line.upper not in chosen:
                above[line.lower].add(first[line.upper])
            if line.upper in chosen and line.lower not in chosen:
                below[line.upper].add(first[line.lower])
        return Part(drawing, numbers, _listed(above), _listed(below))


def _listed(found: Mapping[Hashable, set[int]]) -> dict[Hashable, tuple[int, ...]]:
    return {id: tuple(sorted(numbers)) for id, numbers in found.items()}
