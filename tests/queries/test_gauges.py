"""What the overview picks out of many figures."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from milepost.queries import gauges

FIGURES = st.lists(st.sampled_from([-1.0, 0.0, 0.25, 0.5, 1.0, math.inf, math.nan]), max_size=30)


class TestLowest:
    @given(FIGURES, st.integers(1, 8))
    def test_are_the_first_of_all_in_order(self, figures: list[float], most: int):
        """As if all were sorted: among equals the first come first, what is no number comes last."""
        values = np.array(figures, dtype=float)

        found = gauges.lowest(values, most)

        assert found.tolist() == np.argsort(values, kind="stable")[:most].tolist()
