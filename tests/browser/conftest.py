"""What journeys begin with: the cast in a server of this process, and a browser that is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def cast(transactional_db, cast):
    """Acme and Zenith, with everyone in, where a server can see them."""
    return cast


@pytest.fixture
def visit(browser, live_server, cast) -> Iterator[Callable[..., object]]:
    """Return a page on which somebody of the cast is signed in: `visit("ada", "/w/acme/")`.

    A script that fails, or that the content security policy stops, fails the test.
    """
    from django.conf import settings
    from django.test import Client

    from milepost.models import User
    from tests.cast import enter_as

    contexts, errors = [], []

    def open_page(who: str, path: str, *, viewport: dict[str, int] = WIDE, **more):
        client = Client()
        company = "zenith" if who == "zed" else "acme"
        enter_as(client, User.objects.get(email=f"{who}@{company}.example"))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context = browser.new_context(viewport=viewport, base_url=live_server.url, **more)
        contexts.append(context)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors, f"Scripts failed: {errors}"
