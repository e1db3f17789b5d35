"""Saying something under an objective or a key result."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from milepost.actions import comments, submissions
from milepost.core import addresses
from milepost.core.problems import Invalid
from milepost.web import pages
from milepost.web.actors import in_workspace
from milepost.web.typed import Typed


@in_workspace
def create(request: HttpRequest, objective: int | None = None, key_result: int | None = None) -> HttpResponse:
    """Post a comment, and show it where it stands now."""
    typed, slug = Typed(request.POST), pages.reader(request).slug
    if objective is not None:
        url = addresses.objective(slug, objective)
    else:
        url = addresses.key_result(slug, key_result)
    try:
        submissions.once(
            submission=typed.text("submission"),
            make=lambda: comments.add(
                text=typed.text("text"), objective=objective, key_result=key_result,
                by=request.actor, at=request.at,
            ).id,
            by=request.actor,
            at=request.at,
        )  # fmt: skip
    except Invalid as wrong:
        # Nothing worth keeping was typed, or far too much: the draft in the browser still holds it.
        messages.error(request, str(wrong))
    else:
        messages.success(request, "Posted.")
    return HttpResponseRedirect(f"{url}#discussion", status=303)
