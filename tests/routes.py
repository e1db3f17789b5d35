"""Every address that the pages answer at, as the router knows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """One entry of the table of contents, with the names of what stands in its address."""

    name: str
    pattern: str
    arguments: frozenset[str]

    @property
    def ids(self) -> frozenset[str]:
        """What in the address is the id of a thing in a workspace."""
        if self.is_for_programs:
            return self.arguments - {"rest"}
        return frozenset(name for name in self.arguments if f"<id:{name}>" in self.pattern)

    @property
    def is_for_programs(self) -> bool:
        return self.pattern.startswith("api/")

    @property
    def is_in_workspace(self) -> bool:
        return self.pattern.startswith("w/<slug:slug>/")


def routes() -> list[Route]:
    """List every route outside the admin, one for each address, by its first name."""
    found: dict[str, Route] = {}
    for route in _below(get_resolver(), ""):
        found.setdefault(route.pattern, route)
    return list(found.values())


def _below(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern).removeprefix("^").removesuffix("$")
        if isinstance(entry, URLPattern):
            yield Route(entry.name or pattern, pattern, frozenset(entry.pattern.regex.groupindex))
        elif entry.app_name != "admin":
            yield from _below(entry, pattern)
