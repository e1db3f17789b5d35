"""What a plan asks for: the arithmetic in words gives the figures that stand beside it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core import planned
from milepost.core.cadence import Window
from milepost.core.policies import rounded_to

FIRST = date(2026, 10, 1)
QUARTER = Window(FIRST, FIRST + timedelta(days=90))  # 91 days
SHARES = st.fractions(min_value=0, max_value=1, max_denominator=400)
WEIGHTS = st.sampled_from([F(0), F(1), F(2), F(1, 2), F(3)])
SUM = re.compile(r"\((.+)\) ÷ ([\d.]+) (=|≈) ([\d.]+) %")


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


class TestByCurve:
    @pytest.mark.parametrize(
        ("curve", "said"),
        [
            ("linear", "33 ÷ 91 of its days = 36.3 %"),
            ("s", "3 × (33 ÷ 91)² − 2 × (33 ÷ 91)³ = 29.9 %, where 33 ÷ 91 of its days are over"),
            ("back", "(33 ÷ 91)² = 13.2 %, where 33 ÷ 91 of its days are over"),
            ("front", "1 − (1 − 33 ÷ 91)² = 59.4 %, where 33 ÷ 91 of its days are over"),
            (
                "points:0.3=0.1;0.7=0.65",
                "0.1 + (0.65 − 0.1) × (33 ÷ 91 − 0.3) ÷ (0.7 − 0.3) = 18.6 %,"
                " where 33 ÷ 91 of its days are over",
            ),
        ],
    )
    def test_puts_the_days_into_the_formula(self, curve, said):
        """Of every curve: the day, the days, and what they give."""
        assert spaced(planned.by_curve(curve, QUARTER, FIRST + timedelta(days=32))) == said

    @pytest.mark.parametrize(
        ("window", "days", "said"),
        [
            (QUARTER, -1, "0.0 %, for its first day has not come"),
            (QUARTER, 90, "100.0 %, for its last day is over"),
            (Window(FIRST), 30, "0.0 %, for it has no last day"),
        ],
    )
    def test_says_why_there_is_nothing_to_calculate(self, window, days, said):
        """Before the first day, after the last one, and where there is none."""
        assert spaced(planned.by_curve("s", window, FIRST + timedelta(days=days))) == said


class TestByParts:
    def test_names_one_figure_once(self):
        """Parts that plan the same need no mean."""
        assert spaced(planned.by_parts([(F(1), F(1, 4)), (F(2), F(1, 4))])) == "25.0 % by each part"
        assert spaced(planned.by_parts([(F(0), F(1, 4))])) == "0.0 %, for nothing that counts has a weight"

    @given(st.lists(st.tuples(WEIGHTS, SHARES), min_size=1, max_size=6))
    def test_gives_the_mean_again(self, terms):
        """Whoever calculates with the figures that stand there gets the one behind the sign."""
        found = SUM.fullmatch(spaced(planned.by_parts(terms)))
        if found is None:
            assert len({share for weight, share in terms if weight}) <= 1
            return

        parts, total, sign, whole = found.groups()
        products = (part.split(" × ") for part in parts.split(" + "))
        again = sum(F(weight) * F(share) for weight, share in products) / F(total)
        mean = sum(weight * share for weight, share in terms) / sum(weight for weight, _ in terms) * 100

        assert abs(F(whole) - mean) <= F(1, 10)
        assert sign == "≈" or rounded_to(again, len(whole.partition(".")[2])) == Decimal(whole)


class TestNeeded:
    @pytest.mark.parametrize(
        ("commitment", "share", "said"),
        [
            ("committed", F(1, 4), "a committed objective needs all of it"),
            ("learning", F(0), "nothing is needed"),
            # 17.8 × 0.7 would be 12.5
            (
                "aspirational",
                F(177838, 10**6),
                "an aspirational objective succeeds at 0.7, so 0.7 × 17.78 % = 12.45 % is needed",
            ),
        ],
    )
    def test_multiplies_what_is_shown(self, commitment, share, said):
        """With as many decimals as it takes for the product to be the one that is shown."""
        assert spaced(planned.needed(commitment, share)) == said
