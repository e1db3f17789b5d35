"""A long select: searched by title, team and owner, by keyboard or pointer; plain without scripts."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.actions import people
from milepost.core import addresses
from milepost.core.ids import encode
from milepost.models import Alignment, Objective
from milepost.queries import shortlists
from tests.browser.conftest import NARROW
from tests.inspection import accessibility_problems
from tests.okrs import Okrs
from tests.web import acme

pytestmark = pytest.mark.browser


@pytest.fixture
def okrs(cast, okrs: Okrs) -> Okrs:
    for number in range(10):
        acme.work(f"Repairs {number}", cycle=okrs.cycle, by=cast.ada, at=timezone.now())
    return okrs


@pytest.fixture
def here(okrs) -> str:
    return addresses.objective("acme", okrs.helpful.id) + "alignments/new/"


class TestKeyboard:
    def test_finds_and_takes_one(self, visit, cast, okrs, here):
        """Two words, in any order and without accents, find it; Enter takes it; the form sends it."""
        page = visit("ben", here)
        field = page.get_by_role("combobox", name="An objective or a key result")
        field.focus()

        field.press_sequentially("MEASURED rép 7")
        expect(page.get_by_role("option")).to_have_count(1)
        field.press("Enter")
        expect(field).to_have_value("Key result: Repairs 7, measured")
        page.get_by_role("button", name="Align", exact=True).click()
        page.locator("#alignment", has_text="Repairs 7").wait_for()

        link = Alignment.objects.of(cast.acme.id).order_by("id").last()
        assert link.parent_key_result.title == "Repairs 7, measured"

    def test_walks_and_leaves_as_it_was(self, visit, okrs, here):
        """Arrows walk round the list and mark one; Esc closes it and leaves what was chosen."""
        page = visit("ben", here)
        field = page.get_by_role("combobox", name="An objective or a key result")
        field.focus()

        field.press("ArrowDown")
        expect(field).to_have_attribute("aria-expanded", "true")
        field.press("ArrowUp")
        last = page.get_by_role("option").last.get_attribute("id")
        expect(field).to_have_attribute("aria-activedescendant", last)
        field.press("Escape")

        expect(field).to_have_attribute("aria-expanded", "false")
        expect(field).to_have_value("Choose")

    def test_searches_owners_and_teams(self, visit, okrs, here):
        """An owner's name or a team's finds what is theirs."""
        page = visit("ben", here)
        field = page.get_by_role("combobox", name="An objective or a key result")

        field.fill("ada riders")
        expect(page.get_by_role("option")).to_have_count(1)
        expect(page.get_by_role("option")).to_contain_text("Riders choose us twice")
        field.fill("no such thing")
        expect(page.get_by_role("option")).to_have_count(0)
        expect(page.get_by_text("Nothing found")).to_be_visible()


class TestPointer:
    def test_opens_and_takes_one(self, visit, okrs, here):
        """A click opens it, a click takes one, and what else the form shows follows."""
        page = visit("ben", here, viewport=NARROW)
        field = page.get_by_role("combobox", name="An objective or a key result")

        field.click()
        page.get_by_role("option", name="Repairs 3 ·").click()

        expect(field).to_have_value(re.compile("^Repairs 3 ·"))
        expect(page.locator("select[name=parent]")).to_have_value(re.compile("^o"))

    @pytest.mark.parametrize("height", [900, 420])
    @pytest.mark.parametrize("part", ["start", "center", "end"])
    def test_opens_inside_the_window(self, visit, okrs, height, part):
        """Wherever the field stands, the whole list is in sight, and the page stays where it was."""
        page = visit("ben", "/w/acme/objectives/new/", viewport={"width": 390, "height": height})
        field = page.get_by_role("combobox", name="Serves")
        field.evaluate("(field, block) => field.scrollIntoView({ block, behavior: 'instant' })", part)
        stood = page.evaluate("scrollY")

        field.press("ArrowDown")
        field.press("ArrowUp")
        menu = page.locator("mp-pick > .menu:not([hidden])").bounding_box()

        assert menu["y"] >= 0 and menu["y"] + menu["height"] <= height
        assert menu["x"] >= 0 and menu["x"] + menu["width"] <= 390
        assert page.evaluate("scrollY") == stood

    def test_has_no_problems_for_assistive_tools(self, visit, okrs, here):
        """axe finds nothing while the list is open, wide and narrow, light and dark."""
        for scheme in ("light", "dark"):
            for viewport in ({"width": 1280, "height": 900}, NARROW):
                page = visit("ben", here, viewport=viewport, color_scheme=scheme)
                page.get_by_role("combobox", name="An objective or a key result").click()
                page.get_by_role("option").first.wait_for()

                assert not accessibility_problems(page)


class TestFromAfar:
    @pytest.fixture
    def far(self, monkeypatch, here):
        """Hardly anything is sent with the page."""
        monkeypatch.setattr(shortlists, "LISTED", 0)
        monkeypatch.setattr(shortlists, "NEAR", 0)
        return here

    def test_finds_what_was_not_sent(self, visit, cast, okrs, far):
        """What one types is asked of the server; Enter takes the first, and the form sends it."""
        page = visit("ben", far)
        field = page.get_by_role("combobox", name="An objective or a key result")
        expect(page.locator("select[name=parent] option")).to_have_count(1)

        field.fill("measured repairs 7")
        expect(page.get_by_role("option", name="Key result: Repairs 7, measured")).to_be_visible()
        field.press("Enter")
        expect(field).to_have_value("Key result: Repairs 7, measured")
        page.get_by_role("button", name="Align", exact=True).click()
        page.locator("#alignment", has_text="Repairs 7").wait_for()

        link = Alignment.objects.of(cast.acme.id).order_by("id").last()
        assert link.parent_key_result.title == "Repairs 7, measured"

    def test_puts_nobody_in_the_place_of_who_was_typed(self, visit, cast, okrs, far):
        """What nobody alone is called stays as typed, and the form waits for a choice."""
        page = visit("ada", "/w/acme/objectives/new/")
        page.get_by_label("Objective", exact=True).fill("Nobody is put in another's place")
        owner = page.get_by_role("combobox", name="Owner").first

        owner.fill("Nemo")
        page.get_by_role("button", name="Save draft").click()

        expect(owner).to_have_value("Nemo")
        expect(owner).to_be_focused()
        assert not Objective.objects.of(cast.acme.id).filter(title__startswith="Nobody is put").exists()
        owner.fill("cleo wong")
        page.get_by_role("option", name="Cleo Wong").wait_for()
        page.get_by_role("button", name="Save draft").click()
        page.wait_for_url("**/objectives/*/")
        assert (
            Objective.objects.of(cast.acme.id).get(title__startswith="Nobody is").owner_id
            == cast.cleo.person_id
        )

    def test_stays_in_a_draft(self, visit, cast, okrs, far):
        """Who was found is there again with the draft, in a field of one and in one of several."""
        page = visit("ada", "/w/acme/objectives/new/")
        owner = page.get_by_role("combobox", name="Owner").first
        owner.fill("Cleo Wong")
        page.get_by_role("option", name="Cleo Wong").click()
        page.get_by_text("Sponsor, contributors, who sees it").click()
        several = page.get_by_role("group", name="Contributors")
        several.get_by_role("searchbox").fill("Ben")
        several.get_by_role("checkbox", name="Ben").check()

        page.reload()

        expect(page.get_by_role("combobox", name="Owner").first).to_have_value("Cleo Wong")
        page.get_by_text("Sponsor, contributors, who sees it").click()
        expect(several.get_by_role("checkbox", name="Ben", checked=True)).to_be_visible()

    def test_says_what_it_shows(self, visit, okrs, far):
        """Before one types it says that there is more; where the server is silent, that too."""
        page = visit("ben", far)
        field = page.get_by_role("combobox", name="An objective or a key result")
        field.click()
        expect(page.get_by_text("Near you. Type to find any other")).to_be_visible()

        page.route("**/choices/**", lambda route: route.abort())
        field.fill("repairs")

        expect(page.get_by_text("the rest could not be asked for")).to_be_visible()

    def test_ticks_people_who_were_not_sent(self, visit, cast, okrs, far):
        """Several are found and ticked one after the other, and all are sent."""
        page = visit("ben", addresses.objective("acme", okrs.helpful.id) + "edit/")
        group = page.get_by_role("group", name="Contributors")
        field = group.get_by_role("searchbox")

        for name in ("Cleo", "Ada"):
            field.fill(name)
            expect(group.get_by_role("checkbox", name=name)).to_be_visible()
            field.press("Enter")
            expect(group.get_by_role("checkbox", name=name, checked=True)).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).click()

        page.wait_for_url("**/objectives/*/")
        okrs.helpful.refresh_from_db()
        assert {cast.cleo.person_id, cast.ada.person_id} <= set(okrs.helpful.contributors)

    def test_takes_a_name_without_scripts(self, visit, cast, okrs, far):
        """Without JavaScript what is not in the list is written."""
        page = visit("ben", far, java_script_enabled=False)

        page.get_by_label("An objective or a key result, by name").fill("Repairs 3, measured")
        page.get_by_role("button", name="Align", exact=True).click()

        expect(page.locator("#alignment")).to_contain_text("Repairs 3")

    def test_has_no_problems_for_assistive_tools(self, visit, okrs, far):
        """axe finds nothing while what was found is listed."""
        page = visit("ben", far)
        page.get_by_role("combobox", name="An objective or a key result").fill("repairs")
        page.get_by_role("option").first.wait_for()

        assert not accessibility_problems(page)


class TestWithoutJavascript:
    def test_is_a_plain_select(self, visit, okrs, here):
        """Without scripts it is the select that it was."""
        page = visit("ben", here, java_script_enabled=False)

        page.get_by_label("An objective or a key result").select_option(label="Repairs 3 · Autumn")
        page.get_by_role("button", name="Align", exact=True).click()

        expect(page.locator("#alignment")).to_contain_text("Repairs 3")


class TestSeveral:
    def test_are_found_ticked_and_sent(self, visit, cast, okrs):
        """Typing leaves the names that have it; Enter ticks the first; what is ticked stays and is sent."""
        for number in range(10):
            email = f"rider{number}@acme.example"
            people.add(name=f"Rider {number}", email=email, by=cast.ada, at=timezone.now())
        page = visit("ben", addresses.objective("acme", okrs.helpful.id) + "edit/")
        group = page.get_by_role("group", name="Contributors")
        field = group.get_by_role("searchbox")

        field.fill("rider 7")
        expect(group.get_by_role("checkbox", checked=False)).to_have_count(1)
        field.press("Enter")
        field.fill("rider 3")
        expect(group.get_by_role("checkbox", checked=False)).to_have_count(1)
        expect(group.get_by_role("checkbox", name="Rider 7", checked=True)).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).click()

        page.wait_for_url("**/objectives/*/")
        expect(page.get_by_role("img", name="Rider 7").first).to_be_attached()

    def test_are_plain_ticks_without_scripts(self, visit, okrs):
        """Without JavaScript the list is there whole, and nothing is offered that does nothing."""
        page = visit("ben", addresses.objective("acme", okrs.helpful.id) + "edit/", java_script_enabled=False)
        group = page.get_by_role("group", name="Contributors")

        expect(group.get_by_role("checkbox").nth(2)).to_be_visible()
        expect(group.get_by_role("searchbox")).to_have_count(0)


class TestHandover:
    def test_asks_for_another_name_where_one_wants_to(self, visit, cast, okrs):
        """A row's second field comes with “Another…”; then one sees what goes to whom, and does it."""
        page = visit("ben", f"/w/acme/people/{encode(cast.ben.person_id)}/handover/")
        goes = page.get_by_label("Owner: Nobody waits for an answer, goes to", exact=True)
        name = page.get_by_label("Owner: Nobody waits for an answer, goes to anybody, by name")
        expect(goes).to_be_visible()
        expect(name).to_be_hidden()

        page.get_by_label("Everything to").select_option(label="Cleo Wong")
        goes.select_option("Another…")
        name.fill("Gus Guest")
        page.get_by_role("button", name="Show what goes to whom").click()
        expect(page.get_by_role("region", name="What would go to whom")).to_contain_text("Gus Guest 1")
        assert accessibility_problems(page) == []
        page.get_by_role("button", name="Hand over 4 things").click()

        expect(page.get_by_text("Handed over: 4 things.")).to_be_visible()
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).owner_id == cast.gus.person_id
