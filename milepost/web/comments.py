"""Saying something under an objective or a key result."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from milepost.actions import comments
from milepost.core import addresses
from milepost.core.problems import Invalid
from milepost.web import pages, submissions
from milepost.web.actors import in_workspace
from milepost.web.methods import go
from milepost.web.toasts import saved
from milepost.web.typed import Typed


@in_workspace
def create(request: HttpRequest, objective: int | None = None, key_result: int | None = None) -> HttpResponse:
    """Post a comment, and show it where it stands now."""
    reader, typed = pages.reader(request), Typed(request.POST)
    # Looked up first: an empty comment to what one may not see is refused like any other.
    if objective is not None:
        url = addresses.objective(reader.slug, reader.objective_row(objective).id)
    else:
        url = addresses.key_result(reader.slug, reader.key_result_row(key_result).id)
    try:
        submissions.once(
            request,
            typed,
            makes="comment",
            below=objective or key_result,
            make=lambda: comments.add(
                text=typed.text("text"), objective=objective, key_result=key_result,
                by=request.actor, at=request.at,
            ).id,
        )  # fmt: skip
    except Invalid as wrong:
        # Nothing worth keeping was typed, or far too much: the draft in the browser still holds it.
        messages.error(request, str(wrong))
    else:
        saved(request, "Posted.")
    return go(f"{url}#discussion")
