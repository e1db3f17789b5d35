"""The map in a browser: zoom, pan, walking, the way up, “what if”, paper; with and without JavaScript."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.core.ids import encode
from tests.browser.conftest import NARROW
from tests.okrs import Okrs, written

pytestmark = pytest.mark.browser
MAP = "/w/acme/map/"


@pytest.fixture
def okrs(cast) -> Okrs:
    return written(cast, timezone.now())


def card(page, one):
    return page.locator(f"#map-svg #m-{encode(one.id)}")


def scale(page) -> float:
    """Return how large the drawing is shown."""
    return page.evaluate(
        "() => { const svg = document.querySelector('#map-svg svg');"
        " return svg.getBoundingClientRect().width / svg.viewBox.baseVal.width }"
    )


def hot(page) -> int:
    return page.locator("#map-svg .cd.hot").count()


class TestZoom:
    def test_begins_at_a_size_that_can_be_read(self, visit, okrs):
        """All of it where that can be read; else at the top, with what the company wants in view."""
        fitted, narrow = visit("ada", MAP), visit("ada", MAP, viewport=NARROW)
        fits = "view => view.scrollWidth <= view.clientWidth"

        assert fitted.locator(".map-view").evaluate(fits)
        assert 0.4 <= scale(narrow) <= 1
        expect(card(narrow, okrs.company)).to_be_in_viewport(ratio=0.9)

    def test_shows_titles_alone_where_it_is_small(self, visit, okrs):
        """Small, a card has its title, larger; large, all that it says."""
        page = visit("ada", MAP)
        title = card(page, okrs.company).locator(".far .ttl")
        while scale(page) >= 0.6:
            page.get_by_role("button", name="Smaller").click()
        small = title.is_visible(), card(page, okrs.company).locator(".near .ttl").is_visible()
        while scale(page) < 0.9:
            page.get_by_role("button", name="Larger").click()

        assert small == (True, False)
        expect(title).to_be_hidden()
        expect(card(page, okrs.company).locator(".near .ttl")).to_be_visible()

    def test_fills_the_screen(self, visit, okrs):
        """The drawing can have the whole screen, and gives it back."""
        page = visit("ada", MAP)

        page.get_by_role("button", name="Full screen").click()
        page.wait_for_function("document.fullscreenElement?.localName === 'mp-map'")
        page.get_by_role("button", name="Full screen", pressed=True).click()

        page.wait_for_function("document.fullscreenElement === null")

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
        page.wait_for_function(
            f"parseFloat(document.querySelector('mp-map output').value) > {began * 100 + 1}"
        )
        wheeled = scale(page)
        page.keyboard.up("Control")
        page.get_by_role("button", name="Fit").click()

        assert larger == pytest.approx(began * 1.25, rel=0.01) and back == pytest.approx(began, rel=0.01)
        assert wheeled > began
        assert page.evaluate(
            "(view => view.scrollWidth <= view.clientWidth)(document.querySelector('.map-view'))"
        )

    def test_pans_by_dragging(self, visit, okrs):
        """Dragging moves the drawing, and letting go on a card opens nothing."""
        page = visit("ada", MAP, viewport=NARROW)
        for _ in range(5):
            page.get_by_role("button", name="Larger").click()
        box = page.locator(".map-view").bounding_box()
        before = page.evaluate("document.querySelector('.map-view').scrollLeft")

        page.mouse.move(box["x"] + 250, box["y"] + 150)
        page.mouse.down()
        page.mouse.move(box["x"] + 100, box["y"] + 120, steps=5)
        page.mouse.up()

        assert page.evaluate("document.querySelector('.map-view').scrollLeft") - before > 100
        assert page.url.endswith("/map/")

    def test_shows_where_one_is_when_not_all_fits(self, visit, okrs):
        """The small drawing is there when the large one is cut off, and leads where one clicks."""
        page = visit("ada", MAP)
        for _ in range(6):
            page.get_by_role("button", name="Larger").click()
        small = page.locator(".map-mini")
        box = small.bounding_box()

        page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4)

        assert page.evaluate("document.querySelector('.map-view').scrollLeft") > 0


class TestWalking:
    def test_with_arrow_keys(self, visit, okrs):
        """Down goes to what serves, up to what is served; what one stands on is said; Enter opens it."""
        page = visit("ada", MAP)
        page.locator(".map-view").focus()

        page.keyboard.press("ArrowDown")
        first = page.locator("mp-walk [aria-live]").inner_text()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowUp")
        again = page.locator("mp-walk [aria-live]").inner_text()
        page.keyboard.press("Enter")
        page.wait_for_url("**/objectives/**")

        assert first == again and okrs.company.title in first and "%" in first
        assert page.get_by_role("heading", level=1).inner_text() == okrs.company.title

    def test_folds_with_the_space_bar(self, visit, okrs):
        """Space folds what one stands on; the page comes back with it in sight."""
        page = visit("cleo", MAP)
        page.locator(".map-view").focus()
        page.keyboard.press("ArrowDown")

        page.keyboard.press(" ")
        page.wait_for_url("**?shut=*")

        assert card(page, okrs.helpful).count() == 0
        assert "+1" in card(page, okrs.company).inner_html()

    def test_lights_up_the_way_under_the_pointer(self, visit, okrs):
        """Over a card, all it serves lights up; beside it, everything is alike again."""
        page = visit("cleo", MAP)

        card(page, okrs.helpful).locator(".nd").hover()
        over = hot(page)
        page.get_by_role("heading", level=1).hover()

        assert (over, hot(page)) == (2, 0)

    def test_keeps_the_way_in_the_address(self, visit, okrs):
        """A click on a card leads to an address that shows the way up from it."""
        page = visit("cleo", MAP)

        card(page, okrs.helpful).locator(".nd").click(position={"x": 100, "y": 5})
        page.wait_for_url(f"**?path={encode(okrs.helpful.id)}*")

        assert hot(page) == 2


class TestWhatIf:
    def test_follows_the_slider(self, visit, okrs):
        """As one slides, drawing, table and address say what would follow, without a page load."""
        page = visit("ada", f"{MAP}?whatif={encode(okrs.waiting.id)}")
        page.evaluate("window.here = true")

        page.get_by_label("Slide to where it ends").fill("30")
        card(page, okrs.helpful).locator(".near").get_by_text("25\u00a0% → 15\u00a0%").wait_for()

        assert page.get_by_label("ends at", exact=True).input_value() == "30"
        expect(page.locator("#map-what").get_by_text("ended at 30")).to_be_visible()
        assert page.url.endswith(f"?whatif={encode(okrs.waiting.id)}%3A30")
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
        wrong = field.get_attribute("aria-invalid"), page.locator("#map-what").inner_text()
        field.fill("20")

        expect(page.locator("#map-what").get_by_text("ended at 20")).to_be_visible()
        assert wrong[0] == "true" and "ended at" not in wrong[1]
        expect(field).to_have_attribute("aria-invalid", "false")

    def test_works_by_a_form_alone(self, visit, okrs):
        """Without JavaScript one chooses, types and sends."""
        page = visit("ada", MAP, java_script_enabled=False)

        page.get_by_text("What if a key result ends elsewhere?").click()
        page.get_by_label("If this key result").select_option(label=okrs.waiting.title)
        page.get_by_label("ends at", exact=True).fill("100")
        page.get_by_role("button", name="What then?").click()

        assert page.url.endswith(f"?whatif={encode(okrs.waiting.id)}%3A100")
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

        assert scale(page) == pytest.approx(before, rel=0.01)
        assert okrs.company.title in page.locator("mp-walk [aria-live]").inner_text()


class TestWithoutJavascript:
    def test_draws_folds_and_lists(self, visit, okrs):
        """The drawing scrolls, its links fold, the list opens; nothing is offered that does nothing."""
        page = visit("cleo", MAP, java_script_enabled=False)
        tools = page.get_by_role("button", name="Larger").count()

        card(page, okrs.company).locator("a.fd").click()
        folded = card(page, okrs.helpful).count()
        page.get_by_text("The same as a list").click()
        page.get_by_role("link", name="Unfold +").click()

        assert (tools, folded) == (0, 0)
        assert card(page, okrs.helpful).count() == 1


class TestOnPaper:
    def test_prints_the_drawing_and_not_the_controls(self, visit, okrs):
        """On paper there is the drawing on sheets of its own, without tools or filters."""
        page = visit("ada", MAP)

        page.emulate_media(media="print")

        expect(page.locator(".map-sheets svg").first).to_be_visible()
        expect(page.locator(".map-view")).to_be_hidden()
        expect(page.get_by_role("button", name="Fit")).to_be_hidden()
