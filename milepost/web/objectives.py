"""Pages of one objective: what it says and how it stands, drafting, changing, and each step of its life."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from milepost.actions import drafts, objectives, submissions
from milepost.actions.drafts import Link
from milepost.actions.key_results import Definition
from milepost.actions.objectives import ObjectiveIsClosed
from milepost.core import access, addresses, ids
from milepost.core.problems import Conflict, NotFound, Problem
from milepost.core.quarters import Span
from milepost.core.states import GuardNotMet, State
from milepost.ledger.structure import ObjectiveRow
from milepost.queries import hindsight, history, shell
from milepost.queries import objectives as pages_of
from milepost.queries.cards import Reader
from milepost.queries.choices import Choices, choices
from milepost.web import measures, pages, trails, versions
from milepost.web.actors import in_workspace
from milepost.web.initiatives import STATES
from milepost.web.toasts import saved
from milepost.web.typed import Typed, new_submission
from milepost.web.words import day

SLOTS = ("kr1", "kr2", "kr3")
SLOT_FIELDS = ("title", "kind", "start", "target", "unit", "owner")
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
    "parent": "What it serves",
    "weight": "Weight",
    "reason": "Why",
} | {
    f"{slot}_{field}": f"Key result {number}, {field}"
    for number, slot in enumerate(SLOTS, 1)
    for field in SLOT_FIELDS
}

NO_CYCLE = "Choose the cycle it belongs to."


@in_workspace
def show(request: HttpRequest, objective: int) -> HttpResponse:
    """Show an objective with everything that belongs to it."""
    reader = pages.reader(request)
    try:
        page = pages_of.page(reader, objective)
    except NotFound:
        if reader.known is None:
            raise
        return _not_yet(request, objective)
    context = {
        "page": page,
        "learned": [hindsight.of_objective(reader, objective)],
        "learned_here": True,
        "steps": [step_button(reader, objective, name) for name in page.steps],
        "here": addresses.objective(reader.slug, objective),
        "arranging": "arrange" in request.GET,
        "states": STATES,
        "submission": new_submission(),
    }
    trail = trails.below(reader, page.card.team, (page.card.title, None))
    return pages.page(
        request, "objectives/show.html", context, nav="teams", crumbs=trail, seen_by=reader, travels=True,
        comparison=f"{context['here']}comparison/",
        began=page.history[-1].on,
    )  # fmt: skip


def _not_yet(request: HttpRequest, objective: int) -> HttpResponse:
    reader = Reader(request.actor, request.today)
    page = pages_of.page(reader, objective)
    return pages.not_yet(
        request, page.card.title, came="drafted", began=page.history[-1].on,
        crumbs=trails.below(reader, page.card.team, (page.card.title, None)),
    )  # fmt: skip


def step_url(reader: Reader, objective: int, name: str) -> str:
    """Address a step of an objective's life."""
    return f"{addresses.objective(reader.slug, objective)}{name}/"


def step_button(reader: Reader, objective: int, name: str) -> dict[str, Any]:
    """Return the button that leads to a step: one that asks for nothing acts at once."""
    step, button = STEPS.get(name), {"name": name, "url": step_url(reader, objective, name)}
    if step is None:  # closing has a page of its own
        return button | {"words": "Close", "symbol": "flag", "is_danger": False, "acts": False}
    return button | {
        "words": step.button, "symbol": step.symbol, "is_danger": step.is_danger, "acts": step.reason is None
    }  # fmt: skip


# -- drafting ----------------------------------------------------------------------------------------------


@in_workspace
def new(request: HttpRequest) -> HttpResponse:
    """Show the form of a new objective."""
    reader = pages.reader(request)
    offered = _offered(reader)
    return _new_page(request, reader, offered, _blank(request, reader, offered), None)


