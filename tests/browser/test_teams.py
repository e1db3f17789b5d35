"""Teams in a browser: from the tree to a number and how it came about, with and without JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.core import addresses
from tests.browser.conftest import NARROW
from tests.web import acme

pytestmark = pytest.mark.browser
TEAMS = "/w/acme/teams/"
DAY = timedelta(days=1)


@pytest.fixture
def quick(cast) -> acme.Work:
    now = timezone.now()
    cycle = acme.quarter(by=cast.ada, at=now - 40 * DAY, today=acme.day_of(now))
    made = acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 30 * DAY, team=cast.product.id)
    acme.check_in(made.key_result, "6", by=cast.ada, at=now - DAY)
    return made


class TestJourney:
    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
    def test_from_the_tree_to_the_arithmetic(self, visit, quick, scripts: bool):
        """A team is two clicks from anywhere, and its number unfolds to its arithmetic on the spot."""
        page = visit("cleo", TEAMS, java_script_enabled=scripts)

        page.get_by_role("link", name="Product").click()
        page.get_by_role("article").locator("summary").click()

        expect(page.get_by_role("heading", name="Product")).to_have_count(1)
        expect(page.get_by_text("(6 − 9) ÷ (4 − 9)")).to_be_visible()

    def test_fits_a_narrow_screen(self, visit, quick, cast):
        """Nothing sticks out on a phone, neither on the tree nor on a team's page."""
        page = visit("cleo", TEAMS, viewport=NARROW)
        tree = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.goto(addresses.team("acme", cast.product.id))
        team = page.evaluate("document.documentElement.scrollWidth <= innerWidth")

        assert (tree, team) == (True, True)

    def test_begins_at_the_start_of_the_way_round(self, visit, quick):
        """On a phone the rail begins at its start, unless the page one is on would not be seen there."""
        page = visit("ada", TEAMS, viewport=NARROW)
        begins = []
        for path in ("teams/", "settings/"):
            page.goto(f"/w/acme/{path}")
            expect(page.locator(".rail [aria-current]")).to_be_in_viewport(ratio=1)
            begins.append(page.locator(".rail > nav").evaluate("nav => nav.scrollLeft"))

        assert begins[0] == 0 < begins[1]

    def test_prints_what_it_says(self, visit, quick, cast):
        """On paper the frame is gone and the arithmetic stands open."""
        page = visit("cleo", addresses.team("acme", cast.product.id))

        page.emulate_media(media="print")

        expect(page.locator(".rail")).to_be_hidden()
        expect(page.get_by_text("(6 − 9) ÷ (4 − 9)")).to_be_visible()
