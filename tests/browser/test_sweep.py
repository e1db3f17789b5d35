"""The sweep in a browser: by keyboard alone within 30 seconds, drafts, without JavaScript, its look."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milepost.actions import key_results
from milepost.actions.key_results import Definition
from milepost.core.ids import encode
from milepost.models import Checkin, KeyResult, User
from tests.browser.patience import sent, until
from tests.inspection import accessibility_problems, html_problems
from tests.okrs import latest
from tests.web import acme
from tests.web.test_sweep import DAY, SWEEP, TITLES

pytestmark = pytest.mark.browser

# The keystroke-level model (Card, Moran, Newell 1980): a key of an average typist, a thought before a unit.
KEY, THINK = 0.28, 1.35
BUDGET = 30  # seconds for three key results and one note
# The browser sends, the server answers, and the page hears nothing of it, once.
LOSE = """() => {
  const real = window.fetch;
  window.fetch = async (...asked) => {
    window.fetch = real;
    window.lost = (await real(...asked)).status;
    throw new TypeError("lost");
  };
}"""


@pytest.fixture
def due(cast) -> list[KeyResult]:
    """Three key results of Cleo's whose check-in is due."""
    now = timezone.now()
    cycle = acme.quarter(by=cast.ada, at=now - 40 * DAY, today=acme.day_of(now))
    made = []
    for number, title in enumerate(TITLES):
        work = acme.work(title, cycle=cycle, by=cast.ada, at=now - 30 * DAY, owner=cast.cleo.person_id)
        acme.check_in(work.key_result, "7", by=cast.cleo, at=now - (20 - number) * DAY, note=f"On {title}.")
        made.append(work.key_result)
    return made


class Hands:
    """Two hands on the keyboard: every key is counted."""

    def __init__(self, page) -> None:
        self.page, self.keys, self.thoughts = page, 0, 0

    def think(self) -> None:
        self.thoughts += 1

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def press(self, keys: str) -> None:
        self.keys += keys.count("+") + 1
        self.page.keyboard.press(keys)

    @property
    def seconds(self) -> float:
        return self.keys * KEY + self.thoughts * THINK


def on_card(page, one: KeyResult) -> None:
    on_page(page, one.title)


def on_page(page, title: str) -> None:
    page.get_by_role("heading", level=1, name=title).wait_for()


class TestByKeyboard:
    def test_takes_less_than_half_a_minute(self, visit, due):
        """Three values, three confidences, one note: within 30 seconds of typing, one page load, no mouse."""
        page = visit("cleo", SWEEP)
        hands, loads = Hands(page), []
        page.on("load", lambda page: loads.append(page.url))

        for number, one in enumerate(due):
            on_card(page, one)
            hands.think()
            hands.type("5.5")
            hands.press("Tab")
            hands.think()
            hands.press("ArrowRight")
            if number == 1:
                hands.press("Tab")
                hands.think()
                hands.type("Second bench works.")
            hands.press("Control+Enter")
        page.get_by_role("heading", name="All checked in").wait_for()

        said = [(entry.value, entry.confidence, entry.note) for entry in map(latest, due)]
        assert said == [
            (Decimal("5.5"), 6, ""), (Decimal("5.5"), 6, "Second bench works."), (Decimal("5.5"), 6, ""),
        ]  # fmt: skip
        assert hands.seconds <= BUDGET, (
            f"{hands.keys} keys and {hands.thoughts} thoughts: {hands.seconds:.0f} s"
        )
        expect(page.locator("#sweep")).to_contain_text("3 recorded")
        assert loads == []

    def test_the_first_field_is_ready(self, visit, cast, due):
        """On each card the focus is where one begins: the chosen radio, the first select."""
        now = timezone.now()
        for kind, more in (
            ("binary", {}), ("milestones", {"milestones": (("Plan", Decimal(1)), ("Build", Decimal(1)))}),
        ):  # fmt: skip
            key_results.add(
                objective=due[0].objective_id, by=cast.ada, at=now,
                definition=Definition(f"A {kind} one", kind=kind, owner=cast.ben.person_id, **more),
            )  # fmt: skip
        page = visit("ben", SWEEP)

        page.get_by_role("heading", level=1, name="A binary one").wait_for()
        expect(page.locator("[name=value]:checked")).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Control+Enter")
        page.get_by_role("heading", level=1, name="A milestones one").wait_for()
        expect(page.locator("#f-part1")).to_be_focused()

        assert latest(KeyResult.objects.of(cast.acme.id).get(title="A binary one")).value == 1

    def test_saves_with_keys_of_ones_own(self, visit, due):
        """Whoever chose others for it sees them on the button, and the usual ones do nothing any more."""
        page = visit("cleo", "/w/acme/preferences/keyboard/")
        page.get_by_label("In the sweep: save and next").fill("Ctrl S")
        with sent(page):
            page.get_by_role("button", name="Save").click()
        page.goto(SWEEP)

        expect(page.locator("button.pri kbd")).to_have_text("Ctrl S")
        page.keyboard.press("Control+Enter")
        page.keyboard.press("Control+s")
        on_card(page, due[1])

        assert [Checkin.objects.of(one.workspace_id).filter(key_result=one).count() for one in due] == [
            2,
            1,
            1,
        ]

    def test_leaves_with_escape(self, visit, due):
        """Esc leads to my week; nothing is lost and nothing recorded."""
        page = visit("cleo", SWEEP)
        page.keyboard.type("5")

        page.keyboard.press("Escape")
        page.wait_for_url("**/w/acme/")

        assert latest(due[0]).value == 7

    def test_says_where_one_is_aloud(self, visit, due):
        """After a swap a screen reader hears the place and the title."""
        page = visit("cleo", SWEEP)

        page.keyboard.press("Control+Enter")
        on_card(page, due[1])

        page.locator("p[aria-live]", has_text=f"2 of 3: {due[1].title}").wait_for(state="attached")


