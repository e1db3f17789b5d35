"""Where an objective stands: another place is chosen, what would follow is shown, and then it moves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, QueryDict

from milepost.actions import alignments
from milepost.actions.key_results import AGREED
from milepost.core import access, addresses, ids
from milepost.core.problems import Invalid, NotFound, Problem
from milepost.ledger.structure import ObjectiveRow
from milepost.queries import history, placing
from milepost.queries.cards import Reader
from milepost.queries.choices import parents
from milepost.queries.placing import Place
from milepost.queries.shortlists import ListOf
from milepost.web import pages, shortlists, trails, versions
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.toasts import saved
from milepost.web.typed import Typed
from milepost.web.words import plain_number

ALONE = "none"  # it is to stand by itself
PLACE = ("from", "to", "how", "weight")  # what must be clear before anything can be foretold
LABELS = {"to": "To", "from": "Away from", "how": "How", "weight": "Weight", "reason": "Why"}


@dataclass(frozen=True)
class Asked:
    """What a form says of the new place; `to` None and `is_chosen`: it is to stand by itself."""

    leaves: Place | None
    to: Place | None
    is_chosen: bool
    how: str
    weight: Decimal


@in_workspace
def show(request: HttpRequest, objective: int) -> HttpResponse:
    """Show where an objective stands, and what would follow from another place."""
    reader = pages.reader(request)
    row = _open_to_me(reader, objective)
    typed = shortlists.take(Typed(request.GET), reader, {"to": ListOf.PARENTS}, row.id)
    asked = _asked(reader, row, typed, request.GET)
    if "to" in request.GET and not asked.is_chosen and not typed.error("to"):
        typed.say("to", "Choose a new place.")
    return _page(request, reader, row, asked, typed)


@in_workspace
def create(request: HttpRequest, objective: int) -> HttpResponse:
    """Move an objective."""
    reader = pages.reader(request)
    row = _open_to_me(reader, objective)
    typed = shortlists.take(Typed(request.POST), reader, {"to": ListOf.PARENTS}, row.id)
    asked = _asked(reader, row, typed, request.POST)
    if not asked.is_chosen:
        typed.say("to", "Choose a new place.")
    if not typed.problems:
        there = asked.to and {"key_result" if asked.to.is_key_result else "objective": asked.to.id}
        try:
            alignments.move(
                child=objective, leaves=asked.leaves and asked.leaves.id, **(there or {}), how=asked.how,
                weight=asked.weight, reason=typed.text("reason"), by=request.actor, at=request.at,
            )  # fmt: skip
        except Problem as wrong:
            typed.refuse(wrong, field={"parent": "to"}.get(wrong.field or "", wrong.field or ""))
        else:
            saved(request, f"Moved below “{asked.to.title}”." if asked.to else "It stands by itself now.")
            return go(f"{addresses.objective(reader.slug, objective)}#alignment")
    return _page(request, reader, row, asked, typed)


def _open_to_me(reader: Reader, objective: int) -> ObjectiveRow:
    row = reader.objective_row(objective)
    access.require(access.may_edit(reader.actor, reader.standing(row)), "move this objective")
    return row


def _asked(reader: Reader, row: ObjectiveRow, typed: Typed, data: QueryDict) -> Asked:
    now = placing.places(reader, row)
    leaves = _named(reader, typed, "from") if "from" in data else (now[0] if len(now) == 1 else None)
    if leaves is not None and leaves.id not in [one.id for one in now]:
        who = versions.told(history.latest_of_link(reader, row.id, leaves.id), reader.today)
        told = f" {who}." if who else ""
        typed.say("from", f"It does not serve that any more.{told} Look at where it stands now.")
    leaves = next((one for one in now if leaves and one.id == leaves.id), None)
    to = None if typed.text("to") == ALONE else _named(reader, typed, "to")
    usual = (leaves.how, leaves.weight) if leaves else ("contributes", Decimal(1))
    weight = typed.number("weight")
    how, weight = typed.text("how") or usual[0], usual[1] if weight is None else weight
    try:
        alignments.check(how, weight)
    except Invalid as wrong:
        typed.refuse(wrong)
        how, weight = usual
    return Asked(leaves, to, to is not None or typed.text("to") == ALONE, how, weight)


def _named(reader: Reader, typed: Typed, name: str) -> Place | None:
    written = typed.text(name)
    if not written:
        return None
    try:
        return placing.place(reader, written, ids.decode(written[1:]))
    except NotFound:
        typed.say(name, "That is not on the list. Choose again.")
        return None


def _page(
    request: HttpRequest, reader: Reader, row: ObjectiveRow, asked: Asked, typed: Typed
) -> HttpResponse:
    url = addresses.objective(reader.slug, row.id)
    stays = asked.is_chosen and asked.to is not None and asked.leaves and asked.to.id == asked.leaves.id
    seen = None
    is_clear = asked.is_chosen and not any(map(typed.error, PLACE))
    if is_clear and not stays and (asked.to or asked.leaves):
        with reader.image.lock:
            seen = placing.preview(
                reader, row, leaves=asked.leaves, to=asked.to, how=asked.how, weight=asked.weight
            )
    now = placing.places(reader, row)
    context = {
        "title": row.title,
        "asked": asked,
        "weight": typed.text("weight") if typed.error("weight") else plain_number(asked.weight),
        "now": now,
        "options": [(one.ref, one.title) for one in now],
        "parents": parents(reader, row, typed.chosen("to")),
        "finds": shortlists.finds(reader, typed, row.id),
        "seen": seen,
        "stays": stays,
        "needs_reason": row.state in AGREED,
        "reason": typed.text("reason"),
        "error": typed.error,
        "problems": typed.listed(LABELS),
        "here": f"{url}place/",
        "back": f"{url}#alignment",
    }
    trail = trails.below(reader, reader.team(row.team_id), (row.title, url), ("Move", None))
    return pages.page(
        request, "placing/show.html", context, nav="alignment", crumbs=trail, seen_by=reader,
        status=typed.status if request.method == "POST" else 200,
    )  # fmt: skip
