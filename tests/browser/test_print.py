"""On paper: every row is there, nothing is cut, and nothing that only a screen can do."""

from __future__ import annotations

import pytest

from tests.browser.paper import A4_WIDTH, printed, words
from tests.browser.test_every_page import EXECUTIVE, demo  # noqa: F401 - a fixture
from tests.routes import routes

pytestmark = pytest.mark.browser
PRINTED = {
    "alignment": ("", "?open=all"),
    "objective": ("",),
    "key_result": ("",),
    "team": ("",),
    "company": ("",),
    "week": ("",),
}

# What is read on the screen as it would be printed; what only screen readers hear is left out.
SAID = """() => {
  const main = document.querySelector('main');
  for (const each of main.querySelectorAll('.vh, svg')) each.style.display = 'none';
  const said = main.innerText;
  for (const each of main.querySelectorAll('.vh, svg')) each.style.removeProperty('display');
  return said;
}"""
CUT = """() => [...document.querySelectorAll('main *')].filter((each) =>
  each.getClientRects().length && !each.closest('.vh, svg') && each.innerText?.trim()
  && getComputedStyle(each).overflowX !== 'visible' && each.scrollWidth > each.clientWidth + 1
).map((each) => each.innerText.slice(0, 60))"""
ON_SCREENS_ONLY = "nav, button, select, summary.btn, .btn, .menu, .rail, .topbar, .toasts, mp-theme"


@pytest.fixture(scope="module")
def papers(demo, browser):  # noqa: F811
    """Each page as a browser shows it when it prints, and what comes out; printed once for all tests."""
    context = browser.new_context(base_url=demo.server.url, color_scheme="dark", reduced_motion="reduce")
    page = context.new_page()
    demo.sign_in(page, EXECUTIVE)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4_WIDTH, "height": 1000})
    found = {}
    for route in routes():
        for query in PRINTED.get(route.name, ()):
            page.goto(demo.address(route) + query)
            found[route.name + query] = {
                "said": words(page.evaluate(SAID)),
                "cut": page.evaluate(CUT),
                "screen": page.locator(ON_SCREENS_ONLY).filter(visible=True).all_inner_texts(),
                "ground": page.evaluate("getComputedStyle(document.body).backgroundColor"),
                "paper": printed(page),
            }
    context.close()
    return found


class TestPaper:
    def test_holds_every_word(self, papers):
        """What the page says stands on the sheets as often as it is said."""
        lost = {name: each["said"] - each["paper"].said for name, each in papers.items()}

        assert {name: missing for name, missing in lost.items() if missing} == {}
        assert all(each["said"].total() > 50 for each in papers.values())

    def test_cuts_nothing(self, papers):
        """No word stands over a margin, and no part of the page hides its end."""
        over = {name: each["paper"].beside_the_margins() + each["cut"] for name, each in papers.items()}

        assert {name: cut for name, cut in over.items() if cut} == {}

    def test_has_nothing_to_press(self, papers):
        """Neither rail nor menus nor buttons are printed."""
        assert {name: each["screen"] for name, each in papers.items() if each["screen"]} == {}

    def test_wastes_no_sheet(self, papers):
        """A table goes on where the sheet ends: only the last sheet may stay half empty."""
        filled = {
            name: [round(sheet.filled, 2) for sheet in each["paper"].sheets] for name, each in papers.items()
        }

        assert {name: sheets for name, sheets in filled.items() if min([1, *sheets[:-1]]) < 0.5} == {}

    def test_is_white(self, papers):
        """Whoever reads in the dark prints on white all the same."""
        assert {each["ground"] for each in papers.values()} == {"rgb(255, 255, 255)"}
