"""The sweep: all my due key results one after another, by keyboard alone, without a page load between."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from milepost.actions import checkins as actions
from milepost.core import addresses, ids
from milepost.core.problems import Invalid, NotFound
from milepost.queries import sweep as queries
from milepost.queries.cards import Reader
from milepost.web import checkins, keymap, pages, submissions
from milepost.web.actors import in_workspace

MOST = 200


@in_workspace
def show(request: HttpRequest) -> HttpResponse:
    """Show the next due key result; after the last one, what was done."""
    return _next(request, request.GET)


@in_workspace
def create(request: HttpRequest) -> HttpResponse:
    """Save one check-in (or skip it) and go on to the next."""
    key_result = ids.decode(request.POST.get("key_result", ""))
    if key_result is None:
        raise NotFound
    done, skipped = _ids(request.POST, "done"), _ids(request.POST, "skipped")
    if "skip" in request.POST:
        skipped.append(key_result)
    else:
        try:
            given = checkins.said(request, key_result)
            checkins.look_twice(request, key_result, given)
            actions.record(key_result=key_result, **given, by=request.actor, at=request.at)
        except Invalid as problem:
            return _next(request, request.POST, problem=problem)
        done.append(key_result)
    progress = {"done": _written(done), "skipped": _written(skipped)}
    if request.headers.get("HX-Request"):
        return _next(request, progress)
    return HttpResponseRedirect(_here(request.seat.slug, progress), status=303)


def _next(request: HttpRequest, said, *, problem: Invalid | None = None) -> HttpResponse:
    done, skipped = _ids(said, "done"), _ids(said, "skipped")
    reader = Reader(request.actor, request.today)
    with reader.image.lock:
        step = queries.step(reader, done=done, skipped=skipped)
        moved = queries.moved(reader, done) if step is None else []
    context = {
        "slug": reader.slug,
        "person": ids.encode(request.actor.person_id),
        "step": step,
        "moved": moved,
        "owns": bool(reader.image.owned_by.get(request.actor.person_id)),
        "done": _written(done),
        "skipped": _written(skipped),
        "done_count": len(done),
        "skipped_count": len(skipped),
        "problem": problem,
        "typed": request.POST if problem else {},
        "submission": submissions.new_mark(),
        "today": request.today,
        "here": _here(reader.slug, {"done": _written(done), "skipped": _written(skipped)}),
        "week_url": addresses.week(reader.slug),
        "sweep_url": reverse("sweep", args=[reader.slug]),
        "save_keys": keymap.in_force(pages.keymap_of(request)).get("save_next", ""),
        "csp_nonce": request.csp_nonce,
    }
    status = 422 if problem else 200
    if request.headers.get("HX-Request"):
        return render(request, "sweep/next.hx.html", context, status=status)
    return pages.page(
        request, "sweep/show.html", context, nav="week", crumbs=[], seen_by=reader, status=status
    )


def _here(slug: str, progress: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in progress.items() if value})
    return reverse("sweep", args=[slug]) + (f"?{query}" if query else "")


def _ids(said, name: str) -> list[int]:
    """Read a list of ids; what is no id, or no longer a key result one may see, is left out further on."""
    found = [ids.decode(text) for text in (said.get(name) or "").split(",")[:MOST]]
    return [id for id in found if id is not None]


def _written(listed: list[int]) -> str:
    return ",".join(ids.encode(id) for id in listed)
