"""Pages of one objective: what it says and how it stands, and its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from milepost.actions import objectives
from milepost.actions.objectives import require_open
from milepost.core import access, addresses, ids
from milepost.core.access import Actor
from milepost.core.problems import NotFound, Problem
from milepost.ledger.structure import ObjectiveRow
from milepost.queries import choices, hindsight, history, standings
from milepost.queries import objectives as pages_of
from milepost.queries.cards import Reader
from milepost.queries.choices import Choices
from milepost.queries.objectives import Begin
from milepost.queries.shortlists import ListOf
from milepost.web import onwards, pages, shortlists, steps, submissions, trails, versions
from milepost.web.actors import in_workspace
from milepost.web.initiatives import STATES
from milepost.web.methods import go
from milepost.web.toasts import saved
from milepost.web.typed import Typed, id_text

COMMITMENTS = (
    ("aspirational", "Aspirational", "0.7"),
    ("committed", "Committed", "1.0"),
    ("learning", "Learning"),
)
LEVELS = (("strategic", "Strategic"), ("tactical", "Tactical"))
VISIBILITIES = (
    ("workspace", "Everyone here"),
    ("team", "Its team"),
    ("people", "Named people"),
    ("private", "Only me"),
)
LABELS = {
    "title": "Objective",
    "description": "Why it matters",
    "commitment": "Success means",
    "level": "Level",
    "cycle": "Cycle",
    "team": "Team",
    "owner": "Owner",
    "sponsor": "Sponsor",
    "contributors": "Contributors",
    "visibility": "Who sees it",
    "visible_to": "Named people",
    "reason": "Why",
}
BEGINNINGS = ("helped_after", "done_after", "said_before", "changed_before")  # of its lists, as in Begin
NO_CYCLE = "Choose the cycle it belongs to."
PEOPLE = ("owner", "sponsor", "contributors", "visible_to")  # fields that choose people, as they end
LISTS = {
    "team": ListOf.TEAMS, "owner": ListOf.PEOPLE, "sponsor": ListOf.PEOPLE, "contributors[]": ListOf.PEOPLE,
    "visible_to[]": ListOf.PEOPLE,
}  # fmt: skip


@in_workspace
def show(request: HttpRequest, objective: int) -> HttpResponse:
    """Show an objective with everything that belongs to it."""
    reader = pages.reader(request)
    begin = Begin(*(request.GET.get(name, "") for name in BEGINNINGS))
    try:
        page = pages_of.page(reader, objective, begin)
    except NotFound:
        if reader.known is None:
            raise
        return _not_yet(request, objective)
    context = {
        "page": page,
        "learned": [hindsight.of_objective(reader, objective)],
        "learned_here": True,
        "steps": [steps.button(reader, objective, name) for name in page.steps],
        "here": addresses.objective(reader.slug, objective),
        "arranging": "arrange" in request.GET,
        "states": STATES,
        "submission": submissions.new_mark(),
        "onwards": {
            "below": onwards.of(request, "helped_after", page.below, "below-t"),
            "initiatives": onwards.of(request, "done_after", page.initiatives, "initiatives"),
            "comments": onwards.of(request, "said_before", page.comments, "discussion"),
            "history": onwards.of(request, "changed_before", page.history, "history-t"),
        },
    }
    trail = trails.below(reader, page.card.team, (page.card.title, None))
    return pages.page(
        request, "objectives/show.html", context, nav="teams", crumbs=trail, seen_by=reader, travels=True,
        comparison=f"{context['here']}comparison/",
        began=page.began,
        cycle=reader.cycle_of(reader.objective_row(objective)),
        misread=onwards.not_found(
            request, helped_after=page.below, done_after=page.initiatives, said_before=page.comments,
            changed_before=page.history,
        ),
    )  # fmt: skip


def _not_yet(request: HttpRequest, objective: int) -> HttpResponse:
    reader = Reader(request.actor, request.today)
    page = pages_of.page(reader, objective)
    return pages.not_yet(
        request, page.card.title, came="drafted", began=page.began,
        crumbs=trails.below(reader, page.card.team, (page.card.title, None)),
    )  # fmt: skip


# -- its form, blank and filled ----------------------------------------------------------------------------


def wanted_cycle(typed: Typed, missing: str = NO_CYCLE) -> int | None:
    """Read the cycle of an objective; without one, `missing` is what is wrong."""
    cycle = typed.id("cycle")
    if cycle is None:
        typed.say("cycle", missing)
    return cycle


def fields(typed: Typed, cycle: int | None) -> dict[str, Any]:
    """Read what a form says of an objective, as the actions take it."""
    return {
        "title": typed.title("An objective needs a title. Say what will be different."),
        "description": typed.text("description"),
        "commitment": typed.text("commitment", "aspirational"),
        "level": typed.text("level", "tactical"),
        "cycle": cycle,
        "team": typed.id("team"),
        "owner": typed.id("owner"),
        "sponsor": typed.id("sponsor"),
        "contributors": typed.ids("contributors"),
        "visibility": typed.text("visibility", "workspace"),
        "visible_to": typed.ids("visible_to"),
    }


def again(typed: Typed, *more: str) -> dict[str, Any]:
    """Write what was typed back into the form, and what this form has besides."""
    plain = (
        "title", "description", "commitment", "level", "cycle", "team", "owner", "sponsor", "visibility",
    )  # fmt: skip
    values: dict[str, Any] = {name: typed.text(name) for name in (*plain, *more)}
    return values | {name: typed.texts(name) for name in ("contributors", "visible_to")}


def form(
    reader: Reader,
    row: ObjectiveRow | None,
    cycles: choices.Options,
    values: Mapping[str, Any],
    typed: Typed,
    labels: Mapping[str, str],
) -> dict[str, Any]:
    """Return what the form of an objective, new or there already, shows."""
    who = [name for name in values if name.endswith(PEOPLE)]
    held = [value for name in who for value in _listed(values[name])]
    serves = "parent" in values
    offered = Choices(
        choices.teams(reader, row, [values["team"], *typed.chosen("team")]),
        choices.people(reader, [*held, *typed.chosen(*who)]),
        cycles,
        choices.parents(reader, row, [values["parent"], *typed.chosen("parent")]) if serves else [],
    )
    return {
        "finds": shortlists.finds(reader, typed, row.id if row else None),
        "v": values,
        "error": typed.error,
        "problems": typed.listed(labels),
        "choices": offered,
        "commitments": COMMITMENTS,
        "levels": LEVELS,
        "visibilities": VISIBILITIES,
        "leaving": typed.is_leaving,
        "left": typed.leaves,
        "may_keep": typed.text("visibility") in ("team", "people"),
    }


# -- who would not see it any more ---------------------------------------------------------------------------


def keep_in(typed: Typed, me: Actor) -> Typed:
    """Let whoever asked for it stay among those who see it: as one of them, or of those who work on it."""
    if typed.text("keep"):
        name = "visible_to" if typed.text("visibility") == "people" else "contributors"
        typed.choose(name, [*typed.texts(name), ids.encode(me.person_id)])
    return typed


def after(request: HttpRequest, told: str, id: int, there: str) -> HttpResponse:
    """Say what was done, and go there; or, where its author has left it to others, to their week."""
    if standings.sees(request.actor, id):
        saved(request, told)
        return go(there)
    saved(request, f"{told} You do not see it any more.")
    return go(addresses.week(request.seat.slug))


# -- changing ----------------------------------------------------------------------------------------------


@in_workspace
def edit(request: HttpRequest, objective: int) -> HttpResponse:
    """Show the form of an objective."""
    reader = pages.reader(request)
    found = _editable(reader, objective)
    return _edit_page(request, reader, found, _stored(found), Typed(request.POST))


@in_workspace
def update(request: HttpRequest, objective: int) -> HttpResponse:
    """Change an objective; where somebody else came first, show both versions."""
    reader = pages.reader(request)
    found = _editable(reader, objective)
    typed = keep_in(shortlists.take(Typed(request.POST), reader, LISTS), request.actor)
    values, theirs = again(typed, "reason", "revision", "read"), versions.NOTHING
    wanted = fields(typed, wanted_cycle(typed))
    if not typed.problems:
        try:
            done, theirs = versions.save(
                typed,
                values,
                wanted,
                stored=lambda: _stored(pages_of.form(pages.reader(request), objective)),
                write=lambda changed, revision: objectives.update(
                    objective=objective, changed=changed, reason=typed.text("reason"), revision=revision,
                    leave=typed.leaves, by=request.actor, at=request.at,
                ),
                latest=lambda: history.latest(reader, objective=objective),
                today=request.today,
                say=_say(reader),
                labels=LABELS,
                wholes=(("visibility", "visible_to"),),
            )  # fmt: skip
        except NotFound:
            raise
        except Problem as wrong:
            typed.refuse(wrong)
        else:
            if done:
                told = versions.words(theirs, values["title"])
                return after(request, told, objective, addresses.objective(reader.slug, objective))
    return _edit_page(request, reader, found, values, typed, theirs)


def _editable(reader: Reader, objective: int) -> pages_of.ObjectiveForm:
    found = pages_of.form(reader, objective)
    access.require(access.may_edit(reader.actor, reader.standing(found.row)), "change this objective")
    require_open(found.row)
    return found


def _stored(found: pages_of.ObjectiveForm) -> dict[str, Any]:
    row = found.row
    values = {
        "title": row.title,
        "description": found.description,
        "commitment": row.commitment,
        "level": row.level,
        "cycle": id_text(row.cycle_id),
        "team": id_text(row.team_id),
        "owner": id_text(row.owner_id),
        "sponsor": id_text(row.sponsor_id),
        "contributors": [id_text(id) for id in row.contributors],
        "visibility": row.visibility,
        "visible_to": [id_text(id) for id in row.visible_to],
        "reason": "",
        "revision": str(found.revision),
    }
    return values | {"read": versions.read_as(values)}


def _say(reader: Reader) -> Callable[[str, Any], str]:
    """Return how a field's value reads, its ids as names."""
    image = reader.image
    named = {"cycle": image.cycles, "team": image.teams} | dict.fromkeys(PEOPLE, image.people)

    def say(name: str, value: Any) -> str:
        rows = named.get(name, {})
        words = [rows[id].name if (id := ids.decode(each)) in rows else each for each in _listed(value)]
        return ", ".join(filter(None, words)) or "nothing"

    return say


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _edit_page(
    request: HttpRequest,
    reader: Reader,
    found: pages_of.ObjectiveForm,
    values: dict[str, Any],
    typed: Typed,
    theirs: versions.Both = versions.NOTHING,
) -> HttpResponse:
    row, url = found.row, addresses.objective(reader.slug, found.row.id)
    context = form(reader, row, choices.cycles(reader, row), values, typed, LABELS) | {
        "title": row.title,
        "here": f"{url}edit/",
        "back": url,
        "theirs": theirs,
        "draft_key": f"objective-{ids.encode(row.id)}-{request.actor.person_id}",
    }
    trail = trails.below(reader, reader.team(row.team_id), (row.title, url), ("Edit", None))
    return pages.page(
        request, "objectives/edit.html", context, nav="teams", crumbs=trail, seen_by=reader,
        status=typed.status, cycle=reader.cycle_of(row),
    )  # fmt: skip
