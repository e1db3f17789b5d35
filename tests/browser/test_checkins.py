"""Journeys: checking in for another day, correcting and taking back; in the sweep too, with scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.models import Checkin
from tests.web import acme

pytestmark = pytest.mark.browser
DAY = timedelta(days=1)
SWEEP = "/w/acme/sweep/"


@pytest.fixture
def due(cast) -> list[acme.Work]:
    """Three key results of Ada's whose check-in is due."""
    now = timezone.now()
    cycle = acme.quarter(by=cast.ada, at=now - 40 * DAY, today=acme.day_of(now))
    titles = ("Repairs are quick", "Riders stay", "Shops open on time")
    made = [acme.work(title, cycle=cycle, by=cast.ada, at=now - 30 * DAY) for title in titles]
    for each, days in zip(made, (10, 9, 8), strict=True):
        acme.check_in(each.key_result, "7", by=cast.ada, at=now - days * DAY)
    return made


def entries(one) -> list[Checkin]:
    return list(Checkin.objects.of(one.workspace_id).filter(key_result=one).order_by("id"))


class TestOnItsPage:
    def test_for_another_day_corrected_and_withdrawn(self, visit, okrs):
        """Yesterday's value is dated yesterday, its correction names it, and it can be taken back."""
        here, now = addresses.key_result("acme", okrs.waiting.id), timezone.now()
        page = visit("cleo", here)
        page.get_by_text("For another day").click()
        page.get_by_label("It was true on").fill((acme.day_of(now) - DAY).isoformat())
        page.get_by_label("Now", exact=True).fill("5")
        page.get_by_role("button", name="Check in", exact=True).click()
        page.locator("#toasts", has_text="Cut the wait").wait_for()
        page.goto(here)
        page.get_by_role("link", name="Correct").first.click()
        page.locator("#f-value").fill("5.5")
        page.get_by_role("button", name="Save the correction").click()
        page.get_by_text("Corrected.").wait_for()
        page.get_by_role("link", name="Correct").first.click()
        page.get_by_role("button", name="Withdraw this entry").click()
        page.get_by_text("Withdrawn.").wait_for()

        _, dated, correction, withdrawal = entries(okrs.waiting)
        assert acme.day_of(dated.effective_at) == acme.day_of(now) - DAY
        assert (str(correction.value), correction.corrects_id) == ("5.5", dated.id)
        assert withdrawal.corrects_id == correction.id
        expect(page.locator(f"#c-{encode(dated.id)}")).to_contain_text("corrected later")

    def test_not_for_tomorrow(self, visit, okrs):
        """A day that has not come is refused beside its field, and what was typed stays."""
        page = visit("cleo", addresses.key_result("acme", okrs.waiting.id), java_script_enabled=False)
        page.get_by_text("For another day").click()
        tomorrow = (acme.day_of(timezone.now()) + DAY).isoformat()
        page.locator("form", has=page.get_by_label("It was true on")).evaluate(
            "form => form.noValidate = true"
        )
        page.get_by_label("It was true on").fill(tomorrow)
        page.get_by_label("Now", exact=True).fill("5")
        page.get_by_role("button", name="Check in", exact=True).click()

        expect(page.get_by_label("It was true on")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_label("Now", exact=True)).to_have_value("5")
        assert len(entries(okrs.waiting)) == 1


class TestInTheSweep:
    def test_no_change_skip_and_another_day(self, visit, due):
        """One stays as it was, one waits, one is dated yesterday: all without a page load."""
        page, loads = visit("ada", SWEEP), []
        page.on("load", lambda page: loads.append(page.url))
        first, second, third = (each.key_result for each in due)

        card(page, first).get_by_role("button", name="No change").click()
        card(page, second).get_by_role("button", name="Skip").click()
        card(page, third).get_by_text("For another day").click()
        yesterday = acme.day_of(timezone.now()) - DAY
        page.get_by_label("It was true on").fill(yesterday.isoformat())
        page.get_by_label("Now", exact=True).fill("6")
        page.get_by_role("button", name="Save", exact=False).first.click()
        page.get_by_role("heading", name="Done for now").wait_for()

        assert loads == []
        assert [str(one.value) for one in entries(first)] == ["7", "7"]
        assert len(entries(second)) == 1
        assert acme.day_of(entries(third)[-1].effective_at) == yesterday


def card(page, one):
    """Wait for a key result's card."""
    page.get_by_role("heading", level=1, name=one.title).wait_for()
    return page.locator("#sweep")
