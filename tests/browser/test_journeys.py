"""What only a whole journey shows: nothing is lost, nothing counts twice, everything moves at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.models import Checkin, Comment, Objective
from tests.browser.patience import sent, staying, until
from tests.web import acme

pytestmark = pytest.mark.browser
WEEK, TREE = "/w/acme/", "/w/acme/alignment/"
DAY = timedelta(days=1)


@pytest.fixture
def due(cast) -> acme.Work:
    """A key result of Ada's whose check-in is due."""
    now = timezone.now()
    cycle = acme.quarter(by=cast.ada, at=now - 40 * DAY, today=acme.day_of(now))
    made = acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 30 * DAY)
    acme.check_in(made.key_result, "7", by=cast.ada, at=now - 8 * DAY)
    return made


def entries(one) -> list[str]:
    """Return the values recorded of a key result, oldest first."""
    found = Checkin.objects.of(one.workspace_id).filter(key_result=one).order_by("id")
    return [str(each.value) for each in found]


def kept(page) -> dict[str, str]:
    """Return what this browser keeps."""
    return page.evaluate("({...localStorage})")


class TestNothingIsLost:
    def test_a_draft_survives_a_closed_tab(self, visit, due, okrs):
        """Value, confidence and note of a check-in that was never sent are there in the next tab."""
        here = addresses.key_result("acme", due.key_result.id)
        page = visit("ada", here)
        page.get_by_label("Now", exact=True).fill("6.25")
        page.get_by_label("What changed?").fill("A third bench, on loan")
        until(page, lambda: "on loan" in str(kept(page)))
        context = page.context
        page.close()

        again = context.new_page()
        again.goto(here)

        again.get_by_text("Draft restored").wait_for()
        expect(again.get_by_label("Now", exact=True)).to_have_value("6.25")
        expect(again.get_by_label("What changed?")).to_have_value("A third bench, on loan")
        assert entries(due.key_result) == ["7"]

    def test_a_draft_is_its_writers_alone(self, visit, due, cast):
        """Whoever signs in next in the same browser does not find what another typed."""
        page = visit("ada", WEEK)
        page.get_by_label("New value for Repairs are quick").fill("6.25")
        until(page, lambda: "6.25" in str(kept(page)))

        written_by = [key for key, text in kept(page).items() if "6.25" in text]

        me = (encode(cast.ada.person_id), str(cast.ada.person_id))
        assert all(any(name in key for name in me) for key in written_by), written_by

    def test_a_draft_is_gone_once_it_is_saved(self, visit, due):
        """What has arrived is not offered again."""
        here = addresses.key_result("acme", due.key_result.id)
        page = visit("ada", here)
        page.get_by_label("Now", exact=True).fill("6.25")
        until(page, lambda: "6.25" in str(kept(page)))
        page.get_by_role("button", name="Check in", exact=True).click()
        page.locator("#toasts", has_text="Repairs are quick").wait_for()

        page.goto(here)

        assert "6.25" not in str(kept(page))
        expect(page.get_by_text("Draft restored")).to_have_count(0)


class TestNothingCountsTwice:
    def test_a_double_click(self, visit, due):
        """Two clicks on Save are one check-in."""
        page = visit("ada", WEEK)
        row, asked = page.locator(f"#kr-{encode(due.key_result.id)}"), []
        row.get_by_label("New value for").fill("6")
        page.on("request", lambda request: asked.append(request))

        row.get_by_role("button", name="Save").dblclick(no_wait_after=True)
        page.get_by_role("status").get_by_text("60").first.wait_for()
        for each in asked:
            each.response()

        assert entries(due.key_result) == ["7", "6"]

    def test_the_way_back(self, visit, cast, okrs):
        """A comment that is sent, found again by the back button and sent once more stands there once."""
        page = visit("cleo", addresses.objective("acme", okrs.helpful.id))
        page.get_by_label("Add to the discussion").fill("Is that all?")
        page.get_by_role("button", name="Post").click()
        page.locator("#discussion li", has_text="Is that all?").wait_for()

        page.go_back()
        expect(page.get_by_label("Add to the discussion")).to_have_value("Is that all?")
        with sent(page):
            page.get_by_role("button", name="Post").click()

        assert Comment.objects.of(cast.acme.id).filter(text="Is that all?").count() == 1

    def test_a_check_in_that_is_sent_again(self, visit, due):
        """Whoever goes back and presses the button again has checked in once."""
        page = visit("ada", addresses.key_result("acme", due.key_result.id))
        page.get_by_label("Now", exact=True).fill("6")
        page.get_by_role("button", name="Check in", exact=True).click()
        page.locator("#toasts", has_text="Repairs are quick").wait_for()

        page.go_back()
        with sent(page):
            page.get_by_role("button", name="Check in", exact=True).click()

        assert entries(due.key_result) == ["7", "6"]

    def test_a_draft_that_is_sent_twice(self, visit, cast, okrs):
        """Going back to the form of a new objective and saving it again makes no second one."""
        page = visit("ada", "/w/acme/objectives/new/")
        page.get_by_label("Objective", exact=True).fill("Riders stay")
        page.get_by_role("button", name="Save draft").click()
        page.get_by_text("Draft saved").wait_for()

        page.go_back()
        expect(page.get_by_label("Objective", exact=True)).to_have_value("Riders stay")
        with sent(page):
            page.get_by_role("button", name="Save draft").click()

        assert Objective.objects.of(cast.acme.id).filter(title="Riders stay").count() == 1


