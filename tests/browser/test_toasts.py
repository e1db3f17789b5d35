"""Messages: where they stand, and what they leave free."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.actions import objectives
from milepost.core import addresses
from tests.browser.patience import until

pytestmark = pytest.mark.browser

# Whatever the message lies over: where it stands, and once the page was scrolled to its end.
COVERED = """() => {
  const box = (node) => node.getBoundingClientRect();
  const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
  const toast = box(document.querySelector('.toast'));
  const found = [...document.querySelectorAll('.rail a, .rail summary, .rail button, .topbar *')]
    .filter((node) => node.checkVisibility() && !apart(box(node), toast));
  scrollTo(0, document.body.scrollHeight);
  const last = [...document.querySelectorAll('main :is(a, button, input, textarea, p)')]
    .filter((node) => node.checkVisibility() && !apart(box(node), toast));
  return [...found, ...last].map((node) => node.outerHTML.slice(0, 80));
}"""


class TestPlace:
    @pytest.mark.parametrize("width", [1280, 800, 390, 320])
    def test_hides_nothing_that_is_needed(self, visit, okrs, width: int):
        """Neither menus nor labels, and whatever it covers of the page can be scrolled clear of it."""
        page = visit(
            "ben", addresses.objective("acme", okrs.helpful.id), viewport={"width": width, "height": 700}
        )
        page.get_by_label("Add to the discussion").fill("Is that all?")

        page.get_by_role("button", name="Post").click()
        page.locator(".toast").wait_for()

        until(page, lambda: page.evaluate(COVERED) == [])


class TestStay:
    def test_bad_news_waits_to_be_read(self, visit, okrs):
        """What could not be done stays however long one looks away; good news leaves by itself."""
        page = visit("ben", addresses.objective("acme", okrs.helpful.id))
        page.clock.install()
        page.reload()
        page.evaluate("""() => {
          const silent = document.querySelector('#toasts > template').content;
          const [good, bad] = [1, 2].map(() => silent.cloneNode(true));
          good.querySelector('.toast').classList.remove('bad');
          document.querySelector('#toasts').append(good, bad);
        }""")
        expect(page.locator(".toast")).to_have_count(2)

        page.clock.run_for(60_000)

        expect(page.locator(".toast")).to_have_count(1)
        expect(page.locator(".toast.bad")).to_be_visible()


class TestUndo:
    def test_offers_ones_last_change_wherever_one_is(self, visit, cast, okrs):
        """U on a page that has nothing to undo, then Enter: there is what one did last, asked about first."""
        changed = {"title": "Nobody waits"}
        objectives.update(objective=okrs.helpful.id, changed=changed, by=cast.ben, at=timezone.now())
        page = visit("ben", "/w/acme/people/")

        page.keyboard.press("u")
        expect(page.get_by_role("option", selected=True)).to_have_text("Undo my last change")
        page.keyboard.press("Enter")
        page.wait_for_url("**/undoing/")

        expect(page.locator(".well")).to_contain_text("→ “Nobody waits”")

    def test_says_where_there_is_nothing(self, visit, okrs):
        """U for whoever changed nothing says so, and where to look."""
        page = visit("gus", "/w/acme/people/")

        page.keyboard.press("u")
        option = page.get_by_role("option", selected=True)
        expect(option).to_have_text("Nothing here for you to undo; what was done is in Activity")
        option.click()

        page.wait_for_url("**/activity/")

    def test_begins_with_what_one_did_last(self, visit, cast, okrs):
        """In the feed, U leads to the undoing of the reader's own last change, not of another's."""
        for who, title in ((cast.ben, "Nobody waits"), (cast.ada, "Nobody waits long")):
            objectives.update(objective=okrs.helpful.id, changed={"title": title}, by=who, at=timezone.now())
        page = visit("ben", "/w/acme/activity/")

        page.keyboard.press("u")
        page.wait_for_url("**/undoing/")

        expect(page.locator(".well")).to_contain_text("→ “Nobody waits”")


class TestRefused:
    def test_takes_the_focus_and_leads_to_the_field(self, visit, okrs):
        """What is wrong is read first; its link leads to the field; what was typed is there."""
        for scripts in (True, False):
            page = visit("ben", "/w/acme/objectives/new/", java_script_enabled=scripts)
            page.get_by_label("Objective", exact=True).fill("Riders stay")
            page.get_by_label("From").first.fill("many")

            page.get_by_role("button", name="Save draft").click()

            expect(page.locator("#refused")).to_be_focused()
            expect(page.get_by_label("Objective", exact=True)).to_have_value("Riders stay")
            expect(page.get_by_role("link", name="Key result 1, title")).to_have_count(1)
            page.get_by_role("link", name="Key result 1, start").click()
            expect(page.locator("input[name=kr1_start]")).to_be_focused()
            expect(page.get_by_label("From").first).to_have_value("many")
