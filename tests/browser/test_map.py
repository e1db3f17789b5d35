"""The map in a browser: zoom, pan, walking, the way up, “what if”, paper; with and without JavaScript."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.actions import alignments, key_results, objectives
from milepost.actions.key_results import Definition
from milepost.core.ids import encode
from tests.browser.conftest import NARROW
from tests.browser.patience import staying, until

pytestmark = pytest.mark.browser
MAP = "/w/acme/map/"
NOW = timezone.now()


def card(page, one):
    return page.locator(f"#map-svg #m-{encode(one.id)}")


def scale(page) -> float:
    """Return how large the drawing is shown."""
    return page.evaluate(
        "() => { const svg = document.querySelector('#map-svg svg');"
        " return svg.getBoundingClientRect().width / svg.viewBox.baseVal.width }"
    )


def fits(page) -> bool:
    """Say whether all of the drawing is in view from side to side."""
    return page.locator(".map-view").evaluate("view => view.scrollWidth <= view.clientWidth")


def left(page) -> float:
    """Return how far the drawing is scrolled to the side."""
    return page.locator(".map-view").evaluate("view => view.scrollLeft")


def hot(page):
    return page.locator("#map-svg .cd.hot")


def said(page):
    return page.locator("mp-walk [aria-live]")


class TestZoom:
    def test_begins_at_a_size_that_can_be_read(self, visit, okrs):
        """All of it where key results can be read in it; else what the company wants, so that they can."""
        fitted, narrow = visit("ada", MAP), visit("ada", MAP, viewport=NARROW)

        until(fitted, lambda: fits(fitted))
        expect(card(narrow, okrs.company)).to_be_in_viewport(ratio=0.9)
        expect(card(narrow, okrs.company).locator(".kt", has_text=okrs.growth.title)).to_be_visible()
        assert scale(fitted) >= 0.7 and scale(narrow) >= 0.7

    def test_begins_at_ones_own_card(self, visit, cast, okrs):
        """Of a drawing broader than the screen, everyone sees first what they own, as large as the others."""
        for number in range(20):
            one = objectives.draft(
                title=f"Part {number}", cycle=okrs.cycle.id, owner=cast.cleo.person_id, by=cast.ada, at=NOW
            )
            alignments.align(child=one.id, objective=okrs.company.id, by=cast.ada, at=NOW)

        for who, one in (("ben", okrs.helpful), ("ada", okrs.company)):
            page = visit(who, MAP, viewport={"width": 390, "height": 1300})
            expect(card(page, one)).to_be_in_viewport(ratio=0.9)
            expect(card(page, one)).to_have_class(re.compile("me"))
            assert scale(page) >= 0.7 and not fits(page)

    def test_begins_on_the_first_screen_of_a_phone(self, visit, okrs):
        """The drawing begins in the upper half of a phone, with one's own card; nothing leaves the screen."""
        page = visit("ben", MAP, viewport=NARROW, has_touch=True, is_mobile=True)

        expect(card(page, okrs.helpful)).to_have_class(re.compile("me"))
        expect(card(page, okrs.helpful)).to_be_in_viewport(ratio=0.9)
        assert page.locator(".map-view").bounding_box()["y"] < NARROW["height"] * 0.55
        assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]

    @pytest.mark.parametrize("java_script_enabled", [True, False])
    def test_folds_what_is_asked_for_into_one_on_a_phone(self, visit, okrs, java_script_enabled):
        """Filters, colours and rows lie under “View” on a phone, all in sight; elsewhere they are open."""
        more = {"viewport": NARROW, "has_touch": True, "is_mobile": True}
        phone = visit("ada", MAP, java_script_enabled=java_script_enabled, **more)
        asks = ("Only problems", "Confidence", "Level")
        expect(phone.get_by_role("link", name="Only problems")).to_be_hidden()

        phone.get_by_role("button", name="View").click()
        for name in asks:
            expect(phone.get_by_role("link", name=name, exact=True)).to_be_in_viewport(ratio=0.9)
        phone.get_by_label("Words in titles").fill("repair")
        phone.get_by_role("button", name="Show", exact=True).click()
        phone.wait_for_url("**q=repair*")
        expect(phone.get_by_role("button", name="View, narrowed")).to_be_visible()

        wide = visit("ada", MAP)
        for name in asks:
            expect(wide.get_by_role("link", name=name, exact=True)).to_be_visible()
        expect(wide.get_by_role("button", name="View")).to_be_hidden()

    def test_shows_titles_alone_where_it_is_small(self, visit, okrs):
        """Small, a card has its title, larger, whose it is, how sure they are; large, all that it says."""
        page = visit("ada", MAP)
        large, small = (card(page, okrs.company).locator(f".{place} .ttl") for place in ("near", "far"))

        while scale(page) >= 0.6:
            page.get_by_role("button", name="Smaller").click()
        expect(small).to_be_visible()
        expect(large).to_be_hidden()
        expect(card(page, okrs.company).locator("g.far")).to_contain_text(re.compile("AL.*6/10"))
        while scale(page) < 0.9:
            page.get_by_role("button", name="Larger").click()

        expect(small).to_be_hidden()
        expect(large).to_be_visible()

    def test_fills_the_screen(self, visit, okrs):
        """The drawing can have the whole screen, no smaller than it was, and gives it back."""
        page = visit("ada", MAP, viewport=NARROW)
        before = scale(page)

        page.get_by_role("button", name="Full screen").click()
        expect(page.locator("mp-map:fullscreen")).to_have_count(1)
        until(page, lambda: page.locator(".map-view").evaluate("view => view.clientHeight") > 600)
        assert scale(page) >= before
        page.get_by_role("button", name="Full screen", pressed=True).click()

        expect(page.locator("mp-map:fullscreen")).to_have_count(0)

    def test_by_buttons_keys_and_wheel(self, visit, okrs):
        """Larger, smaller, and as large as fits; the wheel alone scrolls, with Ctrl it zooms."""
        page = visit("ada", MAP)
        began = scale(page)
        page.get_by_role("button", name="Larger").click()
        larger = scale(page)
        page.locator(".map-view").focus()
        page.keyboard.press("-")
        back = scale(page)
        page.locator(".map-view").hover()
        page.keyboard.down("Control")
        page.mouse.wheel(0, -120)
        until(page, lambda: scale(page) > began * 1.01)
        page.keyboard.up("Control")
        page.get_by_role("button", name="Fit").click()

        assert larger == pytest.approx(began * 1.25, rel=0.01) and back == pytest.approx(began, rel=0.01)
        until(page, lambda: fits(page))

    def test_fits_all_of_it_however_much_that_is(self, visit, cast, okrs):
        """Of a drawing that is unreadable as a whole, Fit shows all cards in the colours of their status."""
        for number in range(20):
            one = objectives.draft(
                title=f"Part {number}", cycle=okrs.cycle.id, owner=cast.cleo.person_id, by=cast.ada, at=NOW
            )
            alignments.align(child=one.id, objective=okrs.company.id, by=cast.ada, at=NOW)
        page = visit("ada", MAP, viewport=NARROW)
        titles, colour = (card(page, okrs.company).locator(part) for part in ("g.far", ".hd.far"))

        page.get_by_role("button", name="Fit").click()
        until(page, lambda: fits(page) and scale(page) < 0.25)
        assert page.locator(".map-view").evaluate("view => view.scrollHeight <= view.clientHeight + 1")
        expect(titles).to_be_hidden()
        expect(colour).to_be_visible()
        while scale(page) < 0.4:
            page.get_by_role("button", name="Larger").click()

        expect(titles).to_be_visible()

    def test_leaves_most_of_the_screen_to_the_drawing(self, visit, okrs):
        """Two lines of choices stand above the drawing; legend and size below it, on the first screen too."""
        page = visit("ada", MAP, viewport={"width": 1280, "height": 900})
        view = page.locator(".map-view")

        expect(page.get_by_role("button", name="Fit")).to_be_in_viewport(ratio=1)
        expect(page.locator(".map-key").first).to_be_in_viewport(ratio=1)
        assert view.bounding_box()["y"] < 270
        lines = page.locator("#asks > *, .map-what").evaluate_all(
            "bars => new Set(bars.map((bar) => Math.round(bar.getBoundingClientRect().top))).size"
        )
        assert lines <= 2

    def test_says_from_which_size_on_key_results_are_drawn(self, visit, okrs):
        """While cards are too small for their key results a button says when they come, and goes there."""
        page = visit("ada", MAP)
        page.get_by_role("button", name="Fit").click()
        for _ in range(3):
            page.get_by_role("button", name="Smaller").click()
        shown = page.locator("#map-svg .kt").first
        button = page.get_by_role("button", name="Key results from 70 %")

        expect(shown).to_be_hidden()
        button.click()

        expect(shown).to_be_visible()
        expect(button).to_be_hidden()
        assert scale(page) == pytest.approx(0.7, abs=0.01)

    def test_pans_by_dragging(self, visit, okrs):
        """Dragging moves the drawing, and letting go on a card opens nothing."""
        page = visit("ada", MAP, viewport=NARROW)
        for _ in range(5):
            page.get_by_role("button", name="Larger").click()
        box = page.locator(".map-view").bounding_box()
        before = left(page)

        with staying(page):
            page.mouse.move(box["x"] + 250, box["y"] + 150)
            page.mouse.down()
            page.mouse.move(box["x"] + 100, box["y"] + 120, steps=5)
            page.mouse.up()
            until(page, lambda: left(page) - before > 100)

    def test_shows_where_one_is_when_not_all_fits(self, visit, okrs):
        """The small drawing is there when the large one is cut off, and leads where one clicks."""
        page = visit("ada", MAP)
        for _ in range(6):
            page.get_by_role("button", name="Larger").click()
        small = page.locator(".map-mini")
        expect(small).to_be_visible()
        box = small.bounding_box()

        page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4)

        until(page, lambda: left(page) > 0)


