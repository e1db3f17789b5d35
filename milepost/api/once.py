"""Once: a request with an Idempotency-Key that comes twice is done once, and answered twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest

from milepost.actions import events, submissions
from milepost.actions.submissions import LONGEST, Done
from milepost.core.problems import Invalid, Problem
from milepost.formats import exact_json

HEADER = "Idempotency-Key"


def key(request: HttpRequest) -> str | None:
    """Read the key of a request; raises a Problem for one that cannot be kept."""
    written = request.headers.get(HEADER)
    if written is None:
        return None
    if not submissions.can_be_kept(written):
        raise Problem(
            f"An idempotency key has 1 to {LONGEST} plain characters.",
            code="bad_idempotency_key",
            remedy="A random UUID for each request serves well.",
            status=400,
        )
    return written


def fingerprint(request: HttpRequest) -> str:
    """Return what a key stands for: this method at this address with this body, whatever its layout."""
    asked = f"{request.method} {request.get_full_path()}\n".encode()
    try:
        body = exact_json.canonical(exact_json.read(request.body)).encode()
    except Invalid:  # there is none, or one that nobody reads
        body = request.body
    return hashlib.sha256(asked + body).hexdigest()


def once(request: HttpRequest, make: Callable[[], int]) -> Done:
    """Do what `make` does unless a request with the same key did it; both are one transaction."""
    return submissions.attempt(**named(request), make=make, by=request.actor, at=request.at)


def step(request: HttpRequest, make: Callable[[], int]) -> Done:
    """Do the same, and say where it stood so before: then no event tells of it."""
    told = events.listen(by=request.actor, at=request.at)
    done = once(request, make)
    return replace(done, was_so=not done.again and not told())


def named(request: HttpRequest) -> dict[str, str | None]:
    """Return the key and what it stands for, as actions that keep them themselves take them."""
    written = key(request)
    return {"submission": written, "request": fingerprint(request) if written else None}
