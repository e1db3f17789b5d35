"""What a terminal shows: how wide it is, whether in colour, and text that does nothing but stand there."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TextIO

from milepost.core.problems import Problem

UNSEEN = "�"
NARROWEST, BESIDE_NOTHING = 40, 10_000

# A shape and a word for each status, and a colour of the terminal's own where it has some.
MARKS = {
    "on_track": ("●", "On track", "32"),
    "at_risk": ("▲", "At risk", "33"),
    "off_track": ("■", "Off track", "31"),
    "achieved": ("✔", "Done", "36"),
    "not_started": ("○", "Not started", "2"),
    "no_data": ("◌", "No data", "2"),
}


@dataclass(frozen=True)
class Look:
    """How to print: for a person at a terminal, or for what reads the lines."""

    is_terminal: bool
    has_colour: bool
    width: int

    @classmethod
    def of(cls, out: TextIO, *, no_color: bool = False) -> Look:
        """See what is at the other end."""
        is_terminal = out.isatty()
        has_colour = is_terminal and not no_color and not os.environ.get("NO_COLOR")
        has_colour = has_colour and os.environ.get("TERM") != "dumb"
        width = max(NARROWEST, shutil.get_terminal_size().columns) if is_terminal else BESIDE_NOTHING
        return cls(is_terminal, has_colour, width)

    def paint(self, text: str, colour: str) -> str:
        """Colour a text."""
        return f"\033[{colour}m{text}\033[0m" if self.has_colour and text else text

    def bold(self, text: str) -> str:
        return self.paint(text, "1")

    def dim(self, text: str) -> str:
        return self.paint(text, "2")

    def mark(self, status: str) -> str:
        """Draw the shape of a status."""
        shape, _, colour = MARKS.get(status, MARKS["no_data"])
        return self.paint(shape, colour)

    def word(self, status: str) -> str:
        """Say a status in a word or two."""
        _, word, colour = MARKS.get(status, MARKS["no_data"])
        return self.paint(word, colour)


def word(status: str) -> str:
    """Say a status in a word or two, without colour."""
    return MARKS.get(status, MARKS["no_data"])[1]


def plain(text: object) -> str:
    """Return a text on one line that cannot move the cursor, colour anything or turn letters round."""
    said = "" if text is None else str(text)
    if said.isascii() and said.isprintable():
        return said
    return "".join(" " if each in "\t\n\r\v\f\u2028\u2029" else _seen(each) for each in said)


def lines(text: str) -> list[str]:
    """Return the lines of a longer text, each as `plain` would have it."""
    return [plain(line) for line in text.replace("\r\n", "\n").split("\n")]


def _seen(letter: str) -> str:
    return UNSEEN if unicodedata.category(letter) in ("Cc", "Cs") or letter in _TURNING else letter


_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def as_json(value: object, *, indent: int | None = None) -> str:
    """Write a value as JSON, in which what `plain` would not show stands as its number: \\u009b."""
    import json  # which few of those that draw need

    said = json.dumps(value, ensure_ascii=False, indent=indent)
    if said.isascii() and "\x7f" not in said:
        return said
    return "".join(f"\\u{ord(each):04x}" if each != "\n" and _seen(each) != each else each for each in said)


def wide(text: str) -> int:
    """Return how many columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


@cache
def _columns(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def cut(text: str, width: int) -> str:
    """Shorten a text to so many columns."""
    if wide(text) <= width:
        return text
    kept, left = [], width - 1
    for letter in text:
        left -= _columns(letter)
        if left < 0:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + "…"


def padded(text: str, width: int) -> str:
    """Fill a text up to so many columns."""
    return text + " " * (width - wide(text))


def table(look: Look, heads: Sequence[str], rows: Sequence[Sequence[str]], *, widest: Sequence[int]) -> None:
    """Print rows: in columns that fit for a person, else one a line with tabs between.

    `widest` are the places of the columns that give way where all do not fit, one after the other.
    """
    cleaned = [[plain(cell) for cell in row] for row in rows]
    if not look.is_terminal:
        print("\n".join(map("\t".join, cleaned)))
        return
    columns = [max(wide(cell) for cell in column) for column in zip(heads, *cleaned, strict=True)]
    over = sum(columns) + 2 * (len(columns) - 1) - look.width
    for place in widest:
        fitting = min(columns[place], max(12, columns[place] - max(0, over)))
        over -= columns[place] - fitting
        columns[place] = fitting
    print(look.dim(_row(heads, columns)))
    for row in cleaned:
        print(_row(row, columns))


def _row(cells: Sequence[str], columns: Sequence[int]) -> str:
    fitted = (padded(cut(cell, width), width) for cell, width in zip(cells, columns, strict=True))
    return "  ".join(fitted).rstrip()


def number(text: str | None, unit: str = "", places: int = 4) -> str:
    """Write an exact number as people do: 1200.50 → 1,200.5; with its unit; nothing is a dash."""
    if text is None:
        return "–"
    if text.isdecimal() and len(text) <= 15:  # most are, and lists are long
        return _with_unit(f"{int(text):,}", unit)
    value = Fraction(text)
    scaled = (2 * abs(value.numerator) * 10**places + value.denominator) // (2 * value.denominator)
    whole, rest = divmod(scaled, 10**places)
    written = f"{whole:,}" + (f".{rest:0{places}d}".rstrip("0") if rest else "")
    return _with_unit(f"−{written}" if value < 0 and scaled else written, unit)


def _with_unit(written: str, unit: str) -> str:
    if not unit:
        return written
    unit = plain(unit)
    return f"{unit} {written}" if len(unit) == 3 and unit.isupper() else f"{written} {unit}"


def percent(row: Mapping[str, Any]) -> str:
    """Write how much is done, as the server says it."""
    return plain(row["percent"] or "–").replace("\u00a0", " ")


def require_somebody(remedy: str) -> None:
    """Raise a Problem where nobody sits at the terminal who could be asked."""
    if not sys.stdin.isatty():
        raise Problem("There is no terminal to ask at.", code="usage", remedy=remedy)


def agreed(question: str, *, remedy: str) -> bool:
    """Ask a person for a yes; whoever leaves has said no. Raises a Problem where there is nobody."""
    require_somebody(remedy)
    try:
        return ask(f"{question} [y/N] ").lower() in ("y", "yes")
    except EOFError:
        return False


def ask(question: str) -> str:
    """Ask a person; raises EOFError where they leave."""
    sys.stderr.write("\n".join(lines(question)))
    sys.stderr.flush()
    typed = sys.stdin.readline()
    if not typed:
        raise EOFError
    return typed.strip()
