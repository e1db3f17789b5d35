"""Django's handler, except that where an address leads is found out once."""

from __future__ import annotations

from functools import lru_cache

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.urls import ResolverMatch, get_resolver

MOST = 1024  # addresses


class Handler(WSGIHandler):
    """Answers requests; an address that was asked for lately is not looked up in the tables again."""

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Return the view that an address leads to, with what that is told; raises Resolver404."""
        request.resolver_match = found = _found(request.path_info)
        return found


@lru_cache(maxsize=MOST)
def _found(path: str) -> ResolverMatch:
    found = get_resolver().resolve(path)
    found.tried = None  # all that it is not: ten kilobytes, which nobody asks for
    return found
