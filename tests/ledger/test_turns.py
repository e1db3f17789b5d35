"""What stood at a moment, looked up among turns, is what a look at every entry finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from milepost.ledger.turns import NONE, Turns

MOMENTS = st.integers(0, 12)
ENTRY = st.tuples(st.integers(0, 4), MOMENTS, st.booleans(), st.one_of(st.none(), st.none(), MOMENTS))
STANDING = st.tuples(st.integers(0, 2), MOMENTS, st.just(True), st.none())  # nothing was corrected
ENTRIES = st.one_of(st.lists(ENTRY, max_size=60), st.lists(STANDING, max_size=30))


def stood(entries: list[tuple], number: int, known: int) -> int:
    """Look at every entry of a key result: the last that stood just before a moment."""
    found = [
        place
        for place, (owner, since, stands, ended) in enumerate(entries)
        if owner == number and stands and since < known and (ended is None or ended >= known)
    ]
    return found[-1] if found else NONE


class TestTurns:
    @given(ENTRIES)
    def test_say_what_a_look_at_every_entry_finds(self, entries):
        """Late, corrected, withdrawn: at each moment, of each key result, also of one without entries."""
        entries = sorted(entries, key=lambda entry: entry[0])
        owner, since, stands = (
            np.array([entry[at] for entry in entries], dtype=kind)
            for at, kind in enumerate((np.int32, np.int64, bool))
        )
        ended = {place: entry[3] for place, entry in enumerate(entries) if entry[3] is not None}

        turns = Turns(6, owner, since, stands, ended)

        for known in range(15):
            assert turns.at(known).tolist() == [stood(entries, number, known) for number in range(6)]
