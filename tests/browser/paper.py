"""Pages on paper: printed by the browser, read back word by word."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from xml.etree import ElementTree

from tests.running import missing

NAMESPACE = "{http://www.w3.org/1999/xhtml}"
MARGIN = 14 / 25.4 * 72  # millimetres in points
A4_WIDTH = round((210 - 28) / 25.4 * 96)  # between the margins, in the pixels of a page


@dataclass(frozen=True)
class Word:
    """A word and where it stands, in points."""

    text: str
    left: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Sheet:
    """One sheet of paper."""

    width: float
    height: float
    words: tuple[Word, ...]

    @property
    def filled(self) -> float:
        """How far down the sheet is written on, from 0 to 1."""
        return max((word.bottom for word in self.words), default=0) / self.height


@dataclass(frozen=True)
class Paper:
    """What came out of the printer."""

    sheets: tuple[Sheet, ...]

    @property
    def said(self) -> Counter[str]:
        """Every word, and how often it is there."""
        return words(" ".join(word.text for sheet in self.sheets for word in sheet.words))

    def beside_the_margins(self) -> list[str]:
        """List the words that stand over an edge."""
        return [
            word.text
            for sheet in self.sheets
            for word in sheet.words
            if word.left < MARGIN - 1 or word.right > sheet.width - MARGIN + 1
        ]


def words(text: str) -> Counter[str]:
    """Count the words of a text; 8/10 are two, for paper may set them in two sizes."""
    return Counter(text.replace("/", " ").split())


def printed(page) -> Paper:
    """Print a page as it stands, and read the paper."""
    if shutil.which("pdftotext") is None:
        missing("pdftotext is not on this machine (apt install poppler-utils).")
    pdf = page.pdf(prefer_css_page_size=True)
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    found = ElementTree.fromstring(told.stdout)
    return Paper(tuple(map(_sheet, found.iter(f"{NAMESPACE}page"))))


def _sheet(page: ElementTree.Element) -> Sheet:
    words = tuple(
        Word(each.text or "", *(float(each.get(name)) for name in ("xMin", "xMax", "yMax")))
        for each in page.iter(f"{NAMESPACE}word")
    )
    return Sheet(float(page.get("width")), float(page.get("height")), words)
