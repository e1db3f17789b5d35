"""Titles: where each of very many stands in their alphabetical order, and which of them have some words.

Both are found out when first asked for and kept with the column, which never changes: what begins with a
phrase is then a stretch of the order, what has a word a stretch of a list, and nobody reads twenty thousand
titles to find and rank one letter typed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain, count
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


class _Order(NamedTuple):
    """The titles in alphabetical order, as places in the column, and where each place stands in it."""

    places: np.ndarray
    standing: np.ndarray


class _Words(NamedTuple):
    """Every word in alphabetical order; the titles that have it are those from its bound to the next."""

    words: list[str]
    bounds: np.ndarray
    places: np.ndarray


class Titles:
    """The titles of a column, compared as search compares them."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    @classmethod
    def resumed(cls, texts: Texts, words: Texts, arrays: Sequence[np.ndarray]) -> Titles:
        """Go on from what `kept` told of the titles of the same texts."""
        titles = cls(texts)
        places, standing, bounds, having = arrays
        titles._made = _Order(places, standing), _Words(words.all(), bounds, having)
        return titles

    def kept(self) -> tuple[list[str], list[np.ndarray]] | None:
        """Return the words and the arrays these are made of, to be kept; None where nobody has asked yet."""
        if "_made" not in self.__dict__:
            return None
        order, words = self._made
        return words.words, [order.places, order.standing, words.bounds, words.places]

    @cached_property
    def _made(self) -> tuple[_Order, _Words]:
        # Not through the cache of single titles: these would drive out what is in it.
        split = [terms.split(text or "") for text in self.texts.all()]
        return _ordered(list(map(" ".join, split))), _by_word(split)

    @property
    def standing(self) -> np.ndarray:
        """Where each title stands among all, in the order of the column; equal ones stand alike."""
        return self._made[0].standing

    @property
    def words(self) -> list[str]:
        """Every word of every title, in alphabetical order."""
        return self._made[1].words

    def beginning(self, phrase: str) -> Stretch:
        """Return where the titles stand that begin with a phrase."""
        order = memoryview(self._made[0].places)
        at = self._folded_at
        begin = bisect_left(order, phrase, key=at)
        end = bisect_left(order, phrase + _LAST, begin, key=at)
        return Stretch(begin, bisect_right(order, phrase, begin, end, key=at), end)

    def _folded_at(self, place: int) -> str:
        return terms.folded(self.texts.at(place) or "")

    def having(self, wanted: Iterable[str], *, whole: bool = False) -> np.ndarray:
        """Say of each title, in the order of the column, whether it has every word: begun, or `whole`."""
        words, bounds, places = self._made[1]
        found = None
        for word in wanted:
            begin = bisect_left(words, word)
            end = bisect_right(words, word if whole else word + _LAST, begin)
            has = np.zeros(len(self.standing), dtype=bool)
            has[places[bounds.item(begin) : bounds.item(end)]] = True
            found = has if found is None else found & has
        return found


def _ordered(folded: list[str]) -> _Order:
    order = sorted(range(len(folded)), key=folded.__getitem__)
    standing = np.zeros(len(folded), dtype=np.int32)
    first, before = 0, None
    for number, place in enumerate(order):
        if folded[place] != before:
            first, before = number, folded[place]
        standing[place] = first
    return _Order(np.array(order, dtype=np.int32), standing)


def _by_word(split: list[list[str]]) -> _Words:
    known: dict[str, int] = defaultdict(count().__next__)
    codes = np.fromiter(map(known.__getitem__, chain.from_iterable(split)), dtype=np.int64)
    words = sorted(known)
    # In as few bytes as the number of words needs: short numbers are sorted in one go.
    standing = np.zeros(len(words), dtype=np.min_scalar_type(len(words)))
    standing[[known[word] for word in words]] = np.arange(len(words))
    stands = standing[codes]
    bounds = np.concatenate([[0], np.cumsum(np.bincount(stands, minlength=len(words)))])
    places = np.repeat(np.arange(len(split), dtype=np.int32), list(map(len, split)))
    return _Words(words, bounds, places[np.argsort(stands, kind="stable")])
