"""The steps of an objective's life: each is asked about first, and why, and then taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from milepost.actions import objectives
from milepost.core import access, addresses
from milepost.core.problems import Conflict, NotFound, Problem
from milepost.core.states import GuardNotMet
from milepost.queries import objectives as pages_of
from milepost.queries.cards import Reader
from milepost.web import pages, trails
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.toasts import saved
from milepost.web.typed import Typed


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


def button(reader: Reader, objective: int, name: str) -> dict[str, Any]:
    """Return the button that leads to a step: one that asks for nothing acts at once."""
    step, shown = STEPS.get(name), {"name": name, "url": _url(reader, objective, name)}
    if step is None:  # closing has a page of its own
        return shown | {"words": "Close", "symbol": "flag", "is_danger": False, "acts": False}
    return shown | {
        "words": step.button, "symbol": step.symbol, "is_danger": step.is_danger, "acts": step.reason is None
    }  # fmt: skip


def _url(reader: Reader, objective: int, name: str) -> str:
    return f"{addresses.objective(reader.slug, objective)}{name}/"


@in_workspace
def new(request: HttpRequest, objective: int, step: str) -> HttpResponse:
    """Ask whether to take a step, and why; one that cannot be taken says so at once."""
    reader = pages.reader(request)
    row = reader.objective_row(objective)
    may_edit = access.may_edit(reader.actor, reader.standing(row))
    if (may_edit or reader.actor.is_admin_of_okrs) and step not in pages_of.steps(reader, row, may_edit):
        raise Conflict(
            f"“{STEPS[step].button}” cannot be done now: the objective is {row.state.replace('_', ' ')}.",
            code="illegal_transition",
            remedy="Its page offers what can be done.",
        )
    return _page(request, reader, objective, step, Typed(request.POST))


@in_workspace
def create(request: HttpRequest, objective: int, step: str) -> HttpResponse:
    """Take a step of an objective's life."""
    asked, typed, reader = STEPS[step], Typed(request.POST), pages.reader(request)
    reason = {} if asked.reason is None else {"reason": typed.text("reason")}
    if "" in reason.values():
        typed.say("reason", "Say why in a sentence: it stays in the history.")
        return _page(request, reader, objective, step, typed)
    try:
        asked.action(objective=objective, **reason, by=request.actor, at=request.at)
    except NotFound:
        raise
    except GuardNotMet as waits:
        typed.say("", f"“{asked.button}” has to wait. {waits.remedy}", status=waits.status)
    except Problem as wrong:
        typed.refuse(wrong, field="")
    else:
        saved(request, asked.done)
        return go(addresses.objective(reader.slug, objective))
    return _page(request, reader, objective, step, typed)


def _page(request: HttpRequest, reader: Reader, objective: int, name: str, typed: Typed) -> HttpResponse:
    step = STEPS[name]
    row = reader.objective_row(objective)
    allowed = (
        access.may_oversee(reader.actor)
        if name == "reopening"
        else access.may_edit(reader.actor, reader.standing(row))
    )
    access.require(allowed, f"{step.button.lower()} this objective")
    url = addresses.objective(reader.slug, objective)
    context = {
        "step": step,
        "title": row.title,
        "here": _url(reader, objective, name),
        "back": url,
        "reason": typed.text("reason"),
        "error": typed.error,
        "problems": typed.listed({"reason": step.reason or ""}),
    }
    trail = trails.below(reader, reader.team(row.team_id), (row.title, url), (step.button, None))
    return pages.page(
        request, "steps/new.html", context, nav="teams", crumbs=trail, seen_by=reader, status=typed.status
    )
