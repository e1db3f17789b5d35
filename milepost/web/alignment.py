"""Alignment: the whole company as a tree, narrowed, opened and shut; and the same as JSON."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from itertools import islice
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from markupsafe import Markup, escape

from milepost.core import listings as listings_of
from milepost.core.ids import encode
from milepost.queries import hindsight, placing, tree, views
from milepost.queries.alignment import Place, View
from milepost.queries.cards import Reader
from milepost.web import answers, bulk, inserts, pages, repeats, travel, tree_rows
from milepost.web.actors import in_workspace
from milepost.web.inserts import Fragment
from milepost.web.tree_asked import Asked
from milepost.web.typed import whole

ROWS = 200  # shown at once; more on request, or as one scrolls
MOST_ROWS = 4_000
PLAIN_ROWS = 4_000  # of the plain list on one page


# -- pages -------------------------------------------------------------------------------------------------


@in_workspace
def show(request: HttpRequest) -> HttpResponse:
    """Show the tree: the first rows that stand open; with open=all, all of it as a plain list."""
    if "arranged" in request.GET:
        return HttpResponseRedirect(arranged(request))
    asked = Asked(request)
    if (begin := asked.beginning) is not None:
        return HttpResponseRedirect(begin)
    everything = "all" in asked.opened
    template = "alignment/list.html" if everything else "alignment/show.html"
    return pages.page(
        request, template, partial(_context, request, asked, everything), nav="alignment",
        crumbs=[("Alignment", None)], seen_by=asked.reader, travels=True,
        comparison=asked.comparison, kept_as=None if everything else views.of(asked.reader),
        misread=asked.misread,
    )  # fmt: skip


def _context(request: HttpRequest, asked: Asked, everything: bool) -> dict:
    view = asked.view(all_open=everything)
    with view.reader.image.lock:
        context = {
            "summary": view.summary(),
            "learned": [hindsight.of_all(view.reader)],
            "asked": asked,
            "workspace": view.reader.image.workspace.name,
            "cycle": asked.cycle,
            "json": reverse("alignment_json", args=[view.reader.slug]),
            "new_objective": _address("new_objective", view.reader.slug),
            "groups": listings_of.GROUPS,
            "sorts": listings_of.SORTS,
            "saved": asked.saved,
            "movable": _movable(view.reader),
            "verbs": [(name, words) for name, (words, _) in bulk.VERBS.items()],
        }
        if everything:
            return context | _plain(asked, view, whole(request.GET.get("from"), 0))
        shown = _slice(asked, view, 0, _wanted_rows(asked), anchors=True)
        return context | shown | {"rows": inserts.later(request, shown["rows"])}


def _movable(reader: Reader) -> str | None:
    """Name the objectives that get a grip; None: all of them."""
    found = placing.movable(reader)
    return None if found is None else " ".join(encode(id) for id in sorted(found))


def arranged(request: HttpRequest) -> str:
    """Return the address of the tree as a form arranged it: its columns, groups and order in short."""
    said = request.GET
    sort = f"-{said['sort']}" if said.get("sort") and said.get("down") else said.get("sort", "")
    columns = ",".join(listings_of.known(said.getlist("column")))
    listing = listings_of.read({"columns": columns, "group": said.get("group", ""), "sort": sort})
    panel = []
    for later in (False, True):
        if moved := said.get("later" if later else "earlier"):
            listing, panel = listing.moved(moved, later=later), [("panel", "1")]
    kept = [(name, said[name]) for name in (*listings_of.FILTERS, "view", "select", "on") if said.get(name)]
    return "?" + urlencode([*kept, *listing.pairs(), *panel])


@in_workspace
def rows(request: HttpRequest) -> HttpResponse:
    """Answer with rows alone: what stands below one (`under`), or what follows the first (`from`)."""
    asked = Asked(request)
    under, level = request.GET.get("under"), whole(request.GET.get("level"), 2)
    if not request.headers.get("HX-Request"):
        there = reverse("alignment", args=[request.seat.slug])
        return HttpResponseRedirect(there + (asked.toggled(under, is_open=False) if under else ""))
    view = asked.view()
    with view.reader.image.lock:
        if under is not None:
            there = view.has(under) or asked.is_there(under)
            places = list(islice(view.places(under, level), MOST_ROWS)) if there else []
            return HttpResponse(_of_the_day(view.reader, _drawn(asked, view, places)))
        context = {"asked": asked, **_slice(asked, view, whole(request.GET.get("from"), 0), ROWS)}
    context["rows"] = _of_the_day(view.reader, context["rows"])
    return render(request, "alignment/rows.hx.html", {**context, "csp_nonce": request.csp_nonce})


def _of_the_day(reader: Reader, drawn: Fragment) -> Markup:
    """Let rows that come to a page of the past lead to the same day, as its own do."""
    return drawn if reader.known is None else Markup(travel.carried(drawn, reader.today))


@in_workspace
def show_json(request: HttpRequest) -> HttpResponse:
    """Answer with the tree as JSON; 304 where the reader has it already."""
    found = tree.as_json(
        pages.reader(request),
        key_results=request.GET.get("key_results") == "1",
        known=request.headers.get("If-None-Match"),
    )
    repeats.repeatable(request)
    return answers.tagged(found.body, found.etag)


def _address(name: str, slug: str) -> str | None:
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return None


def _wanted_rows(asked: Asked) -> int:
    return min(max(whole(asked.said.get("rows"), ROWS), ROWS), MOST_ROWS)


# -- rows --------------------------------------------------------------------------------------------------


def _slice(asked: Asked, view: View, first: int, count: int, *, anchors: bool = False) -> dict:
    places, goes_on = view.first(first, count)
    following = first + len(places)
    more = asked.url(rows=str(following + ROWS)) if goes_on else None
    return {
        "rows": _drawn(asked, view, places, anchors=anchors, name=view.untouched(first, count)),
        "count": len(places),
        "more": more,
        "more_rows": f"rows/{_joined(asked.url(), f'from={following}')}" if more else None,
    }


def _joined(query: str, more: str) -> str:
    return f"{query}&{more}" if len(query) > 1 else f"?{more}"


def _drawn(
    asked: Asked, view: View, places: list[Place], *, anchors: bool = False, name: Hashable | None = None
) -> Fragment:
    """Draw rows; what has a name (`View.untouched`) is kept whole until a figure changes."""
    kept = tree_rows.kept(view.reader)
    whole = (name, view.outline, asked.url(), anchors)
    if name is None or whole not in kept.slices:
        drawn = _joined_rows(asked, view, kept, places, anchors)
        if name is None:
            return drawn
        kept.keep(whole, drawn)
    return kept.slices[whole]


def _joined_rows(
    asked: Asked, view: View, kept: tree_rows.Kept, places: list[Place], anchors: bool
) -> Fragment:
    filters = escape(asked.url()[1:] and "&" + asked.url()[1:])
    untouched = escape(_joined(asked.url(), ""))
    plain = not asked.opened and not asked.shut
    drawn, seen = [], set()
    for place in places:
        anchor = anchors and place.key not in seen
        seen.add(place.key)
        parts = kept.of(view, place, anchor)
        if len(parts) == 1:
            drawn.append(parts[0])
            continue
        if plain:
            toggle = f"{untouched}{'shut' if place.is_open else 'open'}={place.key}"
        else:
            toggle = escape(asked.toggled(place.key, is_open=bool(place.is_open)))
        drawn += (parts[0], filters, parts[1], toggle, parts[2])
    return Fragment("".join(drawn))


def _plain(asked: Asked, view: View, start: int) -> dict:
    places, goes_on = view.first(start, PLAIN_ROWS)
    following = asked.url(open="all", **{"from": str(start + PLAIN_ROWS)})
    rows = [{**tree_rows.told(view, place), "level": place.level} for place in places]
    return {"rows": rows, "following": following if goes_on else None}
