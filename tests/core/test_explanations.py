"""Any number explains itself: the arithmetic in words and figures."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.policies import HALF_EVEN
from milepost.core.scoring import (
    Kind,
    Measure,
    Part,
    arithmetic,
    exact,
    explain,
    explain_roll_up,
    percent,
    plain,
    roll_up,
    six_decimals,
)

F = Fraction
TURNAROUND = Measure.of("decrease", start=9, target=4, unit="days")
NBSP = "\N{NO-BREAK SPACE}"


def spaced(text: str) -> str:
    return text.replace(NBSP, " ")


class TestPercent:
    @pytest.mark.parametrize(
        ("raw", "places", "wanted"),
        [
            ("0.637", 0, "64 %"),
            ("0.637", 1, "63.7 %"),
            ("0.125", 0, "13 %"),
            ("0.999", 0, "99 %"),
            ("0.9999", 1, "99.9 %"),
            ("1", 0, "100 %"),
            ("1.004", 0, "100 %"),
            ("1.15", 0, "115 %"),
            ("-0.001", 0, "0 %"),
            ("-0.23", 0, "−23 %"),
            ("0", 1, "0.0 %"),
        ],
    )
    def test_is_rounded_half_up_and_earned(self, raw, places, wanted):
        """A percentage never shows 100 % below the target, and no negative zero."""
        assert spaced(percent(F(raw), places)) == wanted

    def test_never_parts_from_its_sign(self):
        """Number and sign are joined by a no-break space."""
        assert percent(F(1, 2)) == f"50{NBSP}%"


class TestPlain:
    @pytest.mark.parametrize(
        ("value", "wanted"),
        [
            (F(31, 5), "6.2"),
            (F(4), "4"),
            (F(-4), "−4"),
            (F(999), "999"),
            (F(1000), "1,000"),
            (F(1_234_567_8, 10), "1,234,567.8"),
            (F(1, 3), "0.333333"),
            (F(10**20), "100,000,000,000,000,000,000"),
            (F(-1, 10**9), "0"),
            (F(10**30 + 1, 10), "100,000,000,000,000,000,000,000,000,000.1"),
        ],
    )
    def test_has_no_exponent_and_groups_long_numbers(self, value, wanted):
        """Numbers are written out, without trailing zeros, thousands grouped."""
        assert plain(value) == wanted

    def test_can_be_whole(self):
        """Without decimals a number is written whole."""
        assert plain(F(1005, 10), 0) == "101"

    def test_machines_get_six_decimals(self):
        """Programs read six decimals, half up, with an ASCII minus."""
        assert six_decimals(F(5, 6)) == "0.833333"
        assert six_decimals(F(-3, 13)) == "-0.230769"
        assert six_decimals(F(8_916_665, 10_000_000)) == "0.891667"


class TestArithmetic:
    @pytest.mark.parametrize(
        ("measure", "reading", "wanted"),
        [
            (TURNAROUND, F(31, 5), "(6.2 − 9) ÷ (4 − 9)"),
            (Measure.of("increase", start=-10, target=-2), F(-4), "(−4 − (−10)) ÷ (−2 − (−10))"),
            (Measure.of("reach", target=30), F(25), "25 ÷ 30"),
            (Measure.of("relative", start=1000, target=F(-1, 5)), F(900), "(900 − 1,000) ÷ (800 − 1,000)"),
            (Measure.of("count", start=4, target=4, direction="up"), F(5), "5 ≥ 4"),
            (Measure.of("count", start=4, target=4, direction="up"), F(4), "4 ≥ 4"),
            (Measure.of("count", start=4, target=4, direction="up"), F(3), "3 < 4"),
            (Measure.of("count", start=4, target=4, direction="down"), F(5), "5 > 4"),
            (Measure.of("count", start=4, target=4, direction="down"), F(4), "4 ≤ 4"),
            (Measure.of("maintain_above", target=95), F(95), "95 ≥ 95"),
            (Measure.of("maintain_above", target=95), F(94), "94 < 95"),
            (Measure.of("maintain_below", target=2), F(3), "3 > 2"),
            (Measure.of("maintain_below", target=2, floor=4), F(5, 2), "(2.5 − 4) ÷ (2 − 4)"),
            (
                Measure.of("maintain_above_ratio", target=98),
                (F(98), F(99), None),
                "2 of 3 periods at 98 or above",
            ),
            (Measure.of("maintain_below_ratio", target=5), (F(4), F(6)), "1 of 2 periods at 5 or below"),
            (Measure.of("per_period", target=10), (F(10), F(8), F(12)), "(1 + 0.8 + 1) ÷ 3"),
            (Measure.of("range", low=40, high=60), F(50), "50 is within 40 to 60"),
            (Measure.of("range", low=40, high=60), F(61), "61 is outside 40 to 60"),
            (Measure.of("range", low=40, high=60, tolerance=10), F(65), "1 − 5 ÷ 10"),
            (Measure.of("binary"), True, "done"),
            (Measure.of("binary"), False, "not done"),
            (Measure.of("milestones", milestones=[20, 30]), (F(1), None), "(20 × 1 + 30 × 0) ÷ 50"),
            (Measure.of("baseline"), False, "not done"),
            (Measure.of("baseline", start=1, target=3), F(2), "(2 − 1) ÷ (3 − 1)"),
        ],
    )
    def test_puts_the_numbers_in_place(self, measure, reading, wanted):
        """The formula is written with the numbers that went into it."""
        assert arithmetic(measure, reading) == wanted

    @pytest.mark.parametrize("kind", list(Kind))
    def test_is_silent_where_it_cannot_be_computed(self, kind):
        """Without a value there is no arithmetic, whatever the kind."""
        assert arithmetic(Measure.of(kind), None) is None
        assert explain(Measure.of(kind), None).formula

    @pytest.mark.parametrize(
        ("measure", "reading"),
        [
            (Measure.of("increase", target=5), F(1)),
            (Measure.of("relative", start=0, target=1), F(1)),
            (Measure.of("range", low=1), F(1)),
            (Measure.of("maintain_above", target=5), (F(1), F(2))),
        ],
    )
    def test_is_silent_about_what_is_wrong(self, measure, reading):
        """A measure that cannot be scored has no arithmetic, and its explanation says why."""
        assert arithmetic(measure, reading) is None
        assert explain(measure, reading).notes

    def test_one_value_is_one_period(self):
        """A single number is written as a list of one."""
        assert arithmetic(Measure.of("per_period", target=10), F(5)) == "(0.5) ÷ 1"


class TestExplain:
    def test_shows_formula_figures_rounding_and_policy(self):
        """One key result shows its arithmetic, its grade and who rounded how."""
        found = explain(TURNAROUND, exact("6.2"))

        assert spaced(found.title) == "Why 56 %?"
        assert (found.formula, found.substituted) == (
            "(now − start) ÷ (target − start)",
            "(6.2 − 9) ÷ (4 − 9)",
        )
        assert spaced(found.result) == "56.0 %"
        assert [spaced(cell) for cell in found.rows[0]] == ["Progress", "(6.2 − 9) ÷ (4 − 9)", "56.0 %"]
        assert found.rows[1][2] == "0.6"
        assert (found.foot, found.policy) == (("Band", "progress"), "milepost.v1")
        assert found.rounding.startswith("rounded half up to one decimal, once")
        assert (found.raw, str(found.grade)) == (F(14, 25), "0.6")

    def test_says_when_it_was_capped(self):
        """Over-achievement shows the step that caps it."""
        found = explain(TURNAROUND, F(3))

        assert [(line.label, spaced(line.result)) for line in found.lines][:2] == [
            ("Progress", "120.0 %"),
            ("Capped", "100.0 %"),
        ]

    def test_says_why_there_is_no_number(self):
        """Without data the explanation says so in words."""
        found = explain(TURNAROUND, None)

        assert (found.title, found.substituted, found.result) == ("Why no number?", None, "no value")
        assert found.notes == ("There is no value yet.",)

    def test_names_the_workspaces_policy(self):
        """Another policy is named with its rounding."""
        found = explain(TURNAROUND, F(31, 5), HALF_EVEN)

        assert (found.policy, "half to even" in found.rounding) == ("half_even", True)


class TestLeeway:
    RANGE = Measure.of("range", low=43, high=45, tolerance=4, unit="%")

    def test_of_a_range_is_a_step_and_a_sentence(self):
        """Outside a range: how far, what share of the tolerance is used up, and where that was set."""
        found = explain(self.RANGE, F(457, 10))

        assert [tuple(map(spaced, row)) for row in found.rows[:2]] == [
            ("Outside the range by", "45.7 − 45", "0.7"),
            ("Progress", "1 − 0.7 ÷ 4", "82.5 %"),
        ]
        assert found.notes == (
            "43 to 45 counts 100 %. Outside, credit runs out evenly over the tolerance of 4: at 39 and at 49"
            " nothing is left. The tolerance was set with the range, in the key result’s form.",
        )

    def test_of_a_range_inside_needs_no_step(self):
        """Inside there is nothing to subtract."""
        assert [row[0] for row in explain(self.RANGE, F(44)).rows] == ["Progress", "Grade if it ended now"]

    def test_of_a_range_may_be_none(self):
        """Without a tolerance it is all or nothing, and says so."""
        found = explain(Measure.of("range", low=3, high=4), F(5))

        assert spaced(found.notes[-1]).startswith("No tolerance is set, so 3 to 4 counts 100 %")

    @pytest.mark.parametrize(
        ("measure", "wanted"),
        [
            (Measure.of("maintain_below", target=30, floor=45), "30 or below counts 100 %. Short of it"),
            (Measure.of("maintain_above", target=4), "4 or above counts 100 %, anything else 0 %."),
        ],
    )
    def test_of_a_number_to_be_kept(self, measure, wanted):
        """What is kept says what counts, and until where."""
        assert spaced(explain(measure, F(33)).notes[-1]).startswith(wanted)

    @pytest.mark.parametrize(
        ("measure", "reading", "said"),
        [
            (RANGE, F(50), "1 − 5 ÷ 4, at least 0"),
            (RANGE, F(49), "1 − 4 ÷ 4"),
            (Measure.of("maintain_below", target=30, floor=45), F(50), "(50 − 45) ÷ (30 − 45), at least 0"),
            (Measure.of("maintain_above", target=30, floor=10), F(10), "(10 − 10) ÷ (30 − 10)"),
        ],
    )
    def test_says_where_credit_has_run_out(self, measure, reading, said):
        """What the figures alone would give is less than the 0 % beside it."""
        line = next(line for line in explain(measure, reading).lines if line.label == "Progress")

        assert (line.arithmetic, spaced(line.result)) == (said, "0.0 %")

    def test_of_periods_rounds_no_share_that_is_added_up(self):
        """A third is written as a division, so that the sum is the one that is shown."""
        found = explain(Measure.of("per_period", target=12), (F(4), F(30), F(3)))

        assert found.substituted == "(4 ÷ 12 + 1 + 0.25) ÷ 3"


class TestExplainRollUp:
    def test_shows_a_table_that_adds_up(self):
        """Each part shows its arithmetic, progress, weight and what it adds; the foot is the whole."""
        rolled = roll_up(
            [
                Part(raw=F(14, 25), label="Turnaround", how="(6.2 − 9) ÷ (4 − 9)"),
                Part(raw=F(12, 17), label="First-visit fixes"),
                Part(raw=F(181, 280), label="Self-service"),
            ]
        )

        found = explain_roll_up(rolled, notes=["Computed on 24 November."])

        assert [spaced(cell) for cell in found.rows[0]] == [
            *("Turnaround", "(6.2 − 9) ÷ (4 − 9)", "56.0 %", "1 of 3", "18.7")
        ]
        assert [row[4] for row in found.rows] == ["18.7", "23.5", "21.5"]
        assert spaced(found.foot[1]) == "63.7 %"
        assert len(found.head) == len(found.rows[0])
        assert spaced(found.title) == "Why 64 %?"
        assert found.notes == ("Computed on 24 November.",)

    @given(
        st.lists(
            st.tuples(st.fractions(-1, 2, max_denominator=60), st.integers(1, 5)), min_size=1, max_size=9
        )
    )
    def test_adds_up_as_shown_or_says_by_how_much_not(self, given):
        """Adding up what is shown gives the whole as shown, or a note says what rounding takes apart."""
        found = explain_roll_up(roll_up([Part(F(weight), raw) for raw, weight in given]))

        def number(text: str) -> Decimal:
            return Decimal(text.replace("−", "-").replace(NBSP, "").rstrip("%"))

        apart = number(found.foot[1]) - sum(number(row[4]) for row in found.rows)
        told = [note for note in found.notes if "rounding alone" in note]
        assert bool(told) == bool(apart)
        assert not apart or f"The {abs(apart).normalize():f} between them" in told[0]

    @pytest.mark.parametrize(
        ("raws", "shown", "whole"),
        [
            ([F(1, 8)] * 2 + [F(0)] * 2, ["3.125", "3.125", "0.000", "0.000"], "6.250 %"),
            ([F(1, 3), F(1, 3), F(1, 3)], ["11.1", "11.1", "11.1"], "33.3 %"),
        ],
    )
    def test_shows_as_many_decimals_as_adding_up_needs(self, raws, shown, whole):
        """One decimal where that adds up, up to three where it does not."""
        found = explain_roll_up(roll_up([Part(raw=raw) for raw in raws]))

        assert [row[4] for row in found.rows] == shown
        assert spaced(found.foot[1]) == whole

    def test_says_what_is_missing_capped_left_out_or_without_weight(self):
        """Whatever does not count as it stands is named."""
        rolled = roll_up(
            [
                Part(raw=F(6, 5), label="Over"),
                Part(label="Silent"),
                Part(raw=F(1), counted=False, label="Dropped"),
                Part(F(0), F(1, 2), label="Aside"),
            ]
        )

        found = explain_roll_up(rolled)

        assert [spaced(note) for note in found.notes] == [
            "1 of 2 parts reported; what has no data counts 0 %.",
            "“Over” stands at 120 % and counts as 100 %.",
            "“Dropped” is cancelled or deferred and left out.",
            "“Aside” has weight 0: shown, not counted.",
        ]
        assert [row[3] for row in found.rows] == ["1 of 2", "1 of 2", "left out", "0, not counted"]
        assert [row[4] for row in found.rows] == ["50.0", "0.0", "–", "–"]

    @pytest.mark.parametrize(
        ("parts", "why"),
        [
            ([], "there is no key result yet, and no objective contributes"),
            ([Part(F(1), F(1), counted=False)], "everything is cancelled, deferred or restricted"),
            ([Part(F(0), F(1)), Part(F(1), F(1), counted=False)], "every weight is zero"),
        ],
    )
    def test_says_why_there_is_no_mean(self, parts, why: str):
        """An objective with nothing to count says so, and what is so with it."""
        found = explain_roll_up(roll_up(parts))

        assert (found.title, found.substituted) == ("Why no number?", None)
        assert found.notes[0] == f"Nothing here counts: {why}."
