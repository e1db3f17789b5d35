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

from milepost.queries.cards import Reader
from milepost.web import cookies, form_tokens, inserts, repeats
from milepost.web.inserts import Fragment

MOST = 256
NONCE, TOKEN = "nonce", "token"
_FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')

Drawn = list[bytes | str | Fragment]


def drawn(request: HttpRequest, reader: Reader, name: Hashable, draw: Callable[[], str]) -> bytes:
    """Return a page, drawn anew unless the very same was drawn before; `name` is what else it depends on."""
    if cookies.read(request, cookies.MESSAGES) is not None:  # they are shown once
        return inserts.encoded(request, draw())
    full = (name, request.get_full_path(), request.actor, _cookies(request))
    with reader.image.lock:
        day = reader.day
        stamp, kept = day.derived.get(drawn, (-1, {}))
        if stamp != len(day.touched):
            stamp, kept = day.derived[drawn] = (len(day.touched), {})
        found = kept.get(full)
        if found is None:
            html = draw()
            found = _cut(html, _marks(request, html))
            if len(kept) >= MOST:
                kept.clear()
            kept[full] = found
    whole = partial(_filled, found)
    token = form_tokens.token(request).encode()
    repeats.repeatable(request, whole)
    return b"".join(whole(request.csp_nonce.encode(), token))


def _cookies(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    own = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    since = cookies.name(cookies.SINCE)  # of pages that are not kept
    return tuple(
        sorted(
            (name, value)
            for name, value in request.COOKIES.items()
            if name not in own and not name.startswith(since)
        )
    )


def _cut(html: str, marks: list[tuple[str, str | Fragment]]) -> Drawn:
    """Cut a page at marks, each with what stands for it; one that holds another comes before that."""
    if not marks:
        return [html.encode()]
    (mark, own), *others = marks
    found: Drawn = []
    for number, piece in enumerate(html.split(mark)):
        found += [own, *_cut(piece, others)] if number else _cut(piece, others)
    return found


def _marks(request: HttpRequest, html: str) -> list[tuple[str, str | Fragment]]:
    marks: list[tuple[str, str | Fragment]] = list(inserts.waiting(request).items())
    if form := _FORM_TOKEN.search(html):
        marks.append((form[1], TOKEN))  # the same in all forms of a page
    return [*marks, (request.csp_nonce, NONCE)]


def _filled(drawn: Drawn, nonce: bytes, token: bytes) -> list[bytes]:
    own = {NONCE: nonce, TOKEN: token}
    return [
        piece if isinstance(piece, bytes) else piece.encoded if isinstance(piece, Fragment) else own[piece]
        for piece in drawn
    ]