class TestWalking:
    def test_with_arrow_keys(self, visit, okrs):
        """Down goes to what serves, up to what is served; what one stands on is said; Enter opens it."""
        page = visit("ada", MAP)
        page.locator(".map-view").focus()

        page.keyboard.press("ArrowDown")
        expect(said(page)).to_contain_text(re.compile(f"{okrs.company.title}.*%"))
        first = said(page).inner_text()
        page.keyboard.press("ArrowDown")
        expect(said(page)).not_to_have_text(first)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowUp")
        expect(said(page)).to_have_text(first)
        page.keyboard.press("Enter")

        page.wait_for_url("**/objectives/**")
        expect(page.get_by_role("heading", level=1)).to_have_text(okrs.company.title)

    def test_sideways_through_all_tiers_of_a_row(self, visit, cast, okrs):
        """Where a broad row stands in several tiers, the arrows to the side come by each of its cards."""
        drafted = [
            objectives.draft(
                title=f"Part {number}", cycle=okrs.cycle.id, owner=cast.cleo.person_id, by=cast.ada, at=NOW
            )
            for number in range(14)
        ]
        for one in drafted[1:]:
            for parent in (drafted[0], okrs.helpful):
                alignments.align(child=one.id, objective=parent.id, by=cast.ada, at=NOW)
        page = visit("cleo", f"{MAP}?key_results=0")
        parts = [card(page, one) for one in drafted[1:]]
        places = sorted(
            part.evaluate("card => [card.transform.baseVal[0].matrix.e, card.transform.baseVal[0].matrix.f]")
            for part in parts
        )
        assert len({y for _, y in places}) > 1
        page.evaluate(
            "() => { window.told = new Set(); const live = document.querySelector('mp-walk [aria-live]');"
            " new MutationObserver(() => told.add(/Part \\d+/.exec(live.textContent)?.[0]))"
            ".observe(live, { childList: true }) }"
        )
        page.locator(".map-view").focus()
        for key in ("ArrowDown", "ArrowDown", "ArrowDown", *["ArrowLeft"] * 13, *["ArrowRight"] * 13):
            page.keyboard.press(key)

        every = {f"Part {number}" for number in range(1, 14)}
        until(page, lambda: every <= set(page.evaluate("[...told]")))

    def test_folds_with_the_space_bar(self, visit, okrs):
        """Space folds what one stands on; the page comes back standing on it, so Space unfolds it again."""
        page = visit("cleo", MAP)
        page.locator(".map-view").focus()
        page.keyboard.press("ArrowDown")

        page.keyboard.press(" ")
        page.wait_for_url("**?shut=*")

        expect(card(page, okrs.company)).to_contain_text("+1")
        expect(card(page, okrs.helpful)).to_have_count(0)
        expect(page.locator(".map-view")).to_be_focused()
        expect(said(page)).to_contain_text(okrs.company.title)
        page.keyboard.press(" ")
        page.wait_for_url("**?open=*")
        expect(card(page, okrs.helpful)).to_have_count(1)

    def test_lights_up_the_way_under_the_pointer(self, visit, okrs):
        """Over a card, all it serves lights up; beside it, everything is alike again."""
        page = visit("cleo", MAP)

        card(page, okrs.helpful).locator(".nd").hover()
        expect(hot(page)).to_have_count(2)
        page.get_by_role("heading", level=1).hover()

        expect(hot(page)).to_have_count(0)

    def test_keeps_the_way_in_the_address(self, visit, okrs):
        """A click on a card leads to an address that shows the way up from it."""
        page = visit("cleo", MAP)

        card(page, okrs.helpful).locator(".nd").click(position={"x": 100, "y": 5})
        page.wait_for_url(f"**?path={encode(okrs.helpful.id)}*")

        expect(hot(page)).to_have_count(2)


