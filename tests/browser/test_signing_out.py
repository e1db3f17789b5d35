"""What a browser keeps of somebody, and what is left of it once they are signed out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.core import addresses
from milepost.models import Session, User
from tests.browser.patience import until
from tests.cast import PASSWORD
from tests.web import acme

pytestmark = pytest.mark.browser
DAY = timedelta(days=1)
OVER = re.compile(r"/sign-in/\?")


@pytest.fixture
def due(cast) -> list[acme.Work]:
    """Two key results of Ada's whose check-ins are due."""
    now = timezone.now()
    cycle = acme.quarter(by=cast.ada, at=now - 40 * DAY, today=acme.day_of(now))
    made = [
        acme.work(title, cycle=cycle, by=cast.ada, at=now - 30 * DAY)
        for title in ("Repairs are quick", "Tea")
    ]
    for each in made:
        acme.check_in(each.key_result, "7", by=cast.ada, at=now - 8 * DAY)
    return made


def here(work: acme.Work) -> str:
    return addresses.key_result("acme", work.key_result.id)


def kept(page) -> str:
    """Return everything that this browser keeps in its storage, as text."""
    return page.evaluate("JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage})")


def type_a_note(page, words: str) -> None:
    page.get_by_label("What changed?").fill(words)
    until(page, lambda: words in kept(page))


def sign_in(page, who: str = "ada") -> None:
    page.get_by_label("E-mail").fill(f"{who}@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/w/acme/**")


def end_sessions() -> None:
    """Sign everyone out, from elsewhere."""
    Session.objects.all().delete()


class TestSigningOut:
    def test_leaves_nothing_but_the_looks(self, visit, due):
        """Drafts and ids of what was opened go with the session; how pages look in this browser stays."""
        page = visit("ada", here(due[0]))
        page.locator(".rail summary").last.click()
        with page.expect_response("**/appearance/"):
            page.get_by_role("button", name="Dark").click()
        type_a_note(page, "A third bench, on loan")
        assert "milepost-recent" in kept(page)

        page.locator('.rail form[action="/sign-out/"] button').click()
        page.wait_for_url(OVER)

        until(page, lambda: kept(page) == "{}{}")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    def test_closes_the_other_tabs(self, visit, due):
        """A tab that is still open follows to the sign-in page, and what was typed in it is kept nowhere."""
        page = visit("ada", here(due[0]))
        other = page.context.new_page()
        other.goto(here(due[1]))
        type_a_note(other, "Green tea")

        page.locator('.rail form[action="/sign-out/"] button').dispatch_event("click")
        page.wait_for_url(OVER)

        other.wait_for_url(OVER)
        until(page, lambda: "Green tea" not in kept(page) + kept(other))

    def test_says_what_becomes_of_drafts(self, visit, cast):
        """Whoever is asked before signing out reads that what was not sent goes."""
        page = visit("ada", "/sign-out/")

        expect(page.get_by_role("main")).to_contain_text("What you typed and did not send is cleared")


class TestSessionThatEnded:
    def test_leaves_nothing_on_the_sign_in_page(self, visit, due):
        """Ended elsewhere: the next page asks to sign in, and clears what was somebody's."""
        page = visit("ada", here(due[0]))
        type_a_note(page, "A third bench, on loan")
        end_sessions()

        page.goto("/w/acme/teams/")

        expect(page).to_have_url(OVER)
        until(page, lambda: kept(page) == "{}{}")

    def test_loses_nothing_that_was_being_sent(self, visit, due):
        """What the tab was sending when its session turned out to be over comes back; the rest is gone."""
        page = visit("ada", here(due[1]))
        type_a_note(page, "Green tea")
        page.goto(here(due[0]))
        type_a_note(page, "A third bench, on loan")
        page.get_by_label("Now", exact=True).fill("6.25")
        end_sessions()

        page.get_by_role("button", name="Check in", exact=True).click()
        page.wait_for_url("**/sign-in/**")
        until(page, lambda: "Green tea" not in kept(page))
        sign_in(page)
        page.goto(here(due[0]))

        page.get_by_text("Draft restored").wait_for()
        expect(page.get_by_label("What changed?")).to_have_value("A third bench, on loan")

    def test_loses_nothing_of_a_card_either(self, visit, due):
        """In the sweep, which sends without leaving its page, just as little is lost."""
        page = visit("ada", "/w/acme/sweep/")
        type_a_note(page, "Half a thought")
        end_sessions()

        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/sign-in/**")
        sign_in(page)
        page.goto("/w/acme/sweep/")

        page.get_by_text("Draft restored").wait_for()
        expect(page.get_by_label("What changed?")).to_have_value("Half a thought")

    def test_is_nobody_elses_to_find(self, visit, due):
        """Whoever signs in there next does not read it, and their signing out clears it."""
        page = visit("ada", here(due[0]))
        type_a_note(page, "A third bench, on loan")
        end_sessions()
        page.get_by_role("button", name="Check in", exact=True).click()
        page.wait_for_url("**/sign-in/**")

        sign_in(page, "ben")
        page.goto(here(due[0]))

        expect(page.get_by_text("Draft restored")).to_have_count(0)
        page.locator('.rail form[action="/sign-out/"] button').dispatch_event("click")
        page.wait_for_url(OVER)
        until(page, lambda: kept(page) == "{}{}")
        assert not Session.objects.filter(user=User.objects.get(email="ben@acme.example")).exists()
