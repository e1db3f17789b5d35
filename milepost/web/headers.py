"""Headers on every answer: a strict content security policy with a nonce, and nothing shared by caches."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders

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
    ours = {
        **settings.SAFE_HEADERS,
        "X-Frame-Options": "DENY",
        "Permissions-Policy": PERMISSIONS,
        "Vary": "Cookie",  # also where no session was read: a kept page has the head of a new one
        "Content-Security-Policy": NO_SCRIPTS,
    }
    of_files = ResponseHeaders(ours)._store
    # No browser keeps what it was shown, JSON neither; who sends a tag has kept the answer.
    of_all = ResponseHeaders(ours | {"Cache-Control": "no-store"})._store

    def middleware(request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)
        response = get_response(request)
        # All at once: one by one, Django looks at the letters of each four times.
        said = response.headers._store
        kind = said.get("content-type")
        own = dict(of_files if request.path.startswith("/static/") else of_all)
        if kind and kind[1].startswith("text/html"):
            policy = POLICY.format(nonce=request.csp_nonce)
            own["content-security-policy"] = ("Content-Security-Policy", policy)
        response.headers._store = own | said
        return response

    return middleware
