"""How a tree is listed: which columns, in groups or by alignment, in which order; as an address says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

USUAL = ("status", "progress", "confidence", "owner", "checked")
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "status": "Status",
        "progress": "Progress",
        "expected": "Plan today",
        "confidence": "Sure",
        "owner": "Owner",
        "checked": "Checked in",
        "due": "Next due",
        "ends": "Ends",
        "weight": "Weight",
        "team": "Team",
        "cycle": "Cycle",
        "type": "Type",
        "state": "State",
    }
)
GROUPS: Mapping[str, str] = MappingProxyType(
    {"team": "Team", "owner": "Owner", "status": "Status", "type": "Type", "cycle": "Cycle"}
)
SORTS: Mapping[str, str] = MappingProxyType(
    {
        "title": "Title",
        "status": "Status, the most urgent first",
        "progress": "Progress, the least first",
        "confidence": "Confidence, the least first",
        "checked": "Checked in, the longest ago first",
        "due": "Next due, the soonest first",
    }
)
FILTERS = ("q", "cycles", "team", "owner", "status", "type", "attention", "unaligned", "mine", "key_results")
LONGEST = 80  # characters of a name that somebody typed into a filter


@dataclass(frozen=True, slots=True)
class Listing:
    """How a tree is listed. Nothing set: by alignment, as things were aligned, in the usual columns."""

    columns: tuple[str, ...] = USUAL
    group: str | None = None
    sort: str | None = None
    is_down: bool = False  # the other way round

    @property
    def is_usual(self) -> bool:
        """Say whether rows say and stand as they do when nobody asks for anything else."""
        return self == Listing()

    @property
    def is_in_order(self) -> bool:
        """Say whether rows stand by alignment, in the order in which things were aligned."""
        return self.group is None and self.sort is None

    def pairs(self) -> list[tuple[str, str]]:
        """Return what an address says of it: only what is not usual."""
        found = []
        if self.columns != USUAL:
            found.append(("columns", ",".join(self.columns)))
        if self.group is not None:
            found.append(("group", self.group))
        if self.sort is not None:
            found.append(("sort", f"-{self.sort}" if self.is_down else self.sort))
        return found

    def moved(self, column: str, *, later: bool) -> Listing:
        """Return it with a column one place further on, or back; at the end it stays."""
        columns = list(self.columns)
        if column in columns:
            here = columns.index(column)
            there = min(max(here + (1 if later else -1), 0), len(columns) - 1)
            columns[here], columns[there] = columns[there], columns[here]
        return Listing(tuple(columns), self.group, self.sort, self.is_down)


def read(said: Mapping[str, str]) -> Listing:
    """Read what an address says; what it does not know, it leaves out."""
    written = said.get("columns")
    sort = said.get("sort", "")
    is_down = sort.startswith("-")
    sort = sort.removeprefix("-")
    return Listing(
        known(written.split(",")) if written is not None else USUAL,
        said.get("group") if said.get("group") in GROUPS else None,
        sort if sort in SORTS else None,
        is_down and sort in SORTS,
    )


def known(columns: Iterable[str]) -> tuple[str, ...]:
    """Keep the columns that there are, each once, in the order given."""
    return tuple(dict.fromkeys(name for name in columns if name in COLUMNS))


def settings(query: str) -> str:
    """Return what a saved view keeps of an address: filters and listing, in one order, without the rest."""
    wanted = said(query)
    kept = {name: wanted[name][:LONGEST].strip() for name in FILTERS if name in wanted}
    plain = [(name, value) for name, value in kept.items() if value and _is_plain(name, value)]
    return urlencode([*plain, *read(wanted).pairs()])


def said(query: str) -> dict[str, str]:
    """Return what an address says behind its question mark; of too much, nothing."""
    try:
        return dict(parse_qsl(query.removeprefix("?")[:4_000], max_num_fields=100))
    except ValueError:
        return {}


def _is_plain(name: str, value: str) -> bool:
    """Say whether a filter is worth keeping: what is typed apart, they are short words, numbers and ids."""
    if name in ("q", "owner"):
        return value.isprintable()
    return value.isascii() and value.isprintable() and len(value) <= 20
