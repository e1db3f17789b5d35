"""Shifts: what each part of a roll-up did to the difference between two days."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.scoring import Part, explain_shifts, roll_up, shifts

SHARES = st.none() | st.fractions(-1, 2, max_denominator=97)
PARTS = st.builds(
    lambda weight, raw, counted: Part(weight=weight, raw=raw, counted=counted),
    st.fractions(0, 5, max_denominator=7), SHARES, st.booleans(),
)  # fmt: skip
POOLS = st.dictionaries(st.integers(1, 6), PARTS, max_size=6)


def rolled(pool):
    return roll_up(
        [Part(one.weight, one.raw, one.counted, ref=ref, label=f"part {ref}") for ref, one in pool.items()]
    )


def part(ref, raw, weight=1, *, counted=True):
    return Part(
        Fraction(weight), raw if raw is None else Fraction(raw), counted, ref=ref, label=f"part {ref}"
    )


def number(written: str) -> Decimal:
    return Decimal(written.replace("−", "-").replace("\u00a0%", ""))


def _points(written: str) -> Decimal:
    return Decimal(0) if written == "–" else number(written)


class TestShifts:
    @given(POOLS, POOLS)
    def test_add_up_to_the_difference(self, then, now):
        """Whatever came, went, moved or was weighed anew, the parts are the whole, exactly."""
        before, after = rolled(then), rolled(now)

        found = shifts(before, after)

        assert sum(one.adds for one in found) == (after.raw or 0) - (before.raw or 0)

    @given(POOLS, POOLS)
    def test_are_turned_round_with_the_days(self, then, now):
        """Looked at from the other day, each part does the opposite."""
        forth, back = shifts(rolled(then), rolled(now)), shifts(rolled(now), rolled(then))

        assert {one.ref: one.adds for one in forth} == {one.ref: -one.adds for one in back}

    @given(POOLS)
    def test_are_nothing_where_nothing_differs(self, pool):
        """A day beside itself."""
        assert not any(one.adds or one.by_share for one in shifts(rolled(pool), rolled(pool)))

    def test_tell_progress_from_weight(self):
        """A part that only weighs more did nothing by progress; one that only moved, nothing by weight."""
        before = roll_up([part("a", "1/2"), part("b", "1/4")])
        heavier = roll_up([part("a", "1/2", 3), part("b", "1/4")])
        further = roll_up([part("a", "3/4"), part("b", "1/4")])

        assert all(one.by_progress == 0 for one in shifts(before, heavier))
        assert all(one.by_share == 0 for one in shifts(before, further))
        assert sum(one.by_share for one in shifts(before, heavier)) == Fraction(1, 16)

    def test_count_what_comes_by_what_it_adds(self):
        """A new part moved nothing itself; the others make room for it."""
        before, after = roll_up([part("a", "1/2")]), roll_up([part("a", "1/2"), part("b", "1")])

        found = {one.ref: one for one in shifts(before, after)}

        assert found["b"].before is None and found["b"].adds == Fraction(1, 2)
        assert found["a"].adds == Fraction(-1, 4)


class TestExplainShifts:
    @given(POOLS, POOLS)
    def test_adds_up_as_it_is_shown_or_says_why_not(self, then, now):
        """The column of points makes its sum, else a note names the rounding."""
        found = explain_shifts(rolled(then), rolled(now))

        adds_up = sum(number(line.points) for line in found.lines) == number(found.points)
        assert adds_up or any("rounded by itself" in note for note in found.notes)

    @given(POOLS, POOLS)
    def test_says_so_where_a_row_is_rounded(self, then, now):
        """What a part adds on both days differs by its points as shown, else a note names the rounding."""
        found = explain_shifts(rolled(then), rolled(now))

        fits = all(number(line.points) == _points(line.after) - _points(line.before) for line in found.lines)
        assert fits or any("ounded" in note for note in found.notes)

    def test_is_quiet_about_rounding_that_shows_nowhere(self):
        """Halves of a tenth: the row says 33.3 to 50.1 and +16.7, which is a tenth less."""
        before = roll_up([part("a", "333/1000")])
        after, later = (roll_up([part("a", raw)]) for raw in ("500/1000", "5006/10000"))

        assert explain_shifts(before, after).notes == ()
        assert explain_shifts(roll_up([part("a", "3334/10000")]), later).notes == (
            "Shown rounded to a tenth.",
        )

    def test_puts_first_what_did_most(self):
        """From 45 to 61 %: by this part, then by that."""
        before = roll_up([part("a", "2/5"), part("b", "1/2")])
        after = roll_up([part("a", "1/2"), part("b", "18/25")])

        found = explain_shifts(before, after)

        assert [(line.label, line.points) for line in found.lines] == [
            ("part b", "+11.0"),
            ("part a", "+5.0"),
        ]
        assert (found.before, found.after, found.points) == ("45.0\u00a0%", "61.0\u00a0%", "+16.0")
        assert found.notes == ()

    def test_names_rounding_that_does_not_come_out_even(self):
        """Thirds never do."""
        before = roll_up([part(name, 0) for name in "abc"])
        after = roll_up([part(name, "1/2") for name in "abc"])

        found = explain_shifts(before, after)

        assert any("exactly it is +50 points" in note for note in found.notes)
