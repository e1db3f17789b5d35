"""Characters that no text may hold: nobody sees them, and some let a text read otherwise than it is."""

from __future__ import annotations

import re
import unicodedata

from milepost.core.problems import Invalid

_REORDERING = "\u202a-\u202e\u2066-\u2069"
# Control characters (tab and line breaks apart), halves of surrogate pairs, and the marks that reorder text.
UNPRINTABLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff{_REORDERING}]")
_REORDERS = re.compile(f"[{_REORDERING}]")
# Alphabets with letters that the eye cannot tell apart.
_LOOK_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
BEFORE = 20  # letters that are told to show where one stands


def unprintable(text: str) -> str | None:
    """Say which character of a text may not stand there, if any."""
    found = UNPRINTABLE.search(text)
    return None if found is None else _named(found[0])


def _named(character: str) -> str:
    code = f"U+{ord(character):04X}"
    if _REORDERS.match(character):
        return f"the character {code}, which makes text read in another order than it is written"
    if "\ud800" <= character <= "\udfff":
        return f"half a character ({code} alone)"
    return f"the control character {code}"


def require_printable(text: str, *, field: str) -> None:
    """Refuse a text that holds such a character, and say where: whoever wrote it cannot see it."""
    found = UNPRINTABLE.search(text)
    if found is None:
        return
    before = " ".join(text[: found.start()].split())
    cut = before if len(before) <= BEFORE else f"…{before[-BEFORE:]}"
    raise Invalid(
        f"This text holds {_named(found[0])}.",
        code="bad_character",
        field=field,
        remedy=f"Take it out {f'after “{cut}”' if cut else 'at its beginning'}; it cannot be seen there.",
    )


def poses(address: str) -> bool:
    """Say whether an e-mail address is written so that it looks like another one.

    So it is where a letter is unseen or has a form that stands for another (full-width, decomposed), and
    where the name or a part of the domain mixes alphabets that look alike: Latin with one Cyrillic letter.
    """
    name, _, domain = address.partition("@")
    return (
        unicodedata.normalize("NFKC", address) != address
        or any(unicodedata.category(each) == "Cf" for each in address)
        or any(map(_mixes_alphabets, (name, *domain.split("."))))
    )


def _mixes_alphabets(word: str) -> bool:
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
    return len(names & _LOOK_ALIKE) > 1
