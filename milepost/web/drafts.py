"""Drafting an objective: one form for it, its first key results, and what it serves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.actions import drafts
from milepost.actions.drafts import Link
from milepost.actions.key_results import Definition
from milepost.core import access, addresses, ids
from milepost.core.problems import NotFound, Problem
from milepost.core.quarters import Span
from milepost.queries import choices, shell
from milepost.queries.cards import Reader
from milepost.queries.choices import Cycles
from milepost.queries.shortlists import ListOf, may_draft_for
from milepost.web import cookies, measures, objectives, pages, shortlists, submissions
from milepost.web.actors import in_workspace
from milepost.web.toasts import named
from milepost.web.typed import Typed, id_text
from milepost.web.words import day

SLOTS = ("kr1", "kr2", "kr3")
SLOT_FIELDS = ("title", "kind", "start", "target", "unit", "owner")
HOWS = (("contributes", "contributes to its number"), ("supports", "supports it, without counting"))
LABELS = (
    objectives.LABELS
    | {"parent": "What it serves", "weight": "Weight"}
    | {
        f"{slot}_{field}": f"Key result {number}, {field}"
        for number, slot in enumerate(SLOTS, 1)
        for field in SLOT_FIELDS
    }
)
LISTS = objectives.LISTS | {"parent": ListOf.PARENTS} | {f"{slot}_owner": ListOf.PEOPLE for slot in SLOTS}


@in_workspace
def new(request: HttpRequest) -> HttpResponse:
    """Show the form of a new objective."""
    reader = pages.reader(request)
    offered = _offered(reader)
    return _new_page(request, reader, offered, _blank(request, reader, offered), Typed(request.POST))


@in_workspace
def create(request: HttpRequest) -> HttpResponse:
    """Draft an objective with its first key results."""
    reader = pages.reader(request)
    offered, typed = _offered(reader), _typed(request, reader)
    cycle, span = _cycle(typed, reader, offered)
    fields = objectives.fields(typed, cycle)
    wanted = [(f"{slot}_", made) for slot in SLOTS if (made := _slot(typed, slot)) is not None]
    serves = _served(typed)
    if not typed.problems:
        try:
            made = submissions.once(
                request,
                typed,
                makes="objective",
                make=lambda: (
                    drafts.write(
                        objective=fields | {"leave": typed.leaves},
                        key_results_wanted=wanted,
                        serves=serves,
                        new_cycle=span,
                        by=request.actor,
                        at=request.at,
                    ).id
                ),
            )
        except NotFound:
            typed.say("parent", "What it was to serve is not there any more. Choose again.")
        except Problem as wrong:
            typed.refuse(wrong)
        else:
            told = f"{named('Draft saved', fields['title'])} Activate it once it reads well."
            return objectives.after(request, told, made, addresses.objective(reader.slug, made))
    return _new_page(request, reader, offered, _again(typed), typed)


def _typed(request: HttpRequest, reader: Reader) -> Typed:
    return objectives.keep_in(shortlists.take(Typed(request.POST), reader, LISTS), request.actor)


def _offered(reader: Reader) -> Cycles:
    access.require(
        not reader.actor.is_guest, "write objectives here", remedy="Guests read, comment and check in."
    )
    return choices.cycles_of(reader)


def _new_page(
    request: HttpRequest, reader: Reader, offered: Cycles, values: dict[str, Any], typed: Typed
) -> HttpResponse:
    cycles = _with_new_cycles(offered, request.today)
    context = objectives.form(reader, None, cycles, values, typed, LABELS) | {
        "lacks_cycle": not offered.open,
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
        request, "drafts/new.html", context, nav="teams", crumbs=[("New objective", None)],
        seen_by=reader, status=typed.status,
    )  # fmt: skip


def _blank(request: HttpRequest, reader: Reader, offered: Cycles) -> dict[str, Any]:
    asked = request.GET.get("team", "")
    first = [asked, *(ids.encode(id) for id in sorted(request.actor.teams))]
    allowed = [one for one in first if may_draft_for(reader, ids.decode(one) or 0 if one else None)]
    allowed = allowed or [option[0] for option in choices.teams(reader)[:1]]
    team = allowed[0] if allowed else ""
    cycle = shell.chosen_cycle(reader, request.GET.get("cycle") or cookies.read(request, pages.CYCLE_COOKIE))
    new_cycle = _named(offered.spans[0]) if offered.spans else ""
    values: dict[str, Any] = {
        "title": "", "description": "", "commitment": "aspirational",
        "level": "tactical" if team else "strategic",
        "cycle": ids.encode(cycle.id) if cycle else new_cycle, "team": team,
        "owner": id_text(request.actor.person_id), "sponsor": "", "contributors": [],
        "visibility": "workspace" if allowed else "private", "visible_to": [],
        "parent": request.GET.get("serves", ""), "how": "contributes", "weight": "1",
        "submission": submissions.new_mark(),
    }  # fmt: skip
    for slot in SLOTS:
        values |= {f"{slot}_{field}": "" for field in SLOT_FIELDS} | {f"{slot}_kind": "increase"}
    return values


def _named(span: Span) -> str:
    """Write a cycle that is not there yet as the value of an option."""
    return f"{span.starts_on}/{span.ends_on}"


def _with_new_cycles(offered: Cycles, today: date) -> choices.Options:
    """Offer, where there is no cycle, those that could be made."""
    if offered.open:
        return offered.open
    made = [
        (_named(one), f"{one.name}: {day(one.starts_on, today)} to {day(one.ends_on, today)}")
        for one in offered.spans
    ]
    return made or [("", "None yet")]


def _who_makes(names: Sequence[str]) -> str:
    """Say whom to ask for a cycle."""
    if not names:
        return ""
    listed = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"Ask {listed} to make one."


def _again(typed: Typed) -> dict[str, Any]:
    """Write what was typed back into the form."""
    slots = [f"{slot}_{field}" for slot in SLOTS for field in SLOT_FIELDS]
    return objectives.again(typed, "parent", "how", "weight", "submission", *slots)


def _cycle(typed: Typed, reader: Reader, offered: Cycles) -> tuple[int | None, Span | None]:
    """Read the cycle of a draft: one that is there, or one to be made with it."""
    chosen = typed.text("cycle")
    if "/" not in chosen:
        who = _who_makes(offered.makers)
        missing = f"There is no cycle yet. {who}" if who else objectives.NO_CYCLE
        return objectives.wanted_cycle(typed, missing), None
    # Sent twice, or by two people at once, it is there by now.
    open_ones = (row for row in reader.image.cycles.values() if row.closed_on is None)
    there = next((row.id for row in open_ones if f"{row.starts_on}/{row.ends_on}" == chosen), None)
    span = next((one for one in offered.spans if _named(one) == chosen), None)
    if there is None and span is None:
        typed.say("cycle", objectives.NO_CYCLE)
    return there, None if there else span


def _slot(typed: Typed, slot: str) -> Definition | None:
    """Read one of the key results of the short form; one without any text is left out."""

    def name(field: str) -> str:
        return f"{slot}_{field}"

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
    """Read what the draft serves, and how."""
    if not typed.text("parent"):
        return None
    above, weight = typed.above("parent"), typed.weight()
    if above is None:
        typed.say("parent", "That is not on the list. Choose again.")
        return None
    return Link(**above._asdict(), how=typed.text("how", "contributes"), weight=weight)
