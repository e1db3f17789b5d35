"""Headers on every answer: a strict content security policy with a nonce, and nothing shared by caches."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types htmx"
)
NO_SCRIPTS = POLICY.replace("'nonce-{nonce}' 'strict-dynamic'", "'none'")
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
# Of an answer that Django, which says the rest, never sees.
BEFORE_DJANGO = (
    ("Content-Security-Policy", NO_SCRIPTS),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
)


Pairs = Iterable[tuple[str, tuple[str, str]]]


def _pairs(headers: dict[str, str]) -> Pairs:
    return tuple((name.lower(), (name, value)) for name, value in headers.items())


# No browser keeps what it was shown, JSON neither; who sends a tag has kept the answer.
_NOT_KEPT = _pairs({"Cache-Control": "no-store"})
_FRAME = _pairs({
    "Vary": "Cookie",  # also where nothing was read of the session now: a kept page has the head of a new one
    "Permissions-Policy": PERMISSIONS,
    "X-Frame-Options": "DENY",
    # Django stamps these on all answers, static files too, that do not say them.
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
})  # fmt: skip


def _stamp(response: HttpResponse, pairs: Pairs) -> None:
    """Add what an answer does not say yet; Django would look through each for letters no header holds."""
    said = response.headers._store
    for name, pair in pairs:
        if name not in said:
            said[name] = pair


def headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Stamp the page's nonce on the request and the secure headers on the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)
        response = get_response(request)
        html = response.headers.get("Content-Type", "").startswith("text/html")
        policy = POLICY.format(nonce=request.csp_nonce) if html else NO_SCRIPTS
        _stamp(response, (("content-security-policy", ("Content-Security-Policy", policy)), *_FRAME))
        if not request.path.startswith("/static/"):
            _stamp(response, _NOT_KEPT)
        return response

    return middleware