@in_workspace
def create(request: HttpRequest) -> HttpResponse:
    """Draft an objective with its first key results."""
    reader, typed = pages.reader(request), Typed(request.POST)
    offered = _offered(reader)
    cycle, span = _cycle(typed, reader, offered)
    fields = _fields(typed, cycle)
    wanted = [(f"{slot}_", made) for slot in SLOTS if (made := _slot(typed, slot)) is not None]
    serves = _served(typed)
    if not typed.problems:
        try:
            made = submissions.once(
                submission=typed.text("submission"),
                makes="objective",
                make=lambda: (
                    drafts.write(
                        objective=fields,
                        key_results_wanted=wanted,
                        serves=serves,
                        new_cycle=span,
                        by=request.actor,
                        at=request.at,
                    ).id
                ),
                by=request.actor,
                at=request.at,
            )
        except NotFound:
            typed.say("parent", "What it was to serve is not there any more. Choose again.")
        except Problem as wrong:
            typed.refuse(wrong)
        else:
            saved(request, "Draft saved. Activate it once it reads well.")
            return HttpResponseRedirect(addresses.objective(reader.slug, made), status=303)
    return _new_page(request, reader, offered, _again(typed), typed)


def _offered(reader: Reader) -> Choices:
    access.require(
        not reader.actor.is_guest, "write objectives here", remedy="Guests read, comment and check in."
    )
    return choices(reader)


def _new_page(
    request: HttpRequest, reader: Reader, offered: Choices, values: dict[str, Any], typed: Typed | None
) -> HttpResponse:
    context = _form(_with_new_cycles(offered, request.today), values, typed) | {
        "lacks_cycle": not offered.cycles,
        "who_makes": _who_makes(offered.makers),
        "new_cycle": reverse("new_cycle", args=[reader.slug]),
        "slots": SLOTS,
        "kinds": measures.SHORT_OPTIONS,
        "hows": HOWS,
        "here": reverse("new_objective", args=[reader.slug]),
        "back": addresses.week(reader.slug),
        "draft_key": f"objective-new-{request.actor.person_id}",
    }
    return pages.page(
        request, "objectives/new.html", context, nav="teams", crumbs=[("New objective", None)],
        seen_by=reader, status=typed.status if typed else 200,
    )  # fmt: skip


def _blank(request: HttpRequest, reader: Reader, offered: Choices) -> dict[str, Any]:
    me = ids.encode(request.actor.person_id) if request.actor.person_id else ""
    asked = request.GET.get("team", "")
    allowed = [value for value, _ in offered.teams]
    mine = next((ids.encode(id) for id in sorted(request.actor.teams) if ids.encode(id) in allowed), "")
    team = asked if asked in allowed else (mine or (allowed[0] if allowed else ""))
    cycle = shell.chosen_cycle(reader, request.GET.get("cycle") or request.COOKIES.get(pages.CYCLE_COOKIE))
    new_cycle = _named(offered.spans[0]) if offered.spans else ""
    values: dict[str, Any] = {
        "title": "", "description": "", "commitment": "aspirational",
        "level": "tactical" if team else "strategic",
        "cycle": ids.encode(cycle.id) if cycle else new_cycle, "team": team, "owner": me, "sponsor": "",
        "contributors": [], "visibility": "workspace" if offered.teams else "private", "visible_to": [],
        "parent": request.GET.get("serves", ""), "how": "contributes", "weight": "1",
        "submission": new_submission(),
    }  # fmt: skip
    for slot in SLOTS:
        values |= {f"{slot}_{field}": "" for field in SLOT_FIELDS} | {f"{slot}_kind": "increase"}
    return values


def _named(span: Span) -> str:
    """Write a cycle that is not there yet as the value of an option."""
    return f"{span.starts_on}/{span.ends_on}"


def _with_new_cycles(offered: Choices, today: date) -> Choices:
    """Offer, where there is no cycle, those that could be made."""
    if offered.cycles:
        return offered
    made = [
        (_named(one), f"{one.name}: {day(one.starts_on, today)} to {day(one.ends_on, today)}")
        for one in offered.spans
    ]
    return replace(offered, cycles=made or [("", "None yet")])


def _who_makes(names: Sequence[str]) -> str:
    """Say whom to ask for a cycle."""
    if not names:
        return ""
    listed = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"Ask {listed} to make one."


