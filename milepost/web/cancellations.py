"""Cancelling a key result, and taking it up again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from milepost.actions import key_results
from milepost.core import access, addresses
from milepost.core.problems import NotFound, Problem
from milepost.queries import key_results as pages_of
from milepost.queries.cards import Reader
from milepost.web import pages, trails
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.toasts import saved
from milepost.web.typed import Typed


@in_workspace
def new(request: HttpRequest, key_result: int) -> HttpResponse:
    """Ask why a key result is cancelled."""
    return _page(request, pages.reader(request), key_result, Typed(request.POST))


@in_workspace
def create(request: HttpRequest, key_result: int) -> HttpResponse:
    """Cancel a key result."""
    reader, typed = pages.reader(request), Typed(request.POST)
    try:
        key_results.cancel(
            key_result=key_result, reason=typed.text("reason"), by=request.actor, at=request.at
        )
    except NotFound:
        raise
    except Problem as wrong:
        typed.refuse(wrong, field="reason" if wrong.field == "reason" else "")
        return _page(request, reader, key_result, typed)
    saved(request, "Cancelled: it stays listed and no longer counts.")
    return go(addresses.key_result(reader.slug, key_result))


def _page(request: HttpRequest, reader: Reader, key_result: int, typed: Typed) -> HttpResponse:
    form = pages_of.form(reader, key_result)
    standing = reader.standing(form.objective, form.row)
    access.require(access.may_edit(reader.actor, standing), "change this key result")
    url = addresses.key_result(reader.slug, key_result)
    context = {
        "title": form.row.title,
        "here": f"{url}cancellation/",
        "back": url,
        "reason": typed.text("reason"),
        "error": typed.error,
        "problems": typed.listed({"reason": "Why"}),
    }
    above = (form.objective.title, addresses.objective(reader.slug, form.objective.id))
    trail = trails.below(
        reader, reader.team(form.objective.team_id), above, (form.row.title, url), ("Cancel", None)
    )
    return pages.page(
        request, "key_results/cancel.html", context, nav="teams", crumbs=trail, seen_by=reader,
        status=typed.status,
    )  # fmt: skip


@in_workspace
def restore(request: HttpRequest, key_result: int) -> HttpResponse:
    """Take a cancelled key result up again."""
    reason = Typed(request.POST).text("reason")
    key_results.restore(key_result=key_result, reason=reason, by=request.actor, at=request.at)
    saved(request, "It counts again.")
    return go(addresses.key_result(pages.reader(request).slug, key_result))
