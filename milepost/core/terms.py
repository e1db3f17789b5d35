"""Terms: what somebody looks for, as words, and how well a title answers it.

Words are compared without case and without the accents of Latin letters, and each stands for all that begin
with it. How well a title answers depends on that title alone, never on how often a word stands elsewhere:
what somebody may not see must not move what they find.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

MOST = 8  # words of a question that are looked for
LONGEST = 100  # letters of a word that are compared
EXCERPT = 120  # letters of a text that are shown around a word

_WORD = re.compile(r"[^\W_]+")
_SPELLED = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")  # a word with its accents, however they are written
_ACCENTS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
# ASCII as it is compared, with a space for every sign: a table takes half the time of a pattern.
_SPACED = "".join(letter.lower() if letter.isalnum() else " " for letter in map(chr, range(128)))


class Fit(IntEnum):
    """How well a title answers, best first."""

    EXACT = 0  # it is what was typed
    BEGINS = 1  # it begins with it
    WORDS = 2  # it has every word, whole
    PREFIXES = 3  # every word begins one of its words
    TEXT = 4  # only the text below it has them all


@dataclass(frozen=True, slots=True)
class Terms:
    """What is looked for; `spelled` keeps the accents, for a database that folds by itself."""

    words: tuple[str, ...]
    spelled: tuple[str, ...]
    phrase: str

    def __bool__(self) -> bool:
        return bool(self.words)


def terms(text: str) -> Terms:
    """Read what somebody typed."""
    found = [word[:LONGEST] for word in _WORD.findall(_lower(text))][:MOST]
    folded = tuple(_plain(word) for word in found)
    return Terms(folded, tuple(found), " ".join(folded))


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Return a text as it is compared: its words, with one space between them."""
    return " ".join(split(text))


def split(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    if text.isascii():
        return text.translate(_SPACED).split()
    return _WORD.findall(_plain(_lower(text)))


def fit(wanted: Terms, title: str) -> Fit:
    """Say how well a title answers."""
    there = folded(title)
    if there.startswith(wanted.phrase):
        return Fit.EXACT if len(there) == len(wanted.phrase) else Fit.BEGINS
    spaced, found = f" {there} ", Fit.WORDS
    for word in wanted.words:  # most titles have not even the first
        if f" {word}" not in spaced:
            return Fit.TEXT
        if f" {word} " not in spaced:
            found = Fit.PREFIXES
    return found


def marked(wanted: Terms, text: str) -> Iterator[tuple[str, bool]]:
    """Yield a text in pieces, each with whether it is what was looked for."""
    if text.isascii():  # where letters stand for letters, one look splits it
        pieces = _beginnings(wanted.words).split(text)
        return ((piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece)
    return _marked_among_accents(wanted, text)


def enclosed(wanted: Terms, text: str, begin: str, end: str) -> str:
    """Return a text with what was looked for between two signs."""
    if text.isascii():
        pieces = _beginnings(wanted.words).split(text)
        pieces[1::2] = [f"{begin}{piece}{end}" for piece in pieces[1::2]]
        return "".join(pieces)
    pieces = _marked_among_accents(wanted, text)
    return "".join(f"{begin}{piece}{end}" if is_marked else piece for piece, is_marked in pieces)


def _marked_among_accents(wanted: Terms, text: str) -> Iterator[tuple[str, bool]]:
    done = 0
    for begin, end in _places_among_accents(wanted, text):
        if begin > done:
            yield text[done:begin], False
        yield text[begin:end], True
        done = end
    if done < len(text):
        yield text[done:], False


def excerpt(wanted: Terms, text: str) -> str:
    """Return the part of a text around the first word that was looked for, on one line."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT:
        return line
    first = next(_places(wanted, line), (0, 0))[0]
    begin = max(0, min(first - EXCERPT // 4, len(line) - EXCERPT))
    if begin:
        begin = line.find(" ", begin) + 1 or begin
    end = begin + EXCERPT
    if end < len(line):
        end = max(line.rfind(" ", begin, end), begin + EXCERPT // 2)
    return ("… " if begin else "") + line[begin:end].strip() + (" …" if end < len(line) else "")


def _places(wanted: Terms, text: str) -> Iterator[tuple[int, int]]:
    if text.isascii():
        return (found.span() for found in _beginnings(wanted.words).finditer(text))
    return _places_among_accents(wanted, text)


@lru_cache(maxsize=256)
def _beginnings(words: tuple[str, ...]) -> re.Pattern:
    plain = sorted(filter(str.isascii, words), key=len, reverse=True)
    # No word at all would be found everywhere; what cannot be is found nowhere.
    return re.compile(f"(?<![^\\W_])({'|'.join(plain) or '(?!)'})", re.ASCII | re.IGNORECASE)


def _places_among_accents(wanted: Terms, text: str) -> Iterator[tuple[int, int]]:
    for found in _SPELLED.finditer(text):
        spelled = found.group()
        plain = _plain(_lower(spelled))
        begun = max((len(word) for word in wanted.words if plain.startswith(word)), default=0)
        if begun:
            # Where folding changed its length, letters no longer stand for letters: all of it then.
            end = found.start() + begun if len(plain) == len(spelled) else found.end()
            yield found.start(), end


def _lower(text: str) -> str:
    if text.isascii():
        return text.lower()
    # "½" and "²" are letters to one database and signs to the other: signs here, which both can answer.
    signs = (" " if unicodedata.category(letter) in ("No", "Nl") else letter for letter in text)
    return unicodedata.normalize("NFC", "".join(signs)).lower().replace("ς", "σ")


def _plain(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