class TestWhatIf:
    def test_follows_the_slider(self, visit, okrs):
        """As one slides, drawing, table and address say what would follow, without a page load."""
        page = visit("ada", f"{MAP}?whatif={encode(okrs.waiting.id)}")
        page.evaluate("window.here = true")

        page.get_by_label("Slide to where it ends").fill("30")
        card(page, okrs.helpful).locator(".near").get_by_text("25\u00a0% → 15\u00a0%").wait_for()

        expect(page.get_by_label("ends at", exact=True)).to_have_value("30")
        expect(page.locator("#map-what").get_by_text("ended at 30")).to_be_visible()
        expect(page).to_have_url(re.compile(f"whatif={encode(okrs.waiting.id)}%3A30$"))
        assert page.evaluate("window.here")

    def test_ends_with_the_last_one(self, visit, okrs):
        """However fast one slides and however late an answer comes: all say where the slider stands."""
        page = visit("ada", f"{MAP}?whatif={encode(okrs.waiting.id)}")
        held, is_late = [], [True]
        page.route("**ends_at=**", lambda route: held.append(route) if is_late else route.continue_())

        for share in ("31", "34", "36"):
            page.get_by_label("Slide to where it ends").fill(share)
        is_late.clear()
        for route in held:
            route.continue_()

        expect(page.locator("#map-what").get_by_text("ended at 36")).to_be_visible()
        expect(page).to_have_url(re.compile("%3A36$"))
        expect(page.get_by_label("ends at", exact=True)).to_have_value("36")

    def test_keeps_what_cannot_be(self, visit, okrs):
        """What was typed stays, marked, with what is possible; mended, the mark goes."""
        page = visit("ada", f"{MAP}?whatif={encode(okrs.waiting.id)}")
        field = page.get_by_label("ends at", exact=True)

        field.fill("200")
        expect(page.get_by_text("from 0 to 100 %")).to_be_visible()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#map-what")).not_to_contain_text("ended at")
        field.fill("20")

        expect(page.locator("#map-what").get_by_text("ended at 20")).to_be_visible()
        expect(field).to_have_attribute("aria-invalid", "false")

    def test_keeps_bold_words_in_their_card(self, visit, cast, okrs):
        """What is supposed stands bold, and its lines are broken or cut for that."""
        title = "Households that buy weekly mainly mind what warms them: muffins, moving from many to more"
        one = key_results.add(
            objective=okrs.helpful.id,
            definition=Definition(title, start=Decimal(0), target=Decimal(10)),
            by=cast.ben,
            at=NOW,
        )
        page = visit("ada", f"{MAP}?whatif={encode(one.id)}:80&key_results=1")
        while scale(page) < 0.9:
            page.get_by_role("button", name="Larger").click()
        words = card(page, okrs.helpful).locator(".supposed .kt")

        expect(words).to_have_css("font-weight", "600")
        assert words.evaluate(
            "words => words.getBBox().x + words.getBBox().width"
            " <= words.closest('.cd').querySelector('.nd').getBBox().width"
        )

    @pytest.mark.parametrize("share", ["", ":80"])
    def test_leaves_room_beside_words_that_are_cut(self, visit, cast, okrs, share):
        """What is cut of a key result's title ends before the border of its card, plain as supposed."""
        title = "The gap between what shops order and what they sell at the end of a day shrinks by a third"
        one = key_results.add(
            objective=okrs.helpful.id,
            definition=Definition(title, start=Decimal(0), target=Decimal(10)),
            by=cast.ben,
            at=NOW,
        )
        page = visit("ada", f"{MAP}?key_results=1" + (f"&whatif={encode(one.id)}{share}" if share else ""))
        words = card(page, okrs.helpful).locator(".kt", has_text="The gap")

        expect(words).to_contain_text("…")
        until(page, lambda: words.evaluate("words => words.getBBox().x + words.getBBox().width") <= 214)

    def test_works_by_a_form_alone(self, visit, okrs):
        """Without JavaScript one chooses, types and sends."""
        page = visit("ada", MAP, java_script_enabled=False)

        page.get_by_text("What if a key result ends elsewhere?").click()
        page.get_by_label("If this key result").select_option(label=okrs.waiting.title)
        page.get_by_label("ends at", exact=True).fill("100")
        page.get_by_role("button", name="What then?").click()

        expect(page).to_have_url(re.compile(f"whatif={encode(okrs.waiting.id)}%3A100$"))
        expect(page.locator("#map-what").get_by_text("+25")).to_be_visible()


