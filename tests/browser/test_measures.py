"""Journeys: a key result of every kind, written with nothing but the fields that its kind shows."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from milepost.core import addresses
from milepost.models import KeyResult
from milepost.web.measures import NAMES

pytestmark = pytest.mark.browser
SAYS = {
    "start": "30", "target": "50", "unit": "points", "low": "40", "high": "60",
    "milestones": "The first step",
}  # fmt: skip
NEEDED = {
    "percent": {"unit": "%"}, "currency": {"unit": "EUR"}, "decrease": {"target": "20"},
    "learning": {"target": "100"},
}  # fmt: skip
PLACES = ("start", "target", "low", "high", "unit", "floor", "tolerance", "direction", "milestones")


def place(page, name: str):
    """Return the field of a name, the first one of the milestones."""
    return page.locator("[name=milestone]" if name == "milestones" else f"[name={name}]").first


class TestEveryKind:
    def test_is_written(self, visit, cast, okrs):
        """Each kind shows its fields and no others, and they are enough."""
        page = visit("ben", f"{addresses.objective('acme', okrs.helpful.id)}key-results/new/")
        for kind, words in NAMES.items():
            page.get_by_label("How it is measured").select_option(kind)
            page.get_by_label("Key result", exact=True).fill(f"A {kind} one")
            for name in PLACES:
                expect(place(page, name)).to_be_visible(visible=name in words.fields)
            for name in words.fields:
                text = NEEDED.get(kind, {}).get(name) or SAYS.get(name)
                if text is not None:
                    place(page, name).fill(text)
            page.get_by_role("button", name="Add and write another").click()
            page.locator("#toasts", has_text="Key result added: “").wait_for()
            expect(page.get_by_label("Key result", exact=True)).to_have_value("")

        made = KeyResult.objects.of(cast.acme.id).filter(title__endswith=" one")
        assert set(made.values_list("kind", flat=True)) == set(NAMES)