class TestEverythingMovesAtOnce:
    def test_ancestors_show_their_new_progress(self, visit, okrs):
        """A check-in of a team moves its objective and the company's, in the answer and on their pages."""
        page = visit("cleo", addresses.key_result("acme", okrs.waiting.id))
        page.get_by_label("Now", exact=True).fill("4")
        page.get_by_role("button", name="Check in", exact=True).click()

        said = page.locator("#toasts")
        said.get_by_text(okrs.helpful.title).wait_for()

        # (1 × 100 % + 1 × 0 %) ÷ 2; (1 × 50 % + 2 × 50 %) ÷ 3
        for one in (okrs.helpful, okrs.company):
            page.goto(addresses.objective("acme", one.id))
            expect(page.get_by_role("main")).to_contain_text("Why 50 %?")

    def test_why_unfolds_to_the_arithmetic(self, visit, okrs):
        """A number says how it came about, with inputs, weights and the policy's name."""
        page = visit("gus", addresses.objective("acme", okrs.company.id))
        why = page.locator("details.why").first

        why.locator("summary").click()

        expect(why.get_by_text("Nobody waits for an answer")).to_be_visible()
        expect(why).to_contain_text("2 of 3")


class TestKeyboard:
    def test_from_my_week_to_a_saved_check_in(self, visit, due):
        """C opens the sweep with its value selected, Ctrl Enter saves what is typed: no mouse, no tab."""
        page = visit("ada", WEEK)

        page.keyboard.press("c")
        page.wait_for_url("**/sweep/")
        expect(page.get_by_label("Now", exact=True)).to_be_focused()
        page.keyboard.type("5.5")
        page.keyboard.press("Control+Enter")
        page.get_by_role("heading", name="All checked in").wait_for()

        assert entries(due.key_result) == ["7", "5.5"]

    def test_letters_lead_where_the_list_says(self, visit, okrs):
        """? lists the keys; N, G T, G H and G A lead on; / goes to the filter."""
        page = visit("ben", WEEK)
        page.clock.set_fixed_time(timezone.now())  # two letters belong together for a moment alone

        page.keyboard.press("?")
        for words in ("New objective", "Filter this page", "A week earlier"):
            expect(page.get_by_role("dialog")).to_contain_text(words)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("g")
        page.keyboard.press("t")
        page.wait_for_url("**/teams/**")
        page.keyboard.press("n")
        page.wait_for_url("**/objectives/new/**")
        page.go_back()
        page.keyboard.press("g")
        page.keyboard.press("a")
        page.wait_for_url(f"**{TREE}")
        page.keyboard.press("g")
        page.keyboard.press("h")
        page.wait_for_url(f"**{WEEK}")
        page.go_back()
        page.keyboard.press("/")

        expect(page.locator(":is(.filters, form) :focus")).to_have_count(1)

    def test_letters_are_letters_where_one_writes(self, visit, okrs):
        """In a field, C is a letter."""
        page = visit("ben", addresses.objective("acme", okrs.helpful.id))
        page.get_by_label("Add to the discussion").focus()

        with staying(page):
            page.keyboard.type("cn?/gt")

        expect(page.get_by_label("Add to the discussion")).to_have_value("cn?/gt")

    def test_letters_can_be_switched_off(self, visit, okrs):
        """Preferences switch them off, for whoever speaks to a screen reader in letters."""
        page = visit("ben", "/w/acme/preferences/")
        page.get_by_role("group", name="Keyboard shortcuts").get_by_text("Off", exact=True).click()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Saved in this browser:").wait_for()
        page.goto(WEEK)

        with staying(page):
            page.keyboard.press("n")
            page.keyboard.press("?")

        expect(page.get_by_role("dialog")).to_have_count(0)
