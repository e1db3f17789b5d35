"""Initiatives: what is done about it. Added, changed, and moved on in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from milepost.actions import initiatives
from milepost.core import access, addresses, ids
from milepost.core.problems import Invalid, NotFound, Problem
from milepost.core.states import InitiativeState
from milepost.ledger.structure import ObjectiveRow
from milepost.queries import history
from milepost.queries import initiatives as pages_of
from milepost.queries.cards import Reader
from milepost.queries.choices import names, people
from milepost.queries.shortlists import ListOf
from milepost.web import pages, shortlists, submissions, trails, versions
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.toasts import named, saved, undo_url
from milepost.web.typed import Typed, id_text

STATES = (("planned", "Planned"), ("doing", "In progress"), ("done", "Done"), ("dropped", "Dropped"))
LISTS = {"owner": ListOf.PEOPLE}
LABELS = {
    "title": "Initiative",
    "description": "What it is",
    "key_result": "For",
    "owner": "Owner",
    "state": "State",
    "due_on": "Due",
}


@in_workspace
def new(request: HttpRequest, objective: int) -> HttpResponse:
    """Show the form of a new initiative."""
    reader = pages.reader(request)
    row = _open_to_me(reader, objective)
    values = {
        "title": "", "description": "", "key_result": request.GET.get("key_result", ""),
        "owner": id_text(request.actor.person_id), "state": "planned", "due_on": "",
        "submission": submissions.new_mark(), "revision": "", "read": "",
    }  # fmt: skip
    return _page(request, reader, row, values, Typed(request.POST))


@in_workspace
def create(request: HttpRequest, objective: int) -> HttpResponse:
    """Add an initiative to an objective."""
    reader = pages.reader(request)
    typed = shortlists.take(Typed(request.POST), reader, LISTS)
    row = _open_to_me(reader, objective)
    fields = _fields(typed)
    if not typed.problems:
        try:
            submissions.once(
                request,
                typed,
                makes="initiative",
                below=objective,
                make=lambda: (
                    initiatives.add(objective=objective, **fields, by=request.actor, at=request.at).id
                ),
            )
        except NotFound:
            typed.say("key_result", "That key result is not there any more.")
        except Problem as wrong:
            typed.refuse(wrong)
        else:
            saved(request, named("Initiative added", fields["title"]))
            return go(f"{addresses.objective(reader.slug, objective)}#initiatives")
    return _page(request, reader, row, _again(typed), typed)


def _open_to_me(reader: Reader, objective: int) -> ObjectiveRow:
    row = reader.objective_row(objective)
    access.require(access.may_edit(reader.actor, reader.standing(row)), "add an initiative here")
    return row


@in_workspace
def edit(request: HttpRequest, initiative: int) -> HttpResponse:
    """Show the form of an initiative."""
    reader = pages.reader(request)
    form = _mine(reader, initiative)
    return _page(request, reader, form.objective, _stored(form), Typed(request.POST), form.card)


@in_workspace
def update(request: HttpRequest, initiative: int) -> HttpResponse:
    """Change an initiative."""
    reader = pages.reader(request)
    typed = shortlists.take(Typed(request.POST), reader, LISTS)
    form = _mine(reader, initiative)
    row = form.objective
    fields, values, theirs = _fields(typed), _again(typed), versions.NOTHING
    if not typed.problems:
        try:
            done, theirs = versions.save(
                typed,
                values,
                fields,
                stored=lambda: _stored(_mine(pages.reader(request), initiative)),
                write=lambda changed, revision: initiatives.update(
                    initiative=initiative, changed=changed, revision=revision, by=request.actor, at=request.at
                ),
                latest=lambda: history.latest(reader, objective=row.id, initiative=initiative),
                today=request.today,
                say=_say(reader, row),
                labels=LABELS,
            )  # fmt: skip
        except NotFound:
            typed.say("key_result", "That key result is not there any more.")
        except Problem as wrong:
            typed.refuse(wrong)
        else:
            if done:
                saved(request, versions.words(theirs, values["title"]))
                there = f"{addresses.objective(reader.slug, row.id)}#initiatives"
                return go(there)
    return _page(request, reader, row, values, typed, form.card, theirs)


@in_workspace
def move(request: HttpRequest, initiative: int) -> HttpResponse:
    """Put an initiative into another state, from its row."""
    state = Typed(request.POST).text("state")
    if state not in list(InitiativeState):
        raise Invalid("That is no state of an initiative.", field="state", remedy="Choose one of the list.")
    initiatives.update(initiative=initiative, changed={"state": state}, by=request.actor, at=request.at)
    reader = pages.reader(request)
    form = pages_of.form(reader, initiative)
    card = form.card
    if request.headers.get("HX-Request"):
        context = {"i": card, "today": request.today, "states": STATES, "slug": reader.slug}
        context["undo"] = undo_url(request)
        return render(request, "initiatives/update.hx.html", context)
    saved(request, f"“{card.title}” is {dict(STATES)[state].lower()}.")
    there = f"{addresses.objective(reader.slug, form.objective.id)}#initiatives"
    return go(there)


def _mine(reader: Reader, initiative: int) -> pages_of.InitiativeForm:
    form = pages_of.form(reader, initiative)
    access.require(form.card.may_edit, "change this initiative")
    return form


def _fields(typed: Typed) -> dict[str, Any]:
    return {
        "title": typed.title("An initiative needs a title. Say what will be done."),
        "description": typed.text("description"),
        "key_result": typed.id("key_result"),
        "owner": typed.id("owner"),
        "state": typed.text("state", "planned"),
        "due_on": typed.day("due_on"),
    }


def _again(typed: Typed) -> dict[str, Any]:
    return {name: typed.text(name) for name in (*LABELS, "submission", "revision", "read")}


def _stored(form: pages_of.InitiativeForm) -> dict[str, Any]:
    card = form.card
    values = {
        "title": card.title,
        "description": card.description,
        "key_result": id_text(form.key_result),
        "owner": id_text(form.owner),
        "state": card.state,
        "due_on": card.due_on.isoformat() if card.due_on else "",
        "submission": "",
        "revision": str(card.revision),
    }
    return values | {"read": versions.read_as(values)}


def _say(reader: Reader, row: ObjectiveRow) -> Callable[[str, Any], str]:
    """Return how a field's value reads, its ids as names."""
    named = {
        "key_result": dict(_key_results(reader, row)),
        "state": dict(STATES),
    }
    name_of = names(reader)
    return lambda name, value: (
        (name_of(value) if name == "owner" else named.get(name, {}).get(value, value)) or "nothing"
    )


