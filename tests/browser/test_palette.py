"""The palette and the keys, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from milepost.core import addresses
from milepost.core.ids import encode
from tests.browser.patience import sent, staying
from tests.inspection import accessibility_problems, html_problems

pytestmark = pytest.mark.browser
WEEK = "/w/acme/"


def opened(page):
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search, jump or act")
    expect(field).to_be_focused()
    expect(page.locator(".pal [role=option]").first).to_have_attribute("aria-selected", "true")
    return field


class TestPalette:
    def test_finds_and_goes_by_keys_alone(self, visit, okrs):
        """Ctrl K, a few letters, Enter: one is there; the next time it stands among what one opened."""
        page = visit("ben", WEEK)

        opened(page)
        page.keyboard.type("nobo wai")
        expect(page.get_by_role("option", name=okrs.helpful.title)).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{addresses.objective('acme', okrs.helpful.id)}")
        page.goto(WEEK)
        opened(page)

        expect(page.get_by_role("group", name="Where you were").get_by_role("option")).to_have_text(
            [f"{okrs.helpful.title}Objective · Autumn"], use_inner_text=False
        )

    def test_moves_nothing_of_the_page(self, visit, okrs):
        """The palette brings its own styles; what stands behind it stays where it was."""
        page = visit("ben", WEEK)
        places = [page.locator(name) for name in (".topbar", ".topbar .find", "h1")]
        before = [place.bounding_box() for place in places]

        opened(page)
        expect(page.locator(".pal-list")).to_have_css("overflow-y", "auto")

        assert [place.bounding_box() for place in places] == before

    def test_says_what_was_meant(self, visit, okrs):
        """A slip finds what was meant; it says so, aloud as well."""
        page = visit("ben", WEEK)

        opened(page)
        page.keyboard.type("nobdy")

        expect(page.get_by_role("option", name=okrs.helpful.title)).to_have_attribute("aria-selected", "true")
        expect(page.locator(".pal [role=status]")).to_contain_text("Nothing has “nobdy”; this has “nobody”.")
        assert accessibility_problems(page) == []

    def test_keeps_a_name_on_one_line(self, visit, okrs):
        """A word marked in a name does not break it."""
        page = visit("ben", WEEK)

        opened(page)
        page.keyboard.type("map")
        option = page.get_by_role("option", name="Alignment map")
        marked, line = option.locator("mark"), option.locator("span span")

        expect(marked).to_have_text("map")
        assert line.bounding_box()["height"] < 2 * marked.bounding_box()["height"]

    def test_means_what_was_typed_however_fast(self, visit, okrs):
        """Enter right behind the last letter waits for the answer to it."""
        page = visit("ben", WEEK)

        opened(page)
        page.keyboard.type("riders choose")
        page.keyboard.press("Enter")

        page.wait_for_url(f"**{addresses.objective('acme', okrs.company.id)}")

    def test_takes_what_is_typed_before_anything_of_it_has_arrived(self, visit, okrs):
        """On a first visit neither its look nor an answer is there yet: the letters stand in its field."""
        page = visit("ben", WEEK)
        waiting, is_late = [], [True]
        for late in ("**/search*.css*", "**/palette/**"):
            page.route(late, lambda route: waiting.append(route) if is_late else route.continue_())

        with staying(page):
            page.keyboard.press("Control+k")
            page.keyboard.type("new")

            field = page.get_by_role("combobox", name="Search, jump or act")
            expect(field).to_have_value("new")
            expect(field).to_be_focused()
            is_late.clear()
            for route in waiting:
                route.continue_()
            expect(page.get_by_role("option", name="New objective")).to_be_visible()

    def test_offers_what_the_page_offers(self, visit, okrs):
        """What one may do here stands under "On this page", and does it."""
        page = visit("ben", addresses.objective("acme", okrs.draft.id))

        opened(page)
        page.keyboard.type("activ")
        expect(
            page.get_by_role("group", name="On this page").get_by_role("option", name="Activate")
        ).to_be_visible()
        page.keyboard.press("Escape")

        expect(page.get_by_role("dialog")).to_have_count(0)
        guest = visit("gus", addresses.objective("acme", okrs.helpful.id))
        opened(guest)
        expect(guest.get_by_role("option", name="Alignment map")).to_be_visible()
        expect(guest.get_by_role("option", name="Edit")).to_have_count(0)

    @pytest.mark.parametrize(
        ("typed", "offered"),
        [
            ("move", ["Move…"]),
            ("align", ["Align it to something", "Move…"]),
            ("assign", ["Edit: owner, title and all else"]),
            ("delete", ["Cancel objective…"]),
            ("new kr", ["Add a key result"]),
        ],
    )
    def test_puts_first_what_the_page_does_under_that_name(self, visit, okrs, typed, offered):
        """What is called so, or has that word as another name, stands before titles, each by itself."""
        page = visit("ada", addresses.objective("acme", okrs.helpful.id))

        opened(page)
        page.keyboard.type(typed)

        group = page.locator(".pal-list > [role=group]:visible").first
        expect(group).to_have_attribute("aria-label", "On this page")
        expect(group.get_by_role("option")).to_have_text(offered)
        expect(page.locator(".opt-slip")).to_have_count(0)

    def test_acts_on_the_row_that_one_stands_on(self, visit, okrs):
        """In the tree “assign”, “move”, “close” mean the row with the focus, or a key result’s objective."""
        page = visit("ada", "/w/acme/alignment/")
        row, whole = page.locator(f'tr[data-id="{encode(okrs.helpful.id)}"]'), okrs.helpful.id

        row.focus()
        page.keyboard.press("ArrowRight")
        expect(row).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("ArrowRight")
        expect(page.locator(f'tr[data-id="{encode(okrs.waiting.id)}"]')).to_be_focused()
        field = opened(page)
        first = page.locator(".pal-list > [role=group]:visible").first
        for typed, label, words in (
            ("assign", okrs.waiting.title, "Edit key result: owner, measure and all else"),
            ("move", okrs.helpful.title, "Move objective…"),
            ("close", okrs.helpful.title, "Close objective…"),
        ):
            field.fill(typed)
            expect(first.get_by_role("option").first).to_have_text(words)
            expect(first).to_have_attribute("aria-label", f"On “{label}”")
        page.keyboard.press("Enter")

        page.wait_for_url(f"**{addresses.objective('acme', whole)}closing/")

    def test_acts_on_nothing_that_one_may_not_change(self, visit, okrs):
        """A guest stands on a row as well, and is offered nothing that changes it."""
        page = visit("gus", "/w/acme/alignment/")

        page.locator(f'tr[data-id="{encode(okrs.helpful.id)}"]').focus()
        field = opened(page)
        field.fill("close")

        expect(page.locator(".opt-none, .opt-slip")).to_be_visible()
        expect(page.get_by_role("option", name="objective…")).to_have_count(0)

    def test_acts_on_the_objective_of_a_key_result(self, visit, okrs):
        """On the page of a key result its own actions stand beside those of its objective, named so."""
        page = visit("ada", addresses.key_result("acme", okrs.waiting.id))

        field = opened(page)
        field.fill("cancel")

        expect(page.get_by_role("option", name="Cancel")).to_have_text(
            ["Cancel key result…", "Cancel objective…"]
        )
        field.fill("move")
        expect(page.get_by_role("option", selected=True)).to_have_text("Move objective…")

    def test_acts_on_the_card_that_the_arrow_keys_went_to(self, visit, okrs):
        """On the map the card that the keys walked to is meant."""
        page = visit("ada", "/w/acme/map/")

        page.locator(".map-view").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        title = page.locator(".cd.at title:not(.tip)").first.text_content()
        field = opened(page)
        field.fill("align")

        group = page.locator(".pal-list > [role=group]:visible").first
        expect(group).to_have_attribute("aria-label", f"On “{title}”")
        expect(group.get_by_role("option").first).to_have_text("Align objective to something")

    def test_switches_the_look(self, visit, okrs):
        """An act is done on the page that one is on."""
        page = visit("ben", WEEK)

        opened(page)
        page.keyboard.type("dark")
        expect(page.get_by_role("option", name="Switch to dark")).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")

        expect(page.locator("html")).to_have_attribute("data-theme", "dark")


class TestKeys:
    def test_walk_lists_and_edit(self, visit, okrs):
        """J and K go from one to the next, E edits."""
        page = visit("ben", addresses.objective("acme", okrs.helpful.id))

        row = page.locator("li:focus, li:has(:focus)").last

        page.keyboard.press("j")
        first = row.text_content()
        page.keyboard.press("j")
        expect(row).not_to_have_text(first)
        page.keyboard.press("k")
        expect(row).to_have_text(first)
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("e")

        page.wait_for_url("**/edit/")

    def test_are_ones_own(self, visit, okrs):
        """A key changed in the preferences does there what the usual one did."""
        page = visit("ben", "/w/acme/preferences/keyboard/")

        page.get_by_label("New objective").fill("x")
        with sent(page):
            page.get_by_role("button", name="Save").click()
        page.goto(WEEK)
        page.keyboard.press("n")
        page.keyboard.press("x")

        page.wait_for_url("**/objectives/new/**")

    def test_of_the_tree_are_ones_own_too(self, visit, okrs):
        """What a row of the tree takes is as one has chosen, and `?` says so."""
        page = visit("cleo", "/w/acme/preferences/keyboard/")
        page.get_by_label("tree: fold it or go out").fill("h")
        page.get_by_label("tree: move it").fill("v")
        with sent(page):
            page.get_by_role("button", name="Save").click()

        page.goto("/w/acme/alignment/")
        row = page.locator(f'tr[data-id="{encode(okrs.helpful.id)}"]')
        row.focus()
        page.keyboard.press("ArrowRight")
        expect(row).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("h")
        expect(row).to_have_attribute("aria-expanded", "false")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog").get_by_text("move it")).to_be_visible()
        expect(page.get_by_role("dialog").locator("kbd", has_text="V")).to_be_visible()


class TestSound:
    @pytest.mark.parametrize("width", [1280, 320])
    def test_to_everyone_on_every_screen(self, visit, okrs, width):
        """The palette, the list of keys and the pages of both: accessible, and none too wide."""
        page = visit("ben", WEEK)
        page.set_viewport_size({"width": width, "height": 800})
        found = []

        def look(what: str) -> None:
            found.extend(f"{what}: {problem}" for problem in accessibility_problems(page))
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{what}: too wide")

        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        look("keys")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        field = opened(page)
        look("palette")
        field.fill("wai")
        expect(page.get_by_role("group", name="Found")).to_be_visible()
        look("palette with something found")
        for where in ("search/", "search/?q=wait", "search/?q=zzz", "preferences/keyboard/"):
            page.goto(f"{WEEK}{where}")
            look(where)

        assert found == []
        if width == 1280:
            documents = {
                name: page.request.get(f"{WEEK}{name}").text()
                for name in ("search/?q=wait", "preferences/keyboard/")
            }
            assert "\n".join(html_problems(documents)) == ""
