"""What of an address a page did not understand: said above the page, with what it shows instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

LONGEST = 40  # characters of what somebody wrote
SWITCH = ("0", "1")
_NO_SUCH_OBJECTIVE = "No objective here has this id"
_ONLY_SWITCH = "Only 1 and 0 are understood; nothing is left out for it."
_NO_PLACE = "There is no such place in the list; it begins with the "
NO_TEAM_OF_THIS_NAME = "No team here has this name; nothing fits it."
NOT_ON_THE_MAP = "The map leaves nothing out for it; “Not aligned” on the map leads to what serves nothing."
INSTEAD: Mapping[str, str] = {
    "q": "No word to look for stands in it; every title is shown.",
    "cycle": "There is no such cycle here; the usual one is shown.",
    "on": "This page shows no past days; it is as of today.",
    "cycles": "Only “all” is understood; one cycle is shown.",
    "team": "There is no such team here; every team is shown.",
    "owner": "Nobody who owns anything here has this name; nothing fits it.",
    "under": "There is no such team here; all teams are shown.",
    "from": "It is later than the other day; the earlier one stands first.",
    "person": "There is no such person here; what everyone did is shown.",
    "status": "There is no such status; every status is shown.",
    "type": "There is no such type; every type is shown.",
    "kind": "There is no such kind; everything is shown.",
    "show": "There is no such list; those who are here are shown.",
    **dict.fromkeys(("before", "said_before", "changed_before"), _NO_PLACE + "newest."),
    **dict.fromkeys(("after", "done_after", "helped_after", "served_after"), _NO_PLACE + "first."),
    "attention": _ONLY_SWITCH,
    "unaligned": _ONLY_SWITCH,
    "mine": _ONLY_SWITCH,
    "key_results": "Only 1 and 0 are understood; key results are shown as usual.",
    "columns": "Not all of these columns are known; the others are shown.",
    "group": "There are no such groups; everything stands by alignment.",
    "sort": "There is no such order; the usual one is shown.",
    "view": "There is no such saved view here; none is applied.",
    "lens": "There is no such way to colour it; the map shows status.",
    "arrange": "Rows are by level or by team; they are by level now.",
    "as": "Only “list” is understood; the map is drawn.",
    "path": f"{_NO_SUCH_OBJECTIVE}; no path is drawn.",
    "branch": f"{_NO_SUCH_OBJECTIVE}; every branch is drawn.",
    "whatif": "That is no key result here; nothing is supposed of it.",
    "also": "Not all of these are a key result here and 0 to 100 % of its way; the others are supposed.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an address: its name, what somebody wrote, and what is shown instead."""

    name: str
    written: str
    instead: str


@dataclass(frozen=True, slots=True)
class Misread:
    """The parts of an address that were not understood, and where the same is shown without them."""

    parts: tuple[Part, ...]
    without: str


def parts(
    said: QueryDict, understood: Mapping[str, bool], instead: Mapping[str, str] = INSTEAD
) -> tuple[Part, ...]:
    """Return what an address says of these names and is not understood; what is left empty asks nothing."""
    return tuple(
        Part(name, said[name][:LONGEST], instead[name])
        for name, is_understood in understood.items()
        if not is_understood and said.get(name)
    )


def told(request: HttpRequest, found: tuple[Part, ...]) -> Misread | None:
    """Return what a page says of the parts that were not understood; None where there are none."""
    if not found:
        return None
    names = {part.name for part in found}
    kept = [(name, value) for name, values in request.GET.lists() for value in values if name not in names]
    return Misread(found, f"?{urlencode(kept)}" if kept else request.path)
