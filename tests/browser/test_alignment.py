"""The alignment tree in a browser: by keyboard, without JavaScript, with more rows than fit, on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from milepost.core.ids import encode
from milepost.models import User
from milepost.web import alignment as web
from tests.browser.conftest import NARROW
from tests.browser.patience import staying
from tests.inspection import accessibility_problems, html_problems

pytestmark = pytest.mark.browser
TREE = "/w/acme/alignment/"


def row(page, one):
    return page.locator(f'tr[data-id="{encode(one.id)}"]')


class TestKeyboard:
    def test_walks_and_opens(self, visit, okrs):
        """Arrows walk the rows; right opens a branch, whose rows are fetched; left shuts it again."""
        page = visit("ada", TREE)
        row(page, okrs.helpful).focus()
        expect(row(page, okrs.waiting)).to_have_count(0)

        page.keyboard.press("ArrowRight")
        row(page, okrs.waiting).wait_for()
        page.keyboard.press("ArrowDown")
        expect(row(page, okrs.waiting)).to_be_focused()
        page.keyboard.press("ArrowLeft")
        expect(row(page, okrs.helpful)).to_be_focused()
        page.keyboard.press("ArrowLeft")

        expect(row(page, okrs.waiting)).to_be_hidden()
        expect(row(page, okrs.helpful)).to_have_attribute("aria-expanded", "false")

    def test_opens_a_page_and_checks_in(self, visit, okrs):
        """Enter opens what a row names; C on a key result leads to its check-in."""
        page = visit("ada", TREE)
        row(page, okrs.growth).focus()
        page.keyboard.press("c")
        page.wait_for_url(f"**/key-results/{encode(okrs.growth.id)}/#check-in")

        page.go_back()
        row(page, okrs.company).focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/objectives/**")

        expect(page.get_by_role("heading", level=1)).to_have_text(okrs.company.title)

    def test_keeps_what_is_open(self, visit, okrs):
        """What was opened stands in the address, so a reload shows it again."""
        page = visit("ada", TREE)
        row(page, okrs.helpful).locator("a.exp").click()
        row(page, okrs.waiting).wait_for()

        page.reload()

        expect(row(page, okrs.waiting)).to_be_visible()


class TestMoving:
    def test_begins_with_m_anywhere_in_the_row(self, visit, okrs):
        """M leads to the page of moving from the row, and from the link in it."""
        page = visit("ada", TREE)
        row(page, okrs.helpful).locator("a", has_text=okrs.helpful.title).first.focus()

        page.keyboard.press("m")

        page.wait_for_url(f"**/{encode(okrs.helpful.id)}/place/?from=*")

    def test_is_offered_where_one_may(self, visit, okrs):
        """Ben has a grip on what is his and none on the company's, where M does nothing."""
        page = visit("ben", TREE)
        expect(row(page, okrs.helpful).locator(".grip")).to_have_count(1)
        expect(row(page, okrs.company).locator(".grip")).to_have_count(0)

        row(page, okrs.company).focus()
        with staying(page):
            page.keyboard.press("m")


