"""Progress by kind (method 2.2)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from milepost.core.scoring import Kind, Measure, ScoringProblem, exact, progress
from milepost.core.scoring.progress import RULES

F = Fraction


def refused(measure: Measure, reading) -> str:
    with pytest.raises(ScoringProblem) as caught:
        progress(measure, reading)
    assert caught.value.remedy, "a problem says what to do"
    return caught.value.code


class TestKinds:
    def test_each_kind_has_a_rule(self):
        """No kind is without a formula."""
        assert set(RULES) == set(Kind)

    @pytest.mark.parametrize(
        ("kind", "linear", "series", "list_", "needs_start", "needs_target"),
        [
            (Kind.INCREASE, True, False, False, True, True),
            (Kind.DURATION, True, False, False, True, True),
            (Kind.REACH, False, False, False, False, True),
            (Kind.RELATIVE, False, False, False, True, True),
            (Kind.MAINTAIN_BELOW, False, False, False, False, True),
            (Kind.MAINTAIN_ABOVE_RATIO, False, True, True, False, True),
            (Kind.PER_PERIOD, False, True, True, False, True),
            (Kind.MILESTONES, False, False, True, False, False),
            (Kind.BINARY, False, False, False, False, False),
            (Kind.RANGE, False, False, False, False, False),
            (Kind.BASELINE, False, False, False, False, False),
        ],
    )
    def test_families(self, kind, linear, series, list_, needs_start, needs_target):
        """A kind knows its family and what it needs."""
        found = (kind.is_linear, kind.is_series, kind.is_list, kind.needs_start, kind.needs_target)

        assert found == (linear, series, list_, needs_start, needs_target)

    def test_seven_kinds_are_linear(self):
        """The seven linear kinds are those of the method's first row."""
        linear = [kind.value for kind in Kind if kind.is_linear]

        assert linear == ["increase", "decrease", "percent", "currency", "count", "duration", "score"]

    def test_thresholds_are_the_two_that_are_kept(self):
        """A threshold is kept above or below, outside of periods."""
        assert {kind.value for kind in Kind if kind.is_threshold} == {"maintain_above", "maintain_below"}


