"""Alignment: the whole company as a tree, narrowed, opened and shut; and the same as JSON."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from markupsafe import Markup, escape

from milepost.core import listings as listings_of
from milepost.core import terms
from milepost.core.ids import decode, encode
from milepost.queries import alignment, hindsight, outlines, placing, tree, views
from milepost.queries import shell as shells
from milepost.queries.alignment import Filters, Place, View
from milepost.queries.cards import Reader
from milepost.queries.listings import COMMITMENTS, STATUSES, Listed
from milepost.queries.outlines import Outline
from milepost.queries.views import ViewCard
from milepost.web import answers, bulk, inserts, pages, repeats, tree_rows
from milepost.web.actors import in_workspace
from milepost.web.inserts import Fragment
from milepost.web.typed import id_text

ROWS = 200  # shown at once; more on request, or as one scrolls
MOST_ROWS = 4_000
PLAIN_ROWS = 4_000  # of the plain list on one page
CHOICES = 100  # a longer list of people is asked for by name


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
        comparison=f"{request.path}comparison/", kept_as=None if everything else views.of(asked.reader),
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
            return context | _plain(asked, view, _number(request.GET.get("from"), 0))
        shown = _slice(asked, view, 0, asked.wanted_rows, anchors=True)
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
    under, level = request.GET.get("under"), _number(request.GET.get("level"), 2)
    if not request.headers.get("HX-Request"):
        there = reverse("alignment", args=[request.seat.slug])
        return HttpResponseRedirect(there + (asked.toggled(under, is_open=False) if under else ""))
    view = asked.view()
    with view.reader.image.lock:
        if under is not None:
            there = view.has(under) or asked.is_there(under)
            places = list(islice(view.places(under, level), MOST_ROWS)) if there else []
            return HttpResponse(_drawn(asked, view, places))
        context = {"asked": asked, **_slice(asked, view, _number(request.GET.get("from"), 0), ROWS)}
    return render(request, "alignment/rows.hx.html", {**context, "csp_nonce": request.csp_nonce})


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


@dataclass(frozen=True)
class Saved:
    """The saved views that a page offers; `now` is what the page shows, as a view would keep it."""

    cards: tuple[ViewCard, ...]
    current: ViewCard | None
    now: str
    may_change: bool

    @property
    def is_otherwise(self) -> bool:
        """Whether the page shows something else by now than the view that it began with."""
        return self.current is not None and self.current.settings != self.now


# -- what was asked for ------------------------------------------------------------------------------------


@dataclass
class Asked:
    """What the address says: filters, what is open and shut, how far."""

    request: HttpRequest

    def __post_init__(self) -> None:
        said = self.request.GET
        self.said = said
        self.reader = pages.reader(self.request)
        self.opened, self.shut = said.getlist("open"), said.getlist("shut")
        self.every_cycle = said.get("cycles") == "all"
        wanted = said.get("cycle") or self.request.COOKIES.get(pages.CYCLE_COOKIE)
        self.cycle = None if self.every_cycle else shells.chosen_cycle(self.reader, wanted)
        self.filters = self._filters()
        self.listing = listings_of.read(said)
        self.selects = said.get("select") == "1" and self.may_select

    @property
    def may_select(self) -> bool:
        """Whether the reader may choose rows to change: not a guest, and not on a past day."""
        return not (self.reader.actor.is_guest or self.reader.actor.looks_back)

    @cached_property
    def outline(self) -> Outline:
        image = self.reader.image
        with image.lock:
            return outlines.of(image, outlines.cycles_around(image, self.cycle))

    def view(self, *, all_open: bool = False) -> View:
        """Return the tree as this reader looks at it."""
        given = (self.reader, self.outline, self.filters, self.opened, self.shut, all_open)
        with self.reader.image.lock:
            if self.listing.is_usual and not self.selects:
                return View(*given)
            look = tree_rows.Look(self.listing.columns, self.selects, self.listing.group)
            return Listed(*given, look, self.listing)

    def _filters(self) -> Filters:
        said, teams = self.said, self.reader.image.teams
        team, owner = decode(said.get("team", "")), said.get("owner", "").strip()
        return Filters(
            team=team if team in teams else None,
            owners=self._owners(owner) if owner else None,
            status=_one_of(said.get("status"), STATUSES),
            commitment=_one_of(said.get("type"), COMMITMENTS),
            attention=said.get("attention") == "1",
            unaligned=said.get("unaligned") == "1",
            mine=said.get("mine") == "1",
            words=terms.terms(said.get("q", "")[: listings_of.LONGEST]) or None,
            key_results=said.get("key_results") != "0",
        )

    def _owners(self, written: str) -> frozenset[int]:
        id = decode(written)
        if id in self.reader.image.people:
            return frozenset([id])
        return self.outline.owned_by_name(self.reader, written)

    @cached_property
    def kept(self) -> list[tuple[str, str]]:
        """The parts of the address that narrow the tree."""
        selects = [("select", "1")] if self.selects else []
        return [*self.narrowed, *self.listing.pairs(), *self._named, *selects]

    @cached_property
    def narrowed(self) -> list[tuple[str, str]]:
        """The filters, as the address says them."""
        return [(name, self.said[name]) for name in listings_of.FILTERS if self.said.get(name)]

    @cached_property
    def _named(self) -> list[tuple[str, str]]:
        """Which saved view the address began with: its id, or `none` where one's default is left aside."""
        wanted = self.said.get("view", "")
        known = wanted == "none" or any(card.id == wanted for card in self.saved.cards)
        return [("view", wanted)] if known else []

    @property
    def wanted_rows(self) -> int:
        return min(max(_number(self.said.get("rows"), ROWS), ROWS), MOST_ROWS)

    def url(self, **changes: str | None) -> str:
        """Return the address of the tree narrowed otherwise; None takes a filter off."""
        pairs = {**dict(self.kept), **changes}
        written = urlencode({name: value for name, value in pairs.items() if value is not None})
        return f"?{written}" if written else self.plain

    @property
    def plain(self) -> str:
        """The address of the tree with nothing asked of it."""
        return "?view=none" if views.default(self.reader) else "?"

    def toggled(self, key: str, *, is_open: bool) -> str:
        """Return the address of the page with one row opened or shut."""
        opened = [each for each in self.opened if each != key]
        shut = [each for each in self.shut if each != key]
        (shut if is_open else opened).append(key)
        pairs = [*self.kept, *(("open", each) for each in opened), *(("shut", each) for each in shut)]
        return "?" + urlencode(pairs)

    def is_there(self, key: str) -> bool:
        """Say whether a row has a place here and is the reader's to see."""
        return self.outline.shows(self.reader, decode(key))

    # -- saved views ---------------------------------------------------------------------------------------

    @cached_property
    def saved(self) -> Saved:
        """The saved views of the reader, and which one this is."""
        mine = views.of(self.reader)
        now = listings_of.settings(urlencode([*self.narrowed, *self.listing.pairs()]))
        current = next((card for card in mine if card.id == self.said.get("view")), None)
        return Saved(
            mine,
            current,
            now,
            may_change=current is not None and views.may_change(self.reader, current),
        )

    @property
    def beginning(self) -> str | None:
        """Where the tree begins instead: with a view named and nothing else said, or with one's default."""
        said = set(self.said)
        if self.request.headers.get("HX-Request") or not said <= {"view", "cycle", "on"}:
            return None
        if "view" in said:
            card = self.saved.current if self.saved.current and self.saved.current.settings else None
        else:
            card = None if "on" in said else views.default(self.reader)
        if card is None:
            return None
        kept = [(name, self.said[name]) for name in ("cycle", "on") if name in said]
        return "?" + urlencode([*parse_qsl(card.settings), ("view", card.id), *kept])

    # -- how it is listed ----------------------------------------------------------------------------------

    @property
    def heads(self) -> list[tuple[str, str, str, str]]:
        """The heads of the columns: words, class, the address that sorts by it, how it is sorted."""
        numbers = ("confidence", "expected", "weight")
        found = [("Objective or key result", "", *self._sorting("title"))]
        for name in self.listing.columns:
            classes = "r" if name in numbers else ""
            found.append((listings_of.COLUMNS[name], classes, *self._sorting(name)))
        return found

    def _sorting(self, name: str) -> tuple[str, str]:
        """Return the address that sorts by a column (the other way, then not at all), and its state."""
        if name not in listings_of.SORTS:
            return "", ""
        if self.listing.sort != name:
            return self.url(sort=name), ""
        if self.listing.is_down:
            return self.url(sort=None), "descending"
        return self.url(sort=f"-{name}"), "ascending"

    @property
    def columns(self) -> list[tuple[str, str, bool]]:
        """Every column to choose from, the chosen ones first: name, words, whether it is chosen."""
        chosen = self.listing.columns
        rest = [name for name in listings_of.COLUMNS if name not in chosen]
        return [(name, listings_of.COLUMNS[name], name in chosen) for name in (*chosen, *rest)]

    # -- what the page offers ------------------------------------------------------------------------------

    def chips(self, summary: alignment.Summary) -> list[tuple[str, str, bool, int | None]]:
        """List the filters that are on or off."""

        def chip(words: str, name: str, is_on: bool, count: int | None = None, value: str = "1"):
            return words, self.url(**{name: None if is_on else value}), is_on, count

        wanted = self.filters
        found = [
            (
                "Key results",
                self.url(key_results="0" if wanted.key_results else None),
                wanted.key_results,
                summary.key_results,
            )
        ]
        if self.reader.actor.teams or wanted.mine:
            found.append(chip("Only my teams", "mine", wanted.mine))
        found.append(chip("Needs attention", "attention", wanted.attention, summary.attention))
        found.append(chip("Not aligned", "unaligned", wanted.unaligned, summary.unaligned))
        if len(self.reader.image.cycles) > 1:
            found.append(chip("Every cycle", "cycles", self.every_cycle, value="all"))
        return found

    @property
    def teams(self) -> Markup:
        """The teams to choose from, nested as they are, as options."""
        chosen = f'value="{id_text(self.filters.team)}"'
        return Markup(tree_rows.kept(self.reader).teams.replace(chosen, f"{chosen} selected", 1))

    @property
    def owners(self) -> list[tuple[str, str]] | None:
        """List the owners to choose from; None where there are too many to list."""
        if len(self.outline.owner_ids(self.reader)) > CHOICES:
            return None
        return [
            ("", "Everyone"),
            *((encode(id), name) for id, name in self.outline.owners(self.reader).items()),
        ]


def _number(written: str | None, default: int) -> int:
    is_number = bool(written) and written.isascii() and written.isdigit() and len(written) < 7
    return int(written) if is_number else default


def _one_of(written: str | None, known: tuple[str, ...]) -> str | None:
    return written if written in known else None


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
