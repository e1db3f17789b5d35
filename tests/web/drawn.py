"""What a test looks for on the map: cards, lines, what lies beside it."""

from __future__ import annotations

import re

from django.utils import timezone

from milepost.actions import alignments
from milepost.core.ids import encode
from tests.cast import Cast

MAP, SVG = "/w/acme/map/", "/w/acme/map.svg"
HX = {"HTTP_HX_REQUEST": "true"}


def tray(page: str) -> str:
    """Return what lies beside the drawing."""
    return page.split('id="tray"')[1].split("</details>")[0] if 'id="tray"' in page else ""


def drawing(page: str) -> str:
    """Return the drawing of a page; where there is none, nothing."""
    found = re.search(r'<svg class="map.*?</svg>', page, re.DOTALL)
    return found[0] if found else ""


def card(page: str, one) -> str:
    """Return the markup of a card in the drawing."""
    found = re.search(
        rf'<g class="cd[^>]*id="m-{encode(one.id)}".*?(?=<g class="cd|$)', drawing(page), re.DOTALL
    )
    assert found, f"{one.title} has no card"
    return found[0]


def lines(page: str) -> list[str]:
    return re.findall(r'<path class="ln[^>]*>', drawing(page))


def serve(child, parent, cast: Cast, how: str = "contributes", **more) -> None:
    alignments.align(child=child.id, objective=parent.id, how=how, by=cast.ada, at=timezone.now(), **more)