class TestOnALine:
    @pytest.mark.parametrize(
        ("kind", "start", "target", "current", "wanted"),
        [
            ("increase", 30, 50, 45, F(3, 4)),
            ("increase", -10, -2, -12, F(-1, 4)),
            ("decrease", 9, 4, "6.2", F(14, 25)),
            ("decrease", 0, -10, -5, F(1, 2)),
            ("percent", 80, 95, 92, F(4, 5)),
            ("count", 10, 4, 4, F(1)),
            ("currency", 300_000, 500_000, 550_000, F(5, 4)),
        ],
    )
    def test_is_the_share_of_the_way(self, kind, start, target, current, wanted):
        """Progress is (now − start) ÷ (target − start), both ways, uncapped."""
        measure = Measure.of(kind, start=start, target=target)

        assert progress(measure, exact(current)) == wanted

    def test_reach_and_learning_run_from_zero(self):
        """Reach and learning divide the value by the target, whatever start is noted."""
        for kind in (Kind.REACH, Kind.LEARNING):
            assert progress(Measure.of(kind, start=10, target=30), F(25)) == F(5, 6)

    @pytest.mark.parametrize(
        ("start", "change", "current", "wanted"),
        [
            (1000, F(-1, 5), 900, F(1, 2)),
            (-100, F(1, 2), -75, F(1, 2)),
            (40, F(-1, 2), 20, F(1)),
            (12, F(-1), 0, F(1)),
            (50, F(1), 75, F(1, 2)),
        ],
    )
    def test_relative_changes_by_a_share_of_the_starts_size(self, start, change, current, wanted):
        """A relative target moves from the start by a share of its size, also from below zero."""
        measure = Measure.of("relative", start=start, target=change)

        assert progress(measure, F(current)) == wanted

    @pytest.mark.parametrize(
        ("kind", "start", "target", "direction", "code"),
        [
            ("decrease", 30, 50, None, "direction_mismatch"),
            ("increase", 50, 30, None, "direction_mismatch"),
            ("percent", 50, 30, "up", "direction_mismatch"),
            ("percent", 30, 50, "down", "direction_mismatch"),
            ("increase", 40, 40, "down", "direction_mismatch"),
            ("increase", 40, 40, None, "start_equals_target"),
            ("count", 40, 40, None, "start_equals_target"),
            ("reach", None, 0, None, "start_equals_target"),
            ("relative", 10, 0, None, "start_equals_target"),
            ("increase", None, 10, None, "no_start"),
            ("increase", 0, None, None, "no_target"),
            ("relative", None, F(1, 2), None, "no_start"),
            ("relative", 0, F(1, 2), None, "relative_to_zero"),
            ("reach", None, None, None, "no_target"),
        ],
    )
    def test_refuses_a_measure_without_a_way_to_go(self, kind, start, target, direction, code):
        """What cannot be drawn as a line from start to target is refused with its code, value or not."""
        measure = Measure.of(kind, start=start, target=target, direction=direction)

        assert refused(measure, F(5)) == code
        assert refused(measure, None) == code

    @pytest.mark.parametrize(
        ("direction", "current", "wanted"),
        [("up", 39, 0), ("up", 40, 1), ("up", 41, 1), ("down", 39, 1), ("down", 40, 1), ("down", 41, 0)],
    )
    def test_a_declared_direction_makes_equal_ends_a_threshold(self, direction, current, wanted):
        """With start equal to target, a declared direction turns the line into a threshold, edge included."""
        measure = Measure.of("count", start=40, target=40, direction=direction)

        assert progress(measure, F(current)) == wanted

    def test_silence_is_no_data(self):
        """Without a value there is no progress."""
        assert refused(Measure.of("increase", start=0, target=10), None) == "no_data"

    def test_refuses_a_list_where_one_value_is_meant(self):
        """A list is no reading of a line."""
        assert refused(Measure.of("increase", start=0, target=10), (F(1), F(2))) == "not_a_number"


class TestKept:
    @pytest.mark.parametrize(
        ("kind", "floor", "target", "current", "wanted"),
        [
            ("maintain_above", None, 95, 95, 1),
            ("maintain_above", None, 95, 200, 1),
            ("maintain_above", None, 95, "94.9", 0),
            ("maintain_above", 90, 95, 94, F(4, 5)),
            ("maintain_above", 90, 95, 80, 0),
            ("maintain_above", 95, 95, 94, 0),
            ("maintain_below", None, 2, 2, 1),
            ("maintain_below", None, 2, "2.1", 0),
            ("maintain_below", 4, 2, "2.5", F(3, 4)),
            ("maintain_below", 4, 2, 5, 0),
        ],
    )
    def test_is_met_at_the_line_and_fades_to_the_floor(self, kind, floor, target, current, wanted):
        """Keeping a line is met at the line; beyond it, credit fades to the worst acceptable value."""
        measure = Measure.of(kind, floor=floor, target=target)

        assert progress(measure, exact(current)) == wanted

    @pytest.mark.parametrize(("kind", "floor"), [("maintain_above", 96), ("maintain_below", 94)])
    def test_refuses_a_floor_on_the_good_side(self, kind, floor):
        """A worst acceptable value that is better than the target is refused."""
        assert refused(Measure.of(kind, floor=floor, target=95), F(95)) == "bad_range"

    def test_needs_a_target_and_a_value(self):
        """Without a line to keep, or a value, there is no progress."""
        assert refused(Measure.of("maintain_above"), F(1)) == "no_target"
        assert refused(Measure.of("maintain_above", target=1), None) == "no_data"


