"""Phones: tables of few columns are there as a whole, and nothing lies over what is to be pressed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from milepost.actions import objectives, views
from milepost.core import addresses
from milepost.models import User
from tests.browser.conftest import NARROW
from tests.browser.patience import until
from tests.cast import enter_as

pytestmark = pytest.mark.browser


class TestTables:
    @pytest.mark.parametrize("place", ["people", "teams", "overview", "views"])
    def test_are_there_as_a_whole(self, visit, cast, okrs, place: str):
        """Who, how far and what can be done is seen without pushing the table aside."""
        kept = {"name": "What needs attention this week", "settings": "attention=1&group=team"}
        views.save(**kept, by=cast.ada, at=timezone.now())
        page = visit("ada", f"/w/acme/{place}/", viewport=NARROW)
        box = page.locator("main .scroll:has(table)").first

        expect(box.locator("tbody tr").first).to_be_visible()

        until(page, lambda: box.evaluate("box => box.scrollWidth <= box.clientWidth"))

    def test_say_what_each_final_value_comes_to(self, visit, okrs):
        """Where an objective is closed, raw figure, grade and band stand below each value."""
        page = visit("ada", f"{addresses.objective('acme', okrs.helpful.id)}closing/", viewport=NARROW)
        box = page.locator("main .scroll:has(.final)")

        expect(box.locator("tbody tr").first.locator("[data-l]")).to_have_count(3)

        until(page, lambda: box.evaluate("box => box.scrollWidth <= box.clientWidth"))

    def test_say_both_versions_below_one_another(self, visit, cast, okrs):
        """Three values of a field begin at the same edge, each below its name."""
        page = visit("ben", f"{addresses.objective('acme', okrs.helpful.id)}edit/", viewport=NARROW)
        objectives.update(
            objective=okrs.helpful.id, changed={"title": "Theirs"}, by=cast.ada, at=timezone.now()
        )

        page.get_by_label("Objective", exact=True).fill("Mine")
        page.get_by_role("button", name="Save").click()
        values = page.get_by_role("group", name="Both versions").locator("tbody td")
        expect(values).to_have_count(3)

        until(page, lambda: len({round(box["x"]) for box in map(boxed, values.all())}) == 1)


class TestTheKeyOfTheMap:
    def test_is_there_as_a_whole(self, visit, okrs):
        """What each colour and line means is read without pushing anything aside."""
        page = visit("ada", "/w/acme/map/", viewport=NARROW)
        key = page.locator("mp-map .map-key")

        expect(key.get_by_text("supports")).to_be_in_viewport(ratio=1)

        until(page, lambda: key.evaluate("key => key.scrollWidth <= key.clientWidth"))


class TestWhatIsAskedFor:
    @pytest.mark.parametrize(("place", "name"), [("alignment", "Filter"), ("map", "View")])
    def test_opens_below_its_button_which_shuts_it(self, visit, okrs, place: str, name: str):
        """The panel leaves its button free to be pressed again; Escape shuts it too, and goes back there."""
        page = visit("ada", f"/w/acme/{place}/", viewport=NARROW)
        button, panel = page.get_by_role("button", name=name, exact=True), page.locator("#asks")

        button.click()
        expect(panel).to_be_visible()
        until(page, lambda: boxed(panel)["y"] >= boxed(button)["y"] + boxed(button)["height"])
        expect(panel.get_by_role("button", name="Show")).to_be_in_viewport(ratio=1)
        button.click()
        expect(panel).to_be_hidden()
        button.click()
        panel.get_by_role("searchbox").focus()
        page.keyboard.press("Escape")

        expect(panel).to_be_hidden()
        expect(button).to_be_focused()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_lists_all_columns_with_nothing_over_them(self, visit, okrs, scheme: str):
        """Each column of the tree can be ticked and moved; the button below them casts no shadow on them."""
        page = visit("ada", "/w/acme/alignment/", viewport=NARROW, color_scheme=scheme)

        page.locator(".arrange > summary").click()
        panel = page.locator(".arrange > form")

        until(page, lambda: panel.evaluate("panel => panel.scrollHeight <= panel.clientHeight"))
        for button in panel.locator(".btn").all():
            expect(button).not_to_have_css("position", "sticky")
        for last in (panel.get_by_role("checkbox").last, panel.get_by_role("button", name="later").last):
            last.click(trial=True)


def boxed(part):
    return part.bounding_box()


class TestMessages:
    def test_stand_above_a_page_of_one_column(self, visit, cast):
        """Where no script lets a message go it lies over nothing."""
        enter_as(Client(), User.objects.get(email="ada@acme.example"))  # in another browser
        page = visit("ada", "/account/", viewport=NARROW)

        page.get_by_role("button", name="Sign out everywhere else").click()
        message, heading = page.locator(".toast"), page.get_by_role("heading", level=1)
        expect(message).to_be_visible()

        assert boxed(message)["y"] + boxed(message)["height"] <= boxed(heading)["y"]
