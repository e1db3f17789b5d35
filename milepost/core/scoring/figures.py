"""How exact numbers are written for people: no exponent, no negative zero, no 100 % that was not earned."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from milepost.core.policies import rounded_to

MINUS = "−"
FEWEST_PLACES, MOST_PLACES = 1, 3  # decimals with which parts are tried to add up to their whole as shown
SPACE = "\N{NO-BREAK SPACE}"
"""A no-break space, so that a number never parts from its percent sign."""


def percent(raw: Fraction | Decimal | int, places: int = 0) -> str:
    """Write a share as a percentage, half up: 0.637 is “64 %”; 0.999 is “99 %”, for 100 % is earned."""
    return f"{_signed(in_hundred(raw, places))}{SPACE}%"


def in_points(share: Fraction, places: int) -> str:
    """Write a share in points, with as many decimals as its neighbours, so that they can be added up."""
    return _signed(rounded_to(share * 100, places))


def in_hundred(raw: Fraction | Decimal | int, places: int = 0) -> Decimal:
    """Give the number that `percent` writes, so that what is shown can be added up."""
    share = Fraction(raw)
    shown = rounded_to(share * 100, places)
    return 100 - Decimal(1).scaleb(-places) if share < 1 and shown >= 100 else shown


def plain(value: Fraction | Decimal | int, places: int = 6) -> str:
    """Write a number with at most `places` decimals, trailing zeros dropped, thousands grouped."""
    shown = rounded_to(Fraction(value), places)
    text = f"{shown.copy_abs():,f}"  # abs() would round to the caller's precision
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS if shown < 0 else ''}{text}"


def six_decimals(raw: Fraction) -> str:
    """Write a share with exactly six decimals for machines: “0.833333”, “-0.230769”."""
    return f"{rounded_to(raw, 6):f}"


def _signed(number: Decimal) -> str:
    return f"{MINUS if number < 0 else ''}{number.copy_abs():f}"
