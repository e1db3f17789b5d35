"""Journeys: the steps of an objective's life that need a reason, also without scripts."""

from __future__ import annotations

import pytest
from django.utils import timezone

from milepost.core import addresses
from milepost.models import Objective
from tests.okrs import Okrs, written

pytestmark = pytest.mark.browser


@pytest.fixture
def okrs(cast) -> Okrs:
    return written(cast, timezone.now())


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
class TestSteps:
    def test_of_a_draft(self, visit, okrs, scripts: bool):
        """A draft that cannot begin says what is missing; it is parked with a reason and taken back."""
        page = visit("ben", addresses.objective("acme", okrs.draft.id), java_script_enabled=scripts)

        page.get_by_role("button", name="Activate").click()
        page.get_by_text("has to wait. First:").wait_for()
        page.get_by_role("link", name="Back", exact=True).click()
        step(page, "Park", "Why not now?", "The shop comes first.")
        parked = page.get_by_role("main").inner_text()
        step(page, "Take back to draft", "What has changed?", "The shop is done.")

        history = page.get_by_role("main").inner_text()
        assert "Parked." in parked and "counts towards nothing" in parked
        assert "A draft." in history
        assert "The shop comes first." in history and "The shop is done." in history

    def test_of_one_that_runs(self, visit, cast, okrs, scripts: bool):
        """An active one is cancelled with a reason, stays in the report and no longer counts above."""
        page = visit("ben", addresses.objective("acme", okrs.helpful.id), java_script_enabled=scripts)

        step(page, "Cancel objective", "Why is it cancelled?", "The booth was sold.")
        said = page.get_by_role("main").inner_text()
        page.goto(addresses.objective("acme", okrs.company.id))
        row = page.locator("details.why tr", has_text=okrs.helpful.title).first.text_content()

        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "cancelled"
        assert "Cancelled." in said and "The booth was sold." in said
        assert page.get_by_role("button", name="Check in").count() == 0
        assert "left out" in row

    def test_asks_for_a_reason(self, visit, cast, okrs, scripts: bool):
        """Without a word on why, nothing happens."""
        here = addresses.objective("acme", okrs.helpful.id)
        page = visit("ben", f"{here}deferral/", java_script_enabled=scripts)

        page.get_by_label("Why later?").fill("  ")
        page.get_by_role("button", name="Defer").click()

        page.get_by_role("alert").get_by_text("Say why in a sentence").wait_for()
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "active"


def step(page, name: str, asks: str, reason: str) -> None:
    """Take a step from the menu of an objective's page."""
    page.locator("summary", has_text="More").click()
    page.get_by_role("link", name=name).click()
    page.get_by_label(asks).fill(reason)
    page.get_by_role("button", name=name).click()
    page.get_by_text(reason).first.wait_for()
