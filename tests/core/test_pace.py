"""Plan curves, statuses, confidence, staleness and agreement (method 2.6 to 2.12)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core import pace
from milepost.core.pace import Agreement, Need, Staleness, Status
from milepost.core.problems import Invalid

F = Fraction
shares = st.fractions(min_value=0, max_value=1, max_denominator=400)
HALF = F(1, 2)


def refused(function, *args, **kwargs) -> str:
    with pytest.raises(Invalid) as caught:
        function(*args, **kwargs)
    assert caught.value.remedy
    return caught.value.code


class TestExpected:
    @pytest.mark.parametrize(
        ("curve", "elapsed", "wanted"),
        [
            ("linear", F(1, 4), F(1, 4)),
            ("s", F(1, 4), F(5, 32)),
            ("s", HALF, HALF),
            ("s", F(3, 4), F(27, 32)),
            ("back", HALF, F(1, 4)),
            ("front", HALF, F(3, 4)),
            ("points:0.5=0.2;0.8=0.9", HALF, F(1, 5)),
            ("points:0.5=0.2;0.8=0.9", F(13, 20), F(11, 20)),
            ("points:0.5=0.2;0.8=0.9", F(1, 4), F(1, 10)),
            ("points:0.5=0.2;0.8=0.9", F(9, 10), F(19, 20)),
            ("points: 0=0.3; 1=0.8", F(0), F(3, 10)),
            ("points: 0=0.3; 1=0.8", F(1), F(4, 5)),
        ],
    )
    def test_follows_the_curve(self, curve, elapsed, wanted):
        """Each curve expects what its formula says."""
        assert pace.expected(curve, elapsed) == wanted

    @pytest.mark.parametrize("curve", [*pace.CURVES, "points:0.5=0.2"])
    def test_begins_at_nothing_and_ends_at_all(self, curve):
        """A plan goes from 0 to 1, and stays there outside its window."""
        found = [pace.expected(curve, F(t)) for t in (-1, 0, 1, 2)]

        assert found == [0, 0, 1, 1]

    @given(st.sampled_from([*pace.CURVES, "points:0.5=0.2;0.8=0.9"]), shares, shares)
    def test_never_falls(self, curve, one, other):
        """Later never expects less."""
        early, late = sorted((one, other))

        assert pace.expected(curve, early) <= pace.expected(curve, late)

    @pytest.mark.parametrize(
        ("curve", "code"),
        [
            ("wavy", "unknown_curve"),
            ("", "unknown_curve"),
            ("points:", "bad_curve"),
            ("points", "bad_curve"),
            ("points:0.5", "bad_curve"),
            ("points:0.5=abc", "bad_curve"),
            ("points:0.5=", "bad_curve"),
            ("points:0.8=0.9;0.5=0.2", "bad_curve"),
            ("points:0.5=0.2;0.5=0.3", "bad_curve"),
            ("points:1.5=0.2", "bad_curve"),
            ("points:0.5=1.2", "bad_curve"),
            ("points:0.5=NaN", "bad_curve"),
        ],
    )
    def test_refuses_a_curve_it_cannot_draw(self, curve, code):
        """An unknown or impossible curve is refused, and the problem shows a good one."""
        assert refused(pace.expected, curve, HALF) == code

    def test_needed_stops_at_the_expected_grade(self):
        """What is needed by now is the plan times the grade that the commitment expects."""
        found = [
            pace.needed("linear", HALF, c) for c in ("committed", "aspirational", "learning", "tactical")
        ]

        assert found == [F(1, 2), F(7, 20), F(7, 20), F(7, 20)]


class TestStatus:
    @pytest.mark.parametrize(
        ("raw", "elapsed", "checkins", "wanted"),
        [
            ("0.45", "0.5", 3, Status.ON_TRACK),
            ("0.449", "0.5", 3, Status.AT_RISK),
            ("0.3", "0.5", 3, Status.AT_RISK),
            ("0.299", "0.5", 3, Status.OFF_TRACK),
            ("-0.2", "0.5", 3, Status.OFF_TRACK),
            ("1", "0.5", 3, Status.ACHIEVED),
            ("1.2", "0", 1, Status.ACHIEVED),
            ("0", "0.049", 1, Status.ON_TRACK),
            ("-0.01", "0.049", 1, Status.AT_RISK),
            ("0", "0.05", 1, Status.OFF_TRACK),
            ("0", "0.15", 0, Status.NOT_STARTED),
            ("0", "0.151", 0, Status.NO_DATA),
            ("1", "0.9", 0, Status.NO_DATA),
            (None, "0.1", 0, Status.NOT_STARTED),
            (None, "0.1", 1, Status.NO_DATA),
        ],
    )
    def test_compares_progress_with_what_is_needed(self, raw, elapsed, checkins, wanted):
        """On track from 90 %, at risk from 60 %; early, done and silent ones are told apart."""
        found = pace.status(
            None if raw is None else F(raw), elapsed=F(elapsed), commitment="committed", checkins=checkins
        )

        assert found is wanted

    @given(
        st.none() | st.fractions(-2, 2), shares, st.sampled_from(["committed", "aspirational", "learning"])
    )
    def test_silence_is_never_green(self, raw, elapsed, commitment):
        """Without a check-in nothing is on track or achieved."""
        found = pace.status(raw, elapsed=elapsed, commitment=commitment, checkins=0)

        assert found in {Status.NOT_STARTED, Status.NO_DATA}

    def test_keeps_the_figures_behind_it(self):
        """A pace says what was needed, the ratio and the reason."""
        found = pace.pace(F(3, 10), F(1, 2), elapsed=HALF, checkins=2)

        assert (found.status, found.needed, found.ratio) == (Status.AT_RISK, F(1, 2), F(3, 5))
        assert found.reason == "between 60 % and 90 % of what is needed by now"


class TestObjective:
    def test_needs_the_weighted_mean_of_its_parts(self):
        """An objective needs by now what its key results need, by weight."""
        found = pace.needed_by_now([Need(F(2), F(1, 2)), Need(F(1), F(1, 5)), Need(F(0), F(1))])

        assert found == F(2, 5)

    def test_needs_nothing_where_nothing_counts(self):
        """Without weight there is nothing to need."""
        assert pace.needed_by_now([Need(F(0), F(1))]) == 0

    def test_is_judged_by_its_own_progress(self):
        """A strong mean stays on track although one part is far behind."""
        needs = [Need(F(1), HALF), Need(F(1), HALF)]

        found = pace.objective_pace(F(1, 2), needs, elapsed=HALF, reported=2)

        assert (found.status, found.ratio) == (Status.ON_TRACK, 1)

    def test_without_reports_has_no_data(self):
        """An objective none of whose parts reported is not judged."""
        found = pace.objective_pace(F(0), [Need(F(1), HALF)], elapsed=HALF, reported=0)

        assert found.status is Status.NO_DATA


class TestBeside:
    @pytest.mark.parametrize(
        ("raw", "expected", "needed", "wanted"),
        [
            (F(1, 2), F(7, 10), F(49, 100), "49 % is enough by now"),
            (F(0), F(4, 100), F(4, 100), "too early to judge"),
            (F(65, 100), F(7, 10), F(7, 10), "within a tenth of its plan"),
            (F(69, 100), F(7, 10), F(49, 100), ""),
            (F(8, 10), F(7, 10), F(7, 10), ""),
            (F(8, 10), None, F(7, 10), ""),
            (None, F(7, 10), F(7, 10), ""),
        ],
    )
    def test_says_why_a_short_bar_is_on_track(self, raw, expected, needed, wanted):
        """Where the bar ends short of its tick, a few words stand beside the status."""
        found = pace.beside(Status.ON_TRACK, raw, expected=expected, needed=needed)

        assert found.replace("\N{NO-BREAK SPACE}", " ") == wanted

    def test_speaks_of_a_day_that_is_over_as_such(self):
        """What was enough on a past day was enough by then."""
        figures = {"expected": F(7, 10), "needed": F(49, 100), "is_past": True}

        assert pace.beside(Status.ON_TRACK, F(1, 2), **figures).endswith(" is enough by then")

    @pytest.mark.parametrize("status", [one for one in Status if one is not Status.ON_TRACK])
    def test_is_silent_where_status_and_bar_agree(self, status):
        """Whatever is not on track needs no excuse."""
        assert pace.beside(status, F(1, 10), expected=F(1, 2), needed=F(1, 2)) == ""


class TestForecast:
    @pytest.mark.parametrize(
        ("commitment", "p70", "p100", "wanted"),
        [
            ("committed", "0.9", "0.6", Status.ON_TRACK),
            ("committed", "0.9", "0.59", Status.AT_RISK),
            ("committed", "0.9", "0.29", Status.OFF_TRACK),
            ("aspirational", "0.6", "0.1", Status.ON_TRACK),
            ("learning", "0.3", "0.1", Status.AT_RISK),
            ("aspirational", "0.29", "0.1", Status.OFF_TRACK),
        ],
    )
    def test_looks_at_the_odds_of_the_expected_grade(self, commitment, p70, p100, wanted):
        """Committed looks at Pr(1.0), the others at Pr(0.7 or more)."""
        assert pace.forecast_status(commitment, p70=F(p70), p100=F(p100)) is wanted

    def test_refuses_what_is_no_probability(self):
        """Odds lie between 0 and 1."""
        assert refused(pace.forecast_status, "committed", p70=F(1), p100=F(6)) == "bad_probability"

    @pytest.mark.parametrize(
        ("odds", "wanted"),
        [
            ("0.3", "about 3"),
            ("0.25", "about 3"),
            ("0.24", "about 2"),
            ("0.04", "fewer than 1"),
            ("0.96", "more than 9"),
        ],
    )
    def test_is_said_as_a_frequency(self, odds, wanted):
        """Odds are shown as a natural frequency."""
        assert pace.natural_frequency(F(odds)) == f"{wanted} in 10 like this one delivered"


class TestConfidence:
    def test_reads_as_a_probability_short_of_certainty(self):
        """Ten levels are tenths, held between 0.05 and 0.95."""
        found = [str(pace.confidence_probability(level)) for level in range(1, 11)]

        assert found == ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "0.95"]

    def test_reads_as_a_status(self):
        """1–3 is off track, 4–6 at risk, 7–10 on track."""
        found = [pace.confidence_status(level) for level in range(1, 11)]

        assert found == [Status.OFF_TRACK] * 3 + [Status.AT_RISK] * 3 + [Status.ON_TRACK] * 4

    def test_three_buttons_mean_what_they_say(self):
        """The level each button stands for reads back as that button."""
        assert sorted(pace.BUTTON_CONFIDENCE.values()) == [2, 5, 8]
        assert all(
            pace.confidence_status(level) is status for status, level in pace.BUTTON_CONFIDENCE.items()
        )

    @pytest.mark.parametrize("level", [0, 11, -1, True, F(5)])
    def test_refuses_another_level(self, level):
        """Confidence is a whole number from 1 to 10."""
        assert refused(pace.confidence_status, level) == "bad_confidence"


class TestStaleness:
    @pytest.mark.parametrize(
        ("days", "cadence", "wanted"),
        [
            (-1, 7, Staleness.FRESH),
            (7, 7, Staleness.FRESH),
            (8, 7, Staleness.LATE),
            (14, 7, Staleness.LATE),
            (15, 7, Staleness.STALE),
            (21, 7, Staleness.STALE),
            (22, 7, Staleness.ZOMBIE),
            (2, 1, Staleness.LATE),
        ],
    )
    def test_counts_in_cadences(self, days, cadence, wanted):
        """Once, twice and three times the cadence are the steps."""
        assert pace.staleness(days, cadence) is wanted

    def test_refuses_a_cadence_of_nothing(self):
        """A cadence is at least a day."""
        assert refused(pace.staleness, 1, 0) == "bad_cadence"


class TestAgreement:
    @pytest.mark.parametrize(
        ("owner", "model", "wanted"),
        [
            ("on_track", "off_track", Agreement.WATERMELON),
            ("achieved", "off_track", Agreement.WATERMELON),
            ("on_track", "at_risk", Agreement.OPTIMISTIC),
            ("achieved", "at_risk", Agreement.OPTIMISTIC),
            ("at_risk", "off_track", Agreement.OPTIMISTIC),
            ("at_risk", "on_track", Agreement.PESSIMISTIC),
            ("off_track", "achieved", Agreement.PESSIMISTIC),
            ("off_track", "off_track", Agreement.AGREE),
        ],
    )
    def test_compares_owner_and_model(self, owner, model, wanted):
        """Green outside and red inside is a watermelon; otherwise higher is optimistic, lower pessimistic."""
        assert pace.agreement(Status(owner), Status(model)) is wanted

    def test_refuses_to_compare_silence(self):
        """Where one side says nothing there is nothing to compare."""
        assert refused(pace.agreement, Status.NO_DATA, Status.ON_TRACK) == "no_opinion"
