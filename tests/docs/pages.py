"""The documents of the project, read for the tests: their links, their snippets, the words they quote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUN = [ROOT / "README.md", ROOT / "docs" / "tutorial.md", ROOT / "docs" / "scoring.md"]

_FENCE = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\n)?^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\((?P<to>[^)\s]+)\)|<img src=\"(?P<image>[^\"]+)\"")


@dataclass(frozen=True)
class Snippet:
    """A fenced block: what kind it is, its text, and the file it stands for, where it is one."""

    info: str
    text: str
    file: str | None


def snippets(page: Path) -> list[Snippet]:
    """Return the fenced blocks of a page, in order."""
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Snippet(one["info"].strip(), one["text"], one["file"]) for one in found]


def prose(page: Path) -> str:
    """Return a page without its fenced blocks and comments."""
    return re.sub(r"<!--.*?-->", "", _FENCE.sub("", page.read_text(encoding="utf-8")), flags=re.DOTALL)


def links(page: Path) -> Iterator[str]:
    """Yield what a page links to inside the project, as it is written."""
    for one in _LINK.finditer(prose(page)):
        to = one["to"] or one["image"]
        if not re.match(r"[a-z]+:", to):
            yield to


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as forges make them."""
    heads = re.findall(r"^#+ +(.+)$", prose(page), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head).lower() for head in heads)
    return {re.sub(r"[^\w\- ]", "", head).strip().replace(" ", "-") for head in plain}
