"""Saved views of the tree: kept under a name, shared, begun with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.actions import views as actions
from milepost.core import access, listings
from milepost.core.ids import decode, encode
from milepost.core.problems import Conflict, Invalid
from milepost.queries import history, views
from milepost.queries.cards import Reader
from milepost.queries.listed import behind
from milepost.queries.views import ViewCard
from milepost.web import misread, onwards, pages, versions
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.typed import Typed, id_text

LABELS = {"name": "Name", "shared": "Who sees it", "team": "Team", "settings": "What it shows"}
WAYS = {
    "private": ("Only me", "Nobody else learns of it.", "lock"),
    "team": ("One of my teams", "Its members see it.", "people"),
    "everyone": ("Everyone", "All who are here see it.", "home"),
}
FILTERS = {
    "cycles": "every cycle",
    "status": "status",
    "type": "type",
    "attention": "needs attention",
    "unaligned": "not aligned",
    "mine": "only one’s own teams",
    "key_results": "no key results",
}


@in_workspace
def index(request: HttpRequest) -> HttpResponse:
    """Show all views that one sees, with what each shows."""
    reader = pages.reader(request)
    found = behind(views.of(reader), request.GET.get("after", ""), lambda card: card.id)
    more = {
        "views": [_shown(reader, card) for card in found.entries],
        "onwards": onwards.of(request, "after", found, "views"),
    }
    missed = onwards.not_found(request, after=found)
    return _page(request, reader, "views/index.html", more, [("Views", None)], Typed(request.POST), missed)


@in_workspace
def new(request: HttpRequest) -> HttpResponse:
    """Show the form that keeps what the tree showed: its address stands behind the question mark here."""
    return _new(request, Typed(request.POST), request.GET.urlencode())


@in_workspace
def create(request: HttpRequest) -> HttpResponse:
    """Keep a view."""
    typed = Typed(request.POST)
    settings, wanted = typed.text("settings"), _wanted(typed)
    if not typed.problems:
        try:
            row = actions.save(settings=settings, **wanted, by=request.actor, at=request.at)
        except (Invalid, Conflict) as wrong:
            typed.refuse(wrong)
        else:
            messages.success(request, f"Saved as “{row.name}”.")
            return _to(request, encode(row.id))
    return _new(request, typed, settings)


@in_workspace
def edit(request: HttpRequest, view: int) -> HttpResponse:
    """Show the form that renames a view and shares it otherwise."""
    reader = pages.reader(request)
    return _edit(request, reader, _changeable(reader, view), Typed(request.POST))


@in_workspace
def update(request: HttpRequest, view: int) -> HttpResponse:
    """Rename a view or share it otherwise; or let it show what the tree shows now."""
    reader, typed = pages.reader(request), Typed(request.POST)
    card, theirs = _changeable(reader, view), versions.NOTHING
    shows = "settings" in request.POST
    changed = {"settings": typed.text("settings")} if shows else _wanted(typed)
    values = {name: typed.text(name) for name in (*changed, "revision", "read")}
    if not typed.problems:
        try:
            done, theirs = versions.save(
                typed,
                values,
                changed,
                stored=lambda: _stored(views.one(pages.reader(request), view), shows=shows),
                write=lambda fields, revision: actions.update(
                    view=view, changed=fields, revision=revision, by=request.actor, at=request.at
                ),
                latest=lambda: history.latest_of(reader, ("view.changed",), view),
                today=request.today,
                say=_say(reader),
                labels=LABELS,
            )
        except (Invalid, Conflict) as wrong:
            typed.refuse(wrong)
        else:
            if done:
                now = views.one(pages.reader(request), view)
                messages.success(request, versions.words(theirs, now.name))
                return _to(request, card.id)
    return _edit(request, reader, card, typed, values, theirs)


@in_workspace
def copy(request: HttpRequest, view: int) -> HttpResponse:
    """Keep a view of one's own that shows the same."""
    card = views.one(pages.reader(request), view)
    name = f"Copy of {card.name}"[: actions.NAME_LONGEST]
    row = actions.save(name=name, settings=card.settings, by=request.actor, at=request.at)
    messages.success(request, "Copied. The copy is yours alone.")
    return go("edit_view", slug=request.seat.slug, view=row.id)


@in_workspace
def choose(request: HttpRequest, view: int) -> HttpResponse:
    """Let one's tree begin with a view, or (`is_on` 0) as usual again."""
    is_on = request.POST.get("is_on") != "0"
    card = views.one(pages.reader(request), view)
    actions.choose(view=view if is_on else None, by=request.actor, at=request.at)
    words = f"Your tree begins with “{card.name}” from now on." if is_on else "Your tree begins as usual."
    messages.success(request, words)
    return _to(request, card.id)


@in_workspace
def destroy(request: HttpRequest, view: int) -> HttpResponse:
    """Delete a view."""
    actions.delete(view=view, by=request.actor, at=request.at)
    messages.success(request, "Deleted.")
    return go("views", slug=request.seat.slug)


def _to(request: HttpRequest, view: str) -> HttpResponse:
    there = reverse("alignment", args=[request.seat.slug])
    return go(f"{there}?view={view}")


