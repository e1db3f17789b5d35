"""How ids look outside: 63-bit numbers written as 13 characters of base32 (Crockford's alphabet)."""

from __future__ import annotations

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 13
LARGEST = 2**63 - 1
# Two letters at a time: ids are written by the ten thousand.
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_DIGITS = {letter: number for number, letter in enumerate(ALPHABET)}


def encode(number: int) -> str:
    """Return the 13 characters that stand for an id (0 to 2**63 - 1)."""
    if not 0 <= number <= LARGEST:
        raise ValueError(f"an id lies between 0 and 2**63 - 1, not {number}")
    pairs = _PAIRS
    return (
        ALPHABET[number >> 60]
        + pairs[number >> 50 & 1023]
        + pairs[number >> 40 & 1023]
        + pairs[number >> 30 & 1023]
        + pairs[number >> 20 & 1023]
        + pairs[number >> 10 & 1023]
        + pairs[number & 1023]
    )


def decode(text: str) -> int | None:
    """Return the number behind 13 characters, or None where they are no id."""
    if len(text) != LENGTH:
        return None
    number = 0
    for letter in text:
        digit = _DIGITS.get(letter)
        if digit is None:
            return None
        number = number << 5 | digit
    return number if number <= LARGEST else None
