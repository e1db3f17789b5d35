"""Other products' numbers, reproduced suite by suite."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest

from milepost.core import peers
from milepost.core.peers import evaluate
from milepost.core.problems import Invalid, NotFound, Problem
from milepost.core.scoring import ScoringProblem
from tests.core import shared_data

SUITES = sorted(peers.SUITES)
NOT_EXPRESSIBLE: dict[str, str] = {}
"""Suites that no policy can express, and why: there are none."""


def same(found, wanted) -> bool:
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if wanted is None or isinstance(wanted, str | bool):
        return found is wanted or found == wanted
    # A suite writes a few decimals of what may be an endless fraction.
    return abs(Fraction(found) - Fraction(wanted)) < Fraction(1, 10**9)


class TestSuites:
    @pytest.mark.parametrize("suite", SUITES)
    def test_reproduces_every_published_case(self, suite):
        """Each case of the suite gives the published value, and the figures beside it."""
        published = {one["id"]: one["cases"] for one in shared_data.suites()}

        wrong = []
        for case in published[suite]:
            answer = evaluate(suite, case)
            figures = {
                name.removeprefix("expected_"): value
                for name, value in case.items()
                if name.startswith("expected_") or name == "escalate"
            }
            if not same(answer.value, case.get("expected", answer.value)):
                wrong.append((case, answer))
            wrong += [(case, name) for name, value in figures.items() if not same(answer.more[name], value)]

        assert wrong == []

    def test_none_is_forgotten(self):
        """Every published suite has a policy of its id, or a reason why not."""
        published = {one["id"] for one in shared_data.suites()}

        assert published == set(peers.SUITES) | set(NOT_EXPRESSIBLE)


class TestDisagreements:
    @pytest.mark.parametrize(
        ("baseline", "target", "current", "answers"),
        [
            (100, 100, 100, {"openokr": 0, "leantime": 0, "oslo": 0, "shamanr": 100, "puzzle": 100}),
            (0, 100, 150, {"openokr": 100, "leantime": 100, "oslo": 150, "shamanr": 100, "puzzle": 150}),
            (20, 100, 0, {"openokr": 0, "leantime": 0, "oslo": -25, "shamanr": 0, "puzzle": 0}),
            (9, 2, 9, {"openokr": 0, "leantime": 0, "oslo": 0, "shamanr": 0, "puzzle": 0}),
            (0, 3, 1, {"openokr": "33.33", "leantime": 33, "oslo": "33.33", "shamanr": 33}),
            (0, 200, 1, {"openokr": "0.5", "leantime": 1, "oslo": "0.5", "shamanr": 1}),
        ],
    )
    def test_the_same_input_gives_different_answers_for_reasons(self, baseline, target, current, answers):
        """Each linear family answers the known points of disagreement as published."""
        case = {"direction": "increase", "baseline": baseline, "target": target, "current": current}

        found = {name.split(".")[0]: evaluate(name, case).value for name in peers.LINEAR}

        assert {name: found[name] for name in answers} == {n: Fraction(a) for n, a in answers.items()}

    def test_a_span_of_nothing(self):
        """With start equal to target, only what is exactly met counts, where anything does."""
        case = {"direction": "increase", "baseline": 5, "target": 5, "current": 6}

        assert {evaluate(name, case).value for name in peers.LINEAR} == {Decimal(0)}

    def test_a_missing_value(self):
        """Only one family reads a missing value as the start; the others have no data."""
        case = {"direction": "increase", "baseline": 20, "target": 100, "current": None}

        assert evaluate("oslo.kr_progress_display", case).value == 0
        with pytest.raises(ScoringProblem) as caught:
            evaluate("leantime.goal_progress", case)
        assert caught.value.code == "no_data"


class TestBeyondTheVectors:
    def test_checkpoints_work_both_ways(self):
        """A falling key result with a checkpoint reads 0 at its start and 100 at its target."""
        case = {"baseline": 100, "target": 0, "checkpoints": [[50, 80]]}

        found = [
            evaluate("shamanr.kr_checkpoints_interpolated_v1", case | {"current": now}).value
            for now in (120, 100, 75, 50, 25, 0, -5)
        ]

        assert found == [0, 0, 40, 80, 90, 100, 100]

    @pytest.mark.parametrize(
        ("direction", "actual", "target", "wanted"),
        [
            ("lower_better", 0, 0, 100),
            ("lower_better", -5, 0, 200),
            ("lower_better", 5, -1, None),
            ("higher_better", 1, 3, "33.33"),
            ("higher_better", "0.25", "0.5", 50),
        ],
    )
    def test_kpi_achievement_has_an_answer_everywhere(self, direction, actual, target, wanted):
        """A ratio that would divide by zero falls to the ceiling, the floor or met."""
        found = evaluate(
            "openokr.kpi_achievement", {"direction": direction, "actual": actual, "target": target}
        )

        assert found.value == (None if wanted is None else Decimal(wanted))

    def test_a_tree_holds_weights_and_rounds_once(self):
        """Weights above 100 count as 100, below 0 as nothing, and thirds are rounded only at the top."""
        third = {"w": 1, "krs": [[1, 100], [1, 0], [1, 0]]}
        tree = {"krs": [[250, 0], [-5, 100]], "children": [third | {"w": 100}, {"w": 0, "krs": [[1, 100]]}]}

        assert evaluate("openokr.goal_progress", {"tree": tree}).value == Decimal("16.67")

    def test_a_reading_before_the_window_holds_into_it(self):
        """Only time inside the window is measured, by the last known value, whatever the order given."""
        case = {"points": [[20, 5], [-10, 1], [200, 5]], "band": [0, 2], "window": [0, 40]}

        assert evaluate("openokr.inside_band_share", case).value == Decimal("0.5")

    def test_weights_of_an_appraisal_total_100(self):
        """Weights that do not total 100 are refused."""
        with pytest.raises(Invalid) as caught:
            evaluate("hrms.kra_weighted_score", {"kras": [[50, 30], [50, 30]]})

        assert caught.value.code == "weights_not_100"


class TestRefusals:
    def test_an_unknown_suite_lists_the_known_ones(self):
        """A policy id there is not is refused with those there are."""
        with pytest.raises(NotFound, match=r"leantime\.goal_progress"):
            evaluate("nobody.nothing", {})

    @pytest.mark.parametrize("suite", SUITES)
    @pytest.mark.parametrize(
        "case",
        [
            {},
            [],
            None,
            "text",
            {"tree": 5},
            {"series": 1, "days": 10**12},
            {"kras": [[1]]},
            {"points": [], "band": [1]},
        ],
    )
    def test_a_case_of_another_shape_is_refused_politely(self, suite, case):
        """Whatever is given for a case, the answer is a value or a Problem, never a crash."""
        with suppress(Problem):
            assert evaluate(suite, case)

    @pytest.mark.parametrize(
        ("suite", "case"),
        [
            ("openokr.confidence", {"confidence": None}),
            ("openokr.score_bands", {"score": "high"}),
            ("texandesi.kr_progress", {"current": 1.5, "target": 2}),
            ("puzzle.commit_target_stretch", {"solve_for": "luck", "baseline": 1, "target": 2, "stretch": 3}),
        ],
    )
    def test_a_value_that_is_no_exact_number_is_refused(self, suite, case):
        """A missing, worded or binary value is refused, not guessed."""
        with pytest.raises(Problem):
            evaluate(suite, case)
