"""Journeys: a key result is added with only the fields its kind needs, changed, ordered and cancelled."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.company import objective, running, sign_in
from tests.running import Installation

pytestmark = pytest.mark.browser

HELPFUL = "Nobody waits for an answer"


@pytest.fixture(scope="module")
def company(install_for_all) -> Installation:
    return running(install_for_all)


class TestKinds:
    def test_shows_only_what_a_kind_needs(self, company: Installation, page):
        """Choosing a kind shows its fields, hides the others, and says in a sentence what it means."""
        sign_in(page, company, "ben")
        page.goto(objective(page, company, HELPFUL) + "key-results/new/")
        expect(page.locator("[name=start]")).to_be_visible()
        expect(page.locator("[name=low]")).to_be_hidden()

        page.select_option("[name=kind]", "range")
        expect(page.locator("[name=low]")).to_be_visible()
        expect(page.locator("[name=start]")).to_be_hidden()
        expect(page.get_by_text("Met between the low and the high end.").first).to_be_visible()

        page.select_option("[name=kind]", "milestones")
        page.locator("[name=milestone]").first.fill("Ten shops")
        page.fill("[name=title]", "Open shops")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("link", name="Open shops").first.wait_for()

    def test_offers_everything_without_scripts(self, company: Installation, browser):
        """Without scripts every field stands there with a word on what it is for."""
        context = browser.new_context(java_script_enabled=False)
        visitor = context.new_page()
        sign_in(visitor, company, "ben")
        visitor.goto(objective(visitor, company, HELPFUL) + "key-results/new/")

        expect(visitor.locator("[name=low]")).to_be_visible()
        expect(visitor.get_by_text("Only for a range.").first).to_be_visible()
        visitor.fill("[name=title]", "Keep it between")
        visitor.select_option("[name=kind]", "range")
        visitor.fill("[name=low]", "40")
        visitor.fill("[name=high]", "60")
        visitor.get_by_role("button", name="Add", exact=True).click()
        expect(visitor.get_by_role("link", name="Keep it between").first).to_be_visible()
        context.close()


class TestChange:
    def test_target_tells_its_story(self, company: Installation, page):
        """A changed target stands on the page of the key result with name, values and reason."""
        sign_in(page, company, "ben")
        objective(page, company, HELPFUL)
        page.get_by_role("link", name="Cut the wait", exact=True).first.click()
        page.get_by_role("link", name="Edit", exact=True).click()
        page.fill("[name=target]", "3")
        page.fill("[name=reason]", "Four was too easy.")
        page.get_by_role("button", name="Save").click()

        page.get_by_role("heading", name="What was changed").wait_for()
        expect(page.get_by_text("4 days → 3 days")).to_be_visible()
        expect(page.get_by_text("Four was too easy.")).to_be_visible()
        page.get_by_text("Show as table").click()
        expect(page.get_by_role("cell", name="6.5 days")).to_be_visible()

    def test_order_and_end(self, company: Installation, page):
        """Moved up it stands first; cancelled with a reason it is listed and no longer counts."""
        sign_in(page, company, "ben")
        objective(page, company, HELPFUL)
        page.get_by_text("Edit and reorder").click()
        page.get_by_role("button", name="Move Write the guides up").click()
        page.wait_for_url("**#arrange")
        expect(page.locator("#key-results .kr").first.get_by_text("Write the guides")).to_be_visible()

        page.get_by_role("link", name="Cancel Write the guides").click()
        page.fill("[name=reason]", "Nobody reads them.")
        page.get_by_role("button", name="Cancel key result").click()
        page.get_by_text("so it takes no check-ins").wait_for()
        page.get_by_role("button", name="Take up again").click()
        page.get_by_text("It counts again.").wait_for()
