"""Time travel by a slider: with the keys of a slider, and on a phone."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.actions import checkins, cycles
from milepost.core.ids import encode
from tests.browser.conftest import NARROW
from tests.browser.patience import until
from tests.okrs import Okrs, written

pytestmark = pytest.mark.browser


@pytest.fixture
def okrs(cast) -> Okrs:
    return written(cast, timezone.now() - timedelta(weeks=5))


def waits(page, weeks: int) -> None:
    page.get_by_text(f"{weeks} week{'s' if weeks > 1 else ''} ago").wait_for()


def is_for_fingers(box) -> bool:
    return box["height"] >= 44 and box["width"] > 300


class TestSlider:
    @pytest.mark.parametrize("where", ["alignment/", "objective", "team"])
    def test_goes_on_listening(self, visit, cast, okrs, where):
        """One key after another moves it: it keeps the focus, and page, address and words follow."""
        paths = {
            "objective": f"objectives/{encode(okrs.helpful.id)}/",
            "team": f"teams/{encode(cast.product.id)}/",
        }
        page = visit("ada", f"/w/acme/{paths.get(where, where)}")
        slider = page.get_by_label("Week")

        slider.focus()
        for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowRight"):
            page.keyboard.press(key)
        waits(page, 2)

        expect(slider).to_be_focused()
        expect(page).to_have_url(re.compile(r"\?on=\d{4}-\d\d-\d\d$"))
        day = page.locator(".looking-back b")
        until(page, lambda: slider.get_attribute("aria-valuetext") == day.inner_text())

    def test_knows_the_ends(self, visit, okrs):
        """Home is the first day there is, End is today, and what cannot go further is not offered."""
        page = visit("ada", "/w/acme/alignment/")
        slider = page.get_by_label("Week")

        slider.focus()
        page.keyboard.press("Home")
        page.locator(".looking-back").wait_for()
        expect(page.get_by_role("link", name="A week earlier")).to_have_count(0)
        page.keyboard.press("End")
        expect(page.locator(".looking-back")).to_have_count(0)

        expect(slider).to_be_focused()
        expect(slider).to_have_attribute("aria-valuetext", "Today")
        expect(page).to_have_url(re.compile("/alignment/$"))

    def test_takes_the_frame_along(self, visit, okrs):
        """What stands around the page leads to the same day, and Back to where the sliding began."""
        page = visit("ada", f"/w/acme/objectives/{encode(okrs.helpful.id)}/")

        page.get_by_label("Week").focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        waits(page, 2)
        day = page.evaluate("new URL(location).searchParams.get('on')")
        expect(page.locator(".crumbs a").first).to_have_attribute("href", re.compile(f"\\?on={day}$"))
        beside = page.get_by_role("link", name="Compare")
        expect(beside).to_have_attribute("href", re.compile(f"from={day}"))
        page.go_back()
        expect(page.locator(".looking-back")).to_have_count(0)

        expect(page).to_have_url(re.compile("/$"))

    def test_leaves_the_brackets_their_keys(self, visit, okrs):
        """On the slider, too, [ and ] go a week back and on."""
        page = visit("ada", "/w/acme/alignment/")

        page.get_by_label("Week").focus()
        page.keyboard.press("[")
        waits(page, 1)
        page.get_by_label("Week").focus()
        page.keyboard.press("]")
        expect(page.locator(".looking-back")).to_have_count(0)

    def test_takes_the_cycle_along_and_stays_where_it_is(self, visit, cast, okrs):
        """A day of an earlier cycle is of that cycle in the bar, too; the slider stays under the hand."""
        start = timezone.now().date()
        cycles.create(
            name="Long ago", starts_on=start - timedelta(weeks=60), ends_on=start - timedelta(weeks=50),
            by=cast.ada, at=timezone.now() - timedelta(weeks=61),
        )  # fmt: skip
        page = visit("ada", "/w/acme/alignment/")
        slider = page.get_by_label("Week")
        left = slider.bounding_box()["x"]

        slider.focus()
        page.keyboard.press("Home")
        page.locator(".looking-back").wait_for()

        expect(page.get_by_role("navigation", name="Cycle").locator(".cut")).to_have_text("Long ago")
        until(page, lambda: slider.bounding_box()["x"] == left)


class TestPhone:
    def test_has_slider_and_comparison_in_the_menu_of_the_day(self, visit, okrs):
        """Where the bar has no room, the day's menu holds both, wide enough for fingers."""
        page = visit("ada", f"/w/acme/objectives/{encode(okrs.helpful.id)}/", viewport=NARROW)

        page.locator("mp-travel summary").click()
        slider = page.get_by_label("Slide to a day")
        slider.wait_for()
        until(page, lambda: is_for_fingers(slider.bounding_box()))
        slider.focus()
        page.keyboard.press("ArrowLeft")
        waits(page, 1)

        expect(slider).to_be_focused()
        expect(page.get_by_role("link", name="Two days side by side")).to_be_visible()
        expect(page.get_by_label("Week", exact=True)).to_be_hidden()

    def test_says_in_a_line_what_day_it_is(self, visit, okrs):
        """The day and the way back stand beside each other, above the rows."""
        day = timezone.now().date() - timedelta(days=3)
        page = visit("ada", f"/w/acme/alignment/?on={day}", viewport=NARROW)
        banner = page.locator(".looking-back")
        said, back = banner.locator("b"), banner.get_by_role("link", name="Back to today")

        expect(said).to_be_visible()
        expect(banner.get_by_text("Beside today")).to_be_hidden()

        until(page, lambda: is_beside(said.bounding_box(), back.bounding_box()))

    def test_folds_what_is_known_now(self, visit, cast, okrs):
        """A check-in for a day before it is told of in a line, and unfolds to why and to what it moves."""
        now = timezone.now()
        checkins.record(
            key_result=okrs.waiting.id, value=Decimal(4), confidence=8, effective_at=now - timedelta(days=4),
            by=cast.cleo, at=now,
        )  # fmt: skip
        page = visit("ada", f"/w/acme/alignment/?on={(now - timedelta(days=3)).date()}", viewport=NARROW)
        note = page.locator("#learned")
        expect(note.get_by_text("came in later")).to_have_count(2)
        expect(note.get_by_text("came in later").locator("visible=true")).to_have_count(0)

        note.get_by_text("With what is known now").click()

        expect(note.get_by_text("came in later").locator("visible=true")).to_have_count(1)


