"""The reference of the API, narrowed as one types, and examples to copy."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


class TestReference:
    def test_narrows_as_one_types(self, visit):
        """What has the words stays, with its chapter; the address keeps them, and emptied it shows all."""
        page = visit("ben", "/api/")
        chapters = page.get_by_role("navigation", name="Chapters").get_by_role("link")
        everything = chapters.count()

        page.get_by_role("searchbox").press_sequentially("post check-in")

        expect(page.locator("#checkins_correct")).to_be_visible()
        expect(page.locator("#people_create")).to_be_hidden()
        expect(chapters.filter(has_text="Cycles")).to_have_count(0)
        expect(page).to_have_url(re.compile(r"q=post"))
        page.get_by_role("searchbox").fill("")
        expect(page.locator("#people_create")).to_be_visible()
        expect(chapters).to_have_count(everything)

    def test_shows_what_a_link_leads_to(self, visit):
        """A record that an answer names opens, although the words have hidden it."""
        page = visit("ben", "/api/?q=checkins_no+such")
        expect(page.get_by_text("Nothing has these words")).to_be_visible()
        page.get_by_role("searchbox").fill("correction")
        page.locator("#checkins_correct > summary").click()

        link = page.locator("#checkins_correct").get_by_role("link").first
        record = page.locator(f"#r-{link.inner_text()}")
        expect(record).to_be_hidden()
        link.click()

        expect(record).to_have_attribute("open", "")
        expect(record.locator("summary")).to_be_in_viewport()


class TestExamples:
    def test_are_copied_whole(self, visit, cast):
        """The button beside a command takes it, as it stands, and says so."""
        page = visit("ben", "/w/acme/tokens/")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])

        page.get_by_role("button", name="Copy Who am I").click()

        expect(page.get_by_text("Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("curl -H") and copied.endswith("/api/v1/me")
