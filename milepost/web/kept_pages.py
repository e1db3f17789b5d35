"""Whole pages kept drawn, for as long as nothing that they show has changed; on some pages most readers look.

A kept page is cut where something belongs to one request: the nonce of its policy and the token of its forms.
What is drawn depends on who looks, on the address, on the cookies, and on the figures of the day; a page that
reads anything else says so in its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token

from milepost.queries.cards import Reader
from milepost.web import inserts, repeats
from milepost.web.inserts import Fragment

MOST = 256
NONCE, TOKEN = "nonce", "token"
_FORM_TOKEN = r'(?<=name="csrfmiddlewaretoken" value=")\w+(?=")'
_MESSAGES = "messages"  # the cookie in which they wait

Drawn = list[bytes | str | Fragment]


def drawn(request: HttpRequest, reader: Reader, name: Hashable, draw: Callable[[], str]) -> bytes:
    """Return a page, drawn anew unless the very same was drawn before; `name` is what else it depends on."""
    if _MESSAGES in request.COOKIES:  # they are shown once
        return inserts.encoded(request, draw())
    full = (name, request.get_full_path(), request.actor, _cookies(request))
    with reader.image.lock:
        day = reader.day
        stamp, kept = day.derived.get(drawn, (-1, {}))
        if stamp != len(day.touched):
            stamp, kept = day.derived[drawn] = (len(day.touched), {})
        found = kept.get(full)
        if found is None:
            found = _cut(request, draw())
            if len(kept) >= MOST:
                kept.clear()
            kept[full] = found
    whole = partial(_filled, found)
    token = get_token(request).encode()
    repeats.repeatable(request, whole)
    return b"".join(whole(request.csp_nonce.encode(), token))


def _cookies(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    own = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    return tuple(sorted((name, value) for name, value in request.COOKIES.items() if name not in own))


def _cut(request: HttpRequest, html: str) -> Drawn:
    waiting = inserts.waiting(request)
    marks = re.compile("|".join([*map(re.escape, waiting), re.escape(request.csp_nonce), _FORM_TOKEN]))
    found: Drawn = []
    end = 0
    for mark in marks.finditer(html):
        found.append(html[end : mark.start()].encode())
        own = NONCE if mark[0] == request.csp_nonce else TOKEN
        found.append(waiting.get(mark[0], own))
        end = mark.end()
    found.append(html[end:].encode())
    return found


def _filled(drawn: Drawn, nonce: bytes, token: bytes) -> list[bytes]:
    own = {NONCE: nonce, TOKEN: token}
    return [
        piece if isinstance(piece, bytes) else piece.encoded if isinstance(piece, Fragment) else own[piece]
        for piece in drawn
    ]
