"""Each request gets a number, a line in the log and a place in the figures."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse

SANE = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

log = logging.getLogger("milepost.requests")
_number: ContextVar[str] = ContextVar("number", default="")


def number() -> str:
    """Return the number of the request that is being answered; empty outside of one."""
    return _number.get()


def observed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Number each request, and tell the log and the figures what became of it.

    A proxy's own number (X-Request-ID) is taken where it looks like one; the answer carries it in any case.
    """
    from milepost.ledger import sight  # only now, for the log imports this before there are tables

    observe = _observer()

    def middleware(request: HttpRequest) -> HttpResponse:
        begun = perf_counter()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request.number = given if SANE.fullmatch(given) else secrets.token_hex(8)
        token = _number.set(request.number)
        try:
            with sight.nothing():  # until somebody is let in
                response = get_response(request)
            response.headers["X-Request-ID"] = request.number
            if observe is not None or log.isEnabledFor(logging.INFO):
                facts = (_method(request), route(request), response.status_code, perf_counter() - begun)
                if observe is not None:
                    observe(*facts)
                _tell(*facts)
            return response
        finally:
            _number.reset(token)

    return middleware


def route(request: HttpRequest) -> str:
    """Name where a request led: by the route, never by the address, which holds names and ids."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name or "other"
    return "static" if request.path.startswith("/static/") else "none"


def _method(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "other"


def _tell(method: str, route: str, status: int, seconds: float) -> None:
    facts = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    log.info("answered", extra=facts)


def _observer() -> Callable[[str, str, int, float], None] | None:
    if settings.MILEPOST.metrics == "off":
        return None
    # Only now: who does not want figures should not wait for what makes them.
    from milepost.web import metrics

    return metrics.observe
