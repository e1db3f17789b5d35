"""Choosing rows of the tree in a browser and changing them together; columns and views without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from milepost.models import KeyResult, Objective
from tests.browser.conftest import NARROW
from tests.browser.test_alignment import TREE, row

pytestmark = pytest.mark.browser


def chosen(page):
    return page.locator('tr input[name="id"]:checked')


class TestPicks:
    def test_begin_with_x_and_end_in_a_change(self, visit, cast, okrs):
        """X on a row leads to the boxes with that one ticked; what is ticked changes together."""
        page = visit("ben", f"{TREE}?group=team")
        row(page, okrs.helpful).focus()
        page.keyboard.press("x")
        page.wait_for_url("**select=1**")
        expect(row(page, okrs.helpful)).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("x")
        expect(page.get_by_text("2 selected")).to_be_visible()

        page.get_by_label("What is to happen to them").select_option("owner")
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Owner", exact=True).select_option(label="Cleo Wong")
        page.get_by_role("button", name="Show what changes").click()
        page.get_by_label("Why").fill("Ben is away.")
        page.get_by_role("button", name="Change 1").click()
        page.wait_for_url(f"**{TREE}?group=team")

        expect(page.get_by_text("1 changed.")).to_be_visible()
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).owner_id == cast.cleo.person_id
        assert KeyResult.objects.of(cast.acme.id).get(id=okrs.waiting.id).owner_id == cast.cleo.person_id

    def test_take_a_range_and_a_whole_group(self, visit, okrs):
        """Shift with a click takes all between; the box of a group takes all of it, and gives it back."""
        page = visit("ada", f"{TREE}?group=team&select=1")
        row(page, okrs.helpful).get_by_role("checkbox").click()
        row(page, okrs.guides).get_by_role("checkbox").click(modifiers=["Shift"])
        expect(chosen(page)).to_have_count(3)
        head = page.locator("tr.unit", has_text="Product").get_by_role("checkbox")

        head.click()
        expect(chosen(page)).to_have_count(4)
        head.click()

        expect(chosen(page)).to_have_count(0)
        expect(page.get_by_role("button", name="Go on")).to_be_disabled()


class TestColumns:
    def test_are_all_on_the_screen_of_a_phone(self, visit, okrs):
        """The panel opens below its button and is cut off on neither side."""
        page = visit("ben", TREE, viewport=NARROW)

        page.get_by_text("Columns and order").click()
        panel = page.get_by_role("form", name="Columns, groups and order").bounding_box()

        assert panel["x"] >= 0 and panel["x"] + panel["width"] <= NARROW["width"]

    def test_move_by_keyboard_and_become_a_view(self, visit, okrs):
        """The form is reached and used by keyboard; what it shows is kept under a name."""
        page = visit("ben", TREE)
        page.get_by_text("Columns and order").press("Enter")
        page.get_by_label("Grouped by").select_option("owner")
        page.get_by_role("button", name="Owner earlier").press("Enter")
        page.wait_for_url("**panel=1")
        expect(page.get_by_role("button", name="Owner earlier")).to_be_visible()

        page.keyboard.press("Escape")
        page.get_by_role("link", name="Save as a view").click()
        page.get_by_label("Name").fill("Whose")
        page.get_by_role("button", name="Save the view").click()

        expect(page.locator('.views [aria-current="true"]')).to_have_text("Whose")
        expect(page.locator("thead th")).to_contain_text(["Owner", "Sure"])

    def test_ask_for_a_team_only_where_one_is_to_see_it(self, visit, okrs):
        """Which team is asked as soon as a view is for one, and of nobody else."""
        page = visit("ben", "/w/acme/views/new/?group=owner")
        team = page.get_by_label("Team", exact=True)

        expect(page.get_by_label("Only me")).to_be_checked()
        expect(team).to_be_hidden()
        page.get_by_label("One of my teams").check()

        expect(team).to_be_visible()
