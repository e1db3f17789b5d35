"""The weekly round with JavaScript switched off: every form is a form, every link a link."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.actions import people
from milepost.core import addresses
from milepost.core.access import operator
from milepost.core.ids import encode
from milepost.models import Alignment, Checkin, Person
from tests.browser.conftest import NARROW
from tests.browser.patience import sent
from tests.web import acme

pytestmark = pytest.mark.browser
WEEK, SWEEP, TREE = "/w/acme/", "/w/acme/sweep/", "/w/acme/alignment/"
DAY = timedelta(days=1)
PLAIN = {"java_script_enabled": False}


@pytest.fixture
def due(cast) -> list[acme.Work]:
    """Three key results of Ada's whose check-in is due."""
    now = timezone.now()
    cycle = acme.quarter(by=cast.ada, at=now - 40 * DAY, today=acme.day_of(now))
    made = [
        acme.work(title, cycle=cycle, by=cast.ada, at=now - 30 * DAY)
        for title in ("Repairs are quick", "Riders stay", "Shops open on time")
    ]
    for each, days in zip(made, (10, 9, 8), strict=True):
        acme.check_in(each.key_result, "7", by=cast.ada, at=now - days * DAY)
    return made


def entries(one) -> list[Checkin]:
    """Return what was recorded of a key result, oldest first."""
    return list(Checkin.objects.of(one.workspace_id).filter(key_result=one).order_by("id"))


class TestSigningIn:
    def test_by_a_link(self, browser, live_server, cast):
        """A link from the terminal leads to my week."""
        person = Person.objects.of(cast.acme.id).get(id=cast.cleo.person_id)
        secret = people.sign_in_link(user_id=person.user_id, by=operator(cast.acme.id), at=timezone.now())
        context = browser.new_context(base_url=live_server.url, **PLAIN)
        page = context.new_page()

        page.goto(f"/sign-in/link/{secret}/")

        expect(page).to_have_url(live_server.url + WEEK)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Cleo")
        context.close()


class TestSweep:
    def test_leads_through_all_that_is_due(self, visit, due):
        """A value, no change, a skip: each is a page of its own, and the last says where things stand."""
        page = visit("ada", SWEEP, **PLAIN)

        page.get_by_label("Now", exact=True).fill("5,5")
        page.get_by_label("8", exact=True).check(force=True)
        page.get_by_label("What changed?").fill("Two benches")
        page.get_by_role("button", name="Save and next").click()
        page.get_by_role("heading", level=1, name="Riders stay").wait_for()
        page.get_by_role("button", name="No change").click()
        page.get_by_role("heading", level=1, name="Shops open on time").wait_for()
        page.get_by_role("button", name="Skip").click()

        page.get_by_role("heading", name="Done for now").wait_for()
        expect(page.get_by_role("main")).to_contain_text("2 recorded. You skipped 1")
        first, second, third = (entries(each.key_result) for each in due)
        assert (str(first[-1].value), first[-1].confidence, first[-1].note) == ("5.5", 8, "Two benches")
        assert len(second) == 2 and second[-1].value == second[0].value
        assert len(third) == 1

    def test_refuses_what_is_no_number_and_keeps_what_was_typed(self, visit, due):
        """The same key result comes back with the note, and says what is wrong beside the value."""
        page = visit("ada", SWEEP, **PLAIN)

        page.get_by_label("Now", exact=True).fill("about six")
        page.get_by_label("What changed?").fill("Two benches")
        page.get_by_role("button", name="Save and next").click()

        expect(page.get_by_text("does not read as a number").first).to_be_visible()
        expect(page.get_by_label("What changed?")).to_have_value("Two benches")
        assert len(entries(due[0].key_result)) == 1


