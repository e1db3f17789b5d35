"""The company as a tree of lines: what serves what, as it is kept in columns by the API's tree."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from milepost.cli import terminal
from milepost.cli.terminal import Look, cut, plain

OPEN = ("committed", "active", "grading")
PERCENT, WORD, OWNER = 6, 12, 18
ROOM_FOR_OWNERS, ROOM_FOR_WORDS = 84, 56
NEAR_A_TIE = 1e-4  # of six decimals, in percent: there the server's own words decide


@dataclass
class Node:
    """An objective or a key result in the tree."""

    id: str
    kind: str
    title: str
    status: str
    progress: float | None
    expected: float | None
    state: str
    owner: str | None
    team: str | None = None
    cycle: str | None = None
    commitment: str | None = None
    children: list[Node] = field(default_factory=list)
    also: int = 0  # other places where it stands too
    is_wanted: bool = True  # False: it stands there for what is below it
    percent: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        said = {
            name: getattr(self, name)
            for name in ("id", "kind", "title", "status", "progress", "expected", "state", "owner")
        }
        if self.kind == "objective":
            said |= {"team": self.team, "cycle": self.cycle}
        return said | {"is_match": self.is_wanted, "children": [one.as_json() for one in self.children]}

    def walk(self) -> Iterator[Node]:
        """Yield it and everything below."""
        yield self
        for child in self.children:
            yield from child.walk()


def hangs_on_key_results(tree: Mapping[str, Any]) -> bool:
    """Say whether an objective serves something that is no objective of this tree."""
    rows = list(_rows(tree["objectives"]))
    known = {row["id"] for row in rows}
    at = tree["parents"].index("id")
    return any(link[at] not in known for row in rows for link in row["parents"])


def grown(
    tree: Mapping[str, Any], *, states: tuple[str, ...] | None = OPEN, key_results: bool = True
) -> list[Node]:
    """Return the trees that stand by themselves; what serves several stands below the first.

    Without key results, what serves one stands below its objective.
    """
    statuses = tree["statuses"]
    rows = list(_rows(tree["objectives"]))
    nodes = {
        row["id"]: _node("objective", row, statuses)
        for row in rows
        if states is None or row["state"] in states
    }
    measured = list(_rows(tree["key_results"])) if tree.get("key_results") else []
    for row in measured:
        if row["objective"] in nodes:
            nodes[row["id"]] = _node("key_result", row, statuses)
            nodes[row["objective"]].children.append(nodes[row["id"]])
    of = {row["id"]: row["objective"] for row in measured}
    below: dict[str, str] = {}
    for row in rows:
        if row["id"] not in nodes:
            continue
        parents = [dict(zip(tree["parents"], link, strict=True)) for link in row["parents"]]
        # What it counts in comes before what it only supports.
        parents.sort(key=lambda link: link["how"] != "contributes")
        places = [link["id"] for link in parents if link["id"] in nodes]
        places = [place for place in places if not _is_under(place, row["id"], below, of)]
        if places:
            below[row["id"]] = places[0]
            nodes[places[0]].children.append(nodes[row["id"]])
            nodes[row["id"]].also = len(places) - 1
    roots = [nodes[row["id"]] for row in rows if row["id"] in nodes and row["id"] not in below]
    if not key_results:
        for node in nodes.values():
            node.children = [one for child in node.children for one in _objectives(child)]
    return roots


def _objectives(node: Node) -> list[Node]:
    return [node] if node.kind == "objective" else node.children


def _is_under(place: str, id: str, below: Mapping[str, str], of: Mapping[str, str]) -> bool:
    """Say whether a place stands under an objective already: nothing hangs on its own branch."""
    while place is not None:
        if place == id:
            return True
        place = of.get(place) or below.get(place)
    return False


def _rows(part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    figures = ("status", "progress", "expected")
    for place, row in enumerate(part["rows"]):
        yield {
            **dict(zip(part["columns"], row, strict=True)), **{name: part[name][place] for name in figures}
        }  # fmt: skip


def _node(kind: str, row: Mapping[str, Any], statuses: list[str]) -> Node:
    return Node(
        row["id"], kind, row["title"], statuses[row["status"]], row["progress"], row["expected"],
        row["state"], row["owner"], row.get("team"), row.get("cycle"), row.get("commitment"),
    )  # fmt: skip


def narrowed(roots: list[Node], is_wanted: Callable[[Node], bool]) -> list[Node]:
    """Return the branches that hold what is wanted, down to the last of it."""
    found = []
    for node in roots:
        below = narrowed(node.children, is_wanted)
        own = is_wanted(node)
        if own or below:
            node.children = below
            node.is_wanted = own
            found.append(node)
    return found


def needs_asking(progress: float | None) -> bool:
    """Say whether six decimals are too few to tell the percentage that is shown."""
    if progress is None:
        return False
    shown = math.floor(progress * 100 + 0.5)
    return abs(progress * 100 - math.floor(progress * 100) - 0.5) < NEAR_A_TIE or (
        progress < 1 and shown >= 100
    )


def percent(node: Node) -> str:
    """Write how much is done."""
    if node.percent is not None:
        return plain(node.percent).replace("\u00a0", " ")
    if node.progress is None:
        return "–"
    shown = math.floor(node.progress * 100 + 0.5)
    return f"{'−' if shown < 0 else ''}{abs(shown)} %"


def draw(
    look: Look, roots: list[Node], *, depth: int | None, owner: Callable[[str | None], str]
) -> Iterator[str]:
    """Yield the lines, as wide as the terminal."""
    lines = [(before, node, _title(node)) for root in roots for before, node in _lines(root, "", "", depth)]
    has_words, has_owners = look.width >= ROOM_FOR_WORDS, look.width >= ROOM_FOR_OWNERS
    right = PERCENT + (WORD if has_words else 0) + (OWNER if has_owners else 0)
    longest = max((len(before) + 2 + terminal.wide(title) for before, _, title in lines), default=0)
    left = max(12, min(longest + 1, look.width - right - 1))
    for before, node, whole in lines:
        title = cut(whole, left - len(before) - 2)  # each line of the drawing is as wide as a letter
        gap = " " * (left - len(before) - 2 - terminal.wide(title))
        strong = look.bold(title) if node.kind == "objective" and node.is_wanted else title
        line = (
            f"{look.dim(before)}{look.mark(node.status)} {strong if node.is_wanted else look.dim(title)}{gap}"
        )
        line += f"{percent(node):>{PERCENT - 1}} "
        if has_words:
            word = terminal.word(node.status)
            line += " " + look.word(node.status) + " " * (WORD - 1 - len(word))
        if has_owners:
            name = plain(owner(node.owner))
            line += " " + look.dim(cut(name, OWNER - 1) if look.is_terminal else name)
        yield line.rstrip()


def _title(node: Node) -> str:
    more = f" (serves {node.also} more)" if node.also else ""
    return plain(node.title) + more


def _lines(node: Node, before: str, onwards: str, depth: int | None) -> Iterator[tuple[str, Node]]:
    yield before, node
    if depth is not None and depth <= 1:
        return
    for place, child in enumerate(node.children):
        is_last = place == len(node.children) - 1
        yield from _lines(
            child,
            onwards + ("└─ " if is_last else "├─ "),
            onwards + ("   " if is_last else "│  "),
            None if depth is None else depth - 1,
        )


def legend(look: Look, nodes: list[Node]) -> str:
    """Count the statuses of what is shown."""
    counts = {status: sum(1 for one in nodes if one.status == status) for status in terminal.MARKS}
    return "  ".join(
        f"{look.mark(status)} {count} {terminal.word(status).lower()}"
        for status, count in counts.items()
        if count
    )