class TestRange:
    @pytest.mark.parametrize(
        ("current", "tolerance", "wanted"),
        [
            (40, None, 1),
            (60, None, 1),
            (61, None, 0),
            (39, 0, 0),
            (65, 10, F(1, 2)),
            (38, 10, F(4, 5)),
            (75, 10, 0),
        ],
    )
    def test_is_met_inside_and_fades_over_the_tolerance(self, current, tolerance, wanted):
        """Inside the range, ends included, is 1; outside, credit fades over the tolerance."""
        measure = Measure.of("range", low=40, high=60, tolerance=tolerance)

        assert progress(measure, F(current)) == wanted

    def test_a_range_of_one_point_can_be_met(self):
        """A range may be a single value."""
        assert progress(Measure.of("range", low=5, high=5), F(5)) == 1

    @pytest.mark.parametrize(
        ("low", "high", "tolerance", "code"),
        [
            (60, 40, None, "bad_range"),
            (40, 60, -1, "bad_range"),
            (None, 60, None, "no_target"),
            (1, None, 1, "no_target"),
        ],
    )
    def test_refuses_what_is_no_range(self, low, high, tolerance, code):
        """A range that ends before it begins, lacks an end or shrinks outside is refused."""
        assert refused(Measure.of("range", low=low, high=high, tolerance=tolerance), F(50)) == code


class TestYesOrNo:
    @pytest.mark.parametrize(
        ("target", "reading", "wanted"),
        [(None, True, 1), (1, True, 1), (1, F(0), 0), (0, False, 1), (0, True, 0)],
    )
    def test_is_all_or_nothing(self, target, reading, wanted):
        """Done is 1 and not done is 0, unless not doing it is the target."""
        assert progress(Measure.of("binary", target=target), reading) == wanted

    @pytest.mark.parametrize("reading", [F(1, 2), F(2), (F(1),)])
    def test_refuses_anything_between(self, reading):
        """Half done is no answer to a yes-or-no question."""
        assert refused(Measure.of("binary"), reading) == "binary_not_boolean"

    def test_silence_is_no_data(self):
        """No answer is not a no."""
        assert refused(Measure.of("binary"), None) == "no_data"


class TestMilestones:
    def test_is_the_weighted_share_done(self):
        """Each milestone counts with its weight and its share, held between 0 and 1; none reported is 0."""
        measure = Measure.of("milestones", milestones=[20, 30, 20, 20, 10])

        found = progress(measure, (F(1), F(3, 2), F(1, 2), F(-1), None))

        assert found == F(6, 10)

    def test_a_milestone_without_weight_only_informs(self):
        """A weight of zero shows a milestone without counting it."""
        measure = Measure.of("milestones", milestones=[1, 0])

        assert progress(measure, (F(0), F(1))) == 0

    @pytest.mark.parametrize(
        ("weights", "done", "code"),
        [
            ([0, 0], (F(1), F(1)), "all_weights_zero"),
            ([], (), "all_weights_zero"),
            ([1, 1], (F(1),), "milestone_count"),
            ([1, -1], (F(1), F(1)), "negative_weight"),
            ([1], None, "no_data"),
        ],
    )
    def test_refuses_weights_that_do_not_add_up(self, weights, done, code):
        """Weights must be there, not negative, not all zero, and as many as the values."""
        assert refused(Measure.of("milestones", milestones=weights), done) == code


