"""Tokens of forms, for answers that are given in the time that Django takes for one token."""

from __future__ import annotations

from secrets import token_bytes

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS as LETTERS
from django.middleware.csrf import get_token
from markupsafe import Markup

_MANY = len(LETTERS)
_LETTER = bytes(ord(LETTERS[number % _MANY]) for number in range(256))
_PLACE = bytes.maketrans(LETTERS.encode(), bytes(range(_MANY)))
# As many bytes stand for each letter; those beyond would make the first letters likelier.
_FOLDED = bytes(number % _MANY for number in range(256))
_BEYOND = bytes(range(256 // _MANY * _MANY, 256))


def token(request: HttpRequest) -> str:
    """Return a token for the forms of an answer, as Django's `get_token` does.

    The cookie with the secret is not sent again each time: one signs in again before it ends.
    """
    secret = request.META.get("CSRF_COOKIE")
    return get_token(request) if secret is None else masked(secret)


def field(request: HttpRequest) -> Markup:
    """Return the hidden field that a form carries its token in."""
    return Markup(f'<input type="hidden" name="csrfmiddlewaretoken" value="{token(request)}">')


def masked(secret: str) -> str:
    """Return a secret as a form shows it, otherwise each time: letters drawn anew, and it moved by these.

    So nobody learns it from how well an answer can be compressed.
    """
    places, mask = secret.encode().translate(_PLACE), b""
    while len(mask) < len(places):
        mask += token_bytes(2 * len(places)).translate(_FOLDED, _BEYOND)
    mask = mask[: len(places)]
    # All letters are moved by one sum: that of two places fits into a byte, so nothing is carried over.
    moved = int.from_bytes(places, "big") + int.from_bytes(mask, "big")
    return (mask + moved.to_bytes(len(places), "big")).translate(_LETTER).decode()
