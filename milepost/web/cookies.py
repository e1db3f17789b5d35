"""Cookies that open nothing: how pages look in a browser, what was seen there, messages that wait.

All go by one rule: for this host alone, over nothing but HTTPS where people come over it, and along with no
form of another site.
"""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.signing import Signer, get_cookie_signer
from django.http import HttpRequest, HttpResponse

YEAR = 365 * 86_400  # seconds
MESSAGES = "messages"
SINCE = "since-"  # and a workspace: when its reader last looked at their week


def name(noun: str) -> str:
    """Return a cookie's name as browsers know it: over HTTPS they take it from this host alone."""
    return settings.COOKIE_PREFIX + noun


def read(request: HttpRequest, noun: str) -> str | None:
    """Return what a cookie holds; None where there is none."""
    return request.COOKIES.get(name(noun))


def keep(answer: HttpResponse, noun: str, value: str, *, lasts: int | None = YEAR) -> None:
    """Have the browser keep a cookie for so many seconds, or until it is closed."""
    answer.set_cookie(
        name(noun), value, max_age=lasts, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )


def forget(answer: HttpResponse, noun: str) -> None:
    """Have the browser forget a cookie."""
    answer.delete_cookie(name(noun), samesite="Lax")


class Messages(CookieStorage):
    """Messages that wait for the next page; what signs them is made where there are any."""

    def __init__(self, request: HttpRequest) -> None:
        BaseStorage.__init__(self, request)

    @cached_property
    def signer(self) -> Signer:
        return get_cookie_signer(salt=self.key_salt)

    @property
    def cookie_name(self) -> str:
        return name(MESSAGES)