class TestPast:
    def test_keeps_its_size_as_the_weeks_go_by(self, visit, okrs):
        """As one drags through the weeks the drawing follows, as large as it was, and can still be walked."""
        page = visit("ada", MAP)
        page.get_by_role("button", name="Larger").click()
        before = scale(page)

        page.get_by_label("Week").evaluate(
            "slider => { slider.value = slider.max - 1; slider.dispatchEvent(new Event('input')) }"
        )
        page.get_by_text("As it stood at the end of").wait_for()
        page.locator(".map-view").focus()
        page.keyboard.press("ArrowDown")

        expect(said(page)).to_contain_text(okrs.company.title)
        assert scale(page) == pytest.approx(before, rel=0.01)


class TestWithoutJavascript:
    def test_draws_folds_and_lists(self, visit, okrs):
        """The drawing scrolls, its links fold, the list opens; nothing is offered that does nothing."""
        page = visit("cleo", MAP, java_script_enabled=False)
        expect(page.get_by_role("button", name="Larger")).to_have_count(0)

        card(page, okrs.company).locator("a.fd").click()
        page.wait_for_url("**?shut=*")
        expect(card(page, okrs.helpful)).to_have_count(0)
        page.get_by_text("The same as a list").click()
        page.get_by_role("link", name="Unfold +").click()

        expect(card(page, okrs.helpful)).to_have_count(1)


class TestOnPaper:
    def test_prints_the_drawing_and_not_the_controls(self, visit, okrs):
        """On paper there is the drawing on sheets of its own, without tools or filters."""
        page = visit("ada", MAP)

        page.emulate_media(media="print")

        expect(page.locator(".map-sheets svg").first).to_be_visible()
        expect(page.locator(".map-view")).to_be_hidden()
        expect(page.get_by_role("button", name="Fit")).to_be_hidden()
