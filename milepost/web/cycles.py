"""The cycles of a workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from milepost.actions import cycles
from milepost.core import access
from milepost.core.cadence import Window
from milepost.core.ids import encode
from milepost.core.problems import Conflict, Invalid
from milepost.queries import cycles as known
from milepost.queries.cards import Reader
from milepost.web import pages, versions
from milepost.web.actors import in_workspace, require_admin
from milepost.web.methods import go, takes_form
from milepost.web.pages import page
from milepost.web.toasts import saved
from milepost.web.typed import Typed, id_text
from milepost.web.words import day

LABELS = {"name": "Name", "starts_on": "First day", "ends_on": "Last day", "parent": "Within"}
DAYS = ("starts_on", "ends_on")

# Where a cycle stands: as it is now, and as it would be. Grading opens on the last day, which is not over.
STANDS = {
    "upcoming": ("It has yet to begin", "it has yet to begin"),
    "running": ("It is running", "it is running"),
    "grading": ("It is open for grading", "it is open for grading, and waits to be closed"),
}


@require_http_methods(["GET", "HEAD"])
@in_workspace
def index(request: HttpRequest) -> HttpResponse:
    """List the cycles, and offer those that would come next."""
    found = known.overview(request.actor, request.today)
    here = _cycles(request)
    new = reverse("new_cycle", kwargs={"slug": request.seat.slug})
    more = {
        "found": found,
        "new": new if found.may_manage else None,
        "suggestions": [
            (span, f"{new}?from={span.starts_on}&to={span.ends_on}") for span in found.suggestions
        ],
        "here": here,
    }
    return page(
        request, "cycles/index.html", more, nav="settings", crumbs=[_settings(request), ("Cycles", None)]
    )


@in_workspace
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a new cycle."""
    require_admin(request)
    return _form(request, Typed(request.POST))


@in_workspace
def create(request: HttpRequest) -> HttpResponse:
    """Create a cycle."""
    typed = Typed(request.POST)
    wanted = _wanted(typed)
    if not typed.problems:
        try:
            row = cycles.create(**wanted, by=request.actor, at=request.at)
            saved(request, f"{row.name} is there.")
            return go("cycles", slug=request.seat.slug)
        except (Invalid, Conflict) as wrong:
            typed.refuse(wrong)
    return _form(request, typed, values={name: typed.text(name) for name in wanted})


@in_workspace
def edit(request: HttpRequest, cycle: int) -> HttpResponse:
    """Show what can be changed about a cycle."""
    require_admin(request)
    return _form(request, Typed(request.POST), cycle)


@in_workspace
def update(request: HttpRequest, cycle: int) -> HttpResponse:
    """Rename a cycle, move its days or its place; where somebody else came first, show both versions."""
    typed, reader = Typed(request.POST), pages.reader(request)
    wanted, theirs = _wanted(typed), versions.NOTHING
    values = {name: typed.text(name) for name in (*wanted, "read")}

    def stored() -> dict[str, Any]:
        return _said(known.line(request.actor, cycle, request.today))

    if not typed.problems:
        if versions.touched(typed, values, DAYS) and (found := _unconfirmed(request, typed, cycle, wanted)):
            return _form(request, typed, cycle, values, found)
        try:
            done, theirs = versions.save_as_read(
                request, "cycle", cycle,
                typed,
                values,
                wanted,
                stored=stored,
                write=lambda changed: cycles.update(
                    cycle=cycle, changed=changed, by=request.actor, at=request.at
                ),
                say=_say(reader),
                labels=LABELS,
                wholes=(DAYS,),
            )  # fmt: skip
        except (Invalid, Conflict) as wrong:
            typed.refuse(wrong)
        else:
            if done:
                saved(request, versions.words(theirs, values["name"]))
                return go("cycles", slug=request.seat.slug)
    return _form(request, typed, cycle, values, theirs=theirs)


def _say(reader: Reader) -> Callable[[str, str], str]:
    """Return how a field's value reads: days as days, a cycle by its name."""
    named = {encode(id): row.name for id, row in reader.image.cycles.items()}

    def say(name: str, value: str) -> str:
        if name in DAYS:
            return day(date.fromisoformat(value), reader.today) if value else "open"
        return named.get(value, value) or "nothing"

    return say