def _stored(card: ViewCard, *, shows: bool = False) -> dict[str, Any]:
    """Return what a form of a view is filled with: what it shows, or its name and who sees it."""
    values = {"name": card.name, "shared": card.shared, "team": id_text(card.team)}
    return versions.carried(
        ({"settings": card.settings} if shows else values) | {"revision": str(card.revision)}
    )


def _say(reader: Reader) -> Callable[[str, str], str]:
    """Return how a field's value reads."""

    def say(name: str, value: str) -> str:
        match name:
            case "settings":
                return _in_words(reader, value)
            case "shared":
                return WAYS[value][0] if value in WAYS else value
            case "team":
                row = reader.image.teams.get(decode(value))
                return row.name if row else "none"
        return value

    return say


def _wanted(typed: Typed) -> dict[str, Any]:
    return {
        "name": typed.text("name"),
        "shared": typed.text("shared", "private"),
        "team": typed.id("team"),
    }


def _changeable(reader: Reader, view: int) -> ViewCard:
    card = views.one(reader, view)
    access.require(views.may_change(reader, card), "change this view", remedy="Copy it: the copy is yours.")
    return card


def _new(request: HttpRequest, typed: Typed, settings: str) -> HttpResponse:
    reader = pages.reader(request)
    kept = listings.settings(settings)
    blank = {"name": "", "shared": "private", "team": ""}
    more = _form(reader, {name: typed.text(name, value) for name, value in blank.items()}, typed)
    more |= {"settings": kept, "shows": _in_words(reader, kept)}
    return _page(request, reader, "views/new.html", more, [("New view", None)], typed)


def _edit(
    request: HttpRequest,
    reader: Reader,
    card: ViewCard,
    typed: Typed,
    values: Mapping[str, str] | None = None,
    theirs: versions.Both = versions.NOTHING,
) -> HttpResponse:
    # The tree sends what a view shall show, and nothing else; then the form asks about that alone.
    asked = values["settings"] if values and "settings" in values else None
    more = _form(reader, _stored(card) | (values or {}), typed, card)
    more |= {"card": card, "theirs": theirs, "settings": asked}
    more["shows"] = _in_words(reader, card.settings if asked is None else asked)
    return _page(request, reader, "views/edit.html", more, [(card.name, None)], typed)


def _form(
    reader: Reader, values: Mapping[str, str], typed: Typed, card: ViewCard | None = None
) -> dict[str, Any]:
    ways, teams = views.ways_to_share(reader)
    if card is not None:  # what it is now can stay, whoever changes its name
        ways = [way for way in WAYS if way in ways or way == card.shared]
        teams = [*teams, *([card.team] if card.team and card.team not in teams else [])]
    names = [(encode(id), reader.image.teams[id].name) for id in teams if id in reader.image.teams]
    if len(names) != 1:  # of one alone nothing is asked
        names = [("", "Choose"), *names] if names else []
    return {
        "typed": typed,
        "problems": typed.listed(LABELS),
        "v": values,
        "ways": [(way, *WAYS[way]) for way in ways],
        "teams": names,
    }


def _shown(reader: Reader, card: ViewCard) -> dict[str, Any]:
    """Return a view as the list of all shows it."""
    team = reader.team(card.team)
    return {
        "card": card,
        "who": f"{team.name}" if team else "Everyone" if card.shared == "everyone" else "Only you",
        "by": reader.person(card.owner),
        "is_mine": card.owner == reader.actor.person_id,
        "shows": _in_words(reader, card.settings),
        "may_change": views.may_change(reader, card),
    }


def _in_words(reader: Reader, settings: str) -> str:
    """Say what a view shows: “Off track, Product; by owner; by progress; 4 columns”."""
    said = listings.said(settings)
    listing, narrowed = listings.read(said), []
    if "q" in said:
        narrowed.append(f"“{said['q']}”")
    for name, words in FILTERS.items():
        if name in said:
            value = said[name].replace("_", " ")
            narrowed.append(value if name in ("status", "type") else words)
    for name, rows in (("team", reader.image.teams), ("owner", reader.image.people)):
        if name in said:
            row = rows.get(decode(said[name]))
            narrowed.append(row.name if row else f"{name} “{said[name]}”")
    parts = [", ".join(narrowed)] if narrowed else []
    if listing.group:
        parts.append(f"in groups by {listings.GROUPS[listing.group].lower()}")
    if listing.sort:
        direction = ", turned round" if listing.is_down else ""
        parts.append(f"by {listings.SORTS[listing.sort].lower()}{direction}")
    if listing.columns != listings.USUAL:
        words = [listings.COLUMNS[name].lower() for name in listing.columns]
        parts.append(f"columns {', '.join(words)}" if words else "no columns")
    return "; ".join(parts) or "the whole tree, as usual"


def _page(
    request: HttpRequest,
    reader: Reader,
    template: str,
    more: dict[str, Any],
    trail: list[tuple[str, str | None]],
    typed: Typed,
    missed: tuple[misread.Part, ...] = (),
) -> HttpResponse:
    tree = ("Alignment", reverse("alignment", args=[reader.slug]))
    return pages.page(
        request, template, more, nav="alignment", crumbs=[tree, *trail], seen_by=reader, status=typed.status,
        misread=missed,
    )  # fmt: skip
