"""Roll-ups (method 2.5) and the objective's state in words."""

from __future__ import annotations

from fractions import Fraction

import pytest

from milepost.core.policies import HALF_EVEN
from milepost.core.scoring import Band, Part, Standing, roll_up

F = Fraction


def parts(*raws, weights=None):
    weights = weights or [1] * len(raws)
    return [Part(F(w), None if r is None else F(r)) for w, r in zip(weights, raws, strict=True)]


class TestRollUp:
    @pytest.mark.parametrize(
        ("raws", "weights", "wanted"),
        [
            (["1.5", "0.5"], None, F(3, 4)),
            (["-0.5", "0.5"], None, F(1, 4)),
            (["0.35", "0.34"], None, F(69, 200)),
            (["1", "0.1"], [2, 1], F(7, 10)),
            (["0.4", "1"], [1, 0], F(2, 5)),
            (["0.5", "1", "1"], [100_000, 20_000, 1_000], F(71, 121)),
        ],
    )
    def test_caps_then_averages_then_rounds(self, raws, weights, wanted):
        """Each part is capped, the mean is weighted, and nothing is rounded on the way."""
        assert roll_up(parts(*raws, weights=weights)).raw == wanted

    def test_rounds_once_at_the_end(self):
        """Two parts that would each round up do not push the mean up."""
        found = roll_up(parts("0.35", "0.34"))

        assert (str(found.grade), found.band) == ("0.3", "failure")

    def test_what_has_no_data_counts_zero_and_is_counted(self):
        """A part without data counts 0, and the roll-up says how many reported."""
        found = roll_up(parts(None, "0.9", "0.9"))

        assert (found.raw, found.reported, found.counted) == (F(3, 5), 2, 3)

    def test_nothing_reported_is_zero_of_all(self):
        """With no report at all the mean is 0, never green."""
        found = roll_up(parts(None, None))

        assert (found.raw, found.band, found.reported, found.counted) == (0, "failure", 0, 2)

    def test_what_is_cancelled_is_left_out_but_listed(self):
        """A part that does not count has no share, and is still there to be shown."""
        given = [Part(raw=F(1, 2), label="kept"), Part(raw=F(1), counted=False, label="dropped")]

        found = roll_up(given)

        assert (found.raw, found.counted) == (F(1, 2), 1)
        assert [c.part.label for c in found.left_out] == ["dropped"]
        assert [c.share for c in found.parts] == [1, 0]

    def test_says_what_each_part_adds(self):
        """What the parts add sums to the whole, and shares sum to one."""
        found = roll_up(parts("0.5", "2", None, "0.3", weights=[1, 2, 1, 0]))

        assert [c.adds for c in found.parts] == [F(1, 8), F(1, 2), 0, 0]
        assert sum(c.share for c in found.parts) == 1
        assert [c.standing for c in found.parts] == [
            Standing.COUNTED,
            Standing.COUNTED,
            Standing.NO_DATA,
            Standing.WEIGHTLESS,
        ]

    @pytest.mark.parametrize(
        "given",
        [
            [],
            parts("0.4", "1", weights=[0, 0]),
            [Part(raw=F(1), counted=False)],
            [Part(F(0), F(1)), Part(counted=False)],
        ],
    )
    def test_nothing_that_counts_is_ungraded(self, given):
        """Without anything to count there is no mean, and the parts stay listed."""
        found = roll_up(given)

        assert (found.raw, found.grade, found.band, found.problem) == (
            None,
            None,
            Band.UNGRADED,
            "all_weights_zero",
        )
        assert len(found.parts) == len(given)

    def test_a_negative_weight_is_an_error_even_on_a_cancelled_part(self):
        """A weight below zero is refused wherever it stands."""
        found = roll_up([Part(F(1), F(1)), Part(F(-1), F(1), counted=False)])

        assert (found.raw, found.band, found.problem) == (None, Band.ERROR, "negative_weight")

    def test_one_is_earned_by_all(self):
        """The grade is 1.0 only when each counted part has reached its target."""
        almost, earned = roll_up(parts("1", "1", "0.97")), roll_up(parts("1", "1.2", "0", weights=[1, 1, 0]))

        assert (str(almost.grade), almost.is_earned) == ("0.9", False)
        assert (str(earned.grade), earned.is_earned) == ("1.0", True)

    def test_a_policy_rounds_its_way(self):
        """A roll-up is graded by the policy it is given."""
        assert str(roll_up(parts("0.65"), HALF_EVEN).grade) == "0.6"
