"""Closing an objective: final values, the grades they give, and what was learned."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse

from milepost.actions import reviews
from milepost.core import addresses
from milepost.core.problems import NotFound, Problem
from milepost.core.scoring import Outcome
from milepost.core.states import State, require_closable
from milepost.queries import objectives as pages_of
from milepost.queries.cards import Reader
from milepost.web import pages, trails
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.toasts import saved
from milepost.web.typed import Typed
from milepost.web.words import plain_number

OUTCOMES = {
    Outcome.SUCCESS: "Success",
    Outcome.SUCCESS_BY_LEARNING: "Success by learning",
    Outcome.PARTIAL: "Partly reached",
    Outcome.MISS: "Missed",
    Outcome.NOT_YET: "Not yet",
    Outcome.UNGRADED: "Not graded",
}
LABELS = {"learned": "What was learned"}


@in_workspace
def new(request: HttpRequest, objective: int) -> HttpResponse:
    """Show what closing now would give."""
    reader = pages.reader(request)
    page = _closable(reader, objective)
    return _page(request, reader, objective, page, _begun(page), Typed(request.POST))


@in_workspace
def create(request: HttpRequest, objective: int) -> HttpResponse:
    """Close an objective, or (`look`) only show the grades that the typed values give."""
    reader, typed = pages.reader(request), Typed(request.POST)
    before = _closable(reader, objective)
    values = _values(typed, before)
    learned = typed.text("learned")
    if typed.problems or typed.text("look"):
        page = _closable(reader, objective, values, learned)
        return _page(request, reader, objective, page, _again(typed, before), typed)
    try:
        reviews.close(objective=objective, values=values, learned=learned, by=request.actor, at=request.at)
    except NotFound:
        raise
    except Problem as wrong:
        typed.refuse(wrong, field="")
        return _page(request, reader, objective, before, _again(typed, before), typed)
    ended = pages_of.closing_of(pages.reader(request), pages.reader(request).objective_row(objective))
    saved(request, _in_a_sentence(ended))
    return go(addresses.objective(reader.slug, objective))


def _in_a_sentence(ended: pages_of.Closing | None) -> str:
    if ended is None:
        return "Closed."
    action = f" Next: {ended.verdict.action}" if ended.verdict.action else ""
    return f"Closed with grade {ended.whole.grade:.1f}. {OUTCOMES[ended.verdict.verdict]}.{action}"


def _closable(
    reader: Reader, objective: int, values: dict[int, Decimal] | None = None, learned: str = ""
) -> pages_of.ClosingPage:
    pages_of.require_may_close(reader, objective)
    page = pages_of.closing(reader, objective, values=values, learned=learned)
    require_closable(State(page.card.state))
    return page


def _values(typed: Typed, page: pages_of.ClosingPage) -> dict[int, Decimal]:
    """Read the final values that differ from the last check-in: only those are new facts."""
    found = {}
    for final in page.finals:
        if not final.takes_value:
            continue
        value = typed.number(f"value_{final.card.id}", final.card.unit)
        if value is not None and value != final.card.now:
            found[final.card.number] = value
    return found


def _begun(page: pages_of.ClosingPage) -> dict[str, str]:
    values = {
        f"value_{final.card.id}": plain_number(final.card.now) for final in page.finals if final.takes_value
    }
    return values | {"learned": ""}


def _again(typed: Typed, page: pages_of.ClosingPage) -> dict[str, str]:
    names = [f"value_{final.card.id}" for final in page.finals if final.takes_value]
    return {name: typed.text(name) for name in (*names, "learned")}


def _page(
    request: HttpRequest,
    reader: Reader,
    objective: int,
    page: pages_of.ClosingPage,
    values: dict[str, str],
    typed: Typed,
) -> HttpResponse:
    url = addresses.objective(reader.slug, objective)
    labels = LABELS | {f"value_{final.card.id}": final.card.title for final in page.finals}
    context = {
        "page": page,
        "v": values,
        "error": typed.error,
        "problems": typed.listed(labels),
        "outcomes": OUTCOMES,
        "here": f"{url}closing/",
        "back": url,
        "draft_key": f"closing-{page.card.id}-{request.actor.person_id}",
    }
    trail = trails.below(reader, page.card.team, (page.card.title, url), ("Close", None))
    return pages.page(
        request, "closings/new.html", context, nav="teams", crumbs=trail, seen_by=reader, status=typed.status
    )
