"""The palette over every page: where to go, what is found, what can be done; a part of HTML as one types."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.core import terms
from milepost.core.terms import Fit, Terms
from milepost.queries import palette, search, slips
from milepost.queries.cards import Reader
from milepost.queries.search import Found
from milepost.web import hits, jinja, keymap, looks, pages
from milepost.web.actors import in_workspace
from milepost.web.search import LONGEST
from milepost.web.typed import Typed


class Offer(NamedTuple):
    """One thing to choose: it leads to an address, or presses what a selector finds on the page."""

    words: str
    symbol: str
    url: str = ""
    press: str = ""
    also: str = ""  # other words it answers to
    keys: str = ""


PAGES = (
    ("week", "My week", "home", "home due"),
    ("overview", "Overview", "gauge", "dashboard cycle report export download"),
    ("teams", "Teams", "people", "company"),
    ("alignment", "Alignment", "map", "tree objectives okrs export download print"),
    ("map", "Alignment map", "compass", "graph"),
    ("activity", "Activity", "activity", "changes history feed"),
    ("people", "People", "person", "members directory"),
    ("cycles", "Cycles", "calendar", "quarters years"),
    ("settings", "Settings", "gear", "workspace admin"),
    ("preferences", "Preferences", "keys", "appearance keyboard account"),
    ("tokens", "Tokens for your programs", "link", "api"),
)
BEGINNINGS = {
    "sweep": ("Check in", "check", "checkin sweep due update"),
    "new_objective": ("New objective", "plus", "create draft add okr"),
    "new_person": ("Add someone", "plus", "invite person member"),
    "new_team": ("New team", "plus", "create add"),
    "new_cycle": ("New cycle", "plus", "create add quarter"),
}
ADDRESSED = (*(page[0] for page in PAGES), *BEGINNINGS, "search")
UNDO = Offer("Undo my last change", "undo", also="take back revert")
CHECK_IN = re.compile(r"\s*check[\s-]*ins?\s+(?P<what>\S.*)", re.IGNORECASE)
CHECKED_IN = 5  # key results offered
THEMES = (
    ("dark", "Switch to dark", "moon"),
    ("light", "Switch to light", "sun"),
    ("system", "Look like the system", "system"),
)


@in_workspace
def show(request: HttpRequest) -> HttpResponse:
    """Answer what was typed so far; nothing typed: where one was, the pages, what one may do."""
    reader, typed = pages.reader(request), Typed(request.GET)
    text = typed.text("q")[:LONGEST]
    keys = keymap.in_force(pages.keymap_of(request))
    offers = list(_pages(reader, keys)), list(_acts(request, reader, keys))
    answer = _answer(reader, text, offers)
    context = {
        "found": answer.found,
        "options": hits.options,
        "recent": () if answer.found.terms else palette.recent(reader, typed.text("recent")),
        "pages": answer.pages,
        "acts": _with_addresses(reader, answer.acts),
        "acts_first": answer.are_acts_likelier,
        "to_check_in": _to_check_in(reader, text),
        "all": f"{_addresses(reader.slug)['search']}?{urlencode({'q': text})}",
    }
    return HttpResponse(jinja.render("palette/show.hx.html", context, request))


class Answer(NamedTuple):
    """What answers to some words: things, pages, acts."""

    found: Found
    pages: list[Offer]
    acts: list[Offer]

    def is_empty(self) -> bool:
        return not (self.found.total or self.pages or self.acts)

    @property
    def are_acts_likelier(self) -> bool:
        """Whether something to do answers as well as the likeliest thing: then it comes before things."""
        if not self.acts or not self.found.hits:
            return bool(self.acts)
        wanted = self.found.terms
        return _fit(wanted, self.acts[0]) <= terms.fit(wanted, self.found.hits[0].title)


def _to_check_in(reader: Reader, text: str) -> Found | None:
    """Return the key results that are meant by “check in …”, as far as the reader may check them in."""
    said = CHECK_IN.match(text)
    if said is None:
        return None
    found = search.find(reader, said["what"], kind="key_result")
    taking = [hit for hit in found.hits if palette.takes_checkin(reader, hit.id)]
    return replace(found, hits=tuple(hit._replace(url=f"{hit.url}#check-in") for hit in taking[:CHECKED_IN]))


def _with_addresses(reader: Reader, acts: list[Offer]) -> list[Offer]:
    """Give what is undone its address, which only its own statement tells; leave it out where nothing is."""
    if UNDO not in acts:
        return acts
    url = palette.last_undoing(reader)
    return [act._replace(url=url) if act == UNDO else act for act in acts if url or act != UNDO]


def _answer(reader: Reader, text: str, offers: tuple[list[Offer], list[Offer]]) -> Answer:
    """Answer what was typed; where nothing does, what was perhaps meant."""
    first = _answering(search.find(reader, text), offers)
    if not first.found.terms or not first.is_empty():
        return first
    for phrase in slips.meant(reader, first.found.terms, _words(chain(*offers))):
        other = _answering(search.find(reader, phrase), offers)
        if not other.is_empty():
            return other._replace(found=replace(other.found, text=text, instead=phrase))
    return first


def _answering(found: Found, offers: tuple[list[Offer], list[Offer]]) -> Answer:
    return Answer(found, *(answering(found.terms, each) for each in offers))


def _words(offers: Iterable[Offer]) -> set[str]:
    return {word for offer in offers for word in terms.split(f"{offer.words} {offer.also}")}


def answering(wanted: Terms, offers: Iterable[Offer]) -> list[Offer]:
    """Return the offers that answer what was typed, the best first; all where nothing was."""
    if not wanted:
        return [offer for offer in offers if offer != UNDO]
    fits = [(_fit(wanted, offer), offer) for offer in offers]
    return [offer for how, offer in sorted(fits, key=lambda entry: entry[0]) if how is not Fit.TEXT]


def _fit(wanted: Terms, offer: Offer) -> Fit:
    # Most offers do not answer at all, which one look tells.
    if terms.fit(wanted, f"{offer.words} {offer.also}") is Fit.TEXT:
        return Fit.TEXT
    return min(terms.fit(wanted, offer.words), Fit.PREFIXES)


@lru_cache(maxsize=1024)
def _addresses(slug: str) -> dict[str, str]:
    """Return the addresses of all that is offered: with each letter typed they are asked for."""
    return {name: reverse(name, args=[slug]) for name in ADDRESSED}


def _pages(reader: Reader, keys: dict[str, str]) -> Iterable[Offer]:
    for team in palette.own_teams(reader):
        yield Offer(team.title, "people", team.url, also="my team")
    there = _addresses(reader.slug)
    for name, words, symbol, also in PAGES:
        yield Offer(words, symbol, there[name], also=also, keys=keys.get(name, ""))


def _acts(request: HttpRequest, reader: Reader, keys: dict[str, str]) -> Iterable[Offer]:
    there = _addresses(reader.slug)
    for name in palette.may_begin(reader):
        words, symbol, also = BEGINNINGS[name]
        yield Offer(words, symbol, there[name], also=also, keys=keys.get(name, ""))
    for theme, words, symbol in THEMES:
        if theme != looks.look(request).theme:
            press = f'.rail button[name="theme"][value="{theme}"]'
            yield Offer(words, symbol, press=press, also="theme appearance mode")
    if not reader.actor.looks_back:
        yield UNDO
    yield Offer("Copy the link to this page", "copy", press=":copy", also="address url share")
    yield Offer("All keys", "keys", press=":help", also="keyboard shortcuts", keys=keys.get("help", ""))
    yield Offer("Sign out", "out", press='.rail form[action$="/sign-out/"] button', also="log leave")
