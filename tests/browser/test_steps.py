"""Journeys: the steps of an objective's life that need a reason, also without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from milepost.core import addresses
from milepost.models import Objective

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
class TestSteps:
    def test_of_a_draft(self, visit, okrs, scripts: bool):
        """A draft that cannot begin says what is missing; it is parked with a reason and taken back."""
        page = visit("ben", addresses.objective("acme", okrs.draft.id), java_script_enabled=scripts)

        page.get_by_role("button", name="Activate").click()
        page.get_by_text("has to wait. First:").wait_for()
        page.get_by_role("link", name="Back", exact=True).click()
        step(page, "Park", "Why not now?", "The shop comes first.")
        says(page, "Parked.", "counts towards nothing")
        step(page, "Take back to draft", "What has changed?", "The shop is done.")

        says(page, "A draft.", "The shop comes first.", "The shop is done.")

    def test_of_one_that_runs(self, visit, cast, okrs, scripts: bool):
        """An active one is cancelled with a reason, stays in the report and no longer counts above."""
        page = visit("ben", addresses.objective("acme", okrs.helpful.id), java_script_enabled=scripts)

        step(page, "Cancel objective", "Why is it cancelled?", "The booth was sold.")
        says(page, "Cancelled.", "The booth was sold.")
        expect(page.get_by_role("button", name="Check in")).to_have_count(0)
        page.goto(addresses.objective("acme", okrs.company.id))

        above = page.locator("details.why tr", has_text=okrs.helpful.title).first
        expect(above).to_contain_text("left out")
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "cancelled"

    def test_asks_for_a_reason(self, visit, cast, okrs, scripts: bool):
        """Without a word on why, nothing happens."""
        here = addresses.objective("acme", okrs.helpful.id)
        page = visit("ben", f"{here}deferral/", java_script_enabled=scripts)

        page.get_by_label("Why later?").fill("  ")
        page.get_by_role("button", name="Defer").click()

        page.get_by_role("alert").get_by_text("Say why in a sentence").wait_for()
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "active"


def says(page, *words: str) -> None:
    """Wait until the page says all of it."""
    for each in words:
        expect(page.get_by_role("main")).to_contain_text(each)


def step(page, name: str, asks: str, reason: str) -> None:
    """Take a step from the menu of an objective's page."""
    page.locator("summary", has_text="More").click()
    page.get_by_role("link", name=name).click()
    page.get_by_label(asks).fill(reason)
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/objectives/*/")
    page.get_by_text(reason).first.wait_for()
