"""Pages of one key result: its course and ledger, adding, changing, ordering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from milepost.actions import key_results
from milepost.actions.key_results import Definition
from milepost.actions.objectives import require_open
from milepost.core import access, addresses, doubts, ids
from milepost.core.problems import NotFound, Problem
from milepost.ledger.structure import ObjectiveRow
from milepost.queries import history, sweep
from milepost.queries import key_results as pages_of
from milepost.queries.cards import Reader
from milepost.queries.choices import names, people
from milepost.queries.key_results import Begin
from milepost.queries.shortlists import ListOf
from milepost.web import (
    measures,
    objectives,
    onwards,
    pages,
    shortlists,
    submissions,
    trails,
    versions,
    words,
)
from milepost.web.actors import in_workspace
from milepost.web.initiatives import STATES
from milepost.web.methods import go
from milepost.web.toasts import named, saved
from milepost.web.typed import Typed, id_text

DOUBTED = ("kind", "target", "source", "ends_on")
LABELS = {
    "title": "Key result",
    "kind": "How it is measured",
    "start": "Start",
    "target": "Target",
    "unit": "Unit",
    "direction": "Direction",
    "floor": "Worst acceptable value",
    "low": "Low end",
    "high": "High end",
    "tolerance": "Tolerance",
    "milestones": "Milestones",
    "weight": "Weight",
    "starts_on": "First day",
    "ends_on": "Last day",
    "curve": "Planned course",
    "points": "Points of the plan",
    "owner": "Owner",
    "source": "Its value comes from",
    "data_source": "Where the number is found",
    "description": "Why this number",
    "visibility": "Who sees it",
    "visible_to": "Named people",
    "reason": "Why",
}
# Fields that mean something only together: who changes one of them has looked at all.
WHOLES = (
    ("kind", "start", "target", "unit", "direction", "floor", "low", "high", "tolerance", "milestones"),
    ("starts_on", "ends_on"),
    ("curve", "points"),
    ("visibility", "visible_to"),
)
PEOPLE = ("owner", "visible_to")
LISTS = {"owner": ListOf.PEOPLE, "visible_to[]": ListOf.PEOPLE}
# What in the address says where the lists of the page begin, as in Begin.
BEGINNINGS = ("before", "served_after", "done_after", "said_before", "changed_before")
# What the action calls a whole measure stands beside its kind.
PLACES = {"measure": "kind"}


@in_workspace
def show(request: HttpRequest, key_result: int) -> HttpResponse:
    """Show a key result with its course, its check-ins and its history."""
    reader = pages.reader(request)
    begin = Begin(*(request.GET.get(name, "") for name in BEGINNINGS))
    try:
        page = pages_of.page(reader, key_result, begin)
    except NotFound:
        if reader.known is None:
            raise
        return _not_yet(request, key_result)
    takes_mine = page.may_check_in and not page.why_not
    context = {
        "page": page,
        "kr": page.card,
        "form": sweep.form(reader, reader.key_result_row(key_result)) if takes_mine else None,
        "kind": measures.NAMES[page.card.kind],
        "curve": dict(measures.CURVES)[page.curve],
        "states": STATES,
        "here": addresses.key_result(reader.slug, key_result),
        "onwards": {
            "checkins": onwards.of(request, "before", page.ledger, "entries-t"),
            "served_by": onwards.of(request, "served_after", page.served_by, "served-t"),
            "initiatives": onwards.of(request, "done_after", page.initiatives, "initiatives"),
            "comments": onwards.of(request, "said_before", page.comments, "discussion"),
            "history": onwards.of(request, "changed_before", page.history, "history-t"),
        },
        "submission": submissions.new_mark(),
    }
    trail = trails.below(reader, page.team, page.objective, (page.card.title, None))
    return pages.page(
        request, "key_results/show.html", context, nav="teams", crumbs=trail, seen_by=reader, travels=True,
        comparison=f"{page.objective[1]}comparison/#k-{page.card.id}",  # its own part of it
        began=page.began,
        cycle=reader.cycle_of(reader.image.objectives[reader.key_result_row(key_result).objective_id]),
        misread=onwards.not_found(
            request, before=page.ledger, served_after=page.served_by, done_after=page.initiatives,
            said_before=page.comments, changed_before=page.history,
        ),
    )  # fmt: skip


def _not_yet(request: HttpRequest, key_result: int) -> HttpResponse:
    reader = Reader(request.actor, request.today)
    page = pages_of.page(reader, key_result)
    return pages.not_yet(
        request, page.card.title, came="added", began=page.began,
        crumbs=trails.below(reader, page.team, page.objective, (page.card.title, None)),
    )  # fmt: skip


# -- adding and changing -----------------------------------------------------------------------------------


@in_workspace
def new(request: HttpRequest, objective: int) -> HttpResponse:
    """Show the form of a new key result."""
    reader = pages.reader(request)
    row = _open_to_me(reader, objective)
    values = measures.written(None) | dict.fromkeys(
        ("title", "starts_on", "ends_on", "data_source", "description", "visibility", "reason"), ""
    )
    values |= {
        "owner": id_text(request.actor.person_id),
        "source": "check_ins",
        "visible_to": [],
        "submission": submissions.new_mark(),
    }
    return _new_page(request, reader, row, values, Typed(request.POST))


@in_workspace
def create(request: HttpRequest, objective: int) -> HttpResponse:
    """Add a key result to an objective."""
    reader = pages.reader(request)
    typed = objectives.keep_in(shortlists.take(Typed(request.POST), reader, LISTS), request.actor)
    row = _open_to_me(reader, objective)
    fields = _fields(typed)
    definition = Definition(**fields)
    if not typed.problems:
        try:
            submissions.once(
                request,
                typed,
                makes="key result",
                below=objective,
                make=lambda: (
                    key_results.add(
                        objective=objective,
                        definition=definition,
                        leave=typed.leaves,
                        by=request.actor,
                        at=request.at,
                    ).id
                ),
            )
        except NotFound:
            raise
        except Problem as wrong:
            _refuse(typed, wrong)
        else:
            saved(
                request, " ".join((named("Key result added", fields["title"]), *_doubts(reader, row, fields)))
            )
            if typed.text("then") == "another":
                return go(request.path)
            return go(addresses.objective(reader.slug, objective))
    return _new_page(request, reader, row, _again(typed), typed)


def _open_to_me(reader: Reader, objective: int) -> ObjectiveRow:
    row = reader.objective_row(objective)
    access.require(access.may_edit(reader.actor, reader.standing(row)), "add a key result here")
    require_open(row)
    return row


def _new_page(
    request: HttpRequest, reader: Reader, row: ObjectiveRow, values: dict[str, Any], typed: Typed
) -> HttpResponse:
    url = addresses.objective(reader.slug, row.id)
    context = _form(reader, row, values, typed) | {
        "objective": (row.title, url),
        "here": f"{url}key-results/new/",
        "back": url,
        "draft_key": f"key-result-new-{ids.encode(row.id)}-{request.actor.person_id}",
    }
    trail = trails.below(reader, reader.team(row.team_id), (row.title, url), ("New key result", None))
    return pages.page(
        request, "key_results/new.html", context, nav="teams", crumbs=trail, seen_by=reader,
        status=typed.status, cycle=reader.cycle_of(row),
    )  # fmt: skip


def _form(reader: Reader, row: ObjectiveRow, values: dict[str, Any], typed: Typed) -> dict[str, Any]:
    cycle = reader.cycle_of(row)
    return {
        "v": values,
        "error": typed.error,
        "problems": typed.listed(LABELS),
        "people": people(reader, [values["owner"], *values["visible_to"], *typed.chosen(*PEOPLE)]),
        "finds": shortlists.finds(reader, typed),
        "kinds": measures.OPTIONS,
        "words": measures.NAMES,
        "users": measures.USERS,
        "curves": measures.CURVES,
        "directions": measures.DIRECTIONS,
        "sources": measures.SOURCES,
        "visibilities": measures.VISIBILITIES,
        "leaving": typed.is_leaving,
        "left": typed.leaves,
        "may_keep": typed.text("visibility") == "people",
        "cycle": cycle,
    }


def _fields(typed: Typed) -> dict[str, Any]:
    found = measures.read(typed) | {
        "title": typed.title("A key result needs a title. Say what will have changed."),
        "description": typed.text("description"),
        "data_source": typed.text("data_source"),
        "starts_on": typed.day("starts_on"),
        "ends_on": typed.day("ends_on"),
        "owner": typed.id("owner"),
        "source": typed.text("source", "check_ins"),
        "visibility": typed.text("visibility") or None,
        "visible_to": typed.ids("visible_to"),
    }
    return found


def _doubts(reader: Reader, row: ObjectiveRow, said: Mapping[str, Any]) -> tuple[str, ...]:
    return doubts.of(
        **{name: said[name] for name in DOUBTED},
        closes_on=reader.cycle_of(row).ends_on,
        today=reader.today,
        written=lambda on: words.day(on, reader.today),
    )


def _again(typed: Typed) -> dict[str, Any]:
    plain = (
        "title", "starts_on", "ends_on", "data_source", "description", "visibility", "reason", "owner",
        "source", "submission", "revision", "read",
    )  # fmt: skip
    return (
        measures.typed_again(typed)
        | {name: typed.text(name) for name in plain}
        | {"visible_to": typed.texts("visible_to")}
    )


def _refuse(typed: Typed, wrong: Problem) -> None:
    field = PLACES.get(wrong.field or "", wrong.field or "")
    typed.refuse(wrong, field=field if field in LABELS else "")


@in_workspace
def edit(request: HttpRequest, key_result: int) -> HttpResponse:
    """Show the form of a key result."""
    reader = pages.reader(request)
    form = _mine(reader, key_result)
    return _edit_page(request, reader, form, _stored(form), Typed(request.POST))


@in_workspace
def update(request: HttpRequest, key_result: int) -> HttpResponse:
    """Change a key result; where somebody else came first, show both versions."""
    reader = pages.reader(request)
    typed = objectives.keep_in(shortlists.take(Typed(request.POST), reader, LISTS), request.actor)
    form = _mine(reader, key_result)
    fields, values, theirs = _fields(typed), _again(typed), versions.NOTHING
    if not typed.problems:
        try:
            done, theirs = versions.save(
                typed,
                values,
                fields,
                stored=lambda: _stored(pages_of.form(pages.reader(request), key_result)),
                write=lambda changed, revision: key_results.update(
                    key_result=key_result, changed=changed, reason=typed.text("reason"), revision=revision,
                    leave=typed.leaves, by=request.actor, at=request.at,
                ),
                latest=lambda: history.latest(
                    reader, objective=form.row.objective_id, key_result=key_result
                ),
                today=request.today,
                say=_say(names(reader)),
                labels=LABELS,
                wholes=WHOLES,
            )  # fmt: skip
        except NotFound:
            raise
        except Problem as wrong:
            _refuse(typed, wrong)
        else:
            if done:
                told = versions.words(theirs, values["title"])
                told = " ".join((told, *_doubts(reader, form.objective, fields)))
                there = addresses.key_result(reader.slug, key_result)
                return objectives.after(request, told, key_result, there)
    return _edit_page(request, reader, form, values, typed, theirs)


def _mine(reader: Reader, key_result: int) -> pages_of.KeyResultForm:
    form = pages_of.form(reader, key_result)
    standing = reader.standing(form.objective, form.row)
    access.require(access.may_edit_key_result(reader.actor, standing), "change this key result")
    require_open(form.objective)
    return form


def _stored(form: pages_of.KeyResultForm) -> dict[str, Any]:
    row = form.row
    values = measures.written(row) | {
        "title": row.title,
        "starts_on": row.starts_on.isoformat() if row.starts_on else "",
        "ends_on": row.ends_on.isoformat() if row.ends_on else "",
        "data_source": form.data_source,
        "description": form.description,
        "visibility": row.visibility or "",
        "visible_to": [id_text(id) for id in row.visible_to],
        "owner": id_text(row.owner_id),
        "source": row.source,
        "reason": "",
        "revision": str(form.revision),
    }
    return values | {"read": versions.read_as(values)}


def _say(name_of: Callable[[str], str]) -> Callable[[str, Any], str]:
    """Return how a field's value reads, its ids as names."""

    def say(name: str, value: Any) -> str:
        if isinstance(value, list):
            listed = [" ".join(each) if isinstance(each, list) else name_of(each) for each in value]
            return ", ".join(filter(None, map(str.strip, listed))) or "nothing"
        if name == "kind" and value in measures.NAMES:
            return measures.NAMES[value].name
        return (name_of(value) if name == "owner" else value) or "nothing"

    return say


