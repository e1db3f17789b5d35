"""Nodes: what stands in the arrays where."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from milepost.ledger.nodes import Nodes

ids = st.sets(st.integers(1, 2**63 - 1), max_size=30)


class TestNodes:
    @given(objectives=ids, key_results=ids, strange=st.none() | st.integers())
    def test_stand_for_ids_as_a_dict_of_them_would(self, objectives, key_results, strange):
        """Objectives come first, then key results, each by id; what is not there has no number."""
        key_results -= objectives
        wanted = [*sorted(objectives), *sorted(key_results)]
        nodes = Nodes(*(np.array(sorted(each), dtype=np.int64) for each in (objectives, key_results)))

        for _ in range(2):  # what was asked for is remembered
            assert dict(nodes) == {id: number for number, id in enumerate(wanted)}
            assert [*nodes.ids] == [*nodes] == wanted
            assert (strange in nodes) is (strange in wanted)
            assert nodes.get(strange, -1) == (wanted.index(strange) if strange in wanted else -1)

    def test_are_equal_where_the_same_stand_in_the_same_places(self):
        """An objective is no key result, though its id is the same."""
        one, two = np.array([1], dtype=np.int64), np.array([2], dtype=np.int64)

        assert Nodes(one, two) == Nodes(one.copy(), two.copy())
        assert Nodes(one, two) != Nodes(np.array([1, 2], dtype=np.int64), two[:0])
