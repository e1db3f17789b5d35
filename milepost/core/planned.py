"""What a plan asks for by a day, as arithmetic: the numbers that stand there give the figure again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType

from milepost.core.cadence import Window, elapsed
from milepost.core.pace import expected, points_of
from milepost.core.policies import rounded_to
from milepost.core.scoring.figures import FEWEST_PLACES, MOST_PLACES, in_hundred, percent, plain
from milepost.core.scoring.verdicts import expected_grade

Terms = Sequence[tuple[Fraction, Fraction]]  # weight, share

_ABOUT = "\N{ALMOST EQUAL TO}"  # where the terms as shown give another last digit
_FORMULAS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "linear": lambda t: t,
        "s": lambda t: f"3 × ({t})² − 2 × ({t})³",
        "back": lambda t: f"({t})²",
        "front": lambda t: f"1 − (1 − {t})²",
    }
)


def by_curve(curve: str, window: Window, day: date) -> str:
    """Say what a curve asks for by the end of a day: “33 ÷ 91 of its days = 36.3 %” (method 2.6)."""
    share = elapsed(window, day)
    planned = percent(expected(curve, share), FEWEST_PLACES)
    if window.days is None:
        return f"{planned}, for it has no last day"
    if not 0 < share < 1:
        return f"{planned}, for its {'first day has not come' if not share else 'last day is over'}"
    gone = f"{(day - window.begins_on).days + 1} ÷ {window.days}"
    if curve == "linear":
        return f"{gone} of its days = {planned}"
    formula = _FORMULAS[curve](gone) if curve in _FORMULAS else _between(curve, share, gone)
    return f"{formula} = {planned}, where {gone} of its days are over"


def _between(curve: str, share: Fraction, gone: str) -> str:
    points = pairwise(points_of(curve))
    (t0, p0), (t1, p1) = next((left, right) for left, right in points if share <= right[0])
    way = f"({plain(p1)} − {plain(p0)}) × ({gone} − {plain(t0)}) ÷ ({plain(t1)} − {plain(t0)})"
    return f"{plain(p0)} + {way}"


def by_parts(terms: Terms) -> str:
    """Say the weighted mean of what parts ask for: “(2 × 36.3 + 1 × 18) ÷ 3 = 30.2 %”."""
    total = sum((weight for weight, _ in terms), Fraction(0))
    if not total:
        return f"{percent(0, FEWEST_PLACES)}, for nothing that counts has a weight"
    mean = sum((weight * share for weight, share in terms), Fraction(0)) / total
    counted = [(weight, share) for weight, share in terms if weight]
    if len({share for _, share in counted}) == 1:
        return f"{percent(mean, FEWEST_PLACES)}{' by each part' if len(counted) > 1 else ''}"

    def again(places: int) -> Fraction:
        return sum((w * Fraction(in_hundred(share, places)) for w, share in counted), Fraction(0)) / total

    places, sign = _fitting(again, mean)
    said = " + ".join(f"{plain(weight)} × {plain(in_hundred(share, places))}" for weight, share in counted)
    return f"({said}) ÷ {plain(total)} {sign} {percent(mean, places)}"


def needed(commitment: str, planned: Fraction) -> str:
    """Say how much of a plan a type of objective needs: “0.7 × 30.2 % = 21.1 %” (method 2.6)."""
    share = expected_grade(commitment)
    article = "an" if commitment == "aspirational" else "a"
    if not planned:
        return "nothing is needed"
    if share == 1:
        return f"{article} {commitment} objective needs all of it"
    places, sign = _fitting(lambda places: share * Fraction(in_hundred(planned, places)), planned * share)
    product = f"{plain(share)} × {percent(planned, places)} {sign} {percent(planned * share, places)}"
    return f"{article} {commitment} objective succeeds at {plain(share)}, so {product} is needed"


def _fitting(again: Callable[[int], Fraction], whole: Fraction) -> tuple[int, str]:
    """Choose the fewest decimals with which what is shown gives the whole as shown, and the sign between."""
    for places in range(FEWEST_PLACES, MOST_PLACES + 1):
        if rounded_to(again(places), places) == in_hundred(whole, places):
            return places, "="
    return FEWEST_PLACES, _ABOUT
