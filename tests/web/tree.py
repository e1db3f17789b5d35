"""The page of the tree, as tests ask for it and read it."""

from __future__ import annotations

TREE, ROWS = "/w/acme/alignment/", "/w/acme/alignment/rows/"
HX = {"HTTP_HX_REQUEST": "true"}


def row_of(page: str, title: str) -> str:
    """Return the markup of the first row that names something."""
    found = [row for row in page.split("<tr ") if title in row]
    assert found, f"{title} has no row"
    return found[0].split("</tr>")[0]


def titles(page: str, *wanted: str) -> list[str]:
    """List which of the titles have rows, in the order of the page."""
    rows = page.split("<tr ")[1:]
    return [title for row in rows for title in wanted if title in row]
