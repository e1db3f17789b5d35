"""What the drawing of the map carries with it: its symbols, and for a file that stands alone its styles."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import milepost

ASSETS = Path(milepost.__file__).parent / "static" / "milepost"
SYMBOLS = ("i-target", "i-lock", "s-on", "s-risk", "s-off", "s-none", "s-done")
BEGIN, END = "/* the drawing */", "/* the page around it */"

_TOKEN = re.compile(r"(--[\w-]+):\s*light-dark\((#\w+),")
_FONT = re.compile(r"--font:\s*([^;]+);")
_LIGHT = re.compile(r"light-dark\((#\w+),\s*#\w+\)")
_USE = re.compile(r"var\((--[\w-]+)\)")


@cache
def symbols() -> str:
    """Return the icons and marks that cards use, from the sprite, under names of the drawing's own."""
    sprite = (ASSETS / "icons.svg").read_text(encoding="utf-8")
    found = [re.search(rf'<symbol id="{name}".*?</symbol>', sprite, re.DOTALL)[0] for name in SYMBOLS]
    return "<defs>" + "".join(each.replace(' id="', ' id="m', 1) for each in found) + "</defs>"


@cache
def styles() -> str:
    """Return the rules of the drawing in the colours of light paper, for programs that know no variables."""
    tokens = (ASSETS / "css" / "tokens.css").read_text(encoding="utf-8")
    sheet = (ASSETS / "css" / "map.css").read_text(encoding="utf-8")
    rules = sheet[sheet.index(BEGIN) + len(BEGIN) : sheet.index(END)]
    # What stands there first holds without anybody's preferences.
    known = dict(reversed(_TOKEN.findall(tokens)))
    known["--font"] = " ".join(_FONT.search(tokens)[1].split())
    plain = _LIGHT.sub(r"\1", rules)
    return " ".join(_USE.sub(lambda use: known[use[1]], plain).split())
