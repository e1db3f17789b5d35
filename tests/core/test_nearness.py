"""Slips: counted, forgiven where a word is long enough, and the nearest word first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core import nearness

WORDS = st.text("abcr", max_size=7)


def by_the_book(typed: str, word: str) -> int:
    """The least number of slips, found by trying each."""
    if not typed or not word:
        return len(typed) + len(word)
    found = [
        by_the_book(typed[:-1], word) + 1,
        by_the_book(typed, word[:-1]) + 1,
        by_the_book(typed[:-1], word[:-1]) + (typed[-1] != word[-1]),
    ]
    if len(typed) > 1 and typed[-2:] == word[-2:][::-1]:
        found.append(by_the_book(typed[:-2], word[:-2]) + 1)
    return min(found)


class TestSlips:
    @given(st.text("abc", max_size=5), st.text("abc", max_size=5))
    def test_are_the_least_there_can_be(self, typed, word):
        """Letters too many, missing, others, or swapped; from the word and from its beginning."""
        begun, whole = nearness.slips(typed, word)

        assert whole == by_the_book(typed, word)
        assert begun == min(by_the_book(typed, word[:end]) for end in range(len(word) + 1))


class TestNearest:
    @pytest.mark.parametrize(
        ("typed", "word"),
        [
            ("renewels", "renewals"), ("custmers", "customers"), ("costumer", "customers"),
            ("objetcive", "objectives"), ("teem", "team"), ("ctiy", "city"), ("renewel", "renewals"),
        ],
    )  # fmt: skip
    def test_forgives_what_fingers_do(self, typed, word):
        """One slip in a word of four letters, two from eight on, in the beginning of a word as well."""
        assert nearness.nearest(typed, ["bread", word, "zebra"]) == [word]

    @pytest.mark.parametrize(
        ("typed", "word"),
        [
            ("tea", "ten"),
            ("2026", "2025"),
            ("q4plan", "q3plan"),
            ("bread", "broad band"[6:]),
            ("wait", "vast"),
        ],
    )
    def test_forgives_no_more(self, typed, word):
        """In short words and numbers each letter counts; two slips in five make another word."""
        assert nearness.nearest(typed, [word]) == []

    def test_puts_the_nearest_first(self):
        """By the slips from its beginning, then from the whole of it, then by the alphabet."""
        assert nearness.nearest("stork", ["storks", "store", "stock", "storm", "storkyard"]) == [
            "storks", "storkyard", "stock", "store", "storm",
        ]  # fmt: skip

    @given(WORDS, st.lists(WORDS, max_size=6))
    def test_passes_nobody_over(self, typed, words):
        """What the quick looks leave out is no nearer than is forgiven."""
        most = nearness.forgiven(typed)
        near = {word for word in words if nearness.slips(typed, word)[0] <= most}

        assert set(nearness.nearest(typed, words)) == (near if most else set())
