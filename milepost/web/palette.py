"""The palette over every page: where to go, what is found, what can be done; a part of HTML as one types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.core import addresses, terms
from milepost.core.ids import encode
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
    is_asked_for: bool = False  # offered only to whoever types for it


# Each with other words that people have for it.
PAGES = (
    ("week", "My week", "home", "home start today tasks due inbox"),
    ("overview", "Overview", "gauge", "dashboard cycle report summary statistics charts export download csv"),
    ("teams", "Teams", "people", "company departments groups units"),
    ("alignment", "Alignment", "map", "tree objectives goals okrs list table filter export download print"),
    ("map", "Alignment map", "compass", "graph diagram chart network dependencies svg picture"),
    ("activity", "Activity", "activity", "changes history feed log news timeline"),
    (
        "people",
        "People",
        "person",
        "members users directory colleagues staff employees hand over offboarding",
    ),
    ("cycles", "Cycles", "calendar", "quarters years periods cadence"),
    ("settings", "Settings", "gear", "workspace admin options configuration company organisation"),
    ("preferences", "Preferences", "keys", "my settings options appearance theme display"),
)
# These would make the list long for whoever typed nothing.
MORE_PAGES = (
    ("tokens", "Tokens for your programs", "link", "api docs developer integrations keys personal access"),
    ("keyboard", "Keys of your own", "keys", "keyboard shortcuts hotkeys remap preferences"),
    ("views", "Saved views", "book", "bookmarks filters favourites"),
    ("alignment_comparison", "Compare two days", "clock", "comparison difference since past changes"),
    ("account", "Your account", "lock", "password email security sessions passkeys two factor 2fa mfa login"),
    ("api_reference", "API reference", "book", "docs documentation developer rest openapi"),
)
PROFILE = ("Your profile", "my page name download export personal data")
BEGINNINGS = {
    "sweep": ("Check in", "check", "checkin sweep due update progress report weekly"),
    "new_objective": ("New objective", "plus", "create draft add okr goal write"),
    "new_person": ("Add someone", "plus", "new invite person people member user colleague invitation"),
    "new_team": ("New team", "plus", "create add department group"),
    "new_cycle": ("New cycle", "plus", "create add quarter year period"),
}
OUTSIDE = ("account", "api_reference")  # of every workspace
ADDRESSED = (*(page[0] for page in (*PAGES, *MORE_PAGES)), *BEGINNINGS, "search")
UNDO = Offer("Undo my last change", "undo", also="take back revert restore delete remove", is_asked_for=True)
NO_UNDO = Offer("Nothing here for you to undo; what was done is in Activity", "undo")
# What pages offer by these names, as the browser finds them there, with other words that people have for it.
ON_PAGES = {
    "edit": "owner assign hand over rename change responsible sponsor visibility",
    "edit team": "lead assign rename change join",
    "move": "align re-parent reparent parent above under place below",
    "align it to something": "contribute support link parent re-parent reparent serve",
    "hand over": "owner assign give transfer reassign leave responsible",
    "activate": "start begin publish agree approve",
    "close": "end finish grade score complete done final",
    "reopen": "open again",
    "park": "not now later archive shelve",
    "defer": "later postpone next",
    "cancel key result": "delete remove drop stop abandon",
    "cancel objective": "delete remove drop stop abandon",
    "take back to draft": "delete remove withdraw revert undo",
    "take up again": "restore reopen",
    "check in": "checkin update progress report",
    "add a key result": "new create kr metric measure",
    "add an initiative": "new create project task action",
    "what if": "simulate scenario try forecast",
    "export": "download csv json file",
}
# How that reads then whose name does not say it.
READS = {"edit": "Edit: owner, title and all else", "edit team": "Edit team: name, members and leads"}
# What can be done with an objective or key result that one stands on: by what name other words mean it,
# its own words, its symbol, and where it is done.
DONE_WITH = {
    "objective": {
        "edit": ("edit", "Edit objective: owner, title and all else", "pencil", "edit/"),
        "move": ("move", "Move objective…", "map", "place/"),
        "align": ("align it to something", "Align objective to something", "link", "alignments/new/"),
        "activation": ("activate", "Activate objective…", "play", "activation/"),
        "closing": ("close", "Close objective…", "flag", "closing/"),
        "add_key_result": ("add a key result", "Add a key result", "gauge", "key-results/new/"),
        "add_initiative": ("add an initiative", "Add an initiative", "check", "initiatives/new/"),
        "parking": ("park", "Park objective…", "clock", "parking/"),
        "deferral": ("defer", "Defer objective…", "clock", "deferral/"),
        "redrafting": ("take back to draft", "Take objective back to draft…", "undo", "redrafting/"),
        "reopening": ("reopen", "Reopen objective…", "undo", "reopening/"),
        "cancellation": ("cancel objective", "Cancel objective…", "close", "cancellation/"),
    },
    "key_result": {
        "check_in": ("check in", "Check in", "check", "#check-in"),
        "edit": ("edit", "Edit key result: owner, measure and all else", "pencil", "edit/"),
        "what_if": ("what if", "What if it ends elsewhere?", "bolt", ""),
        "cancel": ("cancel key result", "Cancel key result…", "close", "cancellation/"),
    },
}
TELLING = 3  # letters from which on other words than its name bring in what a page offers
GO_TO = re.compile(r"\s*(?:go\s*to|jump to|open|show)\s+(?P<what>\S.*)", re.IGNORECASE)
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
    things = palette.standing_on(reader, typed.text("at"))
    done_with = (tuple(_done_with(reader, thing)) for thing in things)
    offers = tuple(_pages(reader, keys)), tuple(_acts(request, reader, keys)), *done_with
    answer = _answer(reader, text, offers)
    context = {
        "found": answer.found,
        "options": hits.options,
        "recent": () if answer.found.terms else palette.recent(reader, typed.text("recent")),
        "pages": answer.pages,
        "acts": _with_addresses(reader, answer.found.terms, answer.acts),
        "acts_first": answer.is_likelier(answer.acts),
        "done_with": _grouped(things, answer),
        "to_check_in": _to_check_in(reader, text),
        "answers": orjson.dumps(_answers(terms.terms(text))).decode(),
        "all": f"{_addresses(reader.slug)['search']}?{urlencode({'q': answer.found.text})}",
    }
    return HttpResponse(jinja.render("palette/show.hx.html", context, request))


class Answer(NamedTuple):
    """What answers to some words: things, pages, acts, and what can be done with what one stands on."""

    found: Found
    pages: list[Offer]
    acts: list[Offer]
    done_with: tuple[list[Offer], ...] = ()  # of a key result, then of its objective

    def count(self) -> int:
        return self.found.total + sum(map(len, (self.pages, self.acts, *self.done_with)))

    def is_empty(self) -> bool:
        return not self.count()

    def is_likelier(self, offers: list[Offer]) -> bool:
        """Say whether something to do answers as well as the likeliest thing: then it comes before things."""
        if not offers or not self.found.hits:
            return bool(offers)
        wanted = self.found.terms
        return _fit(wanted, offers[0]) <= terms.fit(wanted, self.found.hits[0].title)


class Group(NamedTuple):
    """What can be done with one thing, under its title, and whether it comes before what was found."""

    title: str
    offers: list[Offer]
    is_first: bool


def _grouped(things: Iterable[palette.Thing], answer: Answer) -> list[Group]:
    """Return what answers of each thing; where nothing was typed, of the one that one stands on alone."""
    found = zip(things, answer.done_with, strict=True)
    groups = [Group(thing.title, offers, answer.is_likelier(offers)) for thing, offers in found if offers]
    return groups if answer.found.terms else groups[:1]


def _done_with(reader: Reader, thing: palette.Thing) -> Iterable[Offer]:
    for name, (called, words, symbol, rest) in DONE_WITH[thing.kind].items():
        if name in thing.may:
            what_if = f"{_addresses(reader.slug)['map']}?whatif={encode(thing.id)}#what"
            url = what_if if name == "what_if" else f"{thing.url}{rest}"
            yield Offer(words, symbol, url, also=f"{called} {ON_PAGES[called]}")


def _to_check_in(reader: Reader, text: str) -> Found | None:
    """Return the key results that are meant by “check in …”, as far as the reader may check them in."""
    said = CHECK_IN.match(text)
    if said is None:
        return None
    found = search.find(reader, said["what"], kind="key_result")
    taking = [hit for hit in found.hits if palette.takes_checkin(reader, hit.id)]
    return replace(found, hits=tuple(hit._replace(url=f"{hit.url}#check-in") for hit in taking[:CHECKED_IN]))


def _answers(wanted: Terms) -> dict[str, str]:
    """Return what pages offer that answers by other words than its name, and how that reads then."""
    if len(wanted.phrase) < TELLING:
        return {}
    return {
        name: READS.get(name, "")
        for name, also in ON_PAGES.items()
        if terms.fit(wanted, name) is Fit.TEXT and terms.fit(wanted, f"{name} {also}") is not Fit.TEXT
    }


def _with_addresses(reader: Reader, wanted: Terms, acts: list[Offer]) -> list[Offer]:
    """Give what is undone its address, which only its own statement tells; without one, say so if asked."""
    if UNDO not in acts:
        return acts
    url = "" if reader.actor.looks_back else palette.last_undoing(reader)
    found = UNDO._replace(url=url) if url else NO_UNDO._replace(url=_addresses(reader.slug)["activity"])
    is_meant = url or wanted.phrase == "undo"  # which is what the key types
    return [found if act == UNDO else act for act in acts if is_meant or act != UNDO]


def _answer(reader: Reader, text: str, offers: Sequence[Sequence[Offer]]) -> Answer:
    """Answer what was typed; where nothing does, what was perhaps meant, else some of it."""
    first = _answering(search.find(reader, text), offers)
    if said := GO_TO.match(text):
        there = _answering(search.find(reader, said["what"]), offers)
        found = first.found if first.found.total else there.found
        first = first._replace(found=found, pages=there.pages, acts=first.acts or there.acts)
    if not first.found.terms or not first.is_empty():
        return first
    for phrases in slips.tried(reader, first.found.terms, _words(chain(*offers))):
        others = (_answering(search.find(reader, phrase), offers) for phrase in phrases)
        some = [other for other in others if not other.is_empty()]
        if some:
            least = min(some, key=Answer.count)
            return least._replace(found=replace(least.found, text=text, instead=least.found.text))
    return first


def _answering(found: Found, offers: Sequence[Sequence[Offer]]) -> Answer:
    pages, acts, *done_with = (answering(found.terms, each) for each in offers)
    return Answer(found, pages, acts, tuple(done_with))


def _words(offers: Iterable[Offer]) -> set[str]:
    return {word for offer in offers for word in terms.split(f"{offer.words} {offer.also}")}


def answering(wanted: Terms, offers: Iterable[Offer]) -> list[Offer]:
    """Return the offers that answer what was typed, the best first; all where nothing was."""
    if not wanted:
        return [offer for offer in offers if not offer.is_asked_for]
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
    return {name: reverse(name, args=() if name in OUTSIDE else [slug]) for name in ADDRESSED}


def _pages(reader: Reader, keys: dict[str, str]) -> Iterable[Offer]:
    for team in palette.own_teams(reader):
        yield Offer(team.title, "people", team.url, also="my team")
    there = _addresses(reader.slug)
    for name, words, symbol, also in PAGES:
        yield Offer(words, symbol, there[name], also=also, keys=keys.get(name, ""))
    for name, words, symbol, also in MORE_PAGES:
        yield Offer(words, symbol, there[name], also=also, is_asked_for=True)
    words, also = PROFILE
    own = addresses.person(reader.slug, reader.actor.person_id)
    yield Offer(words, "person", own, also=also, is_asked_for=True)


def _acts(request: HttpRequest, reader: Reader, keys: dict[str, str]) -> Iterable[Offer]:
    there = _addresses(reader.slug)
    for name in palette.may_begin(reader):
        words, symbol, also = BEGINNINGS[name]
        yield Offer(words, symbol, there[name], also=also, keys=keys.get(name, ""))
    for theme, words, symbol in THEMES:
        if theme != looks.look(request).theme:
            press = f'.rail button[name="theme"][value="{theme}"]'
            yield Offer(words, symbol, press=press, also="theme appearance mode colours")
    yield UNDO
    yield Offer("Copy the link to this page", "copy", press=":copy", also="address url share permalink")
    yield Offer(
        "All keys", "keys", press=":help", also="keyboard shortcuts hotkeys help", keys=keys.get("help", "")
    )
    yield Offer(
        "Sign out",
        "out",
        press='.rail form[action$="/sign-out/"] button',
        also="log logout signout leave exit quit",
    )
