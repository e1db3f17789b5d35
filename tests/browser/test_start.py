"""The first run in Chromium: from the terminal's link to a second person at work, also without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.running import Installation

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


def setup_link(server: Installation) -> str:
    """Read the link that the terminal shows."""
    return server.printed(r"http://localhost:\d+/setup/\S+")


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
        expect(zone).to_have_value("Europe/Prague" if scripts else "UTC")
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
        ada.get_by_role("link", name="Go to my week").wait_for()
        expect(ada.get_by_role("button", name="Copy")).to_have_count(1 if scripts else 0)
        ben.goto(ada.get_by_label("Link for Ben Okri").input_value())
        ben.get_by_label("A password").fill("seven purple giraffes")
        ben.get_by_role("button", name="Join").click()
        ben.wait_for_url(f"{fresh.url}/w/riverbank-bikes/")
        ada.get_by_role("link", name="Go to my week").click()
        ada.wait_for_url(f"{fresh.url}/w/riverbank-bikes/")
        ada.goto(f"{fresh.url}/w/riverbank-bikes/people/")

        expect(ada.get_by_role("link", name="Ben Okri")).to_have_count(1)
        assert ada.goto(setup_link(fresh)).status == 404


BAKERY = b"""milepost: 1
workspace: {id: bakery, name: Bakery, time_zone: Europe/Prague}
people:
- {id: al, name: Ada Lovelace, email: ada@acme.example, role: owner}
- {id: bo, name: Bo Bread, email: bo@acme.example}
cycles:
- {id: q, name: From now on, starts: 2026-01-01}
objectives:
- id: bread
  title: Bread that people talk about
  cycle: q
  owner: al
  state: active
  key_results:
  - {id: talk, title: Talked about, owner: al, measure: {kind: increase, start: 0, target: 10}}
"""


class TestStart:
    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
    def test_with_a_file(self, fresh: Installation, new_page, scripts: bool):
        """A wrong file is refused with its line; the right one is shown, taken and checked in."""
        page = new_page(scripts=scripts)
        founded(page, fresh)
        page.get_by_role("link", name="With a file").click()
        choose(page, "wrong.yaml", BAKERY.replace(b"target: 10", b"target: many"))
        said = page.get_by_role("main")
        expect(said).to_contain_text("wrong.yaml:15:")
        expect(said).to_contain_text("many")
        choose(page, "bakery.yaml", BAKERY)
        expect(said).to_contain_text("What bakery.yaml would do")
        expect(said).to_contain_text("Nothing has happened yet")

        page.get_by_role("button", name="Take it all").click()
        page.get_by_text("All of bakery.yaml is in.").wait_for()
        page.goto(f"{fresh.url}/w/acme/sweep/")
        page.get_by_label("Now", exact=True).fill("4")
        page.get_by_role("button", name="Save").first.click()

        page.get_by_role("heading", name="All checked in").wait_for()
        expect(said).to_contain_text("40")

    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
    def test_with_the_demo(self, fresh: Installation, new_page, scripts: bool):
        """One looks around in a demo company, and one's own workspace stands beside it."""
        page = new_page(scripts=scripts)
        founded(page, fresh)

        page.get_by_role("button", name="By looking around in a demo").click()
        page.wait_for_url("**/w/morrowmill/")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Ada")
        page.locator("details.me summary").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(lambda url: "/w/morrowmill/" not in url)
        page.goto(f"{fresh.url}/sign-in/")
        page.get_by_label("E-mail").fill("ada@acme.example")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("link", name="Acme").click()

        page.wait_for_url("**/w/acme/")


def founded(page, server: Installation) -> None:
    """Found Acme as Ada, up to the question of how to begin."""
    page.goto(setup_link(server))
    page.get_by_label("What is your organisation called?").fill("Acme")
    page.get_by_label("Which time zone").fill("Europe/Prague")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Your e-mail").fill("ada@acme.example")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Found Acme").click()
    page.get_by_role("link", name="With a blank page").wait_for()


def choose(page, name: str, data: bytes) -> None:
    """Upload a file, to see what it would do."""
    page.get_by_label("File", exact=True).set_input_files(
        {"name": name, "mimeType": "application/yaml", "buffer": data}
    )
    page.get_by_role("button", name="Show what it would do").click()


class TestSignInLink:
    def test_opens_by_one_click_and_only_once(self, fresh: Installation, new_page):
        """What `milepost link` prints signs in at once on this machine, and nobody a second time."""
        page = new_page()
        founded(page, fresh)
        printed = fresh.run("link", "ada@acme.example").stdout.strip()
        link = printed.replace("localhost:8000", f"localhost:{fresh.port}")
        first, second = new_page(), new_page()

        first.goto(link)
        second.goto(link)

        expect(first).to_have_url(f"{fresh.url}/w/acme/")
        expect(second.get_by_role("heading", level=1)).to_contain_text("This link is over")
