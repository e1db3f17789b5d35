"""Undoing: what an event tells of is taken back; where that would write over a later change, it asks."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import replace
from itertools import groupby
from textwrap import shorten
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from milepost.actions import undos
from milepost.actions.undos import ChangedSince
from milepost.core import addresses
from milepost.core.problems import NotAllowed, NotFound, Problem
from milepost.core.undoing import OF_FILES, TOLD_AS_ONE
from milepost.core.workload import TooManyAtOnce
from milepost.queries import history, sentences, shutting_out, standings
from milepost.queries.cards import Reader
from milepost.queries.sentences import Sentence
from milepost.queries.shutting_out import ShutsYouOut
from milepost.web import long_work, pages, versions
from milepost.web.actors import in_workspace
from milepost.web.methods import go, inside
from milepost.web.toasts import saved

# Where one goes on when the page of what was added is gone.
_LISTS = {"team.withdrawn": "teams", "cycle.withdrawn": "cycles", "person.withdrawn": "people"}
MOST_OF_A_TITLE = 40
MOST = 160  # characters of what was undone, in the message that says so


@in_workspace
def show(request: HttpRequest, event: int) -> HttpResponse:
    """Ask whether to undo what an event tells of; where it was changed since, say so at once."""
    wrong = undos.foretell(event=event, by=request.actor, at=request.at)
    return _page(request, event, wrong, status=200)


@in_workspace
def create(request: HttpRequest, event: int) -> HttpResponse:
    """Undo what an event tells of."""
    told = _seen(request, event)
    done = None if told is None else sentences.sentence(pages.reader(request), told)
    is_long = told is not None and told.kind in OF_FILES
    try:
        with long_work.reserved(request) if is_long else nullcontext():
            made = undos.undo(event=event, anyway="anyway" in request.POST, by=request.actor, at=request.at)
    except (NotFound, NotAllowed, TooManyAtOnce):
        raise
    except Problem as wrong:
        return _page(request, event, wrong)
    saved(request, f"Undone: {_in_short(done)}" if done else "Undone.")
    slug = request.seat.slug
    match made.kind:
        case "objective.withdrawn":
            there = addresses.week(slug)
        case "key_result.withdrawn":
            there = addresses.objective(slug, made.objective_id)
        case "team.withdrawn" | "cycle.withdrawn" | "person.withdrawn":
            there = f"{addresses.week(slug)}{_LISTS[made.kind]}/"
        case _:
            there = _back(request) or _home(request, made)
    return go(there)


def _seen(request: HttpRequest, event: int) -> Any:
    """Return an event; None where its author has left what it is about to others, by it; or NotFound."""
    try:
        return standings.event(request.actor, event)
    except NotFound:
        if shutting_out.left(request.actor, event) is None:
            raise
        return None


def _in_short(done: Sentence) -> str:
    """Return a sentence; of a long one the first words of each title, so that it goes on to its end."""
    if len(done.text) > MOST:
        phrases = (
            replace(one, text=shorten(one.text, MOST_OF_A_TITLE, placeholder="…")) if one.url else one
            for one in done.phrases
        )
        done = replace(done, phrases=tuple(phrases))
    told = shorten(done.text.rstrip(". "), MOST, placeholder="…")
    return told if told.endswith("…") else f"{told}."


def _page(request: HttpRequest, event: int, wrong: Problem | None, status: int = 0) -> HttpResponse:
    reader = pages.reader(request)
    told = _seen(request, event)
    if told is None:
        return _page_of_left(request, reader, event, wrong, status)
    told_as = sentences.sentence(reader, told)
    if told_as is None:
        raise NotFound
    over, who = [], ""
    if isinstance(wrong, ChangedSince):
        who = _who(request, reader, told, [one.field for one in wrong.over])
        for (title, part), group in groupby(wrong.over, key=lambda one: (one.of, one.part)):
            fields = list(group)
            lines = sentences.rewritten(reader, told, {one.field: (one.now, one.then) for one in fields})
            by = _who_of_part(request, reader, part, [one.field for one in fields])
            over += [(title, line, by) for line in lines]
    context = {
        "sentence": told_as,
        "wrong": wrong,
        "over": over,
        "who": who,
        "is_foretold": undos.is_foretold(told.kind),
        "may_insist": (isinstance(wrong, ChangedSince) and bool(wrong.over))
        or isinstance(wrong, ShutsYouOut),
        "here": addresses.undoing(reader.slug, event),
        "left": None,
        "back": _back(request) or _home(request, told),
    }
    return pages.page(
        request, "undoing/show.html", context, nav="activity", crumbs=[("Undo", None)], seen_by=reader,
        status=status or wrong.status,
    )  # fmt: skip


def _who(request: HttpRequest, reader: Reader, told: Any, fields: Collection[str]) -> str:
    """Say who changed since what an event is about; of what was done as one, each part is told by itself."""
    if told.kind in TOLD_AS_ONE or told.kind in OF_FILES:
        return ""
    return versions.told(history.since(reader, told, fields), request.today)


def _who_of_part(request: HttpRequest, reader: Reader, part: int | None, fields: Collection[str]) -> str:
    return "" if part is None else _who(request, reader, standings.event(request.actor, part), fields)


def _page_of_left(
    request: HttpRequest, reader: Reader, event: int, wrong: Problem | None, status: int
) -> HttpResponse:
    """Ask of what its author has left to others, in words that they knew then: nothing of it as it is now."""
    told = shutting_out.left(request.actor, event)
    at = reader.local(told.at)
    context = {
        "left": (told.data["left"], at, at.date()),
        "wrong": wrong,
        "over": [],
        "who": "",
        "may_insist": False,
        "here": addresses.undoing(reader.slug, event),
        "back": _back(request) or f"{addresses.week(reader.slug)}activity/",
    }
    return pages.page(
        request, "undoing/show.html", context, nav="activity", crumbs=[("Undo", None)], seen_by=reader,
        status=status or wrong.status,
    )  # fmt: skip


def _home(request: HttpRequest, told) -> str:
    slug = request.seat.slug
    if told.key_result_id is not None:
        return addresses.key_result(slug, told.key_result_id)
    if told.objective_id is not None:
        return addresses.objective(slug, told.objective_id)
    return f"{addresses.week(slug)}activity/"


def _back(request: HttpRequest) -> str | None:
    """Return the page from which the button was pressed, if it is one of this workspace."""
    there = request.POST.get("back") or urlsplit(request.headers.get("Referer", "")).path
    return None if there.endswith("/undoing/") else inside(request, there)