class TestDrafts:
    def test_survive_a_closed_tab(self, visit, due):
        """What was typed and not sent is there when the page is opened again, until it is sent."""
        page = visit("cleo", SWEEP)
        page.keyboard.type("5.5")
        page.get_by_label("What changed?").fill("Half a thought")
        until(page, lambda: "Half a thought" in page.evaluate("JSON.stringify(localStorage)"))
        context = page.context
        page.close()

        again = context.new_page()
        again.goto(SWEEP)
        again.get_by_text("Draft restored").wait_for()
        expect(again.get_by_label("Now")).to_have_value("5.5")
        expect(again.get_by_label("What changed?")).to_have_value("Half a thought")
        again.keyboard.press("Control+Enter")
        on_card(again, due[1])

        until(again, lambda: again.evaluate("localStorage.length") == 0)
        assert latest(due[0]).note == "Half a thought"

    def test_a_lost_answer_counts_once(self, visit, due):
        """Sent, no answer heard, sent again: recorded once."""
        page = visit("cleo", SWEEP)
        page.keyboard.type("5.5")
        page.evaluate(LOSE)
        page.keyboard.press("Control+Enter")
        page.get_by_text("No answer from the server").wait_for()
        page.keyboard.press("Control+Enter")
        on_card(page, due[1])

        assert page.evaluate("lost") == 200
        assert Checkin.objects.of(due[0].workspace_id).filter(key_result=due[0]).count() == 2


class TestWithoutJavascript:
    def test_goes_from_page_to_page(self, visit, due):
        """Forms and links are enough: save, skip, no change, and the end."""
        page = visit("cleo", SWEEP, java_script_enabled=False)

        page.get_by_label("Now").fill("5")
        page.get_by_role("button", name="Save and next").click()
        on_card(page, due[1])
        page.get_by_role("button", name="Skip").click()
        on_card(page, due[2])
        page.get_by_role("button", name="No change").click()

        on_page(page, "Done for now")
        assert [latest(one).value for one in due] == [5, 7, 7]

    def test_corrects_and_comes_back(self, visit, due):
        """The last entry can be corrected on the way; afterwards the sweep goes on."""
        page = visit("cleo", SWEEP, java_script_enabled=False)

        page.get_by_role("link", name="Correct the last entry").click()
        page.locator("#f-value").fill("6.5")
        page.get_by_role("button", name="Save the correction").click()

        expect(page).to_have_url(re.compile(f"{SWEEP}$"))
        assert latest(due[0]).value == Decimal("6.5") and latest(due[0]).corrects_id


class TestLook:
    def test_has_no_problems_for_assistive_tools(self, visit, due):
        """Light and dark, wide and narrow: axe finds nothing, nothing stands over the edge."""
        found = []
        for scheme in ("light", "dark"):
            for path in (SWEEP, f"{SWEEP}?done={','.join(encode(one.id) for one in due)}"):
                page = visit("cleo", path, color_scheme=scheme)
                for width in (1280, 390, 320):
                    page.set_viewport_size({"width": width, "height": 900})
                    found += [f"{scheme} {width} {each}" for each in accessibility_problems(page)]
                    found += [f"{scheme} {width} too wide"] * page.evaluate(
                        "document.documentElement.scrollWidth > innerWidth"
                    )

        assert found == []

    def test_is_valid(self, client, due):
        """A card, a refused one, the end and the page of a correction are valid HTML."""
        client.force_login(User.objects.get(email="cleo@acme.example"))
        entry = encode(latest(due[0]).id)
        refused = {"key_result": encode(due[0].id), "value": "six"}

        documents = {
            "card": client.get(SWEEP),
            "refused": client.post(SWEEP, refused),
            "refused on its page": client.post(f"/w/acme/key-results/{encode(due[0].id)}/checkins/", refused),
            "end": client.get(f"{SWEEP}?done={','.join(encode(one.id) for one in due)}"),
            "correction": client.get(f"/w/acme/checkins/{entry}/edit/"),
        }

        assert html_problems({name: answer.content.decode() for name, answer in documents.items()}) == []
