"""The first run in Chromium: from the terminal's link to a second person at work, also without JavaScript."""

from __future__ import annotations

import re
import time

import pytest

from tests.running import Installation

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
PATIENCE = 30


def setup_link(server: Installation) -> str:
    """Read the link that the terminal shows; it is printed a moment after the first answer."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        if found := re.search(r"http://localhost:\d+/setup/\S+", server.output):
            return found.group()
        time.sleep(0.02)
    pytest.fail(f"The terminal showed no link:\n{server.output}")


@pytest.fixture
def fresh(install) -> Installation:
    """A server that nobody has set up."""
    started = install().start()
    yield started
    started.stop()


@pytest.fixture
def new_page(browser):
    """Open browsers of different people."""
    opened = []

    def open_page(*, scripts: bool = True):
        opened.append(browser.new_context(java_script_enabled=scripts, timezone_id="Europe/Prague"))
        return opened[-1].new_page()

    yield open_page
    for each in opened:
        each.close()


class TestFirstRun:
    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
    def test_leads_from_nothing_to_two_people(self, fresh: Installation, new_page, scripts: bool):
        """Organisation, you, first cycle and team, an invitation copied, and the second person is in."""
        ada, ben = new_page(scripts=scripts), new_page(scripts=scripts)

        ada.goto(setup_link(fresh))
        ada.get_by_label("What is your organisation called?").fill("Riverbank Bikes")
        zone = ada.get_by_label("Which time zone")
        guessed = zone.input_value()
        zone.fill("Europe/Prague")
        ada.get_by_role("button", name="Continue").click()
        ada.get_by_label("Your name").fill("Ada Lovelace")
        ada.get_by_label("Your e-mail").fill("ada@acme.example")
        ada.get_by_label("A password").fill(PASSWORD)
        ada.get_by_role("button", name="Found Riverbank Bikes").click()
        ada.get_by_role("link", name="With a blank page").click()
        ada.get_by_label("First team").fill("Workshop")
        ada.get_by_role("button", name="Continue").click()
        ada.get_by_label("Name").first.fill("Ben Okri")
        ada.get_by_label("E-mail").first.fill("ben@acme.example")
        ada.get_by_role("button", name="Invite").click()
        link = ada.get_by_label("Link for Ben Okri").input_value()
        can_copy = ada.get_by_role("button", name="Copy").count() == 1
        ben.goto(link)
        ben.get_by_label("A password").fill("seven purple giraffes")
        ben.get_by_role("button", name="Join").click()
        ada.get_by_role("link", name="Go to my week").click()
        ada.goto(f"{fresh.url}/w/riverbank-bikes/people/")

        assert guessed == ("Europe/Prague" if scripts else "UTC")
        assert can_copy is scripts
        assert ben.url == f"{fresh.url}/w/riverbank-bikes/"
        assert ada.get_by_role("link", name="Ben Okri").count() == 1
        assert ada.goto(setup_link(fresh)).status == 404


class TestSignInLink:
    def test_opens_by_one_click_and_only_once(self, fresh: Installation, new_page):
        """What `milepost link` prints signs in at once on this machine, and nobody a second time."""
        page = new_page()
        page.goto(setup_link(fresh))
        page.get_by_label("What is your organisation called?").fill("Acme")
        page.get_by_label("Which time zone").fill("UTC")
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Your e-mail").fill("ada@acme.example")
        page.get_by_label("A password").fill(PASSWORD)
        page.get_by_role("button", name="Found Acme").click()
        printed = fresh.run("link", "ada@acme.example").stdout.strip()
        link = printed.replace("localhost:8000", f"localhost:{fresh.port}")
        first, second = new_page(), new_page()

        first.goto(link)
        second.goto(link)

        assert first.url == f"{fresh.url}/w/acme/"
        assert "This link is over" in second.inner_text("h1")
