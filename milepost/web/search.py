"""Search: a page with what was found."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.queries import search, slips
from milepost.queries.hits import KINDS, Hit
from milepost.web import hits, misread, pages
from milepost.web.actors import in_workspace
from milepost.web.typed import Typed

LONGEST = 200
OF_ONE_KIND = 50


@in_workspace
def show(request: HttpRequest) -> HttpResponse:
    """Show what was found: of all kinds the likeliest, of one kind more."""
    reader = pages.reader(request)
    text = Typed(request.GET).text("q")[:LONGEST]
    kind = request.GET.get("kind")
    kind = kind if kind in KINDS else None
    found = slips.forgiving(reader, text, kind=kind, most=OF_ONE_KIND if kind else search.MOST)
    here = reverse("search", args=[reader.slug])
    more = {
        "found": found,
        "groups": _groups(found.hits),
        "kind": kind,
        "kinds": hits.WORDS,
        "here": here,
        "of_one_kind": OF_ONE_KIND,
        "symbol": hits.symbol,
        "said": hits.said,
        "standing": hits.standing,
    }
    return pages.page(
        request, "search/show.html", more, nav="", crumbs=[("Search", None)], seen_by=reader,
        misread=misread.parts(request.GET, {"kind": kind is not None}),
    )  # fmt: skip


def _groups(found: Iterable[Hit]) -> list[tuple[str, list[Hit]]]:
    """Return hits by kind, the kind of the likeliest first."""
    groups: dict[str, list[Hit]] = {}
    for hit in found:
        groups.setdefault(hit.kind, []).append(hit)
    return list(groups.items())
