"""The laws that scoring keeps for every number, not only for examples (method 2.13)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from milepost.core.policies import OURS, Rounding, rounded_to
from milepost.core.scoring import (
    Kind,
    Measure,
    Part,
    band_of_raw,
    capped,
    grade,
    percent,
    progress,
    roll_up,
    score,
)

ORDER = {"failure": 0, "progress": 1, "delivery": 2}

fractions = st.fractions(min_value=-10_000, max_value=10_000, max_denominator=997)
shares = st.fractions(min_value=-2, max_value=3, max_denominator=400)
weights = st.fractions(min_value=0, max_value=100, max_denominator=12)
scales = st.fractions(min_value=-50, max_value=50, max_denominator=60).filter(bool)
policies = st.sampled_from(list(OURS.values()))
parts = st.lists(
    st.builds(Part, weight=weights, raw=st.none() | shares, counted=st.booleans()), min_size=1, max_size=8
)


def on_a_line(start: Fraction, target: Fraction) -> Measure:
    return Measure(Kind.COUNT, start=start, target=target)


class TestProgress:
    @given(fractions, fractions, fractions, scales, fractions)
    def test_does_not_depend_on_the_unit(self, start, target, now, scale, shift):
        """Measuring in another unit (a·x + b) leaves progress as it is."""
        assume(start != target)

        measured = progress(on_a_line(start, target), now)
        converted = progress(on_a_line(scale * start + shift, scale * target + shift), scale * now + shift)

        assert converted == measured

    @given(fractions, fractions, fractions, fractions)
    def test_grows_towards_the_target(self, start, target, one, other):
        """The nearer along the way, the more progress."""
        assume(start != target)
        behind, ahead = sorted((one, other), reverse=target < start)

        assert progress(on_a_line(start, target), behind) <= progress(on_a_line(start, target), ahead)

    @given(fractions, fractions)
    def test_is_nothing_at_the_start_and_all_at_the_target(self, start, target):
        """Progress is 0 at the start and 1 at the target."""
        assume(start != target)
        measure = on_a_line(start, target)

        assert (progress(measure, start), progress(measure, target)) == (0, 1)

    @given(fractions, fractions, fractions)
    def test_keeping_stays_between_zero_and_one(self, floor, target, now):
        """Keeping a line never scores below 0 or above 1, and above mirrors below."""
        assume(floor <= target)
        above = progress(Measure(Kind.MAINTAIN_ABOVE, floor=floor, target=target), now)
        below = progress(Measure(Kind.MAINTAIN_BELOW, floor=-floor, target=-target), -now)

        assert 0 <= above <= 1
        assert above == below

    @given(
        st.sampled_from(list(Kind)),
        st.none() | shares | st.booleans() | st.tuples(st.none() | shares, shares),
    )
    def test_scoring_never_raises(self, kind, reading):
        """Whatever the measure and the reading, there is a score with a band."""
        bare, full = Measure(kind), Measure.of(kind, start=1, target=2, low=1, high=2, milestones=[1, 1])

        for measure in (bare, full, replace(full, target=Fraction(1)), replace(full, target=Fraction(0))):
            for closing in (False, True):
                found = score(measure, reading, closing=closing)
                assert (found.grade is None) == (found.band in {"error", "ungraded"})


class TestGrade:
    @given(shares, shares, policies)
    def test_grows_with_progress(self, one, other, policy):
        """More progress never means a lower grade or band."""
        low, high = sorted((one, other))

        assert grade(low, policy) <= grade(high, policy)
        assert ORDER[band_of_raw(low, policy)] <= ORDER[band_of_raw(high, policy)]

    @given(shares, policies)
    def test_is_a_tenth_between_zero_and_one(self, raw, policy):
        """A grade has one decimal and lies between 0.0 and 1.0."""
        found = grade(raw, policy)

        assert 0 <= found <= 1
        assert found.as_tuple().exponent == -1

    @given(shares)
    def test_one_is_earned(self, raw):
        """The grade is 1.0 exactly when the target is reached."""
        assert (grade(raw) == 1) == (raw >= 1)

    @given(fractions, st.integers(0, 6), st.sampled_from(list(Rounding)))
    def test_rounding_is_idempotent_and_near(self, value, places, rounding):
        """Rounding twice is rounding once, and moves a number by half a step at most."""
        once = rounded_to(value, places, rounding)

        assert rounded_to(Fraction(once), places, rounding) == once
        assert abs(Fraction(once) - value) <= Fraction(1, 2 * 10**places)
        assert str(once) != "-0"

    @given(shares, st.integers(0, 3))
    def test_a_percentage_never_shows_what_was_not_earned(self, raw, places):
        """100 % is written exactly when the target is reached."""
        shown = percent(raw, places).split("\N{NO-BREAK SPACE}")[0].replace("−", "-")

        assert (Fraction(shown) >= 100) == (raw >= 1)


class TestRollUp:
    @given(parts, st.fractions(min_value="1/30", max_value=100, max_denominator=30))
    def test_weights_are_relative(self, given_parts, factor):
        """Multiplying every weight by the same number changes nothing."""
        scaled = [replace(part, weight=part.weight * factor) for part in given_parts]

        assert roll_up(scaled).raw == roll_up(given_parts).raw

    @given(parts, st.randoms(use_true_random=False))
    def test_order_does_not_matter(self, given_parts, random):
        """Any order of the parts gives the same mean and counts."""
        shuffled = list(given_parts)
        random.shuffle(shuffled)
        one, other = roll_up(given_parts), roll_up(shuffled)

        assert (one.raw, one.grade, one.reported, one.counted) == (
            other.raw,
            other.grade,
            other.reported,
            other.counted,
        )

    @given(parts)
    def test_lies_between_its_least_and_its_most(self, given_parts):
        """A mean lies within its capped inputs, those without data being 0."""
        counting = [capped(p.raw or Fraction(0)) for p in given_parts if p.counted and p.weight]
        found = roll_up(given_parts)

        assert (found.raw is None) == (not counting)
        assert found.raw is None or min(counting) <= found.raw <= max(counting)

    @given(parts)
    def test_grade_one_means_all_reached(self, given_parts):
        """The grade is 1.0 exactly when every counted part has reached its target."""
        counting = [p.raw is not None and p.raw >= 1 for p in given_parts if p.counted and p.weight]
        found = roll_up(given_parts)

        assert (found.grade == 1) == (bool(counting) and all(counting))

    @given(parts, shares)
    def test_a_part_without_weight_changes_nothing(self, given_parts, raw):
        """Adding a part of weight zero changes neither mean nor counts."""
        one, other = roll_up(given_parts), roll_up([*given_parts, Part(Fraction(0), raw)])

        assert (one.raw, one.grade, one.reported, one.counted) == (
            other.raw,
            other.grade,
            other.reported,
            other.counted,
        )

    @given(parts, st.data())
    def test_cancelling_and_restoring_restores_the_grade(self, given_parts, data):
        """A part that is cancelled and restored leaves no trace."""
        index = data.draw(st.integers(0, len(given_parts) - 1))
        cancelled = list(given_parts)
        cancelled[index] = replace(cancelled[index], counted=False)
        restored = list(cancelled)
        restored[index] = given_parts[index]

        assert roll_up(restored) == roll_up(given_parts)

    @given(parts)
    def test_what_the_parts_add_is_the_whole(self, given_parts):
        """The last column of the explanation sums to the mean."""
        found = roll_up(given_parts)

        assert found.raw is None or sum(c.adds for c in found.parts) == found.raw