class TestKeyResult:
    def test_is_checked_in_corrected_and_withdrawn(self, visit, cast, okrs):
        """From the page of the key result: a value for another day, its correction, and taking it back."""
        here = addresses.key_result("acme", okrs.waiting.id)
        yesterday = (acme.day_of(timezone.now()) - DAY).isoformat()
        page = visit("cleo", here, viewport=NARROW, **PLAIN)

        page.get_by_text("For another day").click()
        page.get_by_label("It was true on").fill(yesterday)
        page.get_by_label("Now", exact=True).fill("5")
        page.get_by_role("button", name="Check in", exact=True).click()
        expect(page.locator("#toasts")).to_contain_text("Cut the wait: 80")
        expect(page.locator("#toasts")).to_contain_text(okrs.helpful.title)
        page.goto(here)
        page.get_by_role("link", name="Correct").first.click()
        page.locator("#f-value").fill("5.5")
        page.get_by_role("button", name="Save the correction").click()
        page.get_by_text("Corrected.").wait_for()
        struck = page.locator("#c-" + encode(entries(okrs.waiting)[-2].id))
        expect(struck).to_contain_text("corrected later")
        page.get_by_role("link", name="Correct").first.click()
        page.get_by_role("button", name="Withdraw this entry").click()

        page.get_by_text("Withdrawn.").wait_for()
        expect(page.get_by_text("withdrawn", exact=True).first).to_be_attached()
        expect(page).to_have_url(re.compile(f"{here}$"))
        assert [str(one.value) for one in entries(okrs.waiting)[:3]] == ["6.5", "5", "5.5"]

    def test_sent_again_after_going_back_is_asked_about(self, visit, cast, okrs):
        """The page made anew says the same again: it is shown, not added; meant after all, it is recorded."""
        before = len(entries(okrs.waiting))
        page = visit("cleo", addresses.key_result("acme", okrs.waiting.id), **PLAIN)
        check_in = page.get_by_role("button", name="Check in", exact=True)
        page.get_by_label("Now", exact=True).fill("5")
        page.get_by_label("What changed?").fill("Second bench works.")
        check_in.click()
        page.get_by_text("Second bench works.").first.wait_for()

        page.go_back()
        check_in.click()
        expect(page.get_by_role("main")).to_contain_text("You recorded this already")
        expect(page.get_by_role("main")).to_contain_text("Second bench works.")
        assert len(entries(okrs.waiting)) == before + 1
        with sent(page):
            page.get_by_role("button", name="Record it once more").click()

        assert len(entries(okrs.waiting)) == before + 2


class TestAlignment:
    def test_is_aligned_narrowed_and_read_whole(self, visit, cast, okrs):
        """Ben aligns his draft, then finds it in the tree: narrowed by a form, whole as a list."""
        page = visit("ben", addresses.objective("acme", okrs.draft.id) + "alignments/new/", **PLAIN)

        page.get_by_label("An objective or a key result").select_option("k" + encode(okrs.growth.id))
        page.get_by_role("radio", name="Supports").check()
        page.get_by_role("button", name="Align").click()
        expect(page.locator("#alignment")).to_contain_text(okrs.growth.title)
        page.goto(TREE)
        page.get_by_role("search", name="Narrow the tree").get_by_label("Type").select_option("committed")
        page.get_by_role("button", name="Show").click()
        page.wait_for_url("**type=committed**")
        expect(page.locator("tbody")).to_contain_text(okrs.helpful.title)
        expect(page.locator("tbody")).not_to_contain_text(okrs.draft.title)
        page.goto(f"{TREE}?open=all")

        for one in (okrs.company, okrs.growth, okrs.helpful, okrs.waiting):
            expect(page.locator("tbody")).to_contain_text(one.title)
        assert Alignment.objects.of(cast.acme.id).get(child=okrs.draft).how == "supports"

    def test_opens_a_branch_by_a_link(self, visit, okrs):
        """What scripts open in place is a link that opens it on a new page."""
        page = visit("ada", TREE, **PLAIN)
        row = page.locator(f'tr[data-id="{encode(okrs.helpful.id)}"]').first
        below = page.locator(f'tr[data-id="{encode(okrs.waiting.id)}"]')
        expect(below).to_have_count(0)

        row.get_by_role("link").first.click()

        page.wait_for_url(re.compile("open=|shut="))
        expect(below).to_have_count(1)


class TestAppearance:
    def test_is_chosen_by_a_button(self, visit, cast):
        """Dark stays dark on the next page."""
        page = visit("ada", WEEK, **PLAIN)

        page.get_by_text("Ada Lovelace").first.click()
        page.get_by_role("button", name="Dark").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page).to_have_url(re.compile(f"{WEEK}$"))
        page.get_by_role("link", name="Teams").click()

        page.wait_for_url("**/teams/")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
