"""Seeing the demo as somebody else: only in the demo company, and only for whoever is in it already."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.core.problems import NotFound
from milepost.queries import people
from milepost.web import accounts
from milepost.web.actors import in_workspace
from milepost.web.methods import takes_form

# Written by `milepost demo` into the data folder: {"workspace": id, "personas": [[label, person's key]]}.
# The id, as in addresses: another company may be called the same later.
MARKER = "demo.json"


def is_demo(workspace_id: int) -> bool:
    """Say whether `milepost demo` made this company here, rather than a file that tells the same."""
    return bool(_personas(workspace_id))


def offered(request: HttpRequest) -> list[tuple[str, str]]:
    """Return (label, address) of those as whom the reader may see the demo; none outside it."""
    here = _personas(request.actor.workspace_id)
    if not here:
        return []
    found = people.by_keys(request.actor, [key for _, key in here])
    return [
        (label, reverse("persona", kwargs={"slug": request.seat.slug, "person": found[key]}))
        for label, key in here
        if key in found
    ]


@takes_form
@in_workspace
def update(request: HttpRequest, person: int) -> HttpResponse:
    """Go on as this persona."""
    keys = [key for _, key in _personas(request.actor.workspace_id)]
    if person not in people.by_keys(request.actor, keys).values():
        raise NotFound
    user_id = people.account_of(request.actor, person)
    if user_id is None:
        raise NotFound
    return accounts.sign_in(request, user_id, then=addresses.week(request.seat.slug))


def _personas(workspace_id: int) -> list[tuple[str, str]]:
    path = settings.MILEPOST.data_dir / MARKER
    try:
        written = path.stat().st_mtime_ns
    except OSError:
        return []
    where, personas = _read(path, written)
    return personas if where == encode(workspace_id) else []


@lru_cache(maxsize=1)
def _read(path: Path, written: int) -> tuple[str, list[tuple[str, str]]]:
    # The moment it was written is part of the question, so a new demo is noticed.
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return said["workspace"], [(label, key) for label, key in said["personas"]]
    except (OSError, ValueError, KeyError, TypeError):
        return "", []