def _key_results(reader: Reader, row: ObjectiveRow) -> list[tuple[str, str]]:
    return [(ids.encode(one.id), one.title) for one in reader.key_results_of(row)]


def _page(
    request: HttpRequest,
    reader: Reader,
    row: ObjectiveRow,
    values: dict[str, Any],
    typed: Typed,
    card: pages_of.InitiativeCard | None = None,
    theirs: versions.Both = versions.NOTHING,
) -> HttpResponse:
    url = addresses.objective(reader.slug, row.id)
    context = {
        "v": values,
        "error": typed.error,
        "problems": typed.listed(LABELS),
        "theirs": theirs,
        "title": card.title if card else None,
        "objective": (row.title, url),
        "people": people(reader, [values["owner"], *typed.chosen("owner")]),
        "finds": shortlists.finds(reader, typed),
        "key_results": _key_results(reader, row),
        "states": STATES,
        "here": card.url if card else f"{url}initiatives/new/",
        "back": f"{url}#initiatives",
        "draft_key": f"initiative-{card.id if card else ids.encode(row.id)}-{request.actor.person_id}",
    }
    trail = trails.below(
        reader, reader.team(row.team_id), (row.title, url), (card.title if card else "New initiative", None)
    )
    return pages.page(
        request, "initiatives/edit.html", context, nav="teams", crumbs=trail, seen_by=reader,
        status=typed.status,
    )  # fmt: skip
