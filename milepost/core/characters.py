"""Characters that no text holds: nobody sees them, and some let a text read otherwise than it is."""

from __future__ import annotations

import re
import unicodedata

from milepost.core.problems import Invalid

_REORDERING = "\u202a-\u202e\u2066-\u2069"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
# Joiners are not among them: scripts and emoji need them. Nor are those that begin a direction.
_INVISIBLE = "\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"
_NO_CHARACTER = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
# A flag is a black flag and the tags of a region; elsewhere nobody sees them.
_TAG = "(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0020-\U000e007f]+|[\U000e0000-\U000e001f]"
# What other programs leave in a text that is copied from them; it says nothing, so it goes without a word.
_UNSEEN = re.compile(f"[{_INVISIBLE}{_NO_CHARACTER}]|{_TAG}")
# Control characters (tab and line breaks apart), halves of surrogate pairs, and the marks that reorder text.
_WRONG = re.compile(f"[{_CONTROL}\ud800-\udfff{_REORDERING}]")
UNPRINTABLE = re.compile(f"{_WRONG.pattern}|{_UNSEEN.pattern}")
# Whoever reads a text of these alone reads nothing: spaces, marks of direction, joiners, fillers.
_SEEN = re.compile(
    "[^\\s\x00-\x20\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_REORDERS = re.compile(f"[{_REORDERING}]")
# Alphabets with letters that the eye cannot tell apart.
_LOOK_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
BEFORE = 20  # letters that are told to show where one stands


def seen(text: str) -> str:
    """Return a text without the characters that nobody sees and that mean nothing, such as U+200B."""
    return _UNSEEN.sub("", text)


def unprintable(text: str) -> str | None:
    """Say which character of a text may not stand there, if any."""
    found = _WRONG.search(text)
    return None if found is None else _named(found[0])


def _named(character: str) -> str:
    code = f"U+{ord(character):04X}"
    if _REORDERS.match(character):
        return f"the character {code}, which makes text read in another order than it is written"
    if "\ud800" <= character <= "\udfff":
        return f"half a character ({code} alone)"
    return f"the control character {code}"


def is_blank(text: str) -> bool:
    """Say whether there is nothing in a text that anybody sees."""
    return _SEEN.search(text) is None


def require_printable(text: str, *, field: str) -> None:
    """Refuse a text that holds such a character, and say where: whoever wrote it cannot see it."""
    found = _WRONG.search(text)
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
