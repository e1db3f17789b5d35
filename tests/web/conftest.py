"""What tests of pages begin with: a quarter at work, and browsers in which the cast is signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client


@pytest.fixture(autouse=True)
def nobody_has_tried_before():
    """Forget earlier tries, which sign-in counts."""
    cache.clear()


@pytest.fixture
def cycle(cast, now):
    """A quarter of Acme's in its ninth week."""
    from tests.web import acme

    return acme.quarter(by=cast.ada, at=now - timedelta(days=40), today=acme.day_of(now))


@pytest.fixture
def outside(cast, okrs, now):
    """An objective of Product that serves nothing."""
    from tests.okrs import outside

    return outside(cast, okrs, now)


@pytest.fixture
def mail_server(settings) -> None:
    """Mail goes out, as far as tests can read it."""
    settings.MILEPOST = replace(settings.MILEPOST, mail_host="mail.example")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def signed_in(cast) -> Callable[..., Client]:
    """Return a browser in which somebody of the cast is signed in: `signed_in("ada")`."""
    from milepost.models import User
    from tests.cast import enter_as

    def browser(who: str, **more) -> Client:
        client = Client(**more)
        company = "zenith" if who == "zed" else "acme"
        return enter_as(client, User.objects.get(email=f"{who}@{company}.example"))

    return browser