def _again(typed: Typed) -> dict[str, Any]:
    plain = (
        "title", "description", "commitment", "level", "cycle", "team", "owner", "sponsor", "visibility",
        "parent", "how", "weight", "submission", "reason", "revision", "read",
    )  # fmt: skip
    slots = [f"{slot}_{field}" for slot in SLOTS for field in SLOT_FIELDS]
    values: dict[str, Any] = {name: typed.text(name) for name in (*plain, *slots)}
    return values | {name: typed.texts(name) for name in ("contributors", "visible_to")}


def _cycle(typed: Typed, reader: Reader, offered: Choices) -> tuple[int | None, Span | None]:
    """Read the cycle of a draft: one that is there, or one to be made with it."""
    chosen = typed.text("cycle")
    if "/" not in chosen:
        who = _who_makes(offered.makers)
        return _asked_for(typed, f"There is no cycle yet. {who}" if who else NO_CYCLE), None
    # Sent twice, or by two people at once, it is there by now.
    open_ones = (row for row in reader.image.cycles.values() if row.closed_on is None)
    there = next((row.id for row in open_ones if f"{row.starts_on}/{row.ends_on}" == chosen), None)
    span = next((one for one in offered.spans if _named(one) == chosen), None)
    if there is None and span is None:
        typed.say("cycle", NO_CYCLE)
    return there, None if there else span


def _asked_for(typed: Typed, otherwise: str = NO_CYCLE) -> int | None:
    cycle = typed.id("cycle")
    if cycle is None:
        typed.say("cycle", otherwise)
    return cycle


def _fields(typed: Typed, cycle: int | None) -> dict[str, Any]:
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


def _slot(typed: Typed, slot: str) -> Definition | None:
    """Read one of the key results of the short form; one without any text is left out."""
    name = lambda field: f"{slot}_{field}"  # noqa: E731
    if not any(typed.text(name(field)) for field in ("title", "start", "target", "unit")):
        return None
    kind, unit = typed.text(name("kind"), "increase"), typed.text(name("unit"))
    shown = "%" if kind == "relative" else unit
    fields = measures.NAMES[kind].fields if kind in measures.NAMES else ()
    start = typed.number(name("start"), unit) if "start" in fields else None
    target = typed.number(name("target"), shown) if "target" in fields else None
    return Definition(
        title=typed.title("A key result needs a title. Say what will have changed.", name("title")),
        kind=kind,
        start=start,
        target=target,
        unit=unit,
        # A key result that nobody owns would be nobody's to check in.
        owner=typed.id(name("owner")) or typed.id("owner"),
    )


def _served(typed: Typed) -> Link | None:
    """Read what the draft serves: `o` or `k` and an id."""
    chosen = typed.text("parent")
    if not chosen:
        return None
    id, weight = ids.decode(chosen[1:]), typed.number("weight")
    if id is None or chosen[0] not in "ok":
        typed.say("parent", "That is not on the list. Choose again.")
        return None
    return Link(
        objective=id if chosen[0] == "o" else None,
        key_result=id if chosen[0] == "k" else None,
        how=typed.text("how", "contributes"),
        weight=Decimal(1) if weight is None else weight,
    )


HOWS = (("contributes", "contributes to its number"), ("supports", "supports it, without counting"))


def _form(offered: Choices, values: dict[str, Any], typed: Typed | None) -> dict[str, Any]:
    return {
        "v": values,
        "error": typed.error if typed else lambda name: "",
        "problems": typed.listed(LABELS) if typed else [],
        "choices": offered,
        "commitments": COMMITMENTS,
        "levels": LEVELS,
        "visibilities": VISIBILITIES,
    }


# -- changing ----------------------------------------------------------------------------------------------


@in_workspace
def edit(request: HttpRequest, objective: int) -> HttpResponse:
    """Show the form of an objective."""
    reader = pages.reader(request)
    form = _editable(reader, objective)
    return _edit_page(request, reader, form, _stored(form), None)


