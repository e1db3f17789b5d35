"""Teams: the tree, a team's page, the company's, and the same as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from milepost.actions import alignments, initiatives, key_results, objectives, teams, workspaces
from milepost.core import addresses
from milepost.core.ids import encode
from milepost.models import Cycle, KeyResult
from milepost.web import teams as web_teams
from tests.cast import Cast
from tests.web import acme
from tests.web.reading import text
from tests.web.statements import STATEMENTS, count

TEAMS = "/w/acme/teams/"
DAY = timedelta(days=1)
pytestmark = pytest.mark.both_databases
Browser = Callable[..., Client]


@pytest.fixture
def quick(cast: Cast, cycle: Cycle, now: datetime) -> acme.Work:
    """An objective of Product that stands at 60 %."""
    made = acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 30 * DAY, team=cast.product.id)
    acme.check_in(made.key_result, "6", by=cast.ada, at=now - DAY)
    return made


@pytest.fixture
def hidden(cast: Cast, cycle: Cycle, now: datetime) -> acme.Work:
    """An objective of Product that only Ada sees, and that would pull every mean down."""
    made = acme.work(
        "A quiet plan", cycle=cycle, by=cast.ada, at=now - 30 * DAY, team=cast.product.id, visibility="people"
    )
    acme.check_in(made.key_result, "9", by=cast.ada, at=now - DAY)
    return made


def product(cast: Cast) -> str:
    return addresses.team("acme", cast.product.id)


def add_quiet_number(work: acme.Work, cast: Cast, at: datetime) -> KeyResult:
    """Add a key result that only Ada sees to an objective that everyone does."""
    definition = key_results.Definition(
        title="A quiet number",
        kind="reach",
        target=Decimal(10),
        visibility="people",
        owner=cast.ada.person_id,
    )
    return key_results.add(objective=work.objective.id, definition=definition, by=cast.ada, at=at)


class TestIndex:
    def test_is_for_members_alone(self, signed_in: Browser):
        """A stranger finds nothing."""
        assert signed_in("zed").get(TEAMS).status_code == 404

    def test_shows_the_tree_with_leads_and_means(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, now: datetime
    ):
        """Each team has its place, its lead, its counts and its mean."""
        teams.create(name="Paint", parent=cast.product.id, by=cast.ada, at=now)

        page = text(signed_in("cleo").get(TEAMS))

        assert page.index("Product</a>") < page.index("Paint</a>")
        assert 'class="o l3"' in page
        assert 'aria-label="Ben Okri"' in page
        assert "60 %" in page

    def test_folds_what_stands_deep_where_there_are_thousands(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime, monkeypatch
    ):
        """As many levels as can be read, each team saying how many are below; then stretch by stretch."""
        monkeypatch.setattr(web_teams, "AT_ONCE", 3)
        craft = teams.create(name="Craft", by=cast.ada, at=now)
        for number in range(4):
            teams.create(name=f"Guild {number}", parent=craft.id, by=cast.ada, at=now)
        ada = signed_in("ada")

        whole = text(ada.get(TEAMS))
        under = ada.get(f"{TEAMS}?under={encode(craft.id)}")
        rest = ada.get(f"{TEAMS}?under={encode(craft.id)}&from=3")

        assert "4 more below" in whole and "Guild" not in whole
        assert "Teams of Craft" in text(under) and "Guild 2" in text(under) and "Guild 3" not in text(under)
        assert "1 more team" in text(under) and f"under={encode(craft.id)}&amp;from=3" in under.text
        assert "Guild 3" in text(rest) and "Guild 2" not in text(rest)

    @pytest.mark.parametrize("asked", ["?from=999999", "?from=-1", "?under=nobody", "?under={leaf}"])
    def test_never_takes_a_place_without_teams_for_a_company_without(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, asked: str
    ):
        """Beyond the last team, and below one that has none, nobody is asked to create the first."""
        answer = signed_in("ada").get(TEAMS + asked.format(leaf=encode(cast.product.id)))

        assert answer.status_code == 200 and "No teams yet" not in text(answer)

    def test_leads_up_again_from_below_a_team(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, now: datetime
    ):
        """Under a team without teams the words are of that team, and a step leads to where one came from."""
        paint = teams.create(name="Paint", parent=cast.product.id, by=cast.ada, at=now)
        ada, product = signed_in("ada"), encode(cast.product.id)

        leaf = text(ada.get(f"{TEAMS}?under={encode(paint.id)}"))
        above = text(ada.get(f"{TEAMS}?under={product}"))

        assert "<h1>Paint</h1><p>No team stands below it.</p>" in leaf
        assert re.search(rf'href="{TEAMS}\?under={product}">(?:(?!</a>).)*</svg>Teams of Product<', leaf)
        assert "<h1>Teams of Product</h1><p>1 team in Q4: what it is after" in above
        assert re.search(rf'href="{TEAMS}">(?:(?!</a>).)*</svg>All teams<', above)

    def test_says_what_a_team_is_where_there_is_none(self, signed_in: Browser, cast: Cast, now: datetime):
        """An empty workspace teaches, and offers a beginning to whoever may make it."""
        workspaces.found(name="Bare", person_name="Ada", email="ada@acme.example", at=now)

        page = text(signed_in("ada").get("/w/bare/teams/"))

        assert "No teams yet" in page
        assert "Create the first team" in page

    def test_counts_the_same_for_everyone(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, hidden: acme.Work
    ):
        """Restricted work changes no number, not even for those who see it."""
        pages = [text(signed_in(who).get(TEAMS)) for who in ("ada", "cleo")]

        for page in pages:
            row = page[page.index("Product</a>") :].partition("</tr>")[0]
            assert "60 %" in row
            assert "1 key result:" in row

    def test_costs_what_it_cost(self, signed_in: Browser, quick: acme.Work):
        """The number of statements is frozen."""
        assert count(signed_in("cleo"), TEAMS) == STATEMENTS["teams"]


class TestShow:
    def test_shows_objectives_with_key_results(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, now: datetime
    ):
        """A team's page holds its objectives, key results, initiatives, members and means."""
        initiatives.add(objective=quick.objective.id, title="A second bench", by=cast.ada, at=now)

        page = text(signed_in("cleo").get(product(cast)))

        assert "Repairs are quick" in page
        assert f'id="kr-{encode(quick.key_result.id)}"' in page
        assert "1 of 1 reported · aspirational <b>60 %</b>" in page
        assert "Why 60 %?" in page
        assert "A second bench" in page
        assert "Ben Okri" in page

    def test_is_for_members_alone(self, signed_in: Browser, cast: Cast):
        """Neither a stranger, nor an id of another workspace, nor one that never was leads anywhere."""
        there = [product(cast), addresses.team("acme", cast.rockets.id), "/w/acme/teams/0000000000000/"]

        assert [signed_in("zed").get(one).status_code for one in there] == [404] * 3
        assert [signed_in("ada").get(one).status_code for one in there[1:]] == [404] * 2

    def test_hides_what_may_not_be_seen(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, hidden: acme.Work
    ):
        """Restricted work is listed for its audience alone and counts for nobody, even right after them."""
        before = text(signed_in("cleo").get(product(cast)))
        hers = text(signed_in("ada").get(product(cast)))
        after = text(signed_in("cleo").get(product(cast)))

        assert "A quiet plan" in hers
        assert "counts in none of these numbers" in hers
        for page in (before, after):
            assert "quiet plan" not in page
            assert "Restricted work" not in page
        for page in (before, hers, after):
            assert "1 of 1 reported · aspirational <b>60 %</b>" in page

    def test_hides_a_narrowed_key_result_in_a_shared_objective(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, now: datetime
    ):
        """A card drawn for one reader is never shown to another who may see less."""
        add_quiet_number(quick, cast, now)

        hers = text(signed_in("ada").get(product(cast)))
        his = text(signed_in("ben").get(product(cast)))

        assert "A quiet number" in hers
        assert "A quiet number" not in his
        assert "60 %" in his

    def test_tells_of_the_week_what_one_sees_however_much_is_hidden(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, now: datetime
    ):
        """Thirty check-ins that nobody else may see take no place from the one that everyone may."""
        hidden = add_quiet_number(quick, cast, now)
        before = text(signed_in("ben").get(product(cast)))

        for number in range(30):
            acme.check_in(hidden, str(number), by=cast.ada, at=now - timedelta(minutes=30 - number))

        after = text(signed_in("ben").get(product(cast)))
        assert "checked in" in before and after.count("checked in") == before.count("checked in")

    def test_shows_a_check_in_at_once(self, signed_in: Browser, cast: Cast, quick: acme.Work, now: datetime):
        """What is kept of a page is thrown away when anything on it changes."""
        cleo = signed_in("cleo")
        before = text(cleo.get(product(cast)))

        acme.check_in(quick.key_result, "4", by=cast.ada, at=now)
        objectives.update(objective=quick.objective.id, changed={"title": "Quicker"}, by=cast.ada, at=now)
        after = text(cleo.get(product(cast)))

        assert "Repairs are quick</a>" in before
        assert "Quicker</a>" in after
        assert "100 %" in after
        assert "Repairs are quick</a>" not in after

    def test_sets_drafts_and_dropped_work_apart(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, quick: acme.Work, now: datetime
    ):
        """A draft and a cancelled objective are listed on their own and count nowhere."""
        acme.work("A draft", cycle=cycle, by=cast.ada, at=now, team=cast.product.id, is_active=False)
        gone = acme.work("Given up", cycle=cycle, by=cast.ada, at=now - 30 * DAY, team=cast.product.id)
        objectives.cancel(objective=gone.objective.id, reason="no budget", by=cast.ada, at=now)

        page = text(signed_in("cleo").get(product(cast)))

        assert page.index("Repairs are quick") < page.index(">Drafts<") < page.index("A draft")
        assert page.index(">Set aside<") < page.index("Given up")
        assert "1 of 1 reported" in page

    def test_marks_a_key_result_off_track_beside_its_objective(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, now: datetime
    ):
        """A bad number is not averaged out of sight."""
        definition = key_results.Definition(
            title="Calls", kind="increase", start=Decimal(0), target=Decimal(10)
        )
        one = key_results.add(
            objective=quick.objective.id, definition=definition, by=cast.ada, at=now - 9 * DAY
        )
        acme.check_in(one, "0", by=cast.ada, at=now - DAY)
        acme.check_in(quick.key_result, "4", by=cast.ada, at=now)

        assert "1 off track below" in text(signed_in("cleo").get(product(cast)))

    def test_offers_writing_to_those_who_may(self, signed_in: Browser, cast: Cast, quick: acme.Work):
        """The lead and members may draft here, the lead may edit the team, a guest neither."""
        pages = {who: text(signed_in(who).get(product(cast))) for who in ("ben", "cleo", "gus")}
        writing = f"objectives/new/?team={encode(cast.product.id)}"

        assert [writing in pages[who] for who in ("ben", "cleo", "gus")] == [True, True, False]
        assert ["Edit team" in pages[who] for who in ("ben", "cleo", "gus")] == [True, False, False]

    def test_teaches_where_there_is_nothing(self, signed_in: Browser, cast: Cast, cycle: Cycle):
        """A team without objectives says what one is, with a button for whoever may press it."""
        ben, gus = (text(signed_in(who).get(product(cast))) for who in ("ben", "gus"))

        assert "No objectives in Q4 yet" in ben
        assert "Write the first one" in ben
        assert "Write the first one" not in gus

    def test_opens_a_cycle_in_which_there_is_something(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime
    ):
        """A company that lives in years opens with the year; asked for the quarter, it shows the quarter."""
        year = acme.quarter(
            name="Year", by=cast.ada, at=now - 60 * DAY, today=acme.day_of(now), begun=200, left=165
        )
        acme.work("A good year", cycle=year, by=cast.ada, at=now - 60 * DAY)
        ada = signed_in("ada")

        assert "A good year" in text(ada.get("/w/acme/company/"))
        assert "A good year" not in text(ada.get(f"/w/acme/company/?cycle={cycle.key}"))

    def test_costs_what_it_cost(self, signed_in: Browser, cast: Cast, quick: acme.Work):
        """The number of statements is frozen."""
        assert count(signed_in("cleo"), product(cast)) == STATEMENTS["team"]


