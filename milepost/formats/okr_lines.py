"""Check-ins taken out of a file's text before it is parsed, where they stand as Milepost writes them.

They are most of a file, and a parser makes several objects of each value. So the check-ins of each key
result are matched line by line, and a mark stands for them in what is parsed. Where a mark is not met again
in its place, or anything is not as it should be, the file is read once more as it is, so that every refusal
has its place.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from functools import cache

from milepost.formats.okr_raw import Row, Rows
from milepost.formats.okr_writing import is_plain, is_printed


class Lines:
    """The text of a file without the check-ins that were taken out of it."""

    def __init__(self, text: str, *, is_json: bool) -> None:
        self.taken: dict[str, Rows] = {}
        self.text = self._without_check_ins(text, *(_JSON if is_json else _YAML))

    def _without_check_ins(
        self, text: str, block: re.Pattern[str], rows: Callable[[str], Rows | None], left: str
    ) -> str:
        mark = secrets.token_hex(16)  # which nobody can have written there

        def marked(found: re.Match[str]) -> str:
            taken = rows(found[2])
            if taken is None:
                return found[0]
            name = f"{mark}-{len(self.taken)}"
            self.taken[name] = taken
            return left.format(found[1], name)

        return block.sub(marked, text)

    def of(self, mark: object) -> Rows | None:
        """Return, once, the check-ins that a mark stands for; None for anything else."""
        return self.taken.pop(mark, None) if type(mark) is str else None


# What a field may hold is for its type to say; here it is enough that a parser would hand over the same.
_ID, _MOMENT, _NUMBER, _NUMBERS = "[A-Za-z0-9][A-Za-z0-9._-]*", "[0-9T:.-]+Z", "-?[0-9.]+", "[0-9., -]+"

# --- JSON ----------------------------------------------------------------------------------------------

# No text runs over the end of a line, so where such lines begin there is no text before them left open.
_JSON_BLOCK = re.compile(r'(\n {10}"check_ins": )\[\n((?: {12}\{"id": "[^\n]+\n)+) {10}\]')
_JSON_ROW = re.compile(
    rf' {{12}}\{{"id": "({_ID})", "at": "({_MOMENT})"(?:, "recorded": "({_MOMENT})")?'
    rf'(?:, "value": ({_NUMBER}))?(?:, "parts": \[({_NUMBERS})\])?(?:, "confidence": ([0-9]+))?'
    rf'(?:, "note": "((?:[^"\\\x00-\x1f]|\\[^\n])+)")?(?:, "by": "({_ID})")?(?:, "corrects": "({_ID})")?'
    r'(?:, "withdrawn": (true))?\},?\n'
)


def _json_rows(block: str) -> Rows | None:
    found = Rows(_JSON_ROW.findall(block))
    # Every line is one, and each but the last ends with a comma.
    if len(found) != block.count("\n") or block.count("},\n") != len(found) - 1 or block.endswith(",\n"):
        return None
    if "\\" not in block:
        return found
    try:
        return Rows((*row[:6], json.loads(f'"{row[6]}"'), *row[7:]) for row in found)
    except ValueError:
        return None


# --- YAML ----------------------------------------------------------------------------------------------

_YAML_BLOCK = re.compile(
    r"(\n    check_ins:)((?:\n    - id: [^\n]+\n      at: [^\n]+(?:\n      [a-z]+: [^\n]+)*)+)"
    r"(?=\n(?!    [ -]))"
)
_YAML_ROW = re.compile(
    rf"\n    - id: ({_ID})\n      at: ({_MOMENT})(?:\n      recorded: ({_MOMENT}))?"
    rf"(?:\n      value: ({_NUMBER}))?(?:\n      parts: \[({_NUMBERS})\])?(?:\n      confidence: ([0-9]+))?"
    rf"(?:\n      note: ([^\n]+))?(?:\n      by: ({_ID}))?(?:\n      corrects: ({_ID}))?"
    r"(?:\n      withdrawn: (true))?(?=\n|\Z)"
)
_LONE = frozenset(("null", "Null", "NULL"))  # what looks like an id, and is none


def _yaml_rows(block: str) -> Rows | None:
    found = Rows(_YAML_ROW.findall(block))
    if len(found) != block.count("\n    - ") or sum(map(_lines, found)) != block.count("\n"):
        return None
    if "note: " not in block and "ull" not in block and "ULL" not in block:
        return found
    for place, row in enumerate(found):
        if not _LONE.isdisjoint((row[0], row[7], row[8])):
            return None
        if row[6]:
            note = _note(row[6])
            if note is None:
                return None
            found[place] = (*row[:6], note, *row[7:])
    return found


def _lines(row: Row) -> int:
    return len(row) - row.count("")


@cache
def _note(written: str) -> str | None:
    """Return what a note says, where every reader takes it for that; None where it takes a closer look."""
    if written[0] != '"':
        return written if is_plain(written) else None
    note = written[1:-1]
    return note if len(written) > 2 and written[-1] == '"' and is_printed(note) else None


# A block after which nothing can go on: YAML takes it nowhere inside of brackets.
_JSON = _JSON_BLOCK, _json_rows, '{}"{}"'
_YAML = _YAML_BLOCK, _yaml_rows, "{} |-\n      {}"