class TestPeriods:
    @pytest.mark.parametrize(
        ("kind", "target", "periods", "wanted"),
        [
            ("maintain_above_ratio", 95, (96, 94, 95, 97), F(3, 4)),
            ("maintain_above_ratio", 95, (96, None, 95), F(2, 3)),
            ("maintain_below_ratio", 5, (4, 6, 5, None), F(1, 2)),
            ("per_period", 10, (10, 8, 12), F(14, 15)),
            ("per_period", 1, (1, None, 1), F(2, 3)),
            ("per_period", 2, (None, None), F(0)),
        ],
    )
    def test_each_period_counts_once(self, kind, target, periods, wanted):
        """A strong period cannot hide a weak one, and one without a report does not comply."""
        reading = tuple(None if value is None else F(value) for value in periods)

        assert progress(Measure.of(kind, target=target), reading) == wanted

    def test_one_value_is_one_period(self):
        """A single number is a list of one period."""
        assert progress(Measure.of("per_period", target=10), F(5)) == F(1, 2)

    @pytest.mark.parametrize("reading", [None, ()])
    @pytest.mark.parametrize("kind", ["per_period", "maintain_above_ratio", "maintain_below_ratio"])
    def test_no_period_is_no_data(self, kind, reading):
        """Before the first period there is nothing to score."""
        assert refused(Measure.of(kind, target=10), reading) == "no_data"

    @pytest.mark.parametrize(
        ("target", "code"), [(0, "start_equals_target"), (-1, "bad_range"), (None, "no_target")]
    )
    def test_refuses_a_period_that_asks_for_nothing(self, target, code):
        """A target for each period is above zero."""
        assert refused(Measure.of("per_period", target=target), (F(1),)) == code


class TestBaseline:
    def test_is_done_when_established(self):
        """Until there is something to measure against, it is a yes or no."""
        measure = Measure.of("baseline")

        assert (progress(measure, True), progress(measure, False)) == (1, 0)

    def test_becomes_a_line_once_start_and_target_are_set(self):
        """With start and target it scores like any other line."""
        measure = Measure.of("baseline", start=10, target=20)

        assert measure.is_established
        assert progress(measure, F(15)) == F(1, 2)

    def test_a_number_alone_is_no_score(self):
        """A first value without start and target is not scored."""
        assert refused(Measure.of("baseline"), F(15)) == "no_start"


class TestExact:
    @pytest.mark.parametrize(
        ("given", "wanted"),
        [("0.35", F(7, 20)), (3, F(3)), ("-1e3", F(-1000)), (F(1, 3), F(1, 3)), (None, None)],
    )
    def test_keeps_every_digit(self, given, wanted):
        """Text and numbers become fractions without loss."""
        assert exact(given) == wanted

    @pytest.mark.parametrize(
        "given", ["abc", "", "NaN", "Infinity", "-inf", "1e400", "1e-400", "12,5", "٣ apples"]
    )
    def test_refuses_what_is_no_finite_number(self, given):
        """Text that is no finite number of a sane size is refused."""
        with pytest.raises(ScoringProblem) as caught:
            exact(given, field="target")

        assert (caught.value.code, caught.value.field) == ("not_a_number", "target")

    @pytest.mark.parametrize("given", [0.35, True, [1]])
    def test_refuses_a_binary_float(self, given):
        """A float has already lost its ties, so it is a mistake of the caller."""
        with pytest.raises(TypeError):
            exact(given)


class TestMeasure:
    def test_keeps_its_unit(self):
        """A unit is kept as given, and an empty one is none."""
        assert Measure.of("reach", target=3, unit="days").unit == "days"
        assert Measure.of("reach", target=3, unit="").unit is None

    def test_is_established_with_both_ends(self):
        """A baseline needs its start and its target."""
        assert not Measure.of("baseline", start=1).is_established
        assert not Measure.of("baseline", target=1).is_established

    def test_says_what_to_do_about_a_missing_end(self):
        """A missing start asks to measure, a missing target asks what is to be reached."""
        with pytest.raises(ScoringProblem, match="Measure where things stand"):
            Measure.of("increase", target=1).needed("start")
        with pytest.raises(ScoringProblem, match="what is to be reached"):
            Measure.of("increase", start=1).needed("target")

    def test_says_where_it_ends(self):
        """The final value is absolute, also for a relative target; without one there is none."""
        assert Measure.of("relative", start=1000, target=F(-1, 5)).final == 800
        assert Measure.of("reach", target=30).final == 30
        assert Measure.of("maintain_below", target=2).final == 2
        assert Measure.of("baseline", start=1, target=3).final == 3
        assert Measure.of("relative", start=0, target=1).final is None
        assert Measure.of("baseline").final is None
