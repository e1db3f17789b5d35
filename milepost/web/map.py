"""The alignment map: the page, the same as a file, and what would follow if a key result ended elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, partial
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from milepost.core import numbers
from milepost.core.ids import decode, encode
from milepost.core.problems import Invalid
from milepost.queries import hindsight
from milepost.queries import map as maps
from milepost.queries.alignment import Filters
from milepost.queries.map import Map, Wish
from milepost.queries.what_if import Effect, Supposition, suppose
from milepost.web import map_styles, misread, pages, tree_asked, words
from milepost.web.actors import in_workspace
from milepost.web.map_cards import Pen
from milepost.web.map_drawing import Picture
from milepost.web.map_lenses import LENSES, Lens, coloured
from milepost.web.map_list import branches
from milepost.web.map_paper import Paper

MOST_OTHERS = 8  # key results supposed besides the one in the form
PER_CENT = re.compile(r"\d{1,3}(\.\d{1,6})?")
CHOICES = 400  # key results to choose from
NARROWING = ("q", "cycles", "team", "owner", "status", "type", "attention", "mine")
DRAWING = ("key_results", "lens", "arrange", "unfolded", "as", "on")


# -- pages -------------------------------------------------------------------------------------------------


@in_workspace
def show(request: HttpRequest) -> HttpResponse:
    """Show the map; with `whatif`, with what would follow; to htmx, that alone."""
    asked = Asked(request)
    if "ends_at" in request.GET and not asked.wrong and not request.headers.get("HX-Request"):
        return HttpResponseRedirect(asked.url(whatif=asked.whatif))
    is_supposing = "ends_at" in request.GET and (asked.supposed_id is not None or asked.others)
    with asked.reader.image.lock:
        if request.headers.get("HX-Request") and is_supposing:
            return _what_follows(request, asked, asked.picture(Map(asked.view(), asked.wish)))
        tree = reverse("alignment", args=[asked.reader.slug])
        return pages.page(
            request, "map/show.html", partial(_context, asked), nav="alignment",
            crumbs=[("Alignment", tree), ("Map", None)], seen_by=asked.reader, travels=True,
            comparison=asked.comparison, kept_as="map", misread=asked.misread,
        )  # fmt: skip


def _context(asked: Asked) -> dict:
    map = Map(asked.view(), asked.wish)
    picture, choices = asked.picture(map), asked.choices(map)
    return {
        "asked": asked,
        "map": map,
        "learned": [hindsight.of_all(asked.reader)],
        "workspace": asked.reader.image.workspace.name,
        "legend": picture.legend(),
        "picture": picture if map.cards and not asked.as_list else None,
        "paper": Paper(picture),
        "branches": list(branches(map)),
        "cycle": asked.cycle.name if asked.cycle else "Every cycle",
        "tray": [map.row(id) for id in map.left_out[: maps.MOST_LEFT_OUT]],
        "not_aligned": 0 if asked.branch is not None else len(map.not_aligned),
        "tray_more": max(len(map.left_out) - maps.MOST_LEFT_OUT, 0),
        "choices": choices,
        "not_offered": _not_offered(map, choices),
        "supposed": asked.supposition,
        "new_objective": reverse("new_objective", args=[asked.reader.slug]),
    }


def _not_offered(map: Map, choices: list) -> str:
    """Say which key results “what if” does not offer to choose from; nothing where it offers all."""
    if sum(len(rows) for _, rows in choices) >= CHOICES:
        return f"To choose from are the first {CHOICES} key results of the drawing."
    if len(map.cards) < map.in_all:
        count, all = words.number(len(map.cards)), words.number(map.in_all)
        return f"To choose from are the key results of what is drawn: {count} of {all} objectives."
    return ""


@in_workspace
def show_svg(request: HttpRequest) -> HttpResponse:
    """Answer with the drawing alone, as a file."""
    asked = Asked(request)
    with asked.reader.image.lock:
        picture = asked.picture(Map(asked.view(), asked.wish), with_links=False)
        drawn = picture.file(f"{asked.reader.image.workspace.name}: alignment, {asked.reader.today}")
    answer = HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{asked.reader.slug}-map.svg"'
    # The file brings its styles with it; nothing else in it may act.
    known = base64.b64encode(hashlib.sha256(map_styles.styles().encode()).digest()).decode()
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{known}'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    return answer


def _what_follows(request: HttpRequest, asked: Asked, picture: Picture) -> HttpResponse:
    context = {
        "asked": asked,
        "supposed": asked.supposition,
        "picture": picture,
        "csp_nonce": request.csp_nonce,
    }
    answer = render(request, "map/what_if.hx.html", context)
    answer.headers["HX-Replace-Url"] = asked.url(whatif=asked.whatif)
    return answer


# -- what was asked for ------------------------------------------------------------------------------------


class Asked(tree_asked.Asked):
    """What the address of the map says: the filters of the tree, and how to draw."""

    def __post_init__(self) -> None:
        super().__post_init__()
        said = self.said
        self.lens = said.get("lens") if said.get("lens") in LENSES else "status"
        self.as_list = said.get("as") == "list"
        self.wrong = self.written = ""
        with self.reader.image.lock:
            self.path, self.branch = (self._card(said.get(name, "")) for name in ("path", "branch"))
            self.supposed_id, self.ends_at = self._supposed()
            self.others = self._others()
        self.wish = Wish(
            by_team=said.get("arrange") == "team",
            key_results={"1": True, "0": False}.get(said.get("key_results", "")),
            opened=tuple(dict.fromkeys(self.opened)),
            shut=frozenset(self.shut),
            unfolded=said.get("unfolded") == "1",
            path=self.path,
            reveal=self._revealed(),
            branch=self.branch,
        )

    @cached_property
    def filters(self) -> Filters:
        """What the map is narrowed to."""
        # Whether key results are drawn is another question than whether they are looked for; and what is not
        # aligned has nothing to draw.
        return replace(super().filters, key_results=True, unaligned=False)

    def _card(self, key: str) -> int | None:
        id = decode(key)
        is_there = id in self.reader.image.objectives and self.outline.shows(self.reader, id)
        return id if is_there else None

    # -- what if -------------------------------------------------------------------------------------------

    def _supposed(self) -> tuple[int | None, Fraction | None]:
        key, _, written = self.said.get("whatif", "").partition(":")
        written = self.written = self.said.get("ends_at", written).strip()
        id, image = decode(key), self.reader.image
        if id not in image.key_results or not self.reader.sees(id):
            return None, None
        try:
            value = numbers.read(written, "%", field="ends_at")
        except Invalid as problem:
            self.wrong = f"{problem}"
            return id, None
        if value is not None and not 0 <= value <= 100:
            self.wrong = "A key result ends somewhere from 0 to 100 % of its way."
            return id, None
        return id, None if value is None else Fraction(value) / 100

    def _others(self) -> dict[int, Fraction]:
        """Read what else is supposed at the same time: `also=key result:per cent`, several times."""
        found: dict[int, Fraction] = {}
        for said in self.said.getlist("also")[:MOST_OTHERS]:
            key, _, written = said.partition(":")
            id = decode(key)
            known = id in self.reader.image.key_results and self.reader.sees(id) and id != self.supposed_id
            if known and PER_CENT.fullmatch(written) and Fraction(written) <= 100:
                found[id] = Fraction(written) / 100
        return found

    def _revealed(self) -> list[int]:
        """Return the objectives whose key results are supposed to end somewhere."""
        known = self.reader.image.key_results
        ids = {known[id].objective_id for id in (*self.others, self.supposed_id) if id is not None}
        return [id for id in ids if self.outline.shows(self.reader, id)]

    @cached_property
    def supposition(self) -> Supposition | None:
        """What follows from where key results are supposed to end.

        At first one is supposed to reach its target, or never to have begun where it is there today: where it
        stands nothing would follow. None where what was typed cannot be: that stays in its field.
        """
        ends = dict(self.others)
        if self.supposed_id is not None and not self.wrong:
            share = self.ends_at
            if share is None:
                is_there = (self.reader.progress(self.supposed_id) or 0) >= 1
                share = Fraction(0 if is_there else 1)
            ends[self.supposed_id] = share
        return suppose(self.reader, ends) if ends else None

    @property
    def own_end(self) -> Fraction | None:
        """Where the key result in the form is supposed to end."""
        found = self.supposition
        is_there = found is not None and found.last.key_result.id == self.supposed_id
        return found.last.ends_at if is_there else None

    @property
    def another(self) -> str | None:
        """The address with what is supposed kept, and room for another key result; None at the most."""
        if self.whatif is None or self.wrong or len(self.others) >= MOST_OTHERS:
            return None
        return f"{self.url(whatif=None)}&{urlencode({'also': self.whatif})}#what"

    @property
    def unfolded_url(self) -> str:
        """The address with everything unfolded, as far as it can be read."""
        kept = [pair for pair in self.kept if pair[0] != "unfolded"]
        also = [pair for pair in self.turned if pair[0] == "also"]
        return "?" + urlencode([*kept, ("unfolded", "1"), *also])

    def without(self, id: int) -> str:
        """Return the address with one key result supposed no longer."""
        pairs = [*self.kept, *self._turned_but(id)]
        if self.whatif and id != self.supposed_id:
            pairs.append(("whatif", self.whatif))
        return "?" + urlencode(pairs)

    @property
    def supposed_key(self) -> str | None:
        """The key result of which something is supposed, as addresses say it."""
        return None if self.supposed_id is None else encode(self.supposed_id)

    @property
    def supposed_end(self) -> str:
        """What stands in the field: what was typed if it cannot be, else where it is supposed to end."""
        if self.wrong or self.own_end is None:
            return self.written or "30"
        return words.plain_number(self.own_end * 100)

    @property
    def whatif(self) -> str | None:
        """The supposition as it stands in an address: the key result and per cent of its way."""
        if self.wrong:
            return f"{self.supposed_key}:{self.written[: numbers.LONGEST]}"
        if self.own_end is None:
            return None
        return f"{encode(self.supposed_id)}:{words.plain_number(self.own_end * 100)}"

    def choices(self, map: Map) -> list[tuple[str, list[tuple[str, str]]]]:
        """List the key results on the map, by objective, to suppose something of."""
        found, left = [], CHOICES
        for card in map.cards.values():
            if left <= 0:
                break
            rows = card.key_results or map.key_results(card.id)
            listed = [(row.key, row.title) for row in rows][:left]
            left -= len(listed)
            if listed:
                found.append((card.row.title, listed))
        chosen = self.supposed_key
        if chosen and all(chosen != key for _, rows in found for key, _ in rows):
            title = self.reader.image.key_results[self.supposed_id].title
            found.append(("Not on this drawing", [(chosen, title)]))
        return found

    @property
    def _instead(self) -> dict[str, str]:
        found = super()._instead | {"unaligned": misread.NOT_ON_THE_MAP}
        return found | {"whatif": f"{self.wrong} Nothing is supposed of it."} if self.wrong else found

    @property
    def _understood(self) -> dict[str, bool]:
        said = self.said
        return self._filters_understood | {
            "lens": said.get("lens") in LENSES,
            "arrange": self.wish.by_team,
            "as": self.as_list,
            "path": self.path is not None,
            "branch": self.branch is not None,
            # A form that was sent says so at its own field.
            "whatif": self.supposed_id is not None and (not self.wrong or "ends_at" in said),
            "unaligned": said.get("unaligned") == "0",
            "also": len(self.others) == len(said.getlist("also")),
        }

    # -- addresses -----------------------------------------------------------------------------------------

    @cached_property
    def kept(self) -> list[tuple[str, str]]:
        """The parts of the address that say how the map is drawn, each once."""
        found = [(name, self.said[name]) for name in (*NARROWING, *DRAWING) if self.said.get(name)]
        found += [(name, encode(id)) for name, id in (("path", self.path), ("branch", self.branch)) if id]
        return found

    @cached_property
    def turned(self) -> list[tuple[str, str]]:
        """What somebody opened and shut, and what else is supposed."""
        return self._turned_but(None)

    def _turned_but(self, id: int | None) -> list[tuple[str, str]]:
        ends = ((each, share) for each, share in self.others.items() if each != id)
        return [
            *(("open", each) for each in self.opened),
            *(("shut", each) for each in self.shut),
            *(("also", f"{encode(each)}:{words.plain_number(share * 100)}") for each, share in ends),
        ]

    def url(self, **changes: str | None) -> str:
        """Return the address of the map drawn otherwise; `as_` is `as`, None takes something away."""
        changes = {name.rstrip("_"): value for name, value in changes.items()}
        pairs = {**dict(self.kept), **changes}
        listed = [(name, value) for name, value in pairs.items() if value is not None]
        return "?" + urlencode(listed + self.turned)

    @property
    def svg_url(self) -> str:
        """The address of the drawing as a file."""
        return reverse("map_svg", args=[self.reader.slug]) + self.url()

    def toggled(self, key: str, *, is_open: bool) -> str:
        """Return the address of the map with one card opened or shut."""
        turned = [pair for pair in self.turned if pair[1] != key]
        turned.append(("shut" if is_open else "open", key))
        return "?" + urlencode([*self.kept, *turned]) + f"#m-{key}"

    def leading(self, short: str) -> str:
        """Return the whole address for what a card asks: `?path=…`, `?open=…`, `?shut=…`."""
        verb, _, key = short[1:].partition("=")
        if verb == "whatif":
            return self.url(whatif=key) + "#what"
        if verb == "path":
            return self.url(path=key) + f"#m-{key}"
        return self.toggled(key, is_open=verb == "shut")

    # -- what the page offers ------------------------------------------------------------------------------

    def picture(self, map: Map, *, with_links: bool = True) -> Picture:
        """Return the map as it is to be drawn."""
        supposed = self.supposition
        owners = coloured(map.cards.values()) if self.lens == "owner" else {}
        lens = Lens(self.lens, pages.day_of(self.reader), self.reader.image.workspace.check_in_every, owners)
        pen = Pen(
            lens,
            self.leading if with_links else None,
            {effect.id: effect for effect in _all(supposed)} if supposed else {},
            map.own if with_links else None,
            frozenset(end.key_result.key for end in supposed.ends) if supposed else frozenset(),
        )
        return Picture(map, pen, self.reader.image.workspace.name, supposed)

    def chips(self, map: Map) -> list[tuple[str, str, bool, None]]:
        """List what can be shown or left out."""
        shown = map.shows_key_results
        found = [("Key results", self.url(key_results="0" if shown else "1"), shown, None)]
        switches = [("Only problems", "attention", self.filters.attention)]
        if self.reader.actor.teams or self.filters.mine:
            switches.append(("Only my teams", "mine", self.filters.mine))
        found += [(label, self.url(**{name: None if on else "1"}), on, None) for label, name, on in switches]
        if len(self.reader.image.cycles) > 1:
            every = self.every_cycle
            found.append(("Every cycle", self.url(cycles=None if every else "all"), every, None))
        return found

    @property
    def lenses(self) -> list[tuple[str, str, bool]]:
        """List the ways to colour the map."""
        return [
            (label, self.url(lens=None if name == "status" else name), name == self.lens)
            for name, label in LENSES.items()
        ]


def _all(supposed: Supposition) -> Iterator[Effect]:
    yield from supposed.effects
    yield from (end.key_result for end in supposed.ends)
