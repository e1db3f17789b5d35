"""The grammar of cells, and what it refuses."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core import cells
from milepost.core.cells import Quantity
from milepost.core.problems import Problem
from milepost.core.scoring import Kind, ScoringProblem, roll_up, score

F = Fraction


def code_of(*row: str) -> str:
    with pytest.raises(ScoringProblem) as caught:
        cells.read(*row)
    assert caught.value.remedy
    return caught.value.code


class TestQuantity:
    @pytest.mark.parametrize(
        ("cell", "wanted"),
        [
            ("1250", Quantity(F(1250))),
            (" 4.5 ", Quantity(F(9, 2))),
            (".5", Quantity(F(1, 2))),
            ("-20%", Quantity(F(-20), "%")),
            ("−20 %", Quantity(F(-20), "%")),
            ("+50%", Quantity(F(50), "%")),
            ("USD 300000", Quantity(F(300_000), "USD")),
            ("USD 300,000", Quantity(F(300_000), "USD")),
            ("$1,234,567.50", Quantity(F(2_469_135, 2), "$")),
            ("-$5", Quantity(F(-5), "$")),
            ("$-5", Quantity(F(-5), "$")),
            ("33 min", Quantity(F(33), "min")),
            ("12 km/h", Quantity(F(12), "km/h")),
            ("5€", Quantity(F(5), "€")),
            ("1e3", Quantity(F(1000))),
            ("2.5E-2 s", Quantity(F(1, 40), "s")),
            ("3 eggs", Quantity(F(3), "eggs")),
            ("0", Quantity(F(0))),
            ("9" * 60, Quantity(F("9" * 60))),
            ("1e30", Quantity(F(10**30))),
            ("null", None),
            ("NULL", None),
            ("", None),
        ],
    )
    def test_reads_a_number_and_its_unit(self, cell, wanted):
        """Numbers are exact; a unit may stand before or after."""
        assert cells.quantity(cell) == wanted

    @pytest.mark.parametrize(
        "cell",
        [
            "abc",
            "nan",
            "inf",
            "1e400",
            "1e-31",
            "1e99999",
            "12,5",
            "1,2,3",
            "1 2",
            "5-6",
            "--5",
            "-$-5",
            "1/2",
            "%",
            "9" * 61,
            "٣",
            "1" * 500,
            "x",
            "1.2.3",
            "=1+1",
            "5|6",
            "min 5 min 6",
            "1_000",
        ],
    )
    def test_refuses_what_is_no_number(self, cell):
        """Anything else is refused, naming the cell."""
        with pytest.raises(ScoringProblem) as caught:
            cells.quantity(cell, field="target")

        assert (caught.value.code, caught.value.field) == ("not_a_number", "target")

    @given(st.text(max_size=40))
    def test_never_crashes(self, cell):
        """Any text is a number, nothing, or a Problem."""
        try:
            found = cells.quantity(cell)
        except Problem:
            return
        assert found is None or isinstance(found.number, Fraction)


class TestMeasures:
    def test_a_line_has_its_unit(self):
        """Start, target and reading are read in one unit."""
        found = cells.read("decrease", "33 min", "20 min", "26.5 min")

        assert (found.measure.kind, found.measure.unit) == (Kind.DECREASE, "min")
        assert (found.measure.start, found.measure.target, found.reading) == (33, 20, F(53, 2))

    def test_tags_stand_behind_the_kind(self):
        """Direction, closing and policy are given as tags, in one bracket or several."""
        found = cells.read("Increase [up][closing; half_even]", "0", "10", "null")

        assert (found.measure.direction, found.closing, found.policy.name) == ("up", True, "half_even")

    def test_a_floor_stands_in_the_start_cell(self):
        """What is kept has its worst acceptable value where a line has its start."""
        found = cells.read("maintain_below", "4", "2", "2.5").measure

        assert (found.start, found.floor, found.target) == (None, 4, 2)

    @pytest.mark.parametrize(
        ("start", "target", "current", "wanted"),
        [
            ("", "40..60", "50", (40, 60, None, None)),
            ("tol=10", "-5..5", "0", (-5, 5, 10, None)),
            ("tol=2 %", "40..60 %", "45 %", (40, 60, 2, "%")),
            ("null", "$40..60", "$45", (40, 60, None, "$")),
        ],
    )
    def test_a_range_has_two_ends_and_a_tolerance(self, start, target, current, wanted):
        """A unit at either end holds for both."""
        found = cells.read("range", start, target, current).measure

        assert (found.low, found.high, found.tolerance, found.unit) == wanted

    def test_a_change_is_a_share_of_the_start(self):
        """A relative target is a percentage, the rest has its own unit."""
        found = cells.read("relative", "USD 1000", "-2.5%", "USD 900").measure

        assert (found.target, found.unit) == (F(-1, 40), "USD")

    def test_lists_keep_their_gaps(self):
        """An unreported period stays in the list; a cancelled one leaves it."""
        assert cells.read("per_period", "", "10", "10|null||x|12").reading == (10, None, None, 12)
        assert cells.read("maintain_above_ratio", "", "98%", "98%|null").reading == (98, None)

    @pytest.mark.parametrize("current", ["", "null", "x", "x|x"])
    def test_a_list_of_nothing_is_no_data(self, current):
        """No period at all is silence, not zero."""
        question = cells.read("per_period", "", "10", current)

        assert question.reading is None
        assert score(question.measure, question.reading).problem == "no_data"

    def test_milestones_are_done_open_or_partly_done(self):
        """Words and shares may be mixed; a cancelled milestone takes its weight with it."""
        found = cells.read("milestones", "", "20|30|10|5|1", "done|0.4|50%|x|null")

        assert found.measure.milestones == (20, 30, 10, 1)
        assert found.reading == (1, F(2, 5), F(1, 2), None)

    @pytest.mark.parametrize(
        ("cell", "wanted"),
        [("true", True), ("Done", True), ("1", True), ("no", False), ("open", False), ("null", None)],
    )
    def test_yes_or_no_has_several_words(self, cell, wanted):
        """True, yes and done are the same; so are false, no and open."""
        assert cells.read("binary", "", "true", cell).reading is wanted

    def test_a_baseline_is_a_word_or_a_line(self):
        """A word answers whether it is established; a number is scored once start and target are there."""
        assert cells.read("baseline", "", "", "done").reading is True
        question = cells.read("baseline", "10", "20", "15")
        assert score(question.measure, question.reading).raw == F(1, 2)


class TestRollUps:
    @pytest.mark.parametrize("kind", sorted(cells.ROLL_UPS))
    def test_weights_labels_and_shares(self, kind):
        """Parts have weights, labels and shares; x is cancelled, null has no data."""
        found = cells.read(kind, "2|1|1", "kr|child|kr", "90%|x|null").parts

        assert [(p.weight, p.label, p.raw, p.counted) for p in found] == [
            (2, "kr", F(9, 10), True),
            (1, "child", None, False),
            (1, "kr", None, True),
        ]

    def test_no_weights_are_equal_weights(self):
        """An empty weights cell, or an empty weight, is 1."""
        assert [p.weight for p in cells.read("rollup_children", "", "", "0.5|0.7").parts] == [1, 1]
        assert [p.weight for p in cells.read("rollup_children", "3|", "", "0.5|0.7").parts] == [3, 1]

    def test_an_initiative_never_counts(self):
        """Work that was done moves no number: a part that is called an initiative is left out."""
        found = cells.read("rollup_objective", "1|1|1|1", "kr|kr|initiative|kr", "1|1|0|1").parts

        assert [p.counted for p in found] == [True, True, False, True]
        assert roll_up(found).raw == 1

    def test_nothing_at_all_has_nothing_to_count(self):
        """An empty row is a roll-up of no parts."""
        assert roll_up(cells.read("rollup_company", "", "", "").parts).problem == "all_weights_zero"


class TestRefusals:
    @pytest.mark.parametrize(
        ("row", "code"),
        [
            (("magic", "", "", ""), "unknown_kind"),
            (("", "", "", ""), "unknown_kind"),
            (("increase[up", "0", "1", "1"), "unknown_kind"),
            (("increase[sideways]", "0", "1", "1"), "unknown_tag"),
            (("reach", "", "10", "abc"), "not_a_number"),
            (("increase", "x", "10", "1"), "not_a_number"),
            (("currency", "USD 3", "USD 5", "EUR 4"), "unit_mismatch"),
            (("percent", "20%", "50%", "35"), "unit_mismatch"),
            (("duration", "33 min", "20 min", "1500 s"), "unit_mismatch"),
            (("maintain_above", "90", "95%", "96%"), "unit_mismatch"),
            (("per_period", "", "10 posts", "9 posts|8"), "unit_mismatch"),
            (("range", "tol=1 %", "40..60", "50"), "unit_mismatch"),
            (("range", "40% .. ", "40%..60", "50"), "not_a_number"),
            (("range", "", "40..60 %", "50"), "unit_mismatch"),
            (("range", "", "40", "50"), "not_a_number"),
            (("range", "", "40..", "50"), "not_a_number"),
            (("range", "10", "40..60", "50"), "not_a_number"),
            (("relative", "1000", "-20", "900"), "unit_mismatch"),
            (("binary", "", "true", "0.5"), "binary_not_boolean"),
            (("binary", "", "true", "maybe"), "binary_not_boolean"),
            (("milestones", "", "1|1", "done|5 h"), "unit_mismatch"),
            (("rollup_objective", "1", "", "0.4|0.5"), "milestone_count"),
            (("rollup_objective", "", "kr", "0.4|0.5"), "milestone_count"),
            (("rollup_objective", "1|a", "", "0.4|0.5"), "not_a_number"),
            (("rollup_objective", "", "", "0.4|5 h"), "unit_mismatch"),
            (("rollup_objective", "", "kr|wibble", "0.4|0.5"), "unknown_label"),
            (("reach", "", "10", "1" * 20_001), "not_a_number"),
        ],
    )
    def test_a_bad_row_has_its_code(self, row, code):
        """What cannot be read is refused with the code that says why."""
        assert code_of(*row) == code

    @given(
        st.sampled_from([*Kind, *sorted(cells.ROLL_UPS)]),
        *[st.text(alphabet="0123456789.,-+%|x= eEnulltodpaif$[]", max_size=15)] * 3,
    )
    def test_never_crashes(self, kind, start, target, current):
        """Any row is a question with an answer, or a Problem."""
        try:
            question = cells.read(kind, start, target, current)
        except Problem:
            return
        if question.parts is None:
            assert score(question.measure, question.reading)
        else:
            assert roll_up(question.parts)
