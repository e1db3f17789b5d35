"""Alignment: the whole company as a tree, narrowed, opened and shut; and the same as JSON.

Rows are drawn once and kept as text until what they say has changed: two hundred of them cost a
millisecond then. They carry nothing that belongs to one request, and no hx- attributes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import islice
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import engines
from django.urls import NoReverseMatch, reverse
from markupsafe import Markup, escape

from milepost.core.ids import decode, encode
from milepost.core.scoring import Kind
from milepost.ledger.image import Day, Image
from milepost.queries import alignment, tree
from milepost.queries import shell as shells
from milepost.queries.alignment import COMPANY, UNALIGNED, Filters, Outline, Place, View
from milepost.queries.cards import KeyResultCard, Reader
from milepost.web import pages, words
from milepost.web.actors import in_workspace

ROWS = 200  # shown at once; more on request, or as one scrolls
MOST_ROWS = 4_000
PLAIN_ROWS = 4_000  # of the plain list on one page
CHOICES = 100  # a longer list of people is asked for by name
KEPT_ROWS = 50_000
STATUSES = ("off_track", "at_risk", "on_track", "achieved", "not_started", "no_data")
COMMITMENTS = ("committed", "aspirational", "learning")
SLOT = "\x00"  # stands in a kept row where a page puts its own filters


# -- pages -------------------------------------------------------------------------------------------------


@in_workspace
def show(request: HttpRequest) -> HttpResponse:
    """Show the tree: the first rows that stand open; with open=all, all of it as a plain list."""
    asked = Asked(request)
    everything = "all" in asked.opened
    view = asked.view(all_open=everything)
    with view.reader.image.lock:
        context = {
            "summary": view.summary(),
            "asked": asked,
            "workspace": view.reader.image.workspace.name,
            "cycle": asked.cycle,
            "json": reverse("alignment_json", args=[view.reader.slug]),
            "new_objective": _address("new_objective", view.reader.slug),
        }
        if everything:
            context.update(_plain(asked, view, _number(request.GET.get("from"), 0)))
        else:
            context.update(_slice(asked, view, 0, asked.wanted_rows, anchors=True))
    template = "alignment/list.html" if everything else "alignment/show.html"
    crumbs = [("Alignment", None)]
    return pages.page(request, template, context, nav="alignment", crumbs=crumbs, seen_by=view.reader)


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
            places = list(islice(view.places(under, level), MOST_ROWS)) if asked.is_there(under) else []
            return HttpResponse(_drawn(asked, view, places))
        context = {"asked": asked, **_slice(asked, view, _number(request.GET.get("from"), 0), ROWS)}
    return render(request, "alignment/rows.hx.html", {**context, "csp_nonce": request.csp_nonce})


@in_workspace
def show_json(request: HttpRequest) -> HttpResponse:
    """Answer with the tree as JSON; 304 where the reader has it already."""
    answer = tree.as_json(
        request.actor,
        request.today,
        key_results=request.GET.get("key_results") == "1",
        known=request.headers.get("If-None-Match"),
    )
    status = 304 if answer.body is None else 200
    response = HttpResponse(answer.body or b"", status=status, content_type="application/json")
    response.headers["ETag"] = answer.etag
    return response


def _address(name: str, slug: str) -> str | None:
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return None


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

    @cached_property
    def outline(self) -> Outline:
        image = self.reader.image
        with image.lock:
            return alignment.outline(image, alignment.cycles_around(image, self.cycle))

    def view(self, *, all_open: bool = False) -> View:
        """Return the tree as this reader looks at it."""
        with self.reader.image.lock:
            return View(self.reader, self.outline, self.filters, self.opened, self.shut, all_open)

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
            key_results=said.get("key_results") != "0",
        )

    def _owners(self, written: str) -> frozenset[int]:
        id = decode(written)
        if id in self.reader.image.people:
            return frozenset([id])
        return alignment.owned_by(self.reader, self.outline, written)

    @cached_property
    def kept(self) -> list[tuple[str, str]]:
        """The parts of the address that narrow the tree."""
        names = ("cycles", "team", "owner", "status", "type", "attention", "unaligned", "mine", "key_results")
        return [(name, self.said[name]) for name in names if self.said.get(name)]

    @property
    def wanted_rows(self) -> int:
        return min(max(_number(self.said.get("rows"), ROWS), ROWS), MOST_ROWS)

    def url(self, **changes: str | None) -> str:
        """Return the address of the tree narrowed otherwise; None takes a filter off."""
        pairs = {**dict(self.kept), **changes}
        return "?" + urlencode({name: value for name, value in pairs.items() if value is not None})

    def toggled(self, key: str, *, is_open: bool) -> str:
        """Return the address of the page with one row opened or shut."""
        opened = [each for each in self.opened if each != key]
        shut = [each for each in self.shut if each != key]
        (shut if is_open else opened).append(key)
        pairs = [*self.kept, *(("open", each) for each in opened), *(("shut", each) for each in shut)]
        return "?" + urlencode(pairs)

    def is_there(self, key: str) -> bool:
        """Say whether a row has a place here and is the reader's to see."""
        if key in (COMPANY, UNALIGNED):
            return True
        id = decode(key)
        return id in self.outline.shown and self.reader.sees(id)

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
        found.append(chip("Unaligned", "unaligned", wanted.unaligned, summary.unaligned))
        if len(self.reader.image.cycles) > 1:
            found.append(chip("Every cycle", "cycles", self.every_cycle, value="all"))
        return found

    @property
    def teams(self) -> Markup:
        """The teams to choose from, nested as they are, as options."""
        chosen = f'value="{encode(self.filters.team) if self.filters.team else ""}"'
        return Markup(_kept_rows(self.reader).teams.replace(chosen, f"{chosen} selected", 1))

    @property
    def owners(self) -> list[tuple[str, str]] | None:
        """List the owners to choose from; None where there are too many to list."""
        if len(self.outline.owners) > CHOICES:
            return None
        people = self.reader.image.people
        return [("", "Everyone"), *((encode(id), people[id].name) for id in self.outline.owners)]