@in_workspace
def update(request: HttpRequest, objective: int) -> HttpResponse:
    """Change an objective; where somebody else came first, show both versions."""
    reader, typed = pages.reader(request), Typed(request.POST)
    form = _editable(reader, objective)
    fields, values, theirs = _fields(typed, _asked_for(typed)), _again(typed), versions.NOTHING
    if not typed.problems:
        try:
            done, theirs = versions.save(
                typed,
                values,
                fields,
                stored=lambda: _stored(pages_of.form(pages.reader(request), objective)),
                write=lambda changed, revision: objectives.update(
                    objective=objective, changed=changed, reason=typed.text("reason"), revision=revision,
                    by=request.actor, at=request.at,
                ),
                latest=lambda: history.latest(reader, objective=objective),
                today=request.today,
                say=_say(choices(reader, form.row)),
                labels=LABELS,
                wholes=(("visibility", "visible_to"),),
            )  # fmt: skip
        except NotFound:
            raise
        except Problem as wrong:
            typed.refuse(wrong)
        else:
            if done:
                saved(request, versions.words(theirs))
                return HttpResponseRedirect(addresses.objective(reader.slug, objective), status=303)
    return _edit_page(request, reader, form, values, typed, theirs)


def _editable(reader: Reader, objective: int) -> pages_of.ObjectiveForm:
    form = pages_of.form(reader, objective)
    access.require(access.may_edit(reader.actor, reader.standing(form.row)), "change this objective")
    require_open(form.row)
    return form


def require_open(row: ObjectiveRow) -> None:
    """Show no form for what a closing has made part of the record."""
    if row.state in (State.CLOSED, State.GRADED):
        raise ObjectiveIsClosed(
            "This objective is closed; what it says is part of the record.",
            remedy="An admin can reopen it within 14 days of closing.",
        )


def _stored(form: pages_of.ObjectiveForm) -> dict[str, Any]:
    row, written = form.row, lambda id: ids.encode(id) if id else ""
    values = {
        "title": row.title,
        "description": form.description,
        "commitment": row.commitment,
        "level": row.level,
        "cycle": written(row.cycle_id),
        "team": written(row.team_id),
        "owner": written(row.owner_id),
        "sponsor": written(row.sponsor_id),
        "contributors": [written(id) for id in row.contributors],
        "visibility": row.visibility,
        "visible_to": [written(id) for id in row.visible_to],
        "reason": "",
        "revision": str(form.revision),
    }
    return values | {"read": versions.read_as(values)}


def _say(offered: Choices) -> Callable[[str, Any], str]:
    """Return how a field's value reads, its ids as names."""
    named = {
        "cycle": dict(offered.cycles),
        "team": dict(offered.teams),
        **{name: dict(offered.people) for name in ("owner", "sponsor", "contributors", "visible_to")},
    }

    def say(name: str, value: Any) -> str:
        listed = value if isinstance(value, list) else [value]
        return ", ".join(named.get(name, {}).get(each, each).strip() for each in listed if each) or "nothing"

    return say


def _edit_page(
    request: HttpRequest,
    reader: Reader,
    form: pages_of.ObjectiveForm,
    values: dict[str, Any],
    typed: Typed | None,
    theirs: versions.Both = versions.NOTHING,
) -> HttpResponse:
    row, url = form.row, addresses.objective(reader.slug, form.row.id)
    context = _form(choices(reader, row), values, typed) | {
        "title": row.title,
        "here": f"{url}edit/",
        "back": url,
        "theirs": theirs,
        "draft_key": f"objective-{ids.encode(row.id)}-{request.actor.person_id}",
    }
    trail = trails.below(reader, reader.team(row.team_id), (row.title, url), ("Edit", None))
    return pages.page(
        request, "objectives/edit.html", context, nav="teams", crumbs=trail, seen_by=reader,
        status=typed.status if typed else 200,
    )  # fmt: skip


# -- the steps of its life ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A step as a page offers it: its words, and the action behind it."""

    action: Callable[..., Any]
    button: str
    question: str
    means: str
    done: str
    reason: str | None  # the label of the reason it asks for; None asks for none
    symbol: str
    is_danger: bool = False


