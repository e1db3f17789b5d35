"""Reading numbers as people type them: “1,234.5”, “6,2”, “€ 12 000”, “6.2 days”. In doubt it asks."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from milepost.core.problems import Invalid

PLACES = 12
LARGEST = Decimal(10) ** 18
LONGEST = 60
NO_BREAK = "\u00a0"
PERCENT = ("%", "percent", "per cent", "pp", "points")

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2019": "'"})

# What a number may look like, and which of its signs only group digits. A comma before a last group of
# three groups thousands, as everywhere on our pages; before any other number of digits it is a decimal comma.
_FORMS = (
    (re.compile(r"\d+(\.\d+)?|\.\d+", re.ASCII), "", "."),
    (re.compile(r"\d{1,3}([ ']\d{3})+(\.\d+)?", re.ASCII), " '", "."),
    (re.compile(r"\d{1,3}([ ']\d{3})+,\d+", re.ASCII), " '", ","),
    (re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?", re.ASCII), ",", "."),
    (re.compile(r"\d+,\d+|,\d+", re.ASCII), "", ","),
    (re.compile(r"[1-9]\d{0,2}(\.\d{3})+,\d+", re.ASCII), ".", ","),
    (re.compile(r"[1-9]\d{0,2}(\.\d{3}){2,}", re.ASCII), ".", ","),
)


def read(text: str | None, unit: str | None = None, *, field: str = "value") -> Decimal | None:
    """Read a typed number; nothing typed is None.

    Takes thousands separators (space, thin space, apostrophe, comma between groups of three), a decimal
    point, a decimal comma where it cannot be anything else, a currency sign, and the measure's own unit.
    Raises Invalid naming the field.
    """
    typed = _SPACES.sub(" ", unicodedata.normalize("NFKC", text or "")).strip()
    if not typed:
        return None
    if len(typed) > LONGEST:
        raise Invalid(
            f"“{typed[:20]}…” is too long for a number.",
            field=field,
            code="not_a_number",
            remedy=f"A number has {LONGEST} characters at most.",
        )
    bare = _without_unit(typed.translate(_MINUS), unit or "", typed, field)
    sign, digits = _without_sign(bare)
    for form, grouping, point in _FORMS:
        if form.fullmatch(digits):
            plain = digits.translate(str.maketrans("", "", grouping)).replace(point, ".")
            return _kept(Decimal(sign + plain), typed, field)
    raise _unreadable(typed, digits, field)


# How a plural ends, and the singular instead.
_ONE_OF = (
    (re.compile(r"ies$"), "y"),
    (re.compile(r"(?:(?<=ss)|(?<=ch)|(?<=sh)|(?<=x))es$"), ""),
    (re.compile(r"(?<![siu])s$"), ""),
)


def unit_of(value: Decimal | Fraction | float | None, unit: str) -> str:
    """Return a unit as it stands beside a value: 1 shop, 2 shops. A unit of several words stays as it is."""
    if value != 1 or not unit.isalpha() or not unit.islower() or len(unit) < 4:
        return unit
    return next((form.sub(end, unit) for form, end in _ONE_OF if form.search(unit)), unit)


def with_unit(written: str, value: Decimal | Fraction | float | None, unit: str) -> str:
    """Put a unit beside a written value: “83 %”, “6.2 days”, a currency's code before it: “EUR 1,200”."""
    if len(unit) == 3 and unit.isupper() and unit.isalpha():
        return f"{unit}{NO_BREAK}{written}"
    return f"{written}{NO_BREAK}{unit_of(value, unit)}" if unit else written


def _without_sign(bare: str) -> tuple[str, str]:
    if bare[:1] in ("+", "-"):
        return bare[0].replace("+", ""), bare[1:].lstrip()
    return "", bare


def _without_unit(bare: str, unit: str, typed: str, field: str) -> str:
    own = unicodedata.normalize("NFKC", unit).strip().casefold()
    sign, rest = _without_sign(bare)
    lowered = rest.casefold()
    if own and not own[-1:].isdigit():
        if lowered.endswith(own) and _ends_a_number(rest[: -len(own)]):
            return sign + rest[: -len(own)].strip()
        if lowered.startswith(own) and rest[len(own) :].strip()[:1].isdigit():
            return sign + rest[len(own) :].strip()
    if rest.endswith("%"):
        if own and own not in PERCENT:
            raise Invalid(
                f"“{typed}” is a share; this is measured in {unit}.",
                field=field,
                code="unit_mismatch",
                remedy=f"Write the number of {unit} alone.",
            )
        return sign + rest[:-1].strip()
    if rest and unicodedata.category(rest[0]) == "Sc":
        inner_sign, rest = _without_sign(rest[1:].strip())
        return (sign or inner_sign) + rest
    if rest and unicodedata.category(rest[-1]) == "Sc":
        return sign + rest[:-1].strip()
    return sign + rest


def _ends_a_number(text: str) -> bool:
    return text.strip()[-1:].isdigit()


def _kept(number: Decimal, typed: str, field: str) -> Decimal:
    if abs(number) >= LARGEST or -number.as_tuple().exponent > PLACES:
        raise Invalid(
            f"“{typed}” is more than can be kept.",
            field=field,
            code="not_a_number",
            remedy=f"Use at most 18 digits before the point and {PLACES} after it; a larger unit may help.",
        )
    return number


def _unreadable(typed: str, digits: str, field: str) -> Invalid:
    if re.fullmatch(r"[\d.,]+\s*(k|m|mn|bn|million|thousand)", digits, re.I | re.ASCII):
        remedy = "Write it out, such as 12000."
    elif re.fullmatch(r"[\d.,' ]+[a-zA-Z].*", digits, re.ASCII):
        remedy = "Write the number alone, in digits: without a unit, and without an exponent."
    elif re.search(r"\d", digits):
        remedy = "Write one number, such as 1234.5 or 6.2."
    else:
        remedy = "Write digits, such as 6.2."
    return Invalid(f"“{typed}” does not read as a number.", field=field, code="not_a_number", remedy=remedy)
