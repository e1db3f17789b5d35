"""Slips: what somebody may have meant whose words find nothing, and what has some of them.

A word is offered only because a title has it that the reader may see. That a hidden one has it too, or that a
text has it, neither brings it in nor moves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, combinations, islice, product

from milepost.core import nearness, terms
from milepost.core.terms import Terms
from milepost.queries import search
from milepost.queries.cards import Reader
from milepost.queries.search import Found
from milepost.queries.titled import KINDS, Titled

OF_ONE_WORD, OF_ALL = 3, 8  # how many words, and phrases, are tried
TELLING = 3  # letters that at least one word has that is left


def forgiving(reader: Reader, text: str, *, kind: str | None = None, most: int = search.MOST) -> Found:
    """Return what the reader finds; where nothing has the words, what has those that were perhaps meant."""
    found = search.find(reader, text, kind=kind, most=most)
    if found.total:
        return found
    for phrases in tried(reader, found.terms):
        others = (search.find(reader, phrase, kind=kind, most=most) for phrase in phrases)
        some = [replace(each, text=text, instead=each.text) for each in others if each.total]
        if some:
            return min(some, key=lambda each: each.total)
    return found


def tried(reader: Reader, wanted: Terms, besides: Iterable[str] = ()) -> Iterator[list[str]]:
    """Yield what to look for instead, the likeliest first: what was perhaps meant, then some of the words.

    Phrases of as many words come together: the one that finds the least has left out what says least.
    `besides`: words that everyone sees.
    """
    for phrase in meant(reader, wanted, besides):
        yield [phrase]
    left = OF_ALL
    for count in range(len(wanted.words) - 1, 0, -1):
        kept = (words for words in combinations(wanted.words, count) if len(max(words, key=len)) >= TELLING)
        phrases = [" ".join(words) for words in islice(dict.fromkeys(kept), left if count > 1 else None)]
        left -= len(phrases)
        yield phrases


def meant(reader: Reader, wanted: Terms, besides: Iterable[str] = ()) -> Iterator[str]:
    """Yield phrases that may have been meant, the likeliest first; `besides`: words that everyone sees."""
    besides = frozenset(besides)
    each = [list(islice(_instead(reader, word, besides), OF_ONE_WORD)) for word in wanted.words]
    for words in islice(product(*each), OF_ALL):
        if words != wanted.words:
            yield " ".join(words)


def _instead(reader: Reader, word: str, besides: frozenset[str]) -> Iterator[str]:
    """Yield the word itself where something in sight has it, else the nearest of those that titles have."""
    if any(other.startswith(word) for other in besides) or search.find(reader, word, most=1).total:
        yield word
        return
    for other in nearness.nearest(word, chain(besides, _words(reader))):
        if other in besides or _is_in_sight(reader, other):
            yield other


def _words(reader: Reader) -> Iterator[str]:
    """Yield every word of every title, in sight or not."""
    for titled in _all(reader):
        yield from titled.titles.words
        for place in titled.replaced.tolist():
            yield from terms.split(titled.title(place))


def _is_in_sight(reader: Reader, word: str) -> bool:
    """Say whether a title that the reader may see has a word."""
    wanted = terms.terms(word)
    for titled in _all(reader):
        ids = titled.rows.ids[titled.having(wanted, whole=True)].tolist()
        if any(titled.first_node is None or reader.sees(id) for id in ids):
            return True
    return False


def _all(reader: Reader) -> Iterator[Titled]:
    return (Titled.of(reader.image, kind) for kind in KINDS)
