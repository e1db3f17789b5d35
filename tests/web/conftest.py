"""What tests of pages begin with: the cast, and browsers in which they are signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client


@pytest.fixture(autouse=True)
def nobody_has_tried_before():
    """Forget earlier tries, which sign-in counts."""
    cache.clear()


@pytest.fixture
def cast(db):
    """Acme and Zenith, with everyone in."""
    # Here, because models cannot be imported before Django is set up.
    from tests import cast as the_cast

    return the_cast.assemble()


@pytest.fixture
def signed_in(cast) -> Callable[..., Client]:
    """Return a browser in which somebody of the cast is signed in: `signed_in("ada")`."""
    from milepost.models import User

    def browser(who: str, **more) -> Client:
        client = Client(**more)
        company = "zenith" if who == "zed" else "acme"
        client.force_login(User.objects.get(email=f"{who}@{company}.example"))
        return client

    return browser
