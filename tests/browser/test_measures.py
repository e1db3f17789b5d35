"""Journeys: a key result of every kind, written with nothing but the fields that its kind shows."""

from __future__ import annotations

import pytest
from django.utils import timezone

from milepost.core import addresses
from milepost.models import KeyResult
from milepost.web.measures import NAMES
from tests.okrs import Okrs, written

pytestmark = pytest.mark.browser
SAYS = {
    "start": "30", "target": "50", "unit": "points", "low": "40", "high": "60",
    "milestones": "The first step",
}  # fmt: skip
NEEDED = {
    "percent": {"unit": "%"}, "currency": {"unit": "EUR"}, "decrease": {"target": "20"},
    "learning": {"target": "100"},
}  # fmt: skip


@pytest.fixture
def okrs(cast) -> Okrs:
    return written(cast, timezone.now())


class TestEveryKind:
    def test_is_written(self, visit, cast, okrs):
        """Each kind shows its fields and no others, and they are enough."""
        page = visit("ben", f"{addresses.objective('acme', okrs.helpful.id)}key-results/new/")
        shown = {}
        for kind, words in NAMES.items():
            page.get_by_label("How it is measured").select_option(kind)
            page.get_by_label("Key result", exact=True).fill(f"A {kind} one")
            names = ("start", "target", "low", "high", "unit", "floor", "tolerance", "direction")
            shown[kind] = {name for name in names if page.locator(f"[name={name}]").is_visible()}
            shown[kind] |= {"milestones"} if page.locator("[name=milestone]").first.is_visible() else set()
            for name in words.fields:
                text = NEEDED.get(kind, {}).get(name) or SAYS.get(name)
                place = page.locator("[name=milestone]" if name == "milestones" else f"[name={name}]").first
                if text is not None:
                    place.fill(text)
            page.get_by_role("button", name="Add and write another").click()
            page.locator("#toasts", has_text="Key result added.").wait_for()

        made = KeyResult.objects.of(cast.acme.id).filter(title__endswith=" one")
        assert shown == {kind: set(words.fields) for kind, words in NAMES.items()}
        assert set(made.values_list("kind", flat=True)) == set(NAMES)
