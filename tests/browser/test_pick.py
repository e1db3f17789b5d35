"""A long select: searched by title, team and owner, by keyboard or pointer; plain without scripts."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.actions import people
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


class TestSeveral:
    def test_are_found_ticked_and_sent(self, visit, cast, okrs):
        """Typing leaves the names that have it; Enter ticks the first; what is ticked stays and is sent."""
        for number in range(10):
            email = f"rider{number}@acme.example"
            people.add(name=f"Rider {number}", email=email, by=cast.ada, at=timezone.now())
        page = visit("ben", addresses.objective("acme", okrs.helpful.id) + "edit/")
        group = page.get_by_role("group", name="Contributors")
        field = group.get_by_role("searchbox")

        field.fill("rider 7")
        expect(group.get_by_role("checkbox", checked=False)).to_have_count(1)
        field.press("Enter")
        field.fill("rider 3")
        left = group.get_by_role("checkbox", checked=False).count()
        ticked = group.get_by_role("checkbox", name="Rider 7", checked=True).is_visible()
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_url("**/objectives/*/")

        assert (left, ticked) == (1, True)
        assert page.get_by_role("img", name="Rider 7").count() >= 1

    def test_are_plain_ticks_without_scripts(self, visit, okrs):
        """Without JavaScript the list is there whole, and nothing is offered that does nothing."""
        page = visit("ben", addresses.objective("acme", okrs.helpful.id) + "edit/", java_script_enabled=False)
        group = page.get_by_role("group", name="Contributors")

        assert group.get_by_role("checkbox").count() >= 3
        assert group.get_by_role("searchbox").count() == 0
