"""A long select: searched by title, team and owner, by keyboard or pointer; plain without scripts."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.core import addresses
from milepost.models import Alignment
from tests.browser.conftest import NARROW
from tests.inspection import accessibility_problems
from tests.okrs import Okrs, written
from tests.web import acme

pytestmark = pytest.mark.browser


@pytest.fixture
def okrs(cast) -> Okrs:
    made = written(cast, timezone.now())
    for number in range(10):
        acme.work(f"Repairs {number}", cycle=made.cycle, by=cast.ada, at=timezone.now())
    return made


@pytest.fixture
def here(okrs) -> str:
    return addresses.objective("acme", okrs.helpful.id) + "alignments/new/"


class TestKeyboard:
    def test_finds_and_takes_one(self, visit, cast, okrs, here):
        """Two words, in any order and without accents, find it; Enter takes it; the form sends it."""
        page = visit("ben", here)
        field = page.get_by_role("combobox", name="An objective or a key result")
        field.focus()

        field.press_sequentially("MEASURED rép 7")
        expect(page.get_by_role("option")).to_have_count(1)
        field.press("Enter")
        expect(field).to_have_value("Key result: Repairs 7, measured")
        page.get_by_role("button", name="Align", exact=True).click()
        page.locator("#alignment", has_text="Repairs 7").wait_for()

        link = Alignment.objects.of(cast.acme.id).order_by("id").last()
        assert link.parent_key_result.title == "Repairs 7, measured"

    def test_walks_and_leaves_as_it_was(self, visit, okrs, here):
        """Arrows walk round the list and mark one; Esc closes it and leaves what was chosen."""
        page = visit("ben", here)
        field = page.get_by_role("combobox", name="An objective or a key result")
        field.focus()

        field.press("ArrowDown")
        assert field.get_attribute("aria-expanded") == "true"
        field.press("ArrowUp")
        marked = field.get_attribute("aria-activedescendant")
        field.press("Escape")

        assert marked == page.get_by_role("option", include_hidden=True).last.get_attribute("id")
        assert field.get_attribute("aria-expanded") == "false"
        expect(field).to_have_value("Choose")

    def test_searches_owners_and_teams(self, visit, okrs, here):
        """An owner's name or a team's finds what is theirs."""
        page = visit("ben", here)
        field = page.get_by_role("combobox", name="An objective or a key result")

        field.fill("ada riders")
        expect(page.get_by_role("option")).to_have_count(1)
        assert "Riders choose us twice" in page.get_by_role("option").inner_text()
        field.fill("no such thing")
        expect(page.get_by_role("option")).to_have_count(0)
        expect(page.get_by_text("0 found")).to_be_visible()


class TestPointer:
    def test_opens_and_takes_one(self, visit, okrs, here):
        """A click opens it, a click takes one, and what else the form shows follows."""
        page = visit("ben", here, viewport=NARROW)
        field = page.get_by_role("combobox", name="An objective or a key result")

        field.click()
        page.get_by_role("option", name="Repairs 3 ·").click()

        assert field.input_value().startswith("Repairs 3 ·")
        assert page.locator("select[name=parent]").input_value().startswith("o")

    def test_has_no_problems_for_assistive_tools(self, visit, okrs, here):
        """axe finds nothing while the list is open, wide and narrow, light and dark."""
        for scheme in ("light", "dark"):
            for viewport in ({"width": 1280, "height": 900}, NARROW):
                page = visit("ben", here, viewport=viewport, color_scheme=scheme)
                page.get_by_role("combobox", name="An objective or a key result").click()

                assert not accessibility_problems(page)


class TestWithoutJavascript:
    def test_is_a_plain_select(self, visit, okrs, here):
        """Without scripts it is the select that it was."""
        page = visit("ben", here, java_script_enabled=False)

        page.get_by_label("An objective or a key result").select_option(label="Repairs 3 · Autumn")
        page.get_by_role("button", name="Align", exact=True).click()

        assert "Repairs 3" in page.locator("#alignment").inner_text()
