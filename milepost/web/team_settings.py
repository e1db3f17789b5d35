"""Teams as those who arrange them need them: create, rename, say what for, move."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.actions import teams
from milepost.core import access, addresses
from milepost.core.ids import encode
from milepost.core.problems import Invalid, NotFound
from milepost.queries import team_tree
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.pages import page
from milepost.web.toasts import saved
from milepost.web.typed import Typed, id_text

LABELS = {"name": "Name", "purpose": "What for", "parent": "Below", "person": "Person"}


@in_workspace
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a new team."""
    return _new(request, Typed(request.POST))


@in_workspace
def create(request: HttpRequest) -> HttpResponse:
    """Create a team."""
    typed = Typed(request.POST)
    parent = typed.id("parent")
    if not typed.problems:
        try:
            row = teams.create(
                name=typed.text("name"),
                purpose=typed.text("purpose"),
                parent=parent,
                by=request.actor,
                at=request.at,
            )
            saved(request, f"{row.name} is there. Now choose who belongs to it.")
            return go("edit_team", slug=request.seat.slug, team=row.id)
        except Invalid as wrong:
            typed.refuse(wrong)
    return _new(request, typed)


@in_workspace
def edit(request: HttpRequest, team: int) -> HttpResponse:
    """Show what can be arranged about a team."""
    return arranged(request, team, Typed(request.POST))


@in_workspace
def update(request: HttpRequest, team: int) -> HttpResponse:
    """Rename a team, say what it is for, move it."""
    typed = Typed(request.POST)
    parent = typed.id("parent")
    if not typed.problems:
        try:
            teams.update(
                team=team,
                changed={"name": typed.text("name"), "purpose": typed.text("purpose"), "parent": parent},
                by=request.actor,
                at=request.at,
            )
            saved(request, "Saved.")
            return go(addresses.team(request.seat.slug, team))
        except Invalid as wrong:
            typed.refuse(wrong)
    return arranged(request, team, typed)


def arranged(request: HttpRequest, team: int, typed: Typed) -> HttpResponse:
    """Return the page on which a team is arranged, with what was typed and refused."""
    found = team_tree.arrangement(request.actor, team)
    slug = request.seat.slug
    more = {
        "typed": typed,
        "problems": typed.listed(LABELS),
        "team": found,
        "seats": [(one, encode(one.id)) for one in found.members],
        "parents": _offered(found.parents, found.is_top_open),
        "parent": id_text(found.parent),
        "others": [("", "Choose someone"), *((encode(id), name) for id, name in found.others)],
        "here": addresses.team(slug, team),
        "members": reverse("members", kwargs={"slug": slug, "team": team}),
    }
    crumbs = [_teams(slug), (found.name, addresses.team(slug, team)), ("Edit", None)]
    return page(request, "team_settings/edit.html", more, nav="teams", crumbs=crumbs, status=typed.status)


def _new(request: HttpRequest, typed: Typed) -> HttpResponse:
    places = team_tree.choices(request.actor, manageable=True)
    if not places and not access.may_manage(request.actor):
        raise NotFound
    slug = request.seat.slug
    more = {
        "typed": typed,
        "problems": typed.listed(LABELS),
        "parents": _offered(places, request.actor.is_admin),
        "parent": request.GET.get("parent", ""),
        "teams": _teams(slug)[1],
    }
    crumbs = [_teams(slug), ("New team", None)]
    return page(request, "team_settings/new.html", more, nav="teams", crumbs=crumbs, status=typed.status)


def _teams(slug: str) -> tuple[str, str]:
    return "Teams", f"/w/{slug}/teams/"


def _offered(places, is_top_open: bool) -> list[tuple[str, str]]:
    top = [("", "The company itself")] if is_top_open else []
    return top + [(encode(one.id), "\u2003" * one.depth + one.name) for one in places]
