"""The keyboard of every page: which keys do what, and what somebody has made of them in this browser.

Keys are written as they are pressed: "c", "g h" (one after the other), "ctrl k" (together; on a Mac with ⌘).
Only what differs from the usual is kept, in a cookie.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

COOKIE = "keymap"
ROW, SWEEP = "row", "sweep"  # places where a key does something of its own
LONGEST = 1_000
_TOGETHER = re.compile(r"^(?:(?:ctrl|control|cmd)(?: ?\+ ?| )|⌘ ?\+? ?)(?=\S)")
_ENTER = re.compile(r"(?<=\S )(?:↵|return)$")
# What browsers keep for themselves, or would be missed: they never pass it on, or a page should not take it.
_BROWSERS = {
    "ctrl w": "closes the tab", "ctrl t": "opens a tab", "ctrl n": "opens a window",
    "ctrl q": "closes the browser", "ctrl l": "goes to the address", "ctrl r": "loads the page again",
    "ctrl p": "prints", "ctrl f": "finds in the page", "ctrl a": "selects everything", "ctrl c": "copies",
    "ctrl x": "cuts", "ctrl v": "pastes", "ctrl z": "takes back what was typed",
    "ctrl +": "makes the page larger", "ctrl =": "makes the page larger", "ctrl -": "makes the page smaller",
    "ctrl 0": "gives the page its usual size", "tab": "moves on to the next link or field",
    "enter": "follows a link and presses a button", "return": "follows a link and presses a button",
    "↵": "follows a link and presses a button", "space": "scrolls and presses a button",
    "esc": "leaves and shuts", "escape": "leaves and shuts", "backspace": "deletes", "delete": "deletes",
}  # fmt: skip
_TO_A_TAB = re.compile(r"ctrl [1-9]")
_FUNCTION = re.compile(r"(?:ctrl )?f(?:[1-9]|1[0-2])")
_WRITTEN = re.compile(r"(?:ctrl (?:\S|enter)|\S(?: \S)?)")


class Key(NamedTuple):
    """Something that a key does: where it leads (the name of a link) or what it does to the page."""

    name: str
    words: str
    usual: str
    needs: str = ""  # what a page must have for it, as a selector
    leads: bool = False  # to the page of that name among `shell.links`
    follows: bool = False  # the link that it needs
    place: str = ""  # where it does so: on a ROW of the tree, before what it does elsewhere, or in the SWEEP


ROWS = "mp-tree tr[data-level], main :is(.kr, .rows > li, .tbl tbody tr)"  # as js/keys.js walks them
# What leads nowhere is done by js/keys.js, by its name.
KEYS = (
    Key("palette", "Search, jump or act", "ctrl k"),
    Key("help", "All keys", "?"),
    Key("sweep", "Check in, one after another", "c", leads=True),
    Key("new_objective", "New objective", "n", leads=True),
    Key("week", "My week", "g h", leads=True),
    Key("teams", "Teams", "g t", leads=True),
    Key("alignment", "Alignment", "g a", leads=True),
    Key("map", "The alignment map", "g m", leads=True),
    Key("kpis", "KPIs", "g k", leads=True),
    Key("reviews", "Reviews", "g r", leads=True),
    Key("next", "Next in a list; Enter opens it", "j", ROWS),
    Key("previous", "The one before", "k", ROWS),
    Key("edit", "Edit", "e", '[data-keys="edit"], main a[href$="/edit/"]'),
    Key("undo", "Undo", "u"),
    Key("filter", "Filter this page", "/", '[data-keys="filter"], .filters :is(input, select, a)'),
    Key("earlier", "A week earlier", "[", 'a[data-key="["]', follows=True),
    Key("later", "A week later", "]", 'a[data-key="]"]', follows=True),
    Key("row_checkin", "On a row of the tree: check in", "c", "mp-tree [data-checkin-url]", place=ROW),
    Key("row_move", "On a row of the tree: move it", "m", 'mp-tree tr[data-moves*="/"]', place=ROW),
    Key("row_select", "On a row of the tree: select it", "x", "mp-tree", place=ROW),
    Key("row_in", "On a row of the tree: unfold it or go in, as → does", "", "mp-tree", place=ROW),
    Key("row_out", "On a row of the tree: fold it or go out, as ← does", "", "mp-tree", place=ROW),
    Key("save_next", "In the sweep: save and next", "ctrl enter", ".sweep-form", place=SWEEP),
)
NAMES = {key.name: key for key in KEYS}

Keymap = tuple[tuple[str, str], ...]  # what is not as usual: (name, keys); no keys: switched off


def read(cookie: str | None) -> Keymap:
    """Read what somebody has made of the keys; what does not read as keys is left out."""
    said = dict(parse_qsl((cookie or "")[:LONGEST], keep_blank_values=True, max_num_fields=len(KEYS)))
    found = ((key.name, spelled(said[key.name])) for key in KEYS if key.name in said)
    return tuple((name, keys) for name, keys in found if keys is not None and keys != NAMES[name].usual)


def written(keymap: Keymap) -> str:
    """Write a keymap as the cookie keeps it."""
    return urlencode(keymap)


def spelled(text: str) -> str | None:
    """Return keys in the one spelling they are compared in; None where these are no keys."""
    told = _TOGETHER.sub("ctrl ", " ".join(text.lower().split()))
    told = _ENTER.sub("enter", told.replace(" then ", " "))
    return told if not told or (_WRITTEN.fullmatch(told) and told.isprintable()) else None


def browsers(text: str) -> str:
    """Say what keys do in every browser, so that nothing else can have them; empty where they are free."""
    told = _TOGETHER.sub("ctrl ", " ".join(text.lower().split()))
    if _FUNCTION.fullmatch(told):
        return "does something of the browser’s own"
    return "goes to another tab" if _TO_A_TAB.fullmatch(told) else _BROWSERS.get(told, "")


def in_force(keymap: Keymap) -> dict[str, str]:
    """Return the keys of everything that has any, by name."""
    chosen = {key.name: key.usual for key in KEYS} | dict(keymap)
    return {name: keys for name, keys in chosen.items() if keys}


@dataclass(frozen=True)
class Keys:
    """The keys in force on the pages of a workspace, as the frame tells them."""

    keymap: Keymap
    links: tuple[tuple[str, str], ...]

    @property
    def bound(self) -> dict[str, str]:
        """What each of the keys does, as js/keys.js reads it; with "@" before it, on a row of the tree."""
        links, found = dict(self.links), {}
        for key, keys in self.listed:
            if key.place == ROW:
                found[f"@{keys}"] = key.name
            elif not key.place:
                found[keys] = (
                    links[key.name] if key.leads else f">{key.needs}" if key.follows else f":{key.name}"
                )
        return found

    @property
    def listed(self) -> list[tuple[Key, str]]:
        """Everything that has a key here, in the order of the list."""
        chosen, links = in_force(self.keymap), dict(self.links)
        return [
            (key, chosen[key.name])
            for key in KEYS
            if key.name in chosen and (not key.leads or key.name in links)
        ]

    @property
    def palette(self) -> str:
        return in_force(self.keymap).get("palette", "")


def conflicts(keymap: Keymap, links: Collection[str]) -> dict[str, str]:
    """Say of each name whose keys another one has too, or begins with, what is wrong.

    What leads to a page that is not among the `links` is not offered, and is in nobody's way.
    """
    keys = in_force(keymap).items()
    chosen = {name: told for name, told in keys if not NAMES[name].leads or name in links}
    found: dict[str, str] = {}
    for name, keys in chosen.items():
        for other, theirs in chosen.items():
            if other == name or not _meet(NAMES[name], NAMES[other]):
                continue
            if keys == theirs and NAMES[name].place == NAMES[other].place:
                found[name] = f"“{NAMES[other].words}” has these keys too. Choose others for one of them."
            elif theirs.startswith(f"{keys} "):
                found[name] = (
                    f"The keys of “{NAMES[other].words}” begin with it ({shown(theirs)}), "
                    "so they would never come."
                )
    return found


def _meet(one: Key, other: Key) -> bool:
    # The sweep has its page to itself; on a row what is the row's comes first, and may be the page's as well.
    return one.place == other.place or SWEEP not in (one.place, other.place)


def shown(keys: str) -> str:
    """Write keys as people read them: "Ctrl K", "G H"."""
    names = {"ctrl": "Ctrl", "enter": "↵"}
    return " ".join(names.get(part, part.upper()) for part in keys.split(" "))
