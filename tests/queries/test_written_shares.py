"""Shares as programs read them, a column at once."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from milepost.queries import written_shares

MISSING = st.just(math.nan)


def read(shares: list[float]) -> list[float | None]:
    return orjson.loads(written_shares.of(np.array(shares, dtype=np.float64)))


class TestShares:
    @given(st.lists(st.floats(0, 1) | MISSING, max_size=30))
    @example([0.0, 1.0, 1 - 1e-9, 1e-9, -1e-9, 0.0000005, 0.0000015, 0.1234565])
    def test_have_six_decimals(self, shares: list[float]):
        """Each is the number that rounds to it; what is missing is null."""
        found = read(shares)

        assert found == [None if share != share else abs(round(float(share), 6)) for share in shares]

    def test_are_all_as_long(self):
        """From 0 to 1 every share shows all of its decimals."""
        assert written_shares.of(np.array([0, 0.5, 1])) == b"[0.000000,0.500000,1.000000]"

    @given(st.lists(st.floats(-50, 50) | MISSING, max_size=30))
    @example([1.000001])
    @example([-0.000001])
    def test_beyond_0_and_1_are_rounded_alike(self, shares: list[float]):
        """What fell below its start, or went beyond its target, is written to the same six decimals."""
        found = read(shares)

        for share, told in zip(shares, found, strict=True):
            assert (told is None) == math.isnan(share)
            assert told is None or abs(Decimal(told) - Decimal(share)) <= Decimal("0.000000501")