STEPS: dict[str, Step] = {
    "activation": Step(
        objectives.activate,
        "Activate",
        "Activate this objective?",
        "It counts from then on, and its key results take check-ins once the cycle has begun.",
        "Activated.",
        None,
        "play",
    ),
    "parking": Step(
        objectives.park,
        "Park",
        "Park this draft?",
        "It goes to the not-now list and can come back to draft at any time.",
        "Parked.",
        "Why not now?",
        "clock",
    ),
    "deferral": Step(
        objectives.defer,
        "Defer",
        "Defer this objective?",
        "It stays in the report and no longer counts. It can come back to draft later.",
        "Deferred.",
        "Why later?",
        "clock",
    ),
    "cancellation": Step(
        objectives.cancel,
        "Cancel objective",
        "Cancel this objective?",
        "It stays in the report with its history, and no longer counts towards anything.",
        "Cancelled.",
        "Why is it cancelled?",
        "close",
        is_danger=True,
    ),
    "redrafting": Step(
        objectives.redraft,
        "Take back to draft",
        "Take it back to draft?",
        "It can be changed and activated again; its history stays.",
        "It is a draft again.",
        "What has changed?",
        "undo",
    ),
    "reopening": Step(
        objectives.reopen,
        "Reopen",
        "Reopen this objective?",
        "Its final values can be changed and it is graded anew. The old grades stay on record.",
        "Reopened: give the final values, then close it again.",
        "Why is it reopened?",
        "undo",
    ),
}


@in_workspace
def new_step(request: HttpRequest, objective: int, step: str) -> HttpResponse:
    """Ask whether to take a step, and why; one that cannot be taken says so at once."""
    reader = pages.reader(request)
    row = reader.objective_row(objective)
    may_edit = access.may_edit(reader.actor, reader.standing(row))
    if (may_edit or reader.actor.is_admin) and step not in pages_of.steps(reader, row, may_edit):
        raise Conflict(
            f"“{STEPS[step].button}” cannot be done now: the objective is {row.state.replace('_', ' ')}.",
            code="illegal_transition",
            remedy="Its page offers what can be done.",
        )
    return _step_page(request, reader, objective, STEPS[step], step, None)


@in_workspace
def create_step(request: HttpRequest, objective: int, step: str) -> HttpResponse:
    """Take a step of an objective's life."""
    taken, typed, reader = STEPS[step], Typed(request.POST), pages.reader(request)
    reason = {} if taken.reason is None else {"reason": typed.text("reason")}
    if taken.reason is not None and not reason["reason"]:
        typed.say("reason", "Say why in a sentence: it stays in the history.")
        return _step_page(request, reader, objective, taken, step, typed)
    try:
        taken.action(objective=objective, **reason, by=request.actor, at=request.at)
    except NotFound:
        raise
    except GuardNotMet as waits:
        typed.status = waits.status
        typed.say("", f"“{taken.button}” has to wait. First: {'; '.join(waits.details)}.")
        return _step_page(request, reader, objective, taken, step, typed)
    except Problem as wrong:
        typed.refuse(wrong, field="")
        return _step_page(request, reader, objective, taken, step, typed)
    saved(request, taken.done)
    return HttpResponseRedirect(addresses.objective(reader.slug, objective), status=303)


def _step_page(
    request: HttpRequest, reader: Reader, objective: int, step: Step, name: str, typed: Typed | None
) -> HttpResponse:
    row = reader.objective_row(objective)
    allowed = (
        access.may_manage(reader.actor)
        if name == "reopening"
        else access.may_edit(reader.actor, reader.standing(row))
    )
    access.require(allowed, f"{step.button.lower()} this objective")
    url = addresses.objective(reader.slug, objective)
    context = {
        "step": step,
        "title": row.title,
        "here": step_url(reader, objective, name),
        "back": url,
        "reason": typed.text("reason") if typed else "",
        "error": typed.error if typed else lambda name: "",
        "problems": typed.listed({"reason": step.reason or ""}) if typed else [],
    }
    trail = trails.below(reader, reader.team(row.team_id), (row.title, url), (step.button, None))
    return pages.page(
        request, "objectives/step.html", context, nav="teams", crumbs=trail, seen_by=reader,
        status=typed.status if typed else 200,
    )  # fmt: skip
