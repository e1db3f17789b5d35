"""The demo company in Chromium: one looks around in it as five different people."""

from __future__ import annotations

import pytest

from tests.browser.test_every_page import EXECUTIVE, demo  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


def whom(page) -> str:
    """Whom the heading of a loaded page greets; what it says before the name changes with the hour."""
    return page.inner_text("h1").rsplit(", ", 1)[-1]


class TestPersonas:
    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
    def test_are_changed_in_the_menu(self, demo, browser, scripts: bool):  # noqa: F811
        """Each persona has a week of their own; a guest is offered nothing to write."""
        context = browser.new_context(base_url=demo.server.url, java_script_enabled=scripts)
        page = context.new_page()
        demo.sign_in(page, EXECUTIVE)
        names = page.locator("details.me form[action*=persona] button").all_text_contents()
        greeted = {whom(page)}
        for name in names:
            page.locator("details.me summary").click()
            with page.expect_navigation():
                page.get_by_role("button", name=name.strip(), exact=True).click()
            greeted.add(whom(page))

        assert len(names) >= 4
        assert len(greeted) == 5
        context.close()
