"""Where a list on a page goes on: what “Show earlier” and “Newest” lead to."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest

from milepost.queries.listed import Listed
from milepost.web import misread


class Onwards(NamedTuple):
    """The addresses of what follows in a list, and of its beginning; empty where there is no other."""

    next: str
    first: str


def of(request: HttpRequest, name: str, listed: Listed, at: str) -> Onwards:
    """Return where a list of a page goes on; `at` is where it stands there.

    Whatever else the address says stays: the past day, and where the other lists of the page begin.
    """
    kept = [(key, value) for key, values in request.GET.lists() for value in values if key != name]

    def address(place: str | None) -> str:
        said = [*kept, (name, place)] if place else kept
        return f"{request.path}?{urlencode(said)}#{at}" if said else f"{request.path}#{at}"

    return Onwards(address(listed.onwards) if listed.onwards else "", address(None) if listed.begins else "")


def not_found(request: HttpRequest, **lists: Listed) -> tuple[misread.Part, ...]:
    """Return what an address says of where lists begin and is no place in them."""
    return misread.parts(request.GET, {name: one.begins is not False for name, one in lists.items()})