def _number(written: str | None, default: int) -> int:
    return int(written) if written and written.isascii() and written.isdigit() and len(written) < 7 else default


def _one_of(written: str | None, known: tuple[str, ...]) -> str | None:
    return written if written in known else None


# -- rows --------------------------------------------------------------------------------------------------


def _slice(asked: Asked, view: View, first: int, count: int, *, anchors: bool = False) -> dict:
    places, goes_on = view.first(first, count)
    following = first + len(places)
    more = asked.url(rows=str(following + ROWS)) if goes_on else None
    return {
        "rows": _drawn(asked, view, places, anchors=anchors),
        "count": len(places),
        "more": more,
        "more_rows": f"rows/{_joined(asked.url(), f'from={following}')}" if more else None,
    }


def _joined(query: str, more: str) -> str:
    return f"{query}&{more}" if len(query) > 1 else f"?{more}"


def _drawn(asked: Asked, view: View, places: list[Place], *, anchors: bool = False) -> Markup:
    kept = _kept_rows(view.reader)
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
    return Markup("".join(drawn))


@dataclass
class _Kept:
    """The drawn rows of one workspace on one day."""

    image: Image
    day: Day
    seen: int
    rows: dict[int, dict[tuple, tuple[str, ...]]] = field(default_factory=dict)
    count: int = 0

    @cached_property
    def teams(self) -> str:
        """Every team as an option: there may be hundreds, and they change with the day's figures at most."""
        found = ['<option value="">Every team</option>']

        def below(parent: int | None, depth: int) -> None:
            rows = [self.image.teams[id] for id in self.image.children_teams.get(parent, ())]
            for team in sorted(rows, key=lambda one: one.name.casefold()):
                name = escape(words.NO_BREAK * 3 * depth + team.name)
                found.append(f'<option value="{encode(team.id)}">{name}</option>')
                below(team.id, depth + 1)

        below(None, 0)
        return "".join(found)

    def refresh(self) -> None:
        """Forget the rows that no longer say what is true."""
        touched = self.day.touched
        for node in set(touched[self.seen :]):
            self.rows.pop(self.image.ids[node], None)
        self.seen = len(touched)

    def of(self, view: View, place: Place, anchor: bool) -> tuple[str, ...]:
        """Return a row in the parts between which a page puts its own filters."""
        if place.id is None:
            return _draw(_unit(view, place), view.reader, place, anchor)
        variants = self.rows.setdefault(place.id, {})
        variant = (*place[2:], anchor)
        parts = variants.get(variant)
        if parts is None:
            parts = variants[variant] = _draw(_told(view.reader, place), view.reader, place, anchor)
            self.count += 1
        return parts


