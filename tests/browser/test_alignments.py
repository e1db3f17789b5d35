"""Journeys: an objective serves several others, each in its way; a loop is refused; also without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from milepost.core import addresses
from milepost.core.ids import encode
from milepost.models import Alignment

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
SERVES = "An objective or a key result"


@BOTH
class TestAligning:
    def test_to_several(self, visit, cast, okrs, scripts: bool):
        """Contributes with a weight here, supports there; changed, seen from above, and ended."""
        here = addresses.objective("acme", okrs.draft.id)
        page = visit("ben", here, java_script_enabled=scripts)
        for parent, how, weight in (
            (f"o{encode(okrs.company.id)}", "Contributes", "2,5"),
            (f"k{encode(okrs.growth.id)}", "Supports", "1"),
        ):
            page.get_by_role("link", name="Align it to something").click()
            page.get_by_label(SERVES).select_option(parent)
            page.get_by_role("radio", name=how).check(force=True)
            page.get_by_label("Weight", exact=True).fill(weight)
            page.get_by_role("button", name="Align").click()
            page.get_by_text("Aligned: “").wait_for()
            page.wait_for_url(f"**{here}*")
        alignment = page.locator("#alignment")
        for words in ("contributes to, weight 2.5", okrs.company.title, "supports", okrs.growth.title):
            expect(alignment).to_contain_text(words)

        page.get_by_role("link", name=f"Change the link to {okrs.growth.title}").click()
        page.get_by_role("radio", name="Contributes").check(force=True)
        page.get_by_role("button", name="Save").click()
        page.get_by_text("The past keeps how it counted before.").wait_for()
        page.get_by_role("link", name=f"Change the link to {okrs.company.title}").click()
        page.get_by_role("button", name="End the link").click()
        page.get_by_text("It no longer serves").wait_for()

        rows = Alignment.objects.of(cast.acme.id).filter(child=okrs.draft, until_at=None)
        assert [(row.parent_key_result_id, row.how) for row in rows] == [(okrs.growth.id, "contributes")]

    def test_in_a_loop_is_refused_with_the_way_round(self, visit, okrs, scripts: bool):
        """What would lead back is not offered; where it came about meanwhile, the way round is shown."""
        company = addresses.objective("acme", okrs.company.id)
        page = visit("ada", f"{company}alignments/new/", java_script_enabled=scripts)
        expect(page.get_by_label(SERVES)).not_to_contain_text(okrs.helpful.title)
        page.get_by_label(SERVES).select_option(f"o{encode(okrs.draft.id)}")
        meanwhile = page.context.new_page()
        meanwhile.goto(f"{addresses.objective('acme', okrs.draft.id)}alignments/new/")
        meanwhile.get_by_label(SERVES).select_option(f"o{encode(okrs.helpful.id)}")
        meanwhile.get_by_role("button", name="Align").click()
        meanwhile.get_by_text("Aligned: “").wait_for()

        page.get_by_role("button", name="Align").click()

        for title in (okrs.company.title, okrs.draft.title, okrs.helpful.title):
            expect(page.get_by_role("alert")).to_contain_text(
                re.compile(f"The way round.*{title}", re.DOTALL)
            )
        assert not Alignment.objects.of(okrs.company.workspace_id).filter(child=okrs.company).exists()