class TestJson:
    def test_says_what_the_page_says(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, quick: acme.Work, now: datetime
    ):
        """The JSON of a team holds its objectives with key results, links, members and summary."""
        above = acme.work("Riders stay", cycle=cycle, by=cast.ada, at=now - 30 * DAY)
        alignments.align(child=quick.objective.id, objective=above.objective.id, by=cast.ada, at=now)

        answer = signed_in("cleo").get(_json(cast))
        said = answer.json()

        assert answer.headers["Content-Type"] == "application/json"
        (one,) = said["objectives"]
        assert (one["title"], one["progress"], one["status"]) == ("Repairs are quick", 0.6, "on_track")
        assert one["serves"][0]["title"] == "Riders stay"
        assert one["key_results"][0]["value"] == "6"
        assert said["summary"]["counts"] == {"on_track": 1}
        assert {member["name"]: member["is_lead"] for member in said["members"]} == {
            "Ben Okri": True,
            "Cleo Wong": False,
        }

    def test_answers_304_until_something_changes(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, now: datetime
    ):
        """The same reader gets no second copy; after a check-in there is something new."""
        cleo = signed_in("cleo")
        tag = cleo.get(_json(cast)).headers["ETag"]

        again = cleo.get(_json(cast), headers={"If-None-Match": tag})
        acme.check_in(quick.key_result, "5", by=cast.ada, at=now)
        changed = cleo.get(_json(cast), headers={"If-None-Match": tag})

        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == tag
        assert changed.status_code == 200
        assert changed.json()["objectives"][0]["progress"] == 0.8

    def test_hides_what_may_not_be_seen(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, hidden: acme.Work
    ):
        """Neither the content nor the tag of one reader serves another."""
        hers, his = (signed_in(who).get(_json(cast)) for who in ("ada", "ben"))
        borrowed = signed_in("ben").get(_json(cast), headers={"If-None-Match": hers.headers["ETag"]})

        assert {one["title"] for one in hers.json()["objectives"]} == {"Repairs are quick", "A quiet plan"}
        assert "quiet" not in text(his)
        assert borrowed.status_code == 200
        assert hers.json()["summary"] == his.json()["summary"]

    def test_is_for_members_alone(self, signed_in: Browser, cast: Cast):
        """A stranger finds nothing."""
        assert signed_in("zed").get(_json(cast)).status_code == 404

    def test_costs_what_it_cost(self, signed_in: Browser, cast: Cast, quick: acme.Work):
        """Who asks, what is new: nothing else is read from the database, changed or not."""
        cleo = signed_in("cleo")
        tag = cleo.get(_json(cast)).headers["ETag"]

        assert count(cleo, _json(cast)) == STATEMENTS["team_json"]
        assert count(cleo, _json(cast), headers={"If-None-Match": tag}) == STATEMENTS["team_json"]

    def test_is_there_for_the_company(self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime):
        """What belongs to no team is the company's."""
        acme.work("Riders stay", cycle=cycle, by=cast.ada, at=now - 30 * DAY)

        said = signed_in("gus").get("/w/acme/company.json").json()

        assert said["team"] is None
        assert [one["title"] for one in said["objectives"]] == ["Riders stay"]


def _json(cast: Cast) -> str:
    return f"/w/acme/teams/{encode(cast.product.id)}.json"
