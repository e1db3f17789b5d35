"""Each request gets a number, a line in the log and a place in the figures."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import cached_property
from os import urandom
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from django.utils.functional import LazyObject

from milepost.core.ambient import Ambient
from milepost.core.ids import encode

SANE = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
NUMBER = "HTTP_X_REQUEST_ID"
# A WSGI application: what was asked, how an answer begins → the answer's body.
Application = Callable[[dict, Callable], Iterable[bytes]]
WATCHED = frozenset(("livez", "readyz", "metrics"))
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

log = logging.getLogger("milepost.requests")
_number: ContextVar[str] = ContextVar("number", default="")


class Headers(HttpHeaders):
    """A request's headers, each looked up when somebody asks for it: Django writes all of them anew first."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        return self._environ[self.to_wsgi_name(name)]

    def __contains__(self, name: object) -> bool:
        return self.to_wsgi_name(name) in self._environ

    def get(self, name: str, default: str | None = None) -> str | None:
        return self._environ.get(self.to_wsgi_name(name), default)

    @cached_property
    def _store(self) -> dict[str, tuple[str, str]]:  # for whoever asks for all
        return HttpHeaders(self._environ)._store


def number() -> str:
    """Return the number of the request that is being answered; empty outside of one."""
    return _number.get()


def numbered(given: str) -> Ambient[str]:
    """Number what happens within: with a proxy's own number where it looks like one, else with a new one."""
    return Ambient(_number, given if given and SANE.fullmatch(given) else urandom(8).hex())


def observed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Number each request and its answer, and tell the log and the figures what became of it."""
    # Only now, for the log imports this before there are tables.
    from milepost.ledger import sight, stillness

    def middleware(request: HttpRequest) -> HttpResponse:
        begun = perf_counter()
        request.headers = Headers(request.META)
        with numbered(request.META.get(NUMBER, "")) as request.number:
            with sight.nothing(), stillness.unsettled():  # until somebody is let in
                response = get_response(request)
            response.headers["X-Request-ID"] = request.number
            tell(_method(request), route(request), response.status_code, begun, **who(request))
            return response

    return middleware


def tell(method: str, route: str, status: int, begun: float, **who: str) -> None:
    """Tell the log and the figures of a request just answered; `begun` is what perf_counter said then.

    `who` asked is for the log alone.
    """
    seconds = perf_counter() - begun
    if settings.MILEPOST.metrics != "off":
        # Only now: who does not want figures should not wait for what makes them.
        from milepost.web import metrics

        metrics.observe(method, route, status, seconds)
    # Whoever watches asks every few seconds; that is no line, unless somebody looks for faults.
    level = logging.DEBUG if route in WATCHED and status < 500 else logging.INFO
    if log.isEnabledFor(level):
        facts = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1), **who}
        log.log(level, "answered", extra=facts)


def route(request: HttpRequest) -> str:
    """Name where a request led: by the route, never by the address, which holds names and ids."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name or "other"
    return "static" if request.path.startswith("/static/") else "none"


def who(request: HttpRequest) -> dict[str, str]:
    """Say who asked, as far as the answer had to know; nobody is looked up for it.

    A person by the id of their page, an account by its number: neither is a name.
    """
    found: dict[str, str] = {}
    actor = getattr(request, "actor", None)
    if actor is not None and actor.person_id is not None:
        found["person"] = encode(actor.person_id)
    known = request.__dict__
    # Until somebody asks, `user` is a promise; keeping it would cost a statement.
    user = known.get("_cached_user") if isinstance(known.get("user"), LazyObject) else known.get("user")
    if user is not None and user.pk is not None:
        found["account"] = str(user.pk)
    return found


def _method(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "other"
