"""Teams as those who arrange them need them: create, rename, say what for, move."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.actions import teams
from milepost.core import access, addresses
from milepost.core.ids import decode, encode
from milepost.core.problems import Invalid, NotFound
from milepost.queries import team_tree
from milepost.queries.cards import Reader
from milepost.queries.listed import behind
from milepost.queries.shortlists import ListOf, Shortlist
from milepost.queries.team_tree import Arrangement, Place
from milepost.web import onwards, pages, shortlists, versions
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.pages import page
from milepost.web.toasts import saved
from milepost.web.typed import Typed, id_text

TOP = "The company itself"
LABELS = {"name": "Name", "purpose": "What for", "parent": "Below", "person": "Person"}


@in_workspace
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a new team."""
    return _new(request, Typed(request.POST))


@in_workspace
def create(request: HttpRequest) -> HttpResponse:
    """Create a team."""
    typed = shortlists.take(Typed(request.POST), pages.reader(request), {"parent": ListOf.PLACES})
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
    """Rename a team, say what it is for, move it; where somebody else came first, show both versions."""
    reader = pages.reader(request)
    typed = shortlists.take(Typed(request.POST), reader, {"parent": ListOf.PLACES}, team)
    values = {name: typed.text(name) for name in ("name", "purpose", "parent", "read")}
    wanted = {"name": values["name"], "purpose": values["purpose"], "parent": typed.id("parent")}
    theirs = versions.NOTHING

    def stored() -> dict[str, Any]:
        return _stored(team_tree.arrangement(request.actor, team))

    if not typed.problems:
        try:
            done, theirs = versions.save_as_read(
                request, "team", team,
                typed,
                values,
                wanted,
                stored=stored,
                write=lambda changed: teams.update(
                    team=team, changed=changed, by=request.actor, at=request.at
                ),
                say=_say(reader),
                labels=LABELS,
            )  # fmt: skip
        except Invalid as wrong:
            typed.refuse(wrong)
        else:
            if done:
                saved(request, versions.words(theirs, values["name"]))
                return go(addresses.team(request.seat.slug, team))
    return arranged(request, team, typed, values, theirs)


def _stored(found: Arrangement) -> dict[str, Any]:
    return versions.carried({"name": found.name, "purpose": found.purpose, "parent": id_text(found.parent)})


def _say(reader: Reader) -> Callable[[str, str], str]:
    """Return how a field's value reads, its place as a name."""

    def say(name: str, value: str) -> str:
        if name == "parent":
            row = reader.image.teams.get(decode(value))
            return row.name if row else value or TOP
        return value or "nothing"

    return say


def arranged(
    request: HttpRequest,
    team: int,
    typed: Typed,
    values: Mapping[str, str] | None = None,
    theirs: versions.Both = versions.NOTHING,
) -> HttpResponse:
    """Return the page on which a team is arranged, with what was typed and refused."""
    found, reader = team_tree.arrangement(request.actor, team), pages.reader(request)
    slug = request.seat.slug
    seats = behind(found.members, request.GET.get("after", ""), lambda one: encode(one.id))
    more = {
        "typed": typed,
        "problems": typed.listed(LABELS),
        "team": found,
        "v": values or _stored(found),
        "theirs": theirs,
        "seats": [(one, encode(one.id)) for one in seats.entries],
        "onwards": onwards.of(request, "after", seats, "m"),
        "parents": _places(reader, typed, found.parents, found.is_top_open, team),
        "others": [("", "Choose someone"), *_others(reader, typed, found)],
        "finds": shortlists.finds(reader, typed, team),
        "leaving": typed.is_leaving,
        "left": typed.leaves,
        "me": request.actor.person_id,
        "here": addresses.team(slug, team),
        "members": reverse("members", kwargs={"slug": slug, "team": team}),
    }
    crumbs = [_teams(slug), (found.name, addresses.team(slug, team)), ("Edit", None)]
    return page(
        request, "team_settings/edit.html", more, nav="teams", crumbs=crumbs, status=typed.status,
        misread=onwards.not_found(request, after=seats),
    )  # fmt: skip


def _new(request: HttpRequest, typed: Typed) -> HttpResponse:
    places = team_tree.choices(request.actor, manageable=True)
    if not places and not access.may_manage(request.actor):
        raise NotFound
    slug, reader = request.seat.slug, pages.reader(request)
    more = {
        "typed": typed,
        "problems": typed.listed(LABELS),
        "parents": _places(reader, typed, places, request.actor.is_admin),
        "finds": shortlists.finds(reader, typed),
        "parent": request.GET.get("parent", ""),
        "teams": _teams(slug)[1],
    }
    crumbs = [_teams(slug), ("New team", None)]
    return page(request, "team_settings/new.html", more, nav="teams", crumbs=crumbs, status=typed.status)


def _teams(slug: str) -> tuple[str, str]:
    return "Teams", f"/w/{slug}/teams/"


def _places(
    reader: Reader, typed: Typed, places: Sequence[Place], is_top_open: bool, team: int | None = None
) -> list[tuple]:
    """Return where a team may stand: as a tree, or, of more than can be sent, what is near.

    Where it stands now it can stay, also for who may not move it there.
    """
    above = reader.image.teams[team].parent_id if team is not None else None
    stands_on_top = team is not None and above is None
    top = [("", TOP)] if is_top_open or stands_on_top else []
    listed = Shortlist(reader, ListOf.PLACES, team)
    if listed.is_long:
        return top + listed.options([id_text(above), *typed.chosen("parent")])
    if above is not None and above not in [one.id for one in places]:
        top.append((encode(above), reader.image.teams[above].name))
    return top + [(encode(one.id), "\u2003" * one.depth + one.name) for one in places]


def _others(reader: Reader, typed: Typed, found: Arrangement) -> list[tuple]:
    """Return who could join a team."""
    listed, there = Shortlist(reader, ListOf.PEOPLE), {encode(one.id) for one in found.members}
    if not listed.is_long:
        return [(encode(id), name) for id, name in found.others]
    near = listed.options(typed.chosen("person"))
    return [option for option in near if option[0] not in there]
