"""Journeys: an initiative is added, changed and moved on, also without scripts."""

from __future__ import annotations

import pytest
from django.utils import timezone

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.models import Initiative

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
class TestInitiative:
    def test_is_added_changed_and_moved_on(self, visit, cast, okrs, scripts: bool):
        """Title, key result, owner and day; then another title; then done from its row."""
        page = visit("ben", addresses.objective("acme", okrs.helpful.id), java_script_enabled=scripts)

        page.goto(page.url + "initiatives/new/")
        page.get_by_label("Initiative").fill("Second bench")
        page.get_by_label("For", exact=True).select_option(encode(okrs.waiting.id))
        page.get_by_label("Owner").select_option(label="Cleo Wong")
        page.get_by_label("Due").fill(timezone.now().date().isoformat())
        page.get_by_role("button", name="Add").click()
        page.get_by_text("Initiative added: “").wait_for()
        page.get_by_role("link", name="Second bench", exact=True).click()
        page.get_by_label("Initiative").fill("Second bench, on loan")
        page.get_by_role("button", name="Save").click()
        page.locator("#toasts", has_text="Saved").wait_for()
        row = page.locator("li.ini", has_text="Second bench, on loan")
        row.locator("summary").click()
        row.get_by_role("button", name="Done").click()
        row.locator("summary", has_text="Done").wait_for()

        kept = Initiative.objects.of(cast.acme.id).get(title="Second bench, on loan")
        assert (kept.state, kept.key_result_id, kept.owner_id) == (
            "done",
            okrs.waiting.id,
            cast.cleo.person_id,
        )
