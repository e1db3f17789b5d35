"""Forms that are sent twice count once: each carries a mark of its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest

from milepost.actions import submissions
from milepost.web.typed import Typed


def new_mark() -> str:
    """Make the mark of a form."""
    return secrets.token_urlsafe(16)


def once(
    request: HttpRequest, typed: Typed, *, makes: str, below: int | None = None, make: Callable[[], int]
) -> int:
    """Do what `make` does unless this form, sent before, did it; return the id of what was made."""
    return submissions.once(
        submission=typed.text("submission"),
        makes=makes,
        below=below,
        make=make,
        by=request.actor,
        at=request.at,
    )
