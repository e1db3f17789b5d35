"""Handing over what somebody holds, before they leave or at any time."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from milepost.actions import handovers
from milepost.core import addresses
from milepost.core.ids import encode
from milepost.core.problems import Conflict, Invalid
from milepost.queries import holdings
from milepost.queries.choices import people
from milepost.queries.shortlists import ListOf
from milepost.web import pages, shortlists
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.toasts import saved
from milepost.web.typed import Typed

STAYS = "stays"
LABELS = {"to": "Everything to"}


@in_workspace
def show(request: HttpRequest, person: int) -> HttpResponse:
    """List what somebody holds, and ask who is to have it."""
    return _page(request, person, Typed(request.GET))


@in_workspace
def create(request: HttpRequest, person: int) -> HttpResponse:
    """Hand it over, in one step."""
    typed = shortlists.take(Typed(request.POST), pages.reader(request), {"to": ListOf.PEOPLE})
    to, instead = typed.id("to"), {}
    for name in request.POST:
        if name.startswith("to-") and (chosen := typed.text(name)):
            instead[name.removeprefix("to-")] = None if chosen == STAYS else typed.id(name)
    if to is None and not any(instead.values()):
        typed.say("to", "Choose somebody who is to have it.")
    if not typed.problems:
        try:
            made = handovers.hand_over(person=person, to=to, instead=instead, by=request.actor, at=request.at)
        except (Invalid, Conflict) as wrong:
            typed.refuse(wrong, field="to")
        else:
            things = made.data["things"]
            saved(request, f"Handed over: {things} thing{'s' if things != 1 else ''}.")
            return go("person", slug=request.seat.slug, person=person)
    return _page(request, person, typed)


def _page(request: HttpRequest, person: int, typed: Typed) -> HttpResponse:
    reader = pages.reader(request)
    found = holdings.to_give(reader, person)
    mine = request.actor.person_id == person
    there = addresses.person(reader.slug, person)
    context = {
        "found": found,
        "given": [one for one in found.listed if one.may_give],
        "kept": [one for one in found.listed if not one.may_give],
        "mine": mine,
        "people": [option for option in people(reader, typed.chosen("to")) if option[0] != encode(person)],
        "finds": shortlists.finds(reader),
        "to": typed.text("to"),
        "picked": {one.ref: typed.text(f"to-{one.ref}") for one in found.listed},
        "error": typed.error,
        "problems": typed.listed(LABELS),
        "here": f"{there}handover/",
        "back": there,
    }
    crumbs = [("People", f"{addresses.week(reader.slug)}people/"), (found.name, there), ("Hand over", None)]
    return pages.page(
        request, "handovers/show.html", context, nav="people", crumbs=crumbs, seen_by=reader,
        status=typed.status if request.method == "POST" else 200,
    )  # fmt: skip
