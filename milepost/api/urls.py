"""Addresses of the API. Each operation stands behind the same door; what leads nowhere is told as JSON.

They are imported with the first request of a program (`milepost.config.later`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from django.urls import URLPattern, path

from milepost.api import document, problems
from milepost.api.door import through
from milepost.api.operations import ALSO, GUARDED, METHODS
from milepost.api.routers import PREFIX, api

# Django tries them in order, and these are asked for most.
BUSIEST = ("key-results/<key_result>/checkins", "tree", "key-results/<key_result>", "me/due")


def _operations() -> Iterator[URLPattern]:
    """Yield each address once, with its view behind the door."""
    listed: dict[str, list[URLPattern]] = defaultdict(list)
    for pattern in api.urls[0]:
        listed[str(pattern.pattern)].append(pattern)
    for route, patterns in sorted(listed.items(), key=lambda entry: entry[0] not in BUSIEST):
        if not patterns[0].name.startswith("api_"):
            continue
        written = "/" + route.replace("<", "{").replace(">", "}")
        view = through(
            patterns[0].callback,
            tuple(METHODS[written]),
            known=_known(PREFIX + written),
            guarded=frozenset(GUARDED[written]),
            also=frozenset(ALSO[written]),
        )
        yield path(f"v1/{route}", view, name=patterns[0].name)


def _known(written: str):
    @cache
    def known(method: str) -> frozenset[str]:
        return document.parameters(written)[method]

    return known


urlpatterns = [
    *_operations(),
    path("<path:rest>", problems.nothing, name="api_nothing"),
]
