"""A map too large for a sheet, in parts; and the words on its lines."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings

from milepost.core.layout import Box, Line, Look, lay_out
from milepost.core.layout.labels import LARGE, LESS, labelled
from milepost.core.layout.letters import broken, width
from milepost.core.layout.parts import in_one, in_parts
from tests.core.test_layout import company, graphs

ROOM = (1700.0, 1000.0)


class TestParts:
    @given(graphs())
    @settings(max_examples=60, deadline=None)
    def test_hold_every_box_and_say_where_each_line_goes_on(self, graph):
        """Each box stands in a part; a line is drawn in one, or both its ends say in which the other is."""
        boxes, lines, _ = graph

        parts = in_parts(boxes, lines, 700.0, 500.0)

        assert {id for part in parts for id in part.drawing.spots} == {box.id for box in boxes}
        for at, line in enumerate(lines):
            holding = {end: [n for n, part in enumerate(parts) if end in part.drawing.spots]
                       for end in (line.lower, line.upper)}  # fmt: skip
            if any(at in part.lines for part in parts):
                continue
            assert all(holding[line.upper][0] in parts[n].above[line.lower] for n in holding[line.lower])
            assert all(holding[line.lower][0] in parts[n].below[line.upper] for n in holding[line.upper])

    def test_are_one_where_all_has_room(self):
        """What goes on one sheet is one part, which points nowhere; whether it does is known at once."""
        (part,) = in_parts(*company(12, 2), *ROOM)
        assert in_one(*company(12, 2), *ROOM) == part
        assert in_one(*company(100, 4), *ROOM) is None

        assert len(part.lines) == len(company(12, 2)[1])
        assert not part.above and not part.below

    @pytest.mark.parametrize(("count", "most"), [(100, 8), (300, 18), (600, 36)])
    def test_fill_their_sheets(self, count: int, most: int):
        """Every part has room on a sheet, and there are not many more than their cards need."""
        parts = in_parts(*company(count, 5), *ROOM)

        assert all(part.drawing.width <= ROOM[0] and part.drawing.height <= ROOM[1] for part in parts)
        assert len(parts) <= most

    def test_begin_with_what_is_served(self):
        """What is at the top stands in the first part, and again above its own work in a later one."""
        boxes = tuple(Box(id, 224, 100) for id in range(80))
        lines = tuple(Line(id, (id - 1) // 3) for id in range(1, 80))

        parts = in_parts(boxes, lines, 1000.0, 500.0)

        assert 0 in parts[0].drawing.spots
        assert all(part.above or 0 in part.drawing.spots for part in parts)


class TestLabels:
    @pytest.mark.parametrize("group", [None, 7])
    @pytest.mark.parametrize(("count", "levels"), [(30, 3), (100, 4), (300, 5)])
    def test_never_lie_over_one_another_or_a_box(self, count: int, levels: int, group: int | None):
        """Though every line had a weight: each stands free, and hardly any finds no room."""
        boxes, lines = company(count, levels)
        if group:
            boxes = tuple(Box(box.id, box.width, box.height, group=box.id % group) for box in boxes)
        drawing = lay_out(boxes, lines, Look().with_labels(28))
        spots = [(spot.x, spot.y, spot.right, spot.bottom) for spot in drawing.spots.values()]

        found = labelled(
            [(points, 28.0) for points in drawing.routes], spots, (drawing.width, drawing.height)
        )

        placed = [label.area for label in found if label]
        assert group or len(placed) >= 0.9 * len(lines)
        assert not [
            one for at, one in enumerate(placed) for other in [*placed[:at], *spots] if meet(one, other)
        ]

    @given(graphs())
    @settings(max_examples=60, deadline=None)
    def test_are_at_their_own_line_alone(self, graph):
        """No other line runs under a label, not even where two share a way; and none leaves the drawing."""
        boxes, lines, _ = graph
        drawing = lay_out(boxes, lines, Look(wide=700).with_labels(28))
        size = drawing.width, drawing.height
        spots = [(spot.x, spot.y, spot.right, spot.bottom) for spot in drawing.spots.values()]

        found = labelled([(points, 28.0) for points in drawing.routes], spots, size)

        for at, label in enumerate(found):
            if label is None:
                continue
            left, top, right, bottom = label.area
            assert left >= 0 and top >= 0 and right <= size[0] and bottom <= size[1]
            for other, points in enumerate(drawing.routes):
                assert other == at or not [point for point in walked(points) if is_in(point, label.area)]

    def test_in_a_column_stand_by_their_box(self):
        """Boxes under one another share the line down their left: each has its weight on the piece to it."""
        boxes = tuple(Box(id, 224, 100) for id in range(7))
        lines = tuple(Line(id, 0) for id in range(1, 7))
        drawing = lay_out(boxes, lines, Look(wide=700).with_labels(28))
        spots = [(spot.x, spot.y, spot.right, spot.bottom) for spot in drawing.spots.values()]

        found = labelled(
            [(points, 28.0) for points in drawing.routes], spots, (drawing.width, drawing.height)
        )

        assert len({spot.x for spot in drawing.spots.values()}) < 7
        for line, label in zip(lines, found, strict=True):
            own = drawing.spots[line.lower]
            assert own.y - 24 < label.y < own.bottom and own.x - 48 < label.x < own.x

    def test_stand_near_the_lower_end(self):
        """Where there is room a weight stands by what it weighs, and may be drawn larger."""
        (label,) = labelled([([(100, 0), (100, 100)], 28.0)], [(0, 100, 224, 200)], (224, 200))

        assert (label.x, label.y, label.grows) == (100, 80, LARGE)

    def test_grow_as_far_as_there_is_room(self):
        """Beside another line a label grows less where everything is small; it stands no farther off."""
        other = ([(122.0, 0.0), (122.0, 100.0)], None)

        label, _ = labelled([([(100.0, 0.0), (100.0, 100.0)], 28.0), other], [], (300, 100))

        assert (label.y, label.grows) == (80, LESS)

    def test_make_way(self):
        """A second weight stands where its own line has parted from the first."""
        one, other = [(100.0, 0.0), (100.0, 100.0)], [(100.0, 0.0), (100.0, 60.0), (200.0, 60.0)]

        first, second = labelled([(one, 28.0), (other, 28.0)], [], (300, 200))

        assert first.area[1] > 60 and second.area[0] > 100

    def test_are_left_out_rather_than_unreadable(self):
        """Where everything is covered there is none, and none on a way that is another line's too."""
        line = ([(100.0, 0.0), (100.0, 20.0)], 28.0)

        assert labelled([line], [(0, 0, 200, 200)], (200, 200)) == [None]
        assert labelled([line, (line[0], None)], [(0, 20, 200, 200)], (100, 200)) == [None, None]


def walked(points):
    """Yield points all along a line, as it is drawn: see `_path` of the drawing."""
    for (x, y), (to_x, to_y) in pairwise(points):
        for step in range(201):
            t = step / 200
            if x == to_x or y == to_y:
                yield x + (to_x - x) * t, y + (to_y - y) * t
            else:
                middle, rest = (y + to_y) / 2, 1 - t
                yield (
                    x * (rest**3 + 3 * rest**2 * t) + to_x * (3 * rest * t**2 + t**3),
                    y * rest**3 + 3 * middle * (rest**2 * t + rest * t**2) + to_y * t**3,
                )


def is_in(point, area) -> bool:
    return area[0] < point[0] < area[2] and area[1] < point[1] < area[3]


class TestLetters:
    def test_break_into_lines_that_fit(self):
        """Every word is there, no line is broader than its room; the first may have less."""
        title = "Riders choose us twice because repairs come with a smile"

        lines = broken(title, 140, 13, lines=9, first=80)

        assert " ".join(lines) == title
        assert width(lines[0], 13) <= 80 and all(width(line, 13) <= 140 for line in lines)


def meet(one, other) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
