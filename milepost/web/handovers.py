"""Handing over what somebody holds, before they leave or at any time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse

from milepost.actions import handovers
from milepost.core import addresses
from milepost.core.ids import decode, encode
from milepost.core.problems import Conflict, Invalid
from milepost.queries import holdings
from milepost.queries.cards import Reader
from milepost.queries.choices import by_label, people
from milepost.queries.holdings import Holding, Turn
from milepost.queries.shortlists import ListOf, Shortlist
from milepost.web import pages, shortlists, versions
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.toasts import saved
from milepost.web.typed import Typed

STAYS, ELSE = "stays", "else"
LABELS = {"to": "Everything to"}
NOTHING: Mapping[Holding, int | None] = MappingProxyType({})


@in_workspace
def show(request: HttpRequest, person: int) -> HttpResponse:
    """List what somebody holds, and ask who is to have it."""
    return _page(request, person, Typed(request.GET))


@in_workspace
def create(request: HttpRequest, person: int) -> HttpResponse:
    """Hand it over, in one step; or show what would go to whom."""
    reader = pages.reader(request)
    typed = shortlists.take(Typed(request.POST), reader, {"to": ListOf.PEOPLE})
    to = typed.id("to")
    listed = typed.text("listed").split() if "listed" in request.POST else None
    found = holdings.to_give(reader, person)
    turns = () if listed is None else holdings.turns(reader, found, listed)
    held = {one.ref for one in found.listed}  # what went meanwhile is told, and asks for nobody any more
    chosen = _chosen(typed) | _typed_by_name(typed, reader)
    instead = chosen if listed is None else {ref: who for ref, who in chosen.items() if ref in held}
    if to is None and not any(instead.values()):
        typed.say("to", "Choose somebody who is to have it.")
    asked = {"person": person, "to": to, "instead": instead, "leave": typed.leaves}
    asked |= {"by": request.actor, "at": request.at}
    shown = NOTHING
    if not typed.problems:
        try:
            if not typed.text("show"):
                made = handovers.hand_over(seen=typed.text("seen") or None, listed=listed, **asked)
                return _done(request, person, made.data["things"])
            shown = handovers.preview(**asked)
        except (Invalid, Conflict) as wrong:
            typed.refuse(wrong, field="" if wrong.code == "changed_meanwhile" else "to")
    return _page(request, person, typed, shown, turns)


def _done(request: HttpRequest, person: int, things: int) -> HttpResponse:
    saved(request, f"Handed over: {things} thing{'s' if things != 1 else ''}.")
    return go("person", slug=request.seat.slug, person=person)


def _chosen(typed: Typed) -> dict[str, int | None]:
    """Read what of the listed was chosen for a thing: somebody near it, or that it stays."""
    found = {}
    for name in typed.data:
        if name.startswith("to-") and (chosen := typed.text(name)) and chosen != ELSE:
            found[name.removeprefix("to-")] = None if chosen == STAYS else typed.id(name)
    return found


def _typed_by_name(typed: Typed, reader: Reader) -> dict[str, int | None]:
    """Read who was typed for things that go to somebody else: anybody who is here."""
    found, listed = {}, Shortlist(reader, ListOf.PEOPLE)
    known = {label.casefold(): id for label, id in by_label(reader).items()}
    for name in typed.data:
        ref = name.removeprefix("else-")
        if name.startswith("else-") and typed.text(f"to-{ref}") == ELSE:
            written = " ".join(typed.text(name).split())
            one, others = listed.named(written)
            at_the_end = decode(written.rsplit(" ", 1)[-1])  # as the list tells namesakes apart
            if value := known.get(written.casefold(), one.value if one else None):
                found[ref] = decode(value)
            elif at_the_end in reader.image.people:
                found[ref] = at_the_end
            elif not written:
                typed.say(name, "Say who, by a part of the name.")
            elif others.choices:
                typed.offer("else", [f"{each.label} · {each.value}" for each in others.choices])
                typed.say(name, f"{others.count} people answer to “{written[:60]}”. Its list has them now.")
            else:
                typed.say(name, f"Nobody here is called “{written[:60]}”. Write a part of the name.")
    return found


def _page(
    request: HttpRequest,
    person: int,
    typed: Typed,
    shown: Mapping[Holding, int | None] = NOTHING,
    turns: Sequence[Turn] = (),
) -> HttpResponse:
    reader = pages.reader(request)
    found = holdings.to_give(reader, person)
    mine = request.actor.person_id == person
    there = addresses.person(reader.slug, person)
    context = {
        "found": found,
        "given": [one for one in found.listed if one.may_give],
        "kept": [one for one in found.listed if not one.may_give],
        "mine": mine,
        "listed": " ".join(one.ref for one in found.listed),
        "turns": [(one, versions.told(one.latest, request.today)) for one in turns],
        "goes": _by_successor(reader, shown),
        "given_away": sum(to is not None for to in shown.values()),
        "stays": [one for one, to in shown.items() if to is None],
        "seen": handovers.mark(given=shown),
        "people": [option for option in people(reader, typed.chosen("to")) if option[0] != encode(person)],
        "labels": dict.fromkeys(
            (
                *typed.offered.get("else", ()),
                *(label for label, id in by_label(reader).items() if id != encode(person)),
            )
        ),
        "finds": shortlists.finds(reader, typed),
        "to": typed.text("to"),
        "picked": {one.ref: typed.text(f"to-{one.ref}") for one in found.listed},
        "written": {one.ref: typed.text(f"else-{one.ref}") for one in found.listed},
        "error": typed.error,
        "leaving": typed.is_leaving,
        "left": typed.leaves,
        "problems": typed.listed(LABELS | {f"else-{one.ref}": one.title for one in found.listed}),
        "here": f"{there}handover/",
        "back": there,
    }
    crumbs = [("People", f"{addresses.week(reader.slug)}people/"), (found.name, there), ("Hand over", None)]
    return pages.page(
        request, "handovers/show.html", context, nav="people", crumbs=crumbs, seen_by=reader,
        status=typed.status if request.method == "POST" else 200,
    )  # fmt: skip


def _by_successor(reader: Reader, shown: Mapping[Holding, int | None]) -> list[tuple[str, list[Holding]]]:
    """List who would get what: whoever gets most first."""
    found: dict[int, list[Holding]] = defaultdict(list)
    for one, to in shown.items():
        if to is not None:
            found[to].append(one)
    named = {decode(id): label for label, id in by_label(reader).items()}  # which tells namesakes apart
    listed = [(named.get(to, reader.image.people[to].name), things) for to, things in found.items()]
    return sorted(listed, key=lambda one: (-len(one[1]), one[0].casefold()))
