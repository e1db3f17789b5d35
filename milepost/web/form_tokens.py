"""Tokens of forms, for answers that are given in the time that Django takes for one token."""

from __future__ import annotations

from secrets import token_bytes

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS as LETTERS
from django.middleware.csrf import CSRF_SECRET_LENGTH, get_token

_PLACES = {letter: place for place, letter in enumerate(LETTERS)}
_DRAWN = CSRF_SECRET_LENGTH * 6 // 8 + 8  # bytes: a letter takes six bits, and a few more make all as likely


def token(request: HttpRequest) -> str:
    """Return a token for the forms of an answer, as Django's `get_token` does.

    The cookie with the secret is not sent again each time: one signs in again before it ends.
    """
    secret = request.META.get("CSRF_COOKIE")
    return get_token(request) if secret is None else masked(secret)


def masked(secret: str) -> str:
    """Return a secret as a form shows it, otherwise each time: letters drawn anew, and it moved by these.

    So nobody learns it from how well an answer can be compressed.
    """
    drawn = int.from_bytes(token_bytes(_DRAWN), "big")
    mask, moved = [], []
    for letter in secret:
        drawn, by = divmod(drawn, len(LETTERS))
        mask.append(LETTERS[by])
        moved.append(LETTERS[(_PLACES[letter] + by) % len(LETTERS)])
    return "".join(mask + moved)
