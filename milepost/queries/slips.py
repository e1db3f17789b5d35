"""Slips: what somebody may have meant whose words find nothing.

A word is offered only because a title has it that the reader may see. That a hidden one has it too, or that a
text has it, neither brings it in nor moves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice, product

from milepost.core import nearness, terms
from milepost.core.terms import Terms
from milepost.ledger import search as index
from milepost.ledger.columns import Rows
from milepost.queries import search
from milepost.queries.cards import Reader
from milepost.queries.search import Found

OF_ONE_WORD, OF_ALL = 3, 8  # how many words, and phrases, are tried
TITLED = ("objective", "key_result", "team", "person", "cycle")


def forgiving(reader: Reader, text: str, *, kind: str | None = None, most: int = search.MOST) -> Found:
    """Return what the reader finds; where nothing has the words, what has those that were perhaps meant."""
    found = search.find(reader, text, kind=kind, most=most)
    if found.total:
        return found
    for phrase in meant(reader, found.terms):
        other = search.find(reader, phrase, kind=kind, most=most)
        if other.total:
            return replace(other, text=text, instead=phrase)
    return found


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
    image = reader.image
    for rows, name in _columns(reader):
        yield from rows.columns[name].titles.words
        for row in rows.own.values():
            yield from terms.folded(getattr(row, name)).split()
    for row in chain(image.teams.values(), image.cycles.values()):
        yield from terms.folded(row.name).split()


def _is_in_sight(reader: Reader, word: str) -> bool:
    """Say whether a title that the reader may see has a word."""
    found = index.matches(reader.actor.workspace_id, terms.terms(word), TITLED, whole=True).ids
    return any(
        word in terms.folded(_title(reader, kind, int(id))).split()
        for kind in TITLED
        for id in found.get(kind, ())
    )


def _title(reader: Reader, kind: str, id: int) -> str:
    image = reader.image
    if kind in ("objective", "key_result"):
        rows = image.objectives if kind == "objective" else image.key_results
        row = rows.get(id)
        return row.title if row is not None and reader.sees(id) else ""
    row = {"team": image.teams, "person": image.people, "cycle": image.cycles}[kind].get(id)
    return row.name if row is not None else ""


def _columns(reader: Reader) -> tuple[tuple[Rows, str], ...]:
    image = reader.image
    return (image.objectives, "title"), (image.key_results, "title"), (image.people, "name")
