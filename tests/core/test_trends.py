"""A line through some of very many points looks like the line through all of them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.trends import MOST, thinned

steps = st.integers(0, 100_000)
values = st.floats(-1e6, 1e6)


class TestThinned:
    @given(st.lists(st.tuples(steps, values), min_size=1, max_size=900), steps)
    def test_keeps_first_last_and_extremes(self, points, since):
        """Few are kept, in their order, with both ends, the lowest and the highest of all."""
        moment, moments = 0, []
        for step, _ in points:
            moment += step
            moments.append(moment)
        heights = [value for _, value in points]

        places, _ = thinned(moments, heights, since=since)

        assert len(places) <= MOST and places == sorted(set(places))
        assert places[0] == 0 and places[-1] == len(points) - 1
        kept = [heights[place] for place in places]
        assert min(kept) == min(heights) and max(kept) == max(heights)

    def test_leaves_no_gap_where_there_was_none(self):
        """What is kept of an even course is at most two steps apart; a spike stays."""
        moments = [hour * 3_600 for hour in range(4_000)]
        heights = [0.0] * 4_000
        heights[1_777] = 9.0

        places, length = thinned(moments, heights, since=0)

        apart = [moments[after] - moments[before] for before, after in pairwise(places)]
        assert max(apart) < 2 * length
        assert 1_777 in places