@takes_form
@in_workspace
def close(request: HttpRequest, cycle: int) -> HttpResponse:
    """Close a cycle."""
    row = cycles.close(cycle=cycle, by=request.actor, at=request.at)
    saved(request, f"{row.name} is closed.")
    return go("cycles", slug=request.seat.slug)


@takes_form
@in_workspace
def reopen(request: HttpRequest, cycle: int) -> HttpResponse:
    """Open a closed cycle again."""
    row = cycles.reopen(cycle=cycle, by=request.actor, at=request.at)
    saved(request, f"{row.name} is open again.")
    return go("cycles", slug=request.seat.slug)


def _wanted(typed: Typed) -> dict:
    found = {
        "name": typed.text("name"),
        "starts_on": typed.day("starts_on"),
        "ends_on": typed.day("ends_on"),
        "parent": typed.id("parent"),
    }
    if found["starts_on"] is None:
        typed.say("starts_on", "A first day is needed.")
    return found


def _unconfirmed(request: HttpRequest, typed: Typed, cycle: int, wanted: dict) -> known.Moved | None:
    """Return what the days would change, unless whoever sends them has been shown just that."""
    if typed.text("seen") == _days(typed) or not access.may_manage(request.actor):
        return None
    return known.moved(pages.reader(request), cycle, Window(wanted["starts_on"], wanted["ends_on"]))


def _days(typed: Typed) -> str:
    return f"{typed.text('starts_on')}/{typed.text('ends_on')}"


def _form(
    request: HttpRequest,
    typed: Typed,
    cycle: int | None = None,
    values: Mapping[str, str] | None = None,
    moved: known.Moved | None = None,
    theirs: versions.Both = versions.NOTHING,
) -> HttpResponse:
    overview = known.overview(request.actor, request.today)
    row = known.line(request.actor, cycle, request.today) if cycle else None
    open_ones = [one for one in overview.lines if one.id != cycle]
    more = {
        "typed": typed,
        "problems": typed.listed(LABELS),
        "cycle": row,
        "moved": moved,
        "stands": STANDS,
        "seen": _days(typed) if moved else "",
        "theirs": theirs,
        "v": values or (_given(request, overview) if row is None else _said(row)),
        "parents": [("", "None: it stands by itself"), *((encode(one.id), one.name) for one in open_ones)],
        "cycles": _cycles(request),
    }
    crumbs = [_settings(request), ("Cycles", _cycles(request)), (row.name if row else "New cycle", None)]
    return page(request, "cycles/edit.html", more, nav="settings", crumbs=crumbs, status=typed.status)


def _said(row: known.CycleLine) -> dict[str, Any]:
    return versions.carried(
        {
            "name": row.name,
            "starts_on": row.starts_on.isoformat(),
            "ends_on": row.ends_on.isoformat() if row.ends_on else "",
            "parent": id_text(row.parent),
        }
    )


def _given(request: HttpRequest, overview: known.Overview) -> dict[str, str]:
    """Return what the form begins with: the suggestion that was chosen, else the next one."""
    chosen = [
        span
        for span in overview.suggestions
        if request.GET.get("from") == span.starts_on.isoformat()
        and request.GET.get("to") == span.ends_on.isoformat()
    ]
    span = (chosen or list(overview.suggestions) or [None])[0]
    if span is None:
        return {"name": "", "starts_on": "", "ends_on": "", "parent": ""}
    around = [
        one
        for one in overview.lines
        if one.starts_on <= span.starts_on
        and one.ends_on
        and one.ends_on >= span.ends_on
        and not one.closed_on
    ]
    parent = min(around, key=lambda one: one.ends_on - one.starts_on, default=None)
    return {
        "name": span.name,
        "starts_on": span.starts_on.isoformat(),
        "ends_on": span.ends_on.isoformat(),
        "parent": encode(parent.id) if parent else "",
    }


def _cycles(request: HttpRequest) -> str:
    return reverse("cycles", kwargs={"slug": request.seat.slug})


def _settings(request: HttpRequest) -> tuple[str, str]:
    return "Settings", reverse("settings", kwargs={"slug": request.seat.slug})
