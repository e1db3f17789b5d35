"""Journeys: an objective is written, activated, discussed, changed and closed; also without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.company import objective, running, sign_in
from tests.running import Installation

pytestmark = pytest.mark.browser

HELPFUL = "Nobody waits for an answer"


@pytest.fixture(scope="module")
def company(install_for_all) -> Installation:
    return running(install_for_all)


@pytest.fixture(params=["scripts", "no scripts"])
def visitor(request, browser):
    """A page with and one without scripts: what it can do must not differ."""
    context = browser.new_context(java_script_enabled=request.param == "scripts")
    yield context.new_page()
    context.close()


class TestLife:
    def test_from_draft_to_grade(self, company: Installation, visitor):
        """Ben writes an objective with two key results, activates it, and closes it with its final values."""
        sign_in(visitor, company, "ben")
        visitor.goto(f"{company.url}/w/acme/objectives/new/")
        visitor.fill("[name=title]", "Repairs are quick")
        visitor.fill("[name=description]", "For whoever rides to work.")
        visitor.locator("label", has_text="Committed").click()
        visitor.fill("[name=kr1_title]", "Cut the turnaround")
        visitor.select_option("[name=kr1_kind]", "decrease")
        visitor.fill("[name=kr1_start]", "9")
        visitor.fill("[name=kr1_target]", "4,5")
        visitor.fill("[name=kr1_unit]", "days")
        visitor.fill("[name=kr2_title]", "Open the second bench")
        visitor.select_option("[name=kr2_kind]", "binary")
        visitor.get_by_role("button", name="Save draft").click()

        visitor.get_by_text("A draft.").wait_for()
        expect(visitor.get_by_text("9 → no data → 4.5 days")).to_be_visible()
        visitor.get_by_role("button", name="Activate").click()
        expect(visitor.get_by_text("Activated.")).to_be_visible()
        here = visitor.url

        visitor.goto(f"{here}closing/")
        visitor.get_by_label("Final value of Cut the turnaround").fill("4.5 days")
        visitor.get_by_label("Final value of Open the second bench").select_option("1")
        visitor.get_by_role("button", name="See the grades").click()
        expect(visitor.get_by_text("As it stands: success")).to_be_visible()
        visitor.fill("[name=learned]", "One bench was never enough.")
        visitor.get_by_role("button", name="Close it with these grades").click()

        expect(visitor.get_by_role("heading", name="Success", exact=True)).to_be_visible()
        expect(visitor.get_by_text("One bench was never enough.").first).to_be_visible()

    def test_is_discussed_and_changed(self, company: Installation, visitor):
        """Cleo asks, Ben answers by changing the title; the history tells it with the reason."""
        sign_in(visitor, company, "ben")
        here = objective(visitor, company, HELPFUL)
        visitor.fill("[name=text]", "Do we mean **riders** only?")
        visitor.get_by_role("button", name="Post").click()
        expect(visitor.locator("#discussion strong", has_text="riders").first).to_be_visible()

        visitor.goto(f"{here}edit/")
        visitor.select_option("[name=sponsor]", label="Ada Lovelace")
        visitor.fill("[name=reason]", "Ada vouches for it.")
        visitor.get_by_role("button", name="Save").click()
        expect(visitor.get_by_text("Ada vouches for it.").first).to_be_visible()

        visitor.goto(f"{here}edit/")
        visitor.select_option("[name=sponsor]", label="No one")
        visitor.get_by_role("button", name="Save").click()
        expect(visitor.get_by_text("taken out").first).to_be_visible()


class TestPlace:
    def test_initiative_moves_on_in_its_row(self, company: Installation, page):
        """Another state needs one menu and no page load."""
        sign_in(page, company, "cleo")
        objective(page, company, HELPFUL)
        loads = []
        page.on("load", lambda: loads.append(page.url))

        page.locator("#initiatives summary").click()
        page.get_by_role("button", name="In progress").click()

        page.locator("#initiatives summary", has_text="In progress").wait_for()
        page.locator("#toasts", has_text="in progress").wait_for()
        assert loads == []

    def test_draft_survives_a_closed_tab(self, company: Installation, page):
        """What was typed and not sent is there again when one comes back."""
        sign_in(page, company, "ben")
        page.goto(f"{company.url}/w/acme/objectives/new/")
        page.fill("[name=title]", "Half a thought")
        page.goto("about:blank")

        page.goto(f"{company.url}/w/acme/objectives/new/")

        page.get_by_text("Draft restored.").wait_for()
        expect(page.locator("[name=title]")).to_have_value("Half a thought")

    def test_loop_is_refused_with_the_way_round(self, company: Installation, page):
        """Ada tries to let the company serve Product; the page says which way leads back."""
        sign_in(page, company, "ada")
        helpful = objective(page, company, HELPFUL)
        page.get_by_role("link", name="Riders choose us twice").first.click()
        page.wait_for_url(lambda url: url.split("#")[0] != helpful)
        page.get_by_role("link", name="Align it to something").click()
        page.wait_for_url("**/alignments/new/")
        id = helpful.rstrip("/").split("/")[-1]
        page.eval_on_selector(
            "[name=parent]",
            "(list, id) => { list.append(new Option('Product', 'o' + id)); list.value = 'o' + id; }",
            id,
        )
        page.get_by_role("button", name="Align").click()

        expect(page.get_by_text("The way round:").first).to_be_visible()
