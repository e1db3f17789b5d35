"""The graph of what contributes to what."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core import alignment

# company ← (sales, product); product ← app; sales and product ← growth
EDGES = [
    ("sales", "company"),
    ("product", "company"),
    ("app", "product"),
    ("growth", "sales"),
    ("growth", "product"),
    ("blog", "growth"),
]
LONG = [(n, n + 1) for n in range(20_000)]

edges = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30)


class TestLoops:
    def test_a_link_that_closes_a_loop_shows_the_path(self):
        """Linking the top below its own descendant shows the way round."""
        found = alignment.path_of_loop(EDGES, "company", "blog")

        assert (found[0], found[1], found[-1]) == ("company", "blog", "company")
        assert set(pairwise(found[1:])) <= set(EDGES)

    def test_a_link_to_itself_is_a_loop(self):
        """Nothing contributes to itself."""
        assert alignment.path_of_loop([], "a", "a") == ["a", "a"]

    def test_a_second_parent_is_no_loop(self):
        """Several parents are welcome."""
        assert alignment.path_of_loop(EDGES, "app", "sales") is None

    def test_finds_a_loop_in_a_whole_graph(self):
        """A loop that came in with a file is found wherever it hides."""
        found = alignment.find_loop([("x", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("c", "top")])

        assert (found[0], len(found), set(found)) == (found[-1], 4, {"a", "b", "c"})
        assert alignment.find_loop(EDGES) is None

    def test_depth_does_not_matter(self):
        """Twenty thousand levels are walked without recursion."""
        assert len(alignment.path_of_loop(LONG, 20_000, 0)) == 20_002
        assert alignment.heights([], LONG)[20_000] == 20_000

    @given(edges, st.integers(0, 12), st.integers(0, 12), st.frozensets(st.integers(0, 12)))
    def test_what_is_hidden_changes_nothing_of_what_is_said(self, given_edges, child, parent, hidden):
        """The loop that somebody is told of is the one that there would be without what they do not see."""
        hidden -= {child, parent}
        open_ones = [edge for edge in given_edges if hidden.isdisjoint(edge)]

        found = alignment.seen_loop(given_edges, child, parent, lambda node: node not in hidden)

        assert found == alignment.path_of_loop(open_ones, child, parent)

    @given(edges, st.integers(0, 12), st.integers(0, 12))
    def test_refusing_loops_keeps_a_graph_free_of_them(self, given_edges, child, parent):
        """A graph built link by link, refusing what closes a loop, has none; and what is refused has one."""
        kept = []
        for edge in given_edges:
            if alignment.path_of_loop(kept, *edge) is None:
                kept.append(edge)

        path = alignment.path_of_loop(kept, child, parent)

        assert alignment.find_loop(kept) is None
        assert (path is None) == (alignment.find_loop([*kept, (child, parent)]) is None)
        if path:
            assert set(pairwise(path)) <= {*kept, (child, parent)}


class TestReach:
    def test_ancestors_and_descendants_are_listed_once(self):
        """Everything above and below is listed once, nearest first."""
        assert alignment.ancestors(EDGES, "blog") == ["growth", "sales", "product", "company"]
        assert alignment.descendants(EDGES, "company") == ["sales", "product", "growth", "app", "blog"]
        assert alignment.ancestors(EDGES, "company") == []

    @given(edges, st.integers(0, 12), st.integers(0, 12))
    def test_above_and_below_are_mirror_images(self, given_edges, one, other):
        """One is above the other exactly when the other is below the one."""
        assert (one in alignment.ancestors(given_edges, other)) == (
            other in alignment.descendants(given_edges, one)
        )

    def test_orphans_have_no_parent(self):
        """What contributes to nothing is an orphan, in the order given."""
        assert alignment.orphans(["app", "lonely", "company"], EDGES) == ["lonely", "company"]


class TestHeights:
    def test_leaves_are_zero_and_parents_above_their_highest_child(self):
        """A roll-up can go level by level."""
        found = alignment.heights(["lonely", *("company", "app")], EDGES)

        assert found == {
            "lonely": 0,
            "app": 0,
            "blog": 0,
            "growth": 1,
            "sales": 2,
            "product": 2,
            "company": 3,
        }

    def test_a_loop_has_no_heights(self):
        """A loop is named instead of being walked for ever."""
        with pytest.raises(ValueError, match="loop: "):
            alignment.heights([], [("a", "b"), ("b", "a")])


class TestReachedTwice:
    def test_finds_what_is_counted_twice(self):
        """What reaches an ancestor by two ways is found, and what hangs below it."""
        assert alignment.reached_twice(EDGES, "company") == ["growth", "blog"]
        assert alignment.reached_twice(EDGES, "product") == []

    def test_a_loop_does_not_hang(self):
        """On a graph that should not be, it still comes to an end."""
        assert alignment.reached_twice([("a", "b"), ("b", "a"), ("c", "a")], "a") == []

    def test_ways_outside_the_ancestor_do_not_count(self):
        """A second parent elsewhere is no second way."""
        assert alignment.reached_twice([*EDGES, ("app", "elsewhere")], "product") == []
