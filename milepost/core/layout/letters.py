"""Words that must fit into a card: SVG does not break lines, so they are measured and broken here.

Which font a reader has is not known; the widths are those of Arial and its like, a little too wide, and of
narrow letters those of DejaVu Sans, which Linux falls back on. Bold letters differ more from font to font:
those of titles are measured as in the broadest that is usual.
"""

from __future__ import annotations

from functools import lru_cache

ELLIPSIS = "…"
SLACK = 1.04
PLAIN = 1.06  # how much broader than measured a line may be (DejaVu Sans)
BOLD = 1.18  # and one in bold letters
WIDTHS = {
    "ijl'’|": 0.26,
    ".,:;!()[]/I -\u00a0": 0.3,
    "f": 0.34,
    "tr-*": 0.39,
    "ckszxvyJ": 0.51,
    "mMW@…%—": 0.9,
    "w": 0.73,
}


def width(text: str, size: float) -> float:
    """Return about how wide a text is in a font of a size."""
    return sum(map(_share, text)) * size


@lru_cache(maxsize=4096)
def broken(
    text: str, room: float, size: float, lines: int = 2, first: float | None = None
) -> tuple[str, ...]:
    """Break a text into lines that fit; what does not fit ends in an ellipsis.

    `first` is the room in the first line, where that is another.
    """
    found: list[str] = []
    words, wide = text.split(), room if first is None else first
    while words and len(found) < lines:
        line = words.pop(0)
        while words and width(f"{line} {words[0]}", size) <= wide:
            line += f" {words.pop(0)}"
        if len(found) == lines - 1 and words:
            line += f" {' '.join(words)}"
        found.append(_cut(line, wide, size))
        if found[-1].endswith(ELLIPSIS):
            break
        wide = room
    return tuple(found)


def _cut(line: str, room: float, size: float) -> str:
    if width(line, size) <= room:
        return line
    while line and width(line + ELLIPSIS, size) > room:
        line = line[:-1]
    return line.rstrip(" ,.:;–-") + ELLIPSIS


@lru_cache(maxsize=1024)
def _share(letter: str) -> float:
    """Return the width of a letter as a share of the font's size."""
    for letters, share in WIDTHS.items():
        if letter in letters:
            return share * SLACK
    if letter > "\u2e7f":  # Chinese, Japanese, Korean, and most pictures
        return 1.05
    return (0.7 if letter.isupper() else 0.56) * SLACK
