"""Time zones: which names this machine knows."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from milepost.core import zones


class TestIsKnown:
    @pytest.mark.parametrize("name", ["UTC", "Europe/Prague", "America/Argentina/Ushuaia"])
    def test_knows_what_is_listed(self, name: str):
        """A zone that can be chosen is known."""
        assert name in zones.names()
        assert zones.is_known(name)

    @given(st.text(max_size=80))
    @example("")
    @example("Europe")
    @example("../../etc/passwd")
    @example("/etc/localtime")
    @example("Nowhere/Else")
    @example("UTC\0")
    @example("\ud800")
    def test_says_no_to_anything_else(self, name: str):
        """Whatever a browser sends is known or not; nothing fails."""
        assert zones.is_known(name) is (name in zones.names())
