"""Every page of a living company: well-formed, readable by everyone, on every screen, light and dark."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from milepost.core.ids import encode
from milepost.management.demo import SLUG
from milepost.management.demo.content.people import MAIL
from tests.browser.inspector import inspector
from tests.browser.patience import sent
from tests.browser.test_way_in import WAY_IN
from tests.routes import Route, routes
from tests.running import Installation

# The company of the demo has a year's half behind it, whenever it is made.
LONG_AGO, LATELY = (date.today() - timedelta(weeks=weeks) for weeks in (26, 3))

pytestmark = pytest.mark.browser
HOME = f"/w/{SLUG}/"
EXECUTIVE, GUEST = "hanneke", "otto"
PARTS = 4  # so that two workers share the pages

# Routes that are no page: they only take what a form sends, or answer programs, or lead on at once.
TAKES_FORMS = 405
NO_PAGES = {
    "alignment_json", "overview_json", "team_json", "company_json",  # for programs
    "objective_comparison_json", "team_comparison_json", "company_comparison_json",
    "alignment_comparison_json", "livez", "readyz", "metrics",
    "map_svg", "personal_data_json",  # files
    "alignment_rows", "checkins", "home", "new_token",  # lead on
    "palette",  # a part of pages, tried in test_palette.py
    "choices",  # for the fields of forms, tried in test_shortlists.py
    "passkey_sign_in",  # for whoever is not signed in yet, as JSON
    "password",  # leads whoever signed in by a link on to the first password
}  # fmt: skip


# What of an account has a name of its own: there is none, and who asks is told what the route takes.
OF_ACCOUNT = {"passkey": "1", "mark": "none"}


@dataclass(frozen=True)
class Page:
    """A page of the table: the state of the objective it is opened on, what follows its address."""

    on: str = "active"
    queries: tuple[str, ...] = ("",)
    guest: int = 200


PAGES: dict[str, Page] = {
    # the round
    "alignment": Page(
        queries=(
            "",
            "?open=all",
            "?attention=1&key_results=0",
            "?status=off_track&unaligned=1",
            "?columns=status,expected,due,ends,weight,team,cycle,type,state&group=owner&sort=-due&panel=1",
            "?open=all&columns=status,due,weight,team&group=status",
            "?select=1&group=team",
            "?q=bread&unaligned=1",
            "?view={view}",
        )
    ),
    "bulk": Page(
        queries=(
            "?id={objective}",
            "?id={objective}&id={key_result}&change=owner&owner=none",
            "?id={objective}&change=activate",
        ),
        guest=403,
    ),
    "views": Page(),
    "new_view": Page(queries=("", "?group=owner&status=at_risk&columns=due")),
    "edit_view": Page(),
    "map": Page(
        queries=(
            "",
            "?lens=confidence&arrange=team&key_results=0",
            "?as=list",
            "?whatif={key_result}:30&lens=age",
            "?also={key_result}:100&lens=owner&unfolded=1",
            "?path={objective}&lens=owner",
            "?status=off_track&owner=nobody",
        )
    ),
    "sweep": Page(),
    "edit_checkin": Page(guest=403),
    # seeing
    "week": Page(),
    "teams": Page(),
    "team": Page(),
    "overview": Page(),
    "company": Page(),
    "objective_comparison": Page(),
    "team_comparison": Page(),
    "company_comparison": Page(),
    "alignment_comparison": Page(queries=("", f"?from={LONG_AGO}", f"?from={LONG_AGO}&to={LATELY}")),
    "activity": Page(queries=("", "?kind=check-ins", f"?on={LATELY}")),
    "search": Page(queries=("", "?q=bread", "?q=a&kind=key_result", "?q=nothinglikeit")),
    # objectives, key results and what belongs to them
    "new_objective": Page(guest=403),
    "objective": Page(queries=("", "?arrange")),
    "edit_objective": Page(guest=403),
    "closing": Page(guest=403),
    "activation": Page(on="draft", guest=403),
    "parking": Page(on="draft", guest=403),
    "deferral": Page(guest=403),
    "cancellation": Page(guest=403),
    "redrafting": Page(on="parked", guest=403),
    "reopening": Page(on="just closed", guest=403),
    "new_key_result": Page(guest=403),
    "new_initiative": Page(guest=403),
    "new_alignment": Page(guest=403),
    "objective_place": Page(queries=("", "?to=none"), guest=403),
    "objective_comments": Page(on="closed"),
    "key_result": Page(),
    "edit_key_result": Page(guest=403),
    "cancel_key_result": Page(guest=403),
    "key_result_comments": Page(on="closed"),
    "edit_initiative": Page(guest=403),
    "edit_alignment": Page(guest=403),
    "undoing": Page(),
    # one's account
    "signing_out": Page(),
    "account_set_password": Page(),
    "account": Page(),
    "new_app": Page(),
    "new_email": Page(),
    "new_passkey": Page(),
    "preferences": Page(),
    "keyboard": Page(),
    "tokens": Page(),
    "revoke_token": Page(),
    "api_reference": Page(),
    # the first run, once inside
    "start": Page(guest=404),
    "start_blank": Page(guest=404),
    "start_file": Page(guest=404),
    "start_invite": Page(guest=404),
    # people, teams, cycles, settings
    "people": Page(queries=("", "?show=left", "?q=zz")),
    "new_person": Page(guest=404),
    "person": Page(),
    "handover": Page(guest=403),
    "new_team": Page(guest=404),
    "edit_team": Page(guest=404),
    "cycles": Page(),
    "new_cycle": Page(guest=404),
    "edit_cycle": Page(guest=404),
    "settings": Page(),
}


@dataclass
class Demo:
    """The demo company in a server of its own, and what is in it."""

    server: Installation
    just_closed: str = ""

    def ids(self, on: str) -> dict[str, str]:
        """Name a thing of each kind that everyone may see, around an objective in a state."""
        if on == "just closed":
            return self.ids("active") | {"objective": self.just_closed}
        with closing(sqlite3.connect(self.server.data_dir / "milepost.sqlite3")) as database:
            one = lambda sql, *given: next(iter(database.execute(sql, given).fetchone() or [None]))  # noqa: E731
            objective = one(
                """SELECT o.id FROM objective o WHERE o.state = ? AND o.visibility = 'workspace'
                ORDER BY (o.team_id IS NOT NULL)
                    + EXISTS (SELECT 1 FROM initiative WHERE objective_id = o.id)
                    + EXISTS (SELECT 1 FROM alignment WHERE child_id = o.id AND until_at IS NULL) DESC,
                    (SELECT count(*) FROM key_result WHERE objective_id = o.id) DESC, o.id""",
                on,
            )
            key_result = one("SELECT id FROM key_result WHERE objective_id = ?", objective)
            found = {
                "objective": objective,
                "key_result": key_result,
                "initiative": one("SELECT id FROM initiative WHERE objective_id = ?", objective),
                "alignment": one(
                    "SELECT id FROM alignment WHERE child_id = ? AND until_at IS NULL", objective
                ),
                "checkin": one("SELECT max(id) FROM checkin WHERE key_result_id = ?", key_result),
                "team": one("SELECT team_id FROM objective WHERE id = ?", objective),
                "person": one("SELECT owner_id FROM objective WHERE id = ?", objective),
                "cycle": one("SELECT cycle_id FROM objective WHERE id = ?", objective),
                "event": one("SELECT max(id) FROM event WHERE objective_id = ?", objective)
                or one("SELECT max(id) FROM event WHERE kind = 'plan.applied'"),
                "view": one("SELECT max(id) FROM saved_view") or 1,  # of whoever looks
                "token": one("SELECT max(id) FROM token") or 1,  # of whoever looks
            }
        here = {name: encode(id) for name, id in found.items() if id is not None}
        return here if on == "active" else self.ids("active") | here

    def address(self, route: Route, on: str = "active") -> str:
        """Return a route's address."""
        return _filled(route, {"slug": SLUG, "secret": "no-such-secret", **OF_ACCOUNT, **self.ids(on)})

    def sign_in(self, page, key: str) -> None:
        """Sign somebody in by a link from the terminal."""
        printed = self.server.run("link", f"{key}@{MAIL}").stdout
        page.goto(self.server.url + re.search(r"/sign-in/link/\S+", printed).group())
        expect(page).to_have_url(self.server.url + HOME)