_kept: dict[int, _Kept] = {}


def _kept_rows(reader: Reader) -> _Kept:
    found = _kept.get(reader.image.workspace_id)
    if found is None or found.day is not reader.day or found.count > KEPT_ROWS:
        found = _Kept(reader.image, reader.day, len(reader.day.touched))
        _kept[reader.image.workspace_id] = found
    found.refresh()
    return found


def _draw(told: dict, reader: Reader, place: Place, anchor: bool) -> tuple[str, ...]:
    branch = {
        "id": place.key,
        "level": place.level,
        "has_children": place.is_open is not None,
        "is_open": bool(place.is_open),
        "children_url": f"rows/?under={place.key}&level={place.level + 1}{SLOT}",
        "toggle_url": f"{SLOT}#r-{place.key}",
        "anchor": anchor,
    }
    row = engines["jinja2"].env.get_template("_parts/tree.html").module.row
    return tuple(str(row({**told, **branch}, reader.today)).split(SLOT))


def _unit(view: View, place: Place) -> dict:
    count = view.size(place.key)
    return {
        "kind": "unit",
        "title": view.reader.image.workspace.name if place.key == COMPANY else "Not aligned yet",
        "url": "",
        "aim": f"{count} objective{'s' if count != 1 else ''}",
        "status": None,
        "progress": None,
        "expected": None,
        "confidence": None,
        "owner": None,
        "checked_on": None,
        "checkin_url": None,
    }


def _told(reader: Reader, place: Place) -> dict:
    row = alignment.row(reader, place)
    return {
        "kind": row.kind,
        "title": row.title,
        "url": row.url,
        "status": row.status,
        "progress": row.progress,
        "expected": row.expected,
        "confidence": row.confidence,
        "owner": row.owner,
        "checked_on": row.checked_on,
        "checkin_url": row.checkin_url,
        "aim": aim(row.measure) if row.measure else " · ".join(_asides(row, place)),
    }


def _asides(row: alignment.Row, place: Place):
    if row.is_private:
        yield "personal"
    if row.team:
        yield row.team
    if row.state not in ("active", "committed"):
        yield row.state.replace("_", " ")
    if place.how == "supports":
        yield "supports, does not count"
    elif Decimal(place.weight) != 1:
        yield f"weight {words.number(Decimal(place.weight))}"
    if place.also:
        yield f"also under {place.also} other{'s' if place.also != 1 else ''}"


def aim(measure: KeyResultCard) -> str:
    """Write what a key result is after: “9 → 4 days”, “keep ≥ 95 %”."""
    kind, target = Kind(measure.kind), words.amount(measure.target, measure.unit)
    match kind:
        case Kind.BINARY:
            return "done or not"
        case Kind.MILESTONES:
            return "milestones"
        case Kind.BASELINE:
            return "find the baseline"
        case Kind.RANGE:
            return f"keep {words.number(measure.low)}–{words.amount(measure.high, measure.unit)}"
        case Kind.MAINTAIN_ABOVE | Kind.MAINTAIN_ABOVE_RATIO:
            return f"keep ≥ {target}"
        case Kind.MAINTAIN_BELOW | Kind.MAINTAIN_BELOW_RATIO:
            return f"keep ≤ {target}"
        case Kind.PER_PERIOD:
            return f"{target} each time"
    return target if measure.start is None else f"{words.number(measure.start)} → {target}"


def _plain(asked: Asked, view: View, start: int) -> dict:
    places, goes_on = view.first(start, PLAIN_ROWS)
    following = asked.url(open="all", **{"from": str(start + PLAIN_ROWS)})
    return {"rows": [_plain_row(view, place) for place in places], "following": following if goes_on else None}


def _plain_row(view: View, place: Place) -> dict:
    told = _unit(view, place) if place.id is None else _told(view.reader, place)
    return {**told, "level": place.level}