class TestMoreRows:
    def test_come_as_one_scrolls(self, visit, okrs, monkeypatch):
        """Where the first rows end, the next arrive without a page load and take part in the tree."""
        monkeypatch.setattr(web, "ROWS", 3)
        page = visit("cleo", TREE)

        row(page, okrs.helpful).wait_for()
        row(page, okrs.helpful).focus()
        page.keyboard.press("ArrowRight")
        row(page, okrs.waiting).wait_for()

        expect(row(page, okrs.helpful)).to_have_attribute("aria-level", "3")
        expect(page.locator("tr.unit").filter(has_text="Not aligned")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
class TestFilters:
    def test_narrow_the_tree(self, visit, okrs, scripts: bool):
        """Team, owner, status, type, what needs attention, what is not aligned: each leaves what it says."""
        page = visit("ada", TREE, java_script_enabled=scripts)
        everything = listed(page)
        found = {}
        for label, choice in (
            ("Team", "Product"), ("Owner", "Ada Lovelace"), ("Status", "Off track"), ("Type", "Committed"),
        ):  # fmt: skip
            page.goto(TREE)
            filters = page.get_by_role("search", name="Narrow the tree")
            filters.get_by_label(label, exact=True).select_option(label=choice)
            page.get_by_role("button", name="Show").click()
            page.wait_for_url("**/?*")
            found[label] = listed(page)
        for chip in ("Needs attention", "Not aligned"):
            page.goto(TREE)
            page.get_by_role("navigation", name="Filters").get_by_role("link", name=chip).click()
            page.wait_for_url("**/?*")
            found[chip] = listed(page)
        page.get_by_role("link", name="Clear").click()
        page.wait_for_url(lambda url: url.endswith((TREE, "?")))

        company, helpful = okrs.company.title, okrs.helpful.title
        assert company in everything and helpful in everything
        assert helpful in found["Team"] and okrs.draft.title in found["Team"]
        assert okrs.growth.title not in found["Team"]
        assert okrs.growth.title in found["Owner"] and okrs.waiting.title not in found["Owner"]
        assert helpful in found["Type"] and okrs.growth.title not in found["Type"]
        assert okrs.draft.title in found["Not aligned"] and helpful not in found["Not aligned"]
        assert found["Status"] != everything and found["Needs attention"] != everything
        assert listed(page) == everything


class TestFiltersOnAPhone:
    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
    def test_unfold_where_one_asks_for_them(self, visit, okrs, scripts: bool):
        """The fields lie under “Filter”, so that rows begin higher up; elsewhere they are open."""
        more = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
        phone = visit("ada", TREE, java_script_enabled=scripts, **more)
        filters = phone.get_by_role("search", name="Narrow the tree")
        expect(phone.locator("#asks")).to_be_hidden()

        phone.get_by_role("button", name="Filter", exact=True).click()
        filters.get_by_label("Type").select_option(label="Committed")
        filters.get_by_role("button", name="Show").click()
        phone.wait_for_url("**type=committed*")
        expect(phone.get_by_role("button", name="Filter, narrowed")).to_be_visible()

        wide = visit("ada", TREE, java_script_enabled=scripts)
        expect(wide.get_by_role("search", name="Narrow the tree").get_by_label("Type")).to_be_visible()
        expect(wide.get_by_role("button", name="Filter", exact=True)).to_be_hidden()


def listed(page) -> str:
    """Return what stands in the tree of a page that is there, or instead of it."""
    return page.evaluate("(document.querySelector('tbody') ?? document.querySelector('#main')).innerText")


class TestWithoutJavascript:
    def test_opens_by_links_and_filters_by_a_form(self, visit, okrs):
        """Chevrons are links; the filters are a form."""
        page = visit("ada", TREE, java_script_enabled=False)

        row(page, okrs.helpful).locator("a.exp").click()
        expect(row(page, okrs.waiting)).to_be_visible()
        filters = page.get_by_role("search", name="Narrow the tree")
        filters.get_by_label("Owner").select_option(label="Cleo Wong")
        page.get_by_role("button", name="Show").click()

        page.wait_for_url("**owner=*")
        expect(row(page, okrs.waiting)).to_be_visible()
        expect(row(page, okrs.growth)).to_have_count(0)

    def test_lists_everything(self, visit, okrs):
        """The button for print leads to everything open, in words."""
        page = visit("ada", TREE, java_script_enabled=False)

        page.get_by_role("link", name="Print").click()

        expect(page.get_by_text(okrs.guides.title)).to_be_visible()


class TestLook:
    def test_has_no_problems_for_assistive_tools(self, visit, okrs):
        """Light and dark, wide and narrow: axe finds nothing, nothing stands over the edge."""
        found = []
        for scheme in ("light", "dark"):
            page = visit("ada", f"{TREE}?open={encode(okrs.helpful.id)}", color_scheme=scheme)
            for width in (1280, 390, 320):
                page.set_viewport_size({"width": width, "height": 900})
                found += [f"{scheme} {width} {each}" for each in accessibility_problems(page)]
                found += [f"{scheme} {width} too wide"] * page.evaluate(
                    "document.documentElement.scrollWidth > innerWidth"
                )

        assert found == []

    def test_sorted_heads_keep_to_their_columns(self, visit, okrs):
        """On a phone the arrow of a sorted column stands beside its name, not over the next one."""
        page = visit("ada", TREE, viewport=NARROW)

        for name in ("Status", "Progress"):
            page.goto(f"{TREE}?sort={name.lower()}")
            head = page.locator("th[aria-sort]")
            expect(head).to_have_text(name)
            arrow, cell = head.locator("svg").bounding_box(), head.bounding_box()
            assert arrow["x"] + arrow["width"] <= cell["x"] + cell["width"]

    def test_is_valid(self, client, okrs):
        """The tree, a narrowed one, an empty one and the list are valid HTML."""
        client.force_login(User.objects.get(email="ada@acme.example"))
        queries = ("", "?attention=1&status=off_track", "?owner=nobody", "?open=all")

        documents = {f"tree{query}": client.get(TREE + query).content.decode() for query in queries}

        assert html_problems(documents) == []

    def test_prints_what_is_on_screen(self, visit, okrs):
        """On paper there are no filters and no buttons."""
        page = visit("ada", f"{TREE}?open=all", viewport=NARROW)

        page.emulate_media(media="print")

        expect(page.get_by_role("button", name="Show")).to_be_hidden()
        expect(page.get_by_text(okrs.guides.title)).to_be_visible()

    def test_says_that_it_is_not_all(self, visit, okrs):
        """The tree itself goes on paper as it is open, with a line that says where all of it is to be had."""
        page = visit("ada", TREE)
        told = page.get_by_text("The Print button above the tree lists all of it")
        expect(told).to_be_hidden()

        page.emulate_media(media="print")

        expect(told).to_be_visible()


class TestOnAPhone:
    def test_says_how_it_stands_and_whose_it_is(self, visit, okrs):
        """Within 390 px a row has its status, in words for those who hear it, and the owner’s initials."""
        page = visit("ada", TREE, viewport=NARROW)
        helpful = row(page, okrs.helpful)

        expect(helpful.get_by_role("img", name="Ben Okri")).to_be_visible()
        expect(helpful.get_by_role("gridcell", name="Off track")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
