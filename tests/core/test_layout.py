"""The layout of the map: nothing overlaps, what serves stands below, few lines cross, always the same way."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.layout import Box, Drawing, Line, Look, Spot, lay_out
from milepost.core.layout.orders import best_order, crossings
from milepost.core.layout.rows import graph_of, rows_of
from milepost.core.layout.tiers import broken

WIDE, TALL = 200, 100
ROOMY = Look(wide=1e9)  # never in columns
TIGHT = Look(wide=600)


def box(id, **more) -> Box:
    return Box(id, WIDE, TALL, **more)


def drawn(count: int, pairs, look: Look = ROOMY, fixed=()) -> Drawing:
    """Draw so many boxes, numbered; a pair is (lower, upper)."""
    return lay_out(tuple(map(box, range(count))), tuple(Line(*pair) for pair in pairs), look, fixed)


@st.composite
def graphs(draw):
    """Boxes of several heights and lines that lead from later ones to earlier ones, so never in a loop."""
    count = draw(st.integers(1, 30))
    heights = draw(st.lists(st.sampled_from((60, 100, 190)), min_size=count, max_size=count))
    lines: dict[tuple[int, int], Line] = {}
    for lower in range(1, count):
        for upper in draw(st.lists(st.integers(0, lower - 1), max_size=3, unique=True)):
            beside = draw(st.sampled_from((None, None, 40.0)))
            lines[lower, upper] = Line(lower, upper, beside)
    boxes = tuple(Box(id, WIDE, height) for id, height in enumerate(heights))
    return boxes, tuple(lines.values()), draw(st.sampled_from((ROOMY, TIGHT, Look())))


def overlap(one: Spot, other: Spot) -> bool:
    return (
        one.x < other.right - 0.2
        and other.x < one.right - 0.2
        and one.y < other.bottom - 0.2
        and other.y < one.bottom - 0.2
    )


def sampled(points):
    """Walk along a line as it is drawn: straight pieces, and curves that leave and arrive upright."""
    for (x, y), (to_x, to_y) in pairwise(points):
        for step in range(21):
            t = step / 20
            if x == to_x or y == to_y:
                yield x + (to_x - x) * t, y + (to_y - y) * t
            else:
                late = 3 * t**2 - 2 * t**3
                yield (
                    x + (to_x - x) * late,
                    y * (1 - t) ** 3 + (y + to_y) / 2 * 3 * t * (1 - t) + to_y * t**3,
                )


class TestLayOut:
    @given(graphs())
    @settings(max_examples=150)
    def test_keeps_boxes_apart(self, graph):
        """No box lies over another one, and all lie within the drawing."""
        drawing = lay_out(*graph)

        spots = list(drawing.spots.values())
        assert len(spots) == len(graph[0])
        assert not [pair for pair in combinations(spots, 2) if overlap(*pair)]
        assert all(spot.x >= -0.2 and spot.right <= drawing.width + 0.2 for spot in spots)
        assert all(spot.y >= -0.2 and spot.bottom <= drawing.height + 0.2 for spot in spots)

    @given(graphs())
    @settings(max_examples=150)
    def test_puts_what_serves_below(self, graph):
        """A box begins below the end of all that it serves."""
        drawing = lay_out(*graph)

        for line in graph[1]:
            assert drawing.spots[line.lower].y >= drawing.spots[line.upper].bottom

    @given(graphs())
    @settings(max_examples=100)
    def test_leads_lines_round_boxes(self, graph):
        """A line begins and ends at its boxes and runs over none."""
        drawing = lay_out(*graph)

        for line, points in zip(graph[1], drawing.routes, strict=True):
            upper, lower = drawing.spots[line.upper], drawing.spots[line.lower]
            assert upper.x - 0.2 <= points[0][0] <= upper.right + 0.2
            assert lower.x - 0.2 <= points[-1][0] <= lower.right + 0.2
            inside = [
                id
                for x, y in sampled(points)
                for id, spot in drawing.spots.items()
                if spot.x + 0.5 < x < spot.right - 0.5 and spot.y + 0.5 < y < spot.bottom - 0.5
            ]
            assert inside == []

    @given(graphs())
    @settings(max_examples=100)
    def test_never_crosses_more_than_branch_by_branch(self, graph):
        """Sweeps only ever improve on the order in which one walks down the tree."""
        drawing = lay_out(*graph)

        assert drawing.crossings <= drawing.in_tree_order

    @given(graphs())
    @settings(max_examples=50)
    def test_is_the_same_each_time(self, graph):
        """The same boxes and lines give the same drawing, whether it was kept or not."""
        first = lay_out(*graph)
        lay_out.cache_clear()

        assert lay_out(*graph) == first

    @given(graphs())
    @settings(max_examples=50)
    def test_keeps_groups_together(self, graph):
        """Boxes of a group stand side by side in their row."""
        boxes, lines, _ = graph
        grouped = tuple(Box(one.id, one.width, one.height, group=one.id % 3) for one in boxes)

        drawing = lay_out(grouped, lines, ROOMY)

        for row in {spot.row for spot in drawing.spots.values()}:
            here = sorted((spot.x, id % 3) for id, spot in drawing.spots.items() if spot.row == row)
            runs = [group for at, (_, group) in enumerate(here) if not at or here[at - 1][1] != group]
            assert len(runs) == len(set(runs))

    @given(graphs(), st.data())
    @settings(max_examples=100)
    def test_keeps_the_order_of_what_stays(self, graph, data):
        """When boxes go, or come, those that were there before stand in the same order in their row."""
        boxes, lines, _ = graph
        gone = data.draw(st.sets(st.integers(0, len(boxes) - 1), max_size=len(boxes) // 2))
        fewer = tuple(box for box in boxes if box.id not in gone)
        left = tuple(line for line in lines if not {line.lower, line.upper} & gone)

        all_of_them = lay_out(boxes, lines, ROOMY)
        folded = lay_out(fewer, left, ROOMY, tuple(id for id in all_of_them.order if id not in gone))
        again = lay_out(boxes, lines, ROOMY, folded.order)

        for before, after in ((all_of_them, folded), (folded, again)):
            for one, other in combinations(folded.spots, 2):
                side_by_side = (
                    drawing.spots[one].row == drawing.spots[other].row for drawing in (before, after)
                )
                if all(side_by_side):
                    first, then = (
                        drawing.spots[one].x < drawing.spots[other].x for drawing in (before, after)
                    )
                    assert first == then

    def test_draws_nothing(self):
        """Without boxes there is an empty drawing."""
        drawing = lay_out((), ())

        assert (drawing.width, drawing.height, drawing.routes) == (0, 0, ())

    def test_centres_a_parent(self):
        """One box above two stands in the middle between them."""
        spots = drawn(3, [(1, 0), (2, 0)]).spots

        assert spots[0].middle == pytest.approx((spots[1].middle + spots[2].middle) / 2, abs=0.2)

    def test_untangles(self):
        """Two pairs that cross in the order given do not cross in the drawing."""
        drawing = drawn(6, [(2, 1), (3, 0), (4, 1), (5, 0)])

        assert drawing.crossings == 0

    def test_refuses_a_loop(self):
        """Lines that lead back to where they began cannot be drawn."""
        with pytest.raises(ValueError, match="loop"):
            drawn(2, [(0, 1), (1, 0)])

    def test_leaves_rows_that_are_asked_for(self):
        """A box stands no higher than its row, and rows in which nothing stands are left out."""
        drawing = lay_out((box("a"), box("b", row=4), box("c")), (Line("c", "b"),), ROOMY)

        assert [drawing.spots[id].row for id in "abc"] == [0, 1, 2]


class TestColumns:
    def test_make_a_broad_drawing_narrow(self):
        """Twenty leaves that serve one box stand in columns where there is no room side by side."""
        pairs = [(id, 0) for id in range(1, 21)]

        broad, narrow = drawn(21, pairs), drawn(21, pairs, TIGHT)

        assert broad.width > 20 * WIDE
        assert narrow.width < 10 * WIDE
        assert len({spot.y for id, spot in narrow.spots.items() if id}) > 1

    def test_write_small_branches_as_outlines(self):
        """In a column what serves is set in below what it serves, and its row says that it goes deeper."""
        pairs = [(id, 0) for id in range(1, 11)] + [(id + 10, id) for id in range(1, 11)]

        drawing = drawn(21, pairs, TIGHT)

        assert drawing.deep == {1}
        for lower, upper in pairs[10:]:
            assert drawing.spots[lower].x == drawing.spots[upper].x + TIGHT.indent

    def test_keep_the_order_in_which_their_boxes_stood(self):
        """What stood from left to right is written from above down, column by column."""
        pairs = [(id, 0) for id in range(1, 21)]
        before = (0, *range(20, 0, -1))

        drawing = drawn(21, pairs, TIGHT, fixed=before)

        assert [id for id in drawing.order if id] == list(before[1:])

    def test_take_two_leaves_beside_one_that_serves_two_things(self):
        """A second parent of one leaf does not spread the others: they stand under one another."""
        tops = range(8)
        pairs = [(8 + 3 * top + leaf, top) for top in tops for leaf in range(3)]
        pairs += [(8 + 3 * top + 2, (top + 1) % 8) for top in tops]

        drawing = drawn(32, pairs, TIGHT)

        for top in tops:
            one, other = (drawing.spots[8 + 3 * top + leaf] for leaf in range(2))
            assert one.x == other.x and one.bottom < other.y

    def test_leave_what_serves_two_things_outside(self):
        """A box with two parents keeps its own place below both."""
        pairs = [(id, 0) for id in range(1, 12)] + [(12, 1), (12, 2)]

        drawing = drawn(13, pairs, TIGHT)

        rows = {id: spot.row for id, spot in drawing.spots.items()}
        assert rows[12] == 2 and rows[1] == rows[2] == 1


class TestTiers:
    """A row that is too broad even with columns: its boxes stand by turns in several tiers."""

    SHARED = [(2 + at, top) for at in range(16) for top in (0, 1)]  # no columns: each serves two

    def test_make_a_broad_row_narrow(self):
        """Sixteen boxes that serve two things take less than half the width, and are one row still."""
        broad, narrow = drawn(18, self.SHARED), drawn(18, self.SHARED, TIGHT)

        assert broad.width > 16 * WIDE and narrow.width < broad.width / 2
        assert len({spot.y for spot in narrow.spots.values()}) > 2
        assert len(narrow.rows) == 2 and [narrow.row(id) for id in range(18)] == [0] * 2 + [1] * 16
        assert narrow.rows[1][1] == narrow.height

    def test_stand_by_turns(self):
        """A box of the second tier stands under the gap between two of the first."""
        drawing = drawn(6, [(id, top) for id in range(2, 6) for top in (0, 1)], Look(wide=500))

        tops = sorted({spot.y for id, spot in drawing.spots.items() if id > 1})
        above, below = (
            sorted(spot.middle for id, spot in drawing.spots.items() if id > 1 and spot.y == top)
            for top in tops
        )
        assert above[0] < below[0] < above[1] < below[1]

    @given(graphs())
    @settings(max_examples=100)
    def test_add_no_crossing(self, graph):
        """Broken into tiers, the same order crosses exactly as often."""
        boxes, lines, _ = graph
        look = Look(wide=400)
        numbered = graph_of(boxes, lines, rows_of(boxes, lines), (), look, {})
        order, crossed, _ = best_order(numbered)

        split, tiered, _ = broken(numbered, order, (), look)

        assert crossings(split, tiered) == crossed

    def test_are_what_keeps_three_hundred_cards_near_the_shape_of_a_screen(self):
        """Though a fifth serve two things: it was twelve times as wide as tall."""
        drawing = lay_out(*company(300, 5), Look())

        assert drawing.width < 10_000 and drawing.width < 2.5 * drawing.height

    def test_stay_where_they_are_when_another_box_comes(self):
        """One box more moves few into another tier, and none past another in its row."""
        boxes, lines = company(300, 5)
        look = Look()
        before = lay_out(boxes, lines, look)
        more = (*boxes, Box("more", 224, 100)), (*lines, Line("more", 150))

        after = lay_out(*more, look, before.order)

        tiers, new = ({id: drawing.spots[id].row for id in before.order} for drawing in (before, after))
        assert sum(tiers[id] == new[id] for id in tiers) > 0.9 * len(tiers)
        for row in range(len(before.rows)):
            here = [id for id in before.order if before.row(id) == row == after.row(id)]
            assert here == [id for id in after.order if id in set(here)]

    def test_keep_their_order_when_drawn_again(self):
        """A drawing that keeps the order of one in tiers is the same drawing."""
        first = drawn(18, self.SHARED, TIGHT)

        assert drawn(18, self.SHARED, TIGHT, fixed=first.order).spots == first.spots


class TestFigures:
    """What the map costs and saves, on made-up companies: a fifth of the work serves two things."""

    @pytest.mark.parametrize(("count", "levels"), [(100, 4), (300, 5)])
    def test_fewer_lines_cross_than_in_the_order_of_the_tree(self, count: int, levels: int):
        """Where many serve two things, at least a fifth of the crossings of the tree's order go away."""
        boxes, lines = company(count, levels)

        drawing = lay_out(boxes, lines, Look())

        assert drawing.in_tree_order
        assert drawing.crossings <= 0.8 * drawing.in_tree_order


def company(count: int, levels: int) -> tuple[tuple[Box, ...], tuple[Line, ...]]:
    """Make up a company: four at the top, and below each level one that is three times as broad."""
    weights = [3**level for level in range(levels)]
    level_of = [0] * 4
    for level, weight in enumerate(weights):
        level_of += [level + 1] * round((count - 4) * weight / sum(weights))
    lines = []
    for id, level in enumerate(level_of):
        above = [other for other, its in enumerate(level_of) if its == level - 1]
        if above:
            lines.append(Line(id, above[id * 7919 % len(above)]))
            second = above[id * 104_729 % len(above)]
            if id % 5 == 0 and second != lines[-1].upper:
                lines.append(Line(id, second))
    return tuple(Box(id, 224, 100) for id in range(len(level_of))), tuple(lines)