def is_beside(one, other) -> bool:
    return (
        one["x"] + one["width"] <= other["x"]
        and abs(one["y"] + one["height"] / 2 - other["y"] - other["height"] / 2) < 4
    )


class TestTwoDays:
    def test_slide_by_keys(self, visit, okrs):
        """Each day has a slider: what stands below, the heading, the fields and the address follow."""
        page = visit("ada", "/w/acme/company/comparison/")
        earlier, later = page.get_by_label("Slide the earlier day"), page.get_by_label("Slide the later day")

        earlier.focus()
        for _ in range(2):
            page.keyboard.press("ArrowLeft")
        expect(page).to_have_url(re.compile(r"\?from=\d{4}-\d\d-\d\d$"))
        expect(earlier).to_be_focused()
        later.focus()
        page.keyboard.press("ArrowLeft")
        expect(page).to_have_url(re.compile(r"\?from=[\d-]+&to=[\d-]+$"))
        expect(later).to_be_focused()

        days = [each.get_attribute("aria-valuetext") for each in (earlier, later)]
        expect(page.locator(".head p")).to_contain_text(f"{days[0]} beside {days[1]}")
        expect(page).to_have_title(re.compile(f"{days[0]} and {days[1]}"))
        for name in ("from", "to"):
            said = re.search(f"{name}=([0-9-]+)", page.url)[1]
            expect(page.locator(f"[name={name}]")).to_have_value(said)

    def test_are_one_line_on_a_phone(self, visit, okrs):
        """The figures come first; pressed, the line unfolds, and what slides there does not fold it again."""
        page = visit("ada", "/w/acme/company/comparison/", viewport=NARROW)
        line, earlier = page.locator(".cmp-fold summary"), page.get_by_label("Slide the earlier day")
        expect(line).to_contain_text("– today")
        expect(earlier).to_be_hidden()

        line.click()
        earlier.focus()
        page.keyboard.press("ArrowLeft")
        expect(page).to_have_url(re.compile(r"\?from="))

        expect(line).to_contain_text(f"{earlier.get_attribute('aria-valuetext')} – today")
        expect(earlier).to_be_visible()
        expect(earlier).to_be_focused()

    def test_slide_by_dragging(self, visit, okrs):
        """The page follows the hand on the way; Back leads to the days one began with."""
        page = visit("ada", "/w/acme/company/comparison/")
        earlier = page.get_by_label("Slide the earlier day")
        began = page.locator(".head p").inner_text()
        box = earlier.bounding_box()
        middle = box["y"] + box["height"] / 2
        at = int(earlier.input_value()) / int(earlier.get_attribute("max"))

        page.mouse.move(box["x"] + 8 + at * (box["width"] - 16), middle)
        page.mouse.down()
        page.mouse.move(box["x"] + 4, middle, steps=4)
        expect(page.locator(".head p")).not_to_have_text(began)
        expect(page).to_have_url(re.compile("comparison/$"))
        page.mouse.up()
        expect(page).to_have_url(re.compile(r"\?from="))
        expect(earlier).to_have_value("0")
        page.go_back()

        expect(page.locator(".head p")).to_have_text(began)

    def test_stay_in_their_order(self, visit, okrs):
        """Neither slides past the other."""
        month_ago = timezone.now().date() - timedelta(weeks=4)
        page = visit("ada", f"/w/acme/company/comparison/?from={month_ago}")
        later = page.get_by_label("Slide the later day")

        later.focus()
        page.keyboard.press("Home")
        expect(page).to_have_url(re.compile("to="))

        before = int(page.get_by_label("Slide the earlier day").input_value())
        expect(later).to_have_value(str(before + 1))
        expect(page.locator("#e-days")).to_have_count(0)
