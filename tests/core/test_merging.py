"""Merging: whatever two change, nothing of either is lost unasked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from milepost.core.merging import merge

NAMES = ("title", "owner", "start", "target")
VERSIONS = some.fixed_dictionaries({name: some.sampled_from(["", "a", "b", "c"]) for name in NAMES})
MEASURE = (("start", "target"),)


class TestMerge:
    @given(VERSIONS, VERSIONS, VERSIONS)
    def test_loses_nothing(self, was, theirs, yours):
        """Without a meeting, mine over theirs holds every change of both, and says nothing else."""
        found = merge(was, theirs, yours)
        written = {**theirs, **{name: yours[name] for name in found.mine}}

        for name in NAMES:
            if name in found.met:
                assert was[name] != yours[name] != theirs[name] != was[name]
            else:
                changed = [side[name] for side in (yours, theirs) if side[name] != was[name]]
                assert written[name] == (changed[0] if changed else was[name])

    @given(VERSIONS, VERSIONS, VERSIONS)
    def test_is_fair(self, was, theirs, yours):
        """Who comes first does not decide what meets."""
        one, other = (
            set(merge(was, *both, wholes=MEASURE).met) for both in ((theirs, yours), (yours, theirs))
        )

        assert one == other

    @given(VERSIONS)
    def test_of_the_same_is_nothing(self, was):
        """Where nobody changed anything nothing is mine, taken or met."""
        assert merge(was, was, was) == merge({}, {}, {})

    def test_asks_about_what_it_does_not_know(self):
        """A field that was not said when it was read meets, unless both say the same."""
        found = merge({}, {"title": "a", "owner": "x"}, {"title": "b", "owner": "x"})

        assert found.met == ("title",)

    def test_keeps_wholes_together(self):
        """One changed the start, the other the target: together that is a measure nobody has looked at."""
        was = {"title": "", "owner": "", "start": "1", "target": "2"}

        found = merge(was, was | {"start": "0", "owner": "x"}, was | {"target": "3"}, wholes=MEASURE)

        assert (found.met, found.taken) == (("start", "target"), ("owner",))
