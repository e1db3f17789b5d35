"""Headers on every answer: a strict content security policy with a nonce, and nothing shared by caches."""

from __future__ import annotations

import secrets
from collections.abc import Callable

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


def headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Stamp the page's nonce on the request and the secure headers on the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)
        response = get_response(request)
        html = response.headers.get("Content-Type", "").startswith("text/html")
        policy = POLICY.format(nonce=request.csp_nonce) if html else NO_SCRIPTS
        # Also where nothing was read of the session now: a kept page has the head of a new one.
        response.headers.setdefault("Vary", "Cookie")
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("X-Frame-Options", "DENY")
        if not request.path.startswith("/static/"):
            # No browser keeps what it was shown, JSON neither; who sends a tag has kept the answer.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