def _filled(route: Route, values: dict[str, str]) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], route.pattern)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator:
    """The demo company, served."""
    started = Demo(Installation(tmp_path_factory.mktemp("every_page")).start("demo"))
    yield started
    started.server.stop()


class TestTable:
    def test_names_every_page(self, demo, browser):
        """A route without a row takes what forms send, and shows nothing when it is asked for."""
        with inspector(browser, demo.server.url) as looking:
            demo.sign_in(looking.page, EXECUTIVE)
            pages = [route for route in routes() if not route.is_for_programs]
            asked = [route for route in pages if route.name not in {*PAGES, *NO_PAGES, *WAY_IN}]
            answers = {
                route.name: looking.page.request.get(demo.address(route), max_redirects=0).status
                for route in asked
            }

        assert {name: status for name, status in answers.items() if status != TAKES_FORMS} == {}
        assert {*PAGES, *NO_PAGES, *WAY_IN} <= {route.name for route in routes()}


class TestEveryPage:
    @pytest.mark.parametrize("part", range(PARTS))
    @pytest.mark.parametrize(("role", "key"), [("executive", EXECUTIVE), ("guest", GUEST)])
    def test_is_sound(self, demo, browser, role: str, key: str, part: int):
        """Answered, valid, accessible in light and dark on three screens, without complaints of scripts."""
        here = [route for route in routes() if route.name in PAGES][part::PARTS]
        with inspector(browser, demo.server.url) as looking:
            demo.sign_in(looking.page, key)
            if role == "executive" and not demo.just_closed:
                demo.just_closed = close_one(looking.page, demo)
            save_view(looking.page, f"By team {part}")
            make_token(looking.page, demo)
            for route in here:
                row = PAGES[route.name]
                if role == "guest" and row.on == "just closed":
                    continue
                for query in row.queries:
                    status = row.guest if role == "guest" else 200
                    looking.open(demo.address(route, row.on) + query.format(**demo.ids(row.on)), status)
            problems = looking.everything()

        assert problems == []


def save_view(page, name: str) -> None:
    """Save a view of one's own, the newest."""
    page.goto(page.url.partition("/w/")[0] + f"{HOME}views/new/?group=team&sort=due")
    page.get_by_label("Name").fill(name)
    with sent(page):
        page.get_by_role("button", name="Save the view").click()


def make_token(page, demo: Demo) -> None:
    """Make a token of one's own, the newest."""
    page.goto(f"{demo.server.url}{HOME}tokens/")
    page.get_by_label("Name").fill("A program")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_role("heading", name="The token for A program")).to_be_visible()


def close_one(page, demo: Demo) -> str:
    """Close an objective, so that one can be reopened, and return its id."""
    closing_route = next(route for route in routes() if route.name == "closing")
    there = demo.address(closing_route)
    page.goto(there)
    with sent(page):
        page.get_by_role("button", name="Close it with these grades").click()
    return there.split("/")[-3]
