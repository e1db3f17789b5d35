"""Titles: where each of very many stands in their alphabetical order, and which words they have.

Both are found out when first asked for and kept with the column, which never changes: what begins with a
phrase is then a stretch of the order, and nobody reads twenty thousand titles to rank one letter typed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from milepost.core import terms

if TYPE_CHECKING:
    from milepost.ledger.columns import Texts

_LAST = "\U0010ffff"  # after every letter


class Stretch(NamedTuple):
    """What begins with a phrase: `begin` to `end`; up to `exact` it is the phrase and nothing more."""

    begin: int
    exact: int
    end: int


class Titles:
    """The titles of a column, compared as search compares them."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    @cached_property
    def _order(self) -> tuple[np.ndarray, np.ndarray]:
        # Not through the cache of single titles: these would drive out what is in it.
        folded = [terms.folded.__wrapped__(text or "") for text in self.texts.all()]
        order = sorted(range(len(folded)), key=folded.__getitem__)
        standing = np.zeros(len(folded), dtype=np.int32)
        first, before = 0, None
        for number, place in enumerate(order):
            if folded[place] != before:
                first, before = number, folded[place]
            standing[place] = first
        return np.array(order, dtype=np.int32), standing

    @property
    def standing(self) -> np.ndarray:
        """Where each title stands among all, in the order of the column; equal ones stand alike."""
        return self._order[1]

    def beginning(self, phrase: str) -> Stretch:
        """Return where the titles stand that begin with a phrase."""
        order = memoryview(self._order[0])
        at = self._folded_at
        begin = bisect_left(order, phrase, key=at)
        exact = bisect_right(order, phrase, begin, key=at)
        return Stretch(begin, exact, bisect_left(order, phrase + _LAST, exact, key=at))

    def _folded_at(self, place: int) -> str:
        return terms.folded(self.texts.at(place) or "")

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every title."""
        texts = [text or "" for text in self.texts.all()]
        found = set(terms.folded.__wrapped__(" ".join(filter(str.isascii, texts))).split())
        for text in texts:
            if not text.isascii():
                found.update(terms.folded(text).split())
        return frozenset(found)
