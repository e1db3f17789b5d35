"""My week in a browser: checking in where it stands, with and without JavaScript, by keyboard."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.core.ids import encode
from milepost.models import Checkin, Person
from tests.browser.conftest import NARROW
from tests.browser.patience import until
from tests.web import acme

pytestmark = pytest.mark.browser
WEEK = "/w/acme/"
DAY = timedelta(days=1)


@pytest.fixture
def due(cast) -> list[acme.Work]:
    """Two key results of Ada's whose check-in is due."""
    now = timezone.now()
    cycle = acme.quarter(by=cast.ada, at=now - 40 * DAY, today=acme.day_of(now))
    made = [
        acme.work(title, cycle=cycle, by=cast.ada, at=now - 30 * DAY)
        for title in ("Repairs are quick", "Riders stay")
    ]
    for one in made:
        acme.check_in(one.key_result, "7", by=cast.ada, at=now - 8 * DAY)
    return made


class TestCycle:
    def test_draws_past_weeks_as_plain_strokes(self, visit, due):
        """No other part's style reaches the strip of weeks: what is over has no frame and no filling."""
        page = visit("ada", WEEK)

        drawn = page.locator(".ribbon .past").first.evaluate(
            "week => ['border-top-width', 'padding-top', 'background-color']"
            ".map(name => getComputedStyle(week).getPropertyValue(name))"
        )

        assert drawn == ["0px", "0px", "rgba(0, 0, 0, 0)"]


class TestDue:
    def test_saves_in_place(self, visit, due):
        """A typed value is saved without a page load; row and message say the new progress."""
        page = visit("ada", WEEK)
        row = page.locator(f"#kr-{encode(due[0].key_result.id)}")

        row.get_by_label("New value for").fill("5.5")
        row.get_by_role("button", name="Save").click()

        page.get_by_role("status").get_by_text("70").wait_for()
        expect(row).to_contain_text("70")
        expect(row.get_by_role("button", name="Save")).to_have_count(0)
        expect(page.get_by_role("button", name="Save")).to_have_count(1)
        assert str(_latest(due[0]).value) == "5.5"

    def test_saves_by_keyboard(self, visit, due):
        """Type, press Enter: saved."""
        page = visit("ada", WEEK)
        page.get_by_label("New value for Riders stay").focus()

        page.keyboard.press("Control+A")
        page.keyboard.type("6")
        page.keyboard.press("Enter")

        page.get_by_role("status").get_by_text("60").wait_for()
        assert str(_latest(due[1]).value) == "6"

    def test_leads_from_field_to_field(self, visit, due):
        """After each Enter the next value can be typed over; after the last the heading has the focus."""
        page = visit("ada", WEEK)
        page.get_by_label("New value for").first.select_text()

        page.keyboard.type("6.5")
        page.keyboard.press("Enter")
        expect(page.get_by_label("New value for")).to_have_count(1)
        expect(page.get_by_label("New value for")).to_be_focused()
        page.keyboard.type("5.5")
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", name="Due now")).to_be_focused()
        assert {str(_latest(one).value) for one in due} == {"6.5", "5.5"}

    def test_forgets_a_refusal_with_the_next_answer(self, visit, due):
        """Once the value is right, no message says any longer that it was wrong."""
        page = visit("ada", WEEK)
        field = page.get_by_label("New value for Riders stay")
        field.fill("about six")
        field.press("Enter")
        page.locator(".toast.bad").wait_for()

        field.fill("6")
        field.press("Enter")

        expect(page.locator(".toast")).to_have_count(1)
        expect(page.locator(".toast")).to_contain_text("60")

    def test_says_what_is_wrong_and_loses_nothing(self, visit, due):
        """What is no number is refused in a message and beside its field, where it stays."""
        page = visit("ada", WEEK)
        field = page.get_by_label("New value for Riders stay")

        field.fill("about six")
        field.press("Enter")

        page.get_by_role("status").get_by_text("does not read as a number").wait_for()
        expect(field).to_have_value("about six")
        expect(page.locator("form.due .err")).to_contain_text("does not read as a number")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_be_focused()
        assert str(_latest(due[1]).value) == "7"

    def test_works_without_javascript(self, visit, due):
        """The form is a form: it is sent, and my week comes back with a message."""
        page = visit("ada", WEEK, java_script_enabled=False)

        page.get_by_label("New value for Riders stay").fill("6")
        page.get_by_role("button", name="Save check-in for Riders stay").click()

        expect(page.locator("#toasts")).to_contain_text("60")
        expect(page).to_have_url(re.compile(f"{WEEK}$"))
        expect(page.get_by_role("button", name="Save")).to_have_count(1)

    def test_keeps_what_was_typed_when_the_tab_was_closed(self, visit, due):
        """An unsent value is there again when the page is."""
        page = visit("ada", WEEK)
        page.get_by_label("New value for Riders stay").fill("6.25")
        until(page, lambda: "6.25" in page.evaluate("JSON.stringify(localStorage)"))

        page.goto("/w/acme/teams/")
        page.goto(WEEK)

        expect(page.get_by_label("New value for Riders stay")).to_have_value("6.25")

    def test_fits_a_narrow_screen(self, visit, due):
        """Nothing sticks out on a phone."""
        page = visit("ada", WEEK, viewport=NARROW)

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


class TestMoved:
    def test_looking_is_remembered_and_seen_is_gone(self, visit, due, cast):
        """The page tells that it was looked at by itself; the button clears the list."""
        acme.check_in(
            due[0].key_result, "5", by=cast.ada, at=timezone.now() - timedelta(hours=1), note="Two benches"
        )
        cleo = Person.objects.of(cast.acme.id).filter(id=cast.cleo.person_id)
        page = visit("cleo", WEEK)
        page.get_by_text("Two benches").wait_for()
        until(page, lambda: cleo.get().looked_at is not None)

        page.reload()

        expect(page.get_by_text("Two benches")).to_have_count(1)
        page.get_by_role("button", name="Mark as seen").click()
        expect(page.get_by_text("Nothing moved")).to_have_count(1)

    def test_is_marked_as_seen_without_javascript(self, visit, due, cast):
        """The button is a form of its own."""
        acme.check_in(
            due[0].key_result, "5", by=cast.ada, at=timezone.now() - timedelta(hours=1), note="Two benches"
        )
        page = visit("cleo", WEEK, java_script_enabled=False)

        page.get_by_role("button", name="Mark as seen").click()

        expect(page.get_by_text("Nothing moved")).to_have_count(1)
        expect(page).to_have_url(re.compile(f"{WEEK}$"))


class TestWaiting:
    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
    def test_a_question_finds_whom_it_is_for(self, visit, due, scripts: bool):
        """Cleo mentions Ben; it waits in Ben's week and leads him to the discussion."""
        asking = visit("cleo", f"/w/acme/objectives/{due[0].id}/", java_script_enabled=scripts)
        asking.get_by_label("Add to the discussion").fill("@Ben, is the second bench there?")
        asking.get_by_role("button", name="Post").click()
        asking.locator("#discussion li", has_text="second bench").wait_for()
        page = visit("ben", WEEK, java_script_enabled=scripts)

        page.get_by_role("link", name="Cleo Wong mentioned you").click()

        page.wait_for_url("**/objectives/**")
        expect(page.get_by_role("heading", level=1)).to_have_text(due[0].objective.title)
        expect(page.locator("#discussion li", has_text="second bench")).to_be_visible()


def _latest(work: acme.Work) -> Checkin:
    return Checkin.objects.of(work.objective.workspace_id).filter(key_result=work.key_result).latest("id")
