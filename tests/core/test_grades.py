"""Grades, bands, scores and verdicts (method 2.3, 2.4, 2.11)."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from milepost.core.peers import LINEAR
from milepost.core.policies import DEFAULT, HALF_EVEN, NO_GUARD, OURS, Rounding, named, rounded_to
from milepost.core.problems import Invalid, NotFound
from milepost.core.scoring import (
    Band,
    Measure,
    Outcome,
    Verdict,
    band,
    expected_grade,
    grade,
    score,
    stored,
    verdict,
)

F, D = Fraction, Decimal
TEN = Measure.of("increase", start=0, target=10)


class TestGrade:
    @pytest.mark.parametrize(
        ("raw", "wanted"),
        [
            ("-0.5", "0.0"),
            ("0.0475", "0.0"),
            ("0.05", "0.1"),
            ("0.15", "0.2"),
            ("0.349", "0.3"),
            ("0.35", "0.4"),
            ("0.65", "0.7"),
            ("0.85", "0.9"),
            ("0.95", "0.9"),
            ("0.999999", "0.9"),
            ("1", "1.0"),
            ("1.25", "1.0"),
        ],
    )
    def test_rounds_once_half_up_and_earns_one(self, raw, wanted):
        """A tie goes up, below 0 is 0, above 1 is 1, and nothing below 1 becomes 1.0."""
        assert str(grade(F(raw))) == wanted

    @pytest.mark.parametrize(
        ("policy", "raw", "wanted"),
        [
            (HALF_EVEN, "0.65", "0.6"),
            (HALF_EVEN, "0.35", "0.4"),
            (HALF_EVEN, "0.05", "0.0"),
            (HALF_EVEN, "0.66", "0.7"),
            (HALF_EVEN, "0.95", "0.9"),
            (NO_GUARD, "0.95", "1.0"),
            (NO_GUARD, "0.949", "0.9"),
        ],
    )
    def test_a_policy_may_break_ties_otherwise(self, policy, raw, wanted):
        """half_even sends ties to the even digit; no_guard lets 0.95 become 1.0."""
        assert str(grade(F(raw), policy)) == wanted

    def test_may_stay_exact(self):
        """A policy without rounding leaves the scaled share as it is."""
        assert grade(F(1, 4), LINEAR["puzzle.kr_progress"]) == 25

    def test_does_not_depend_on_the_callers_precision(self):
        """A low decimal precision elsewhere does not reach a grade."""
        with localcontext() as context:
            context.prec = 1
            found = rounded_to(F(123456789, 1000), 2)

        assert found == D("123456.79")


class TestStored:
    @pytest.mark.parametrize(
        ("raw", "kept"),
        [
            (Fraction(1, 3), "0.333333333333"),
            (Fraction(5, 10**13), "0.000000000001"),
            (Fraction(-5, 10**13), "-0.000000000001"),
            (Fraction(10**30), "1" + "0" * 30),
        ],
    )
    def test_has_twelve_decimals(self, raw: Fraction, kept: str):
        """Half away from zero, as everywhere, and however large it is."""
        assert stored(raw) == Decimal(kept)


class TestBand:
    @pytest.mark.parametrize(
        ("given", "wanted"),
        [
            ("0.0", "failure"),
            ("0.3", "failure"),
            ("0.4", "progress"),
            ("0.6", "progress"),
            ("0.7", "delivery"),
            ("1.0", "delivery"),
        ],
    )
    def test_reads_the_rounded_grade(self, given, wanted):
        """Every grade of one decimal falls into one of three bands."""
        assert band(D(given)) == wanted


class TestScore:
    def test_keeps_raw_capped_and_grade_apart(self):
        """Over-achievement stays in raw and is capped in the grade."""
        found = score(TEN, F(25, 2))

        assert (found.raw, found.capped, str(found.grade), found.band) == (F(5, 4), 1, "1.0", "delivery")

    def test_silence_is_ungraded_in_the_cycle(self):
        """Without data there is no grade, and it is no error."""
        found = score(TEN, None)

        assert (found.raw, found.grade, found.band, found.problem) == (None, None, Band.UNGRADED, "no_data")

    def test_silence_is_zero_at_closing(self):
        """When closing, no data is graded 0.0 and says why."""
        found = score(TEN, None, closing=True)

        assert (found.raw, str(found.grade), found.band) == (None, "0.0", "failure")
        assert (found.problem, found.reason) == ("no_data_at_close", "No value was ever given.")

    def test_closing_does_not_excuse_a_broken_measure(self):
        """A measure that cannot be scored stays an error when closing."""
        found = score(Measure.of("increase", start=None, target=10), None, closing=True)

        assert (found.grade, found.band, found.problem) == (None, Band.ERROR, "no_start")

    def test_a_problem_is_an_error_with_its_reason(self):
        """What cannot be scored has band error, a code and words."""
        found = score(Measure.of("decrease", start=1, target=2), F(1))

        assert (found.band, found.problem, found.grade) == (Band.ERROR, "direction_mismatch", None)
        assert found.reason == "“down” is declared, but the numbers go up."

    def test_names_both_of_two_directions(self):
        """A kind that goes up with a direction that goes down says so, whichever way the numbers go."""
        found = score(Measure.of("increase", start=0, target=10, direction="down"), F(5))

        assert found.reason == "“down” and “up” are declared at once, and the numbers go up."

    def test_a_baseline_waits_without_being_an_error(self):
        """A baseline without start and target is ungraded, not wrong."""
        found = score(Measure.of("baseline"), F(3))

        assert (found.band, found.problem) == (Band.UNGRADED, "no_start")


class TestPolicies:
    def test_have_names_that_are_stored(self):
        """Our policies are found by the names stored beside grades."""
        assert sorted(OURS) == ["half_even", "milepost.v1", "no_guard"]
        assert named("milepost.v1") is DEFAULT
        assert str(DEFAULT) == "milepost.v1"

    def test_an_unknown_name_lists_the_known_ones(self):
        """A policy there is not is refused with those there are."""
        with pytest.raises(NotFound) as caught:
            named("vibes")

        assert caught.value.code == "unknown_policy"
        assert "milepost.v1" in str(caught.value)

    def test_rounding_has_words(self):
        """A page can say how ties are broken."""
        assert (Rounding.HALF_UP.words, Rounding.HALF_EVEN.words) == ("half up", "half to even")

    def test_rounding_away_leaves_no_negative_zero(self):
        """A tiny negative number rounds to plain zero."""
        assert str(rounded_to(F(-1, 1000), 1)) == "0.0"
        assert str(rounded_to(F(-1, 20), 1)) == "-0.1"


class TestVerdict:
    @pytest.mark.parametrize(
        ("commitment", "raw", "insight", "wanted"),
        [
            ("committed", "1", False, Verdict(Outcome.SUCCESS)),
            (
                "committed",
                "0.999",
                True,
                Verdict(Outcome.MISS, "hold the improvement meeting: planning or execution?"),
            ),
            ("committed", None, False, Verdict(Outcome.UNGRADED, "enter the final value")),
            ("aspirational", "0.65", False, Verdict(Outcome.SUCCESS, "celebrate")),
            ("aspirational", "0.649", True, Verdict(Outcome.SUCCESS_BY_LEARNING, "share what was learned")),
            (
                "aspirational",
                "0.35",
                False,
                Verdict(Outcome.PARTIAL, "what did we learn? keep, change or drop"),
            ),
            (
                "aspirational",
                "0.34",
                True,
                Verdict(Outcome.MISS, "reflect: cause, learning, keep / change / drop"),
            ),
            ("aspirational", None, True, Verdict(Outcome.UNGRADED, "enter the final value")),
            ("learning", None, True, Verdict(Outcome.SUCCESS)),
            (
                "learning",
                "1",
                False,
                Verdict(Outcome.NOT_YET, "document the insight and the decision it informed"),
            ),
            ("strategic", "0.7", False, Verdict(Outcome.SUCCESS, "celebrate")),
            (
                "tactical",
                "0.2",
                False,
                Verdict(Outcome.MISS, "reflect: cause, learning, keep / change / drop"),
            ),
        ],
    )
    def test_depends_on_what_was_promised(self, commitment, raw, insight, wanted):
        """Committed needs 1.0, aspirational 0.7, learning an insight."""
        assert verdict(commitment, None if raw is None else F(raw), insight) == wanted

    def test_committed_success_and_grade_one_are_the_same_statement(self):
        """A commitment has succeeded exactly when its grade is 1.0, under every policy of ours."""
        for policy in OURS.values():
            for raw in (F(94, 100), F(95, 100), F(999, 1000), F(1), F(2)):
                succeeded = verdict("committed", raw, policy=policy).verdict is Outcome.SUCCESS
                assert succeeded == (grade(raw, policy) == 1), (policy, raw)

    def test_expects_one_or_seven_tenths(self):
        """Only a commitment must reach 1.0; every other word, and both levels, begin at 0.7."""
        words = ("committed", "aspirational", "learning", "strategic", "tactical")

        assert [expected_grade(word) for word in words] == [1, *[F(7, 10)] * 4]

    def test_refuses_a_commitment_it_does_not_know(self):
        """An unknown commitment is refused, naming those there are."""
        with pytest.raises(Invalid, match="committed, aspirational, learning"):
            expected_grade("hopeful")
