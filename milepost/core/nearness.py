"""Nearness: which words somebody may have meant who typed another.

A slip is a letter too many, one missing, another one, or two in each other's place. Since every word typed
stands for all that begin with it, it is compared with the beginnings of words.
"""

from __future__ import annotations

from collections.abc import Iterable

SHORT, LONG = 4, 8  # from how many letters on one slip is forgiven, and two


def forgiven(typed: str) -> int:
    """Return how many slips are forgiven: none in short words and in numbers, where each letter counts."""
    if len(typed) < SHORT or any(map(str.isdigit, typed)):
        return 0
    return 1 if len(typed) < LONG else 2


def nearest(typed: str, words: Iterable[str]) -> list[str]:
    """Return the words that may have been meant, the nearest first: by their beginnings, then as a whole."""
    most, letters = forgiven(typed), frozenset(typed)
    if not most:
        return []
    found = []
    for word in set(words):
        # One slip brings in one letter at most that the word has not.
        if len(word) + most < len(typed) or len(letters.difference(word)) > most:
            continue
        if sum(letter not in word for letter in typed) <= most:
            begun, whole = slips(typed, word)
            if begun <= most:
                found.append((begun, whole, word))
    return [word for *_, word in sorted(found)]


def slips(typed: str, word: str) -> tuple[int, int]:
    """Count the slips from a word's nearest beginning to what was typed, and those from the whole word."""
    width = len(word) + 1
    before, row = [], list(range(width))
    for number, letter in enumerate(typed):
        above, row = row, [number + 1, *[0] * (width - 1)]
        for at in range(1, width):
            same = letter == word[at - 1]
            least = min(above[at - 1] + (not same), above[at] + 1, row[at - 1] + 1)
            if number and at > 1 and letter == word[at - 2] and typed[number - 1] == word[at - 1]:
                least = min(least, before[at - 2] + 1)
            row[at] = least
        before = above
    return min(row), row[-1]