def _edit_page(
    request: HttpRequest,
    reader: Reader,
    form: pages_of.KeyResultForm,
    values: dict[str, Any],
    typed: Typed,
    theirs: versions.Both = versions.NOTHING,
) -> HttpResponse:
    row, whole = form.row, form.objective
    url = addresses.key_result(reader.slug, row.id)
    above = (whole.title, addresses.objective(reader.slug, whole.id))
    context = _form(reader, whole, values, typed) | {
        "title": row.title,
        "doubts": _doubts(reader, whole, {name: getattr(row, name) for name in DOUBTED}),
        "objective": above,
        "state": row.state,
        "here": f"{url}edit/",
        "back": url,
        "theirs": theirs,
        "draft_key": f"key-result-{ids.encode(row.id)}-{request.actor.person_id}",
        "may_change_state": access.may_edit(reader.actor, reader.standing(whole, row)),
    }
    trail = trails.below(reader, reader.team(whole.team_id), above, (row.title, url), ("Edit", None))
    return pages.page(
        request, "key_results/edit.html", context, nav="teams", crumbs=trail, seen_by=reader,
        status=typed.status, cycle=reader.cycle_of(whole),
    )  # fmt: skip


# -- its place ---------------------------------------------------------------------------------------------


@in_workspace
def move(request: HttpRequest, key_result: int) -> HttpResponse:
    """Move a key result one place up or down."""
    one = key_results.move(
        key_result=key_result, up=request.POST.get("to") != "down", by=request.actor, at=request.at
    )
    slug = pages.reader(request).slug
    return go(f"{addresses.objective(slug, one.objective_id)}?arrange#arrange")
