"""The overview: how everything stands on one page, the same for everyone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from milepost.actions import teams
from milepost.ledger import image
from milepost.models import Cycle, Workspace
from tests.cast import Cast
from tests.web import acme
from tests.web.statements import STATEMENTS, count

PAGE, DATA = "/w/acme/overview/", "/w/acme/overview.json"
DAY = timedelta(days=1)
Browser = Callable[..., Client]


@pytest.fixture
def cycle(cast: Cast, now: datetime) -> Cycle:
    return acme.quarter(by=cast.ada, at=now - 60 * DAY, today=acme.day_of(now))


@pytest.fixture
def quick(cast: Cast, cycle: Cycle, now: datetime) -> acme.Work:
    """Product's: 9 → 4 days, at 8 ten days ago and at 6 yesterday."""
    made = acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 50 * DAY, team=cast.product.id)
    acme.check_in(made.key_result, "8", by=cast.ada, at=now - 10 * DAY)
    acme.check_in(made.key_result, "6", by=cast.ada, at=now - DAY, confidence=6)
    return made


@pytest.fixture
def riders(cast: Cast, cycle: Cycle, now: datetime) -> acme.Work:
    """The company's own: at 8.5 three weeks ago, and its owner was nearly sure."""
    made = acme.work("Riders stay", cycle=cycle, by=cast.ada, at=now - 50 * DAY)
    acme.check_in(made.key_result, "8.5", by=cast.ada, at=now - 21 * DAY, confidence=9)
    return made


@pytest.fixture
def hidden(cast: Cast, cycle: Cycle, now: datetime) -> acme.Work:
    """What only Ada sees, fallen by much."""
    made = acme.work(
        "A quiet plan", cycle=cycle, by=cast.ada, at=now - 50 * DAY, team=cast.product.id, visibility="people"
    )
    acme.check_in(made.key_result, "4", by=cast.ada, at=now - 10 * DAY, confidence=9)
    acme.check_in(made.key_result, "9", by=cast.ada, at=now - DAY, confidence=9)
    return made


def named(lines: list[dict]) -> list[str]:
    return [line["title"] for line in lines]


@pytest.mark.both_databases
class TestFigures:
    def test_are_means_and_counts(self, signed_in: Browser, quick: acme.Work, riders: acme.Work):
        """60 % and 10 % make 35 %; 6 and 9 make 7.5 of 10; one of two is on time."""
        said = signed_in("cleo").get(DATA).json()

        assert said["key_results"] == 2
        assert said["progress"] == pytest.approx(0.35)
        assert said["confidence"] == 7.5
        assert (said["asked"], said["on_time"]) == (2, 1)

    def test_add_up_team_by_team(self, signed_in: Browser, quick: acme.Work, riders: acme.Work):
        """What is above all teams stands first, then each team with those below it."""
        teams = signed_in("cleo").get(DATA).json()["teams"]

        assert [(team["name"], team["key_results"]) for team in teams] == [("Acme", 1), ("Product", 1)]
        assert teams[1]["progress"] == pytest.approx(0.6)

    def test_of_a_team_hold_all_below_it(self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime):
        """A key result two levels down is in the figures of both teams above; each level adds its own."""
        above = cast.product.id
        for name in ("Repairs", "Wheels"):
            above = teams.create(name=name, parent=above, by=cast.ada, at=now).id
            acme.work(f"{name} last", cycle=cycle, by=cast.ada, at=now - 50 * DAY, team=above)

        found = signed_in("cleo").get(DATA).json()["teams"]

        assert [(team["name"], team["level"], team["key_results"]) for team in found] == [
            ("Product", 1, 2), ("Repairs", 2, 2), ("Wheels", 3, 1),
        ]  # fmt: skip

    def test_are_the_same_for_everyone(
        self, signed_in: Browser, quick: acme.Work, riders: acme.Work, hidden: acme.Work
    ):
        """What is restricted is in no figure and in no list, whoever asks; not even in the answer's tag."""
        hers, his = (signed_in(who).get(DATA) for who in ("ada", "ben"))

        assert hers.content == his.content
        assert hers.headers["ETag"] == his.headers["ETag"]
        assert b"quiet plan" not in hers.content
        assert b"quiet plan" not in signed_in("ada").get(PAGE).content

    def test_follow_each_check_in(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, riders: acme.Work, now: datetime
    ):
        """What is kept of the day, brought up to date, is what a fresh start makes."""
        cleo = signed_in("cleo")
        before = cleo.get(DATA).json()
        acme.check_in(riders.key_result, "5", by=cast.ada, at=now, confidence=3)

        after = cleo.get(DATA).json()
        image.forget()
        anew = cleo.get(DATA).json()

        assert after == anew
        assert (before["on_time"], after["on_time"]) == (1, 2)
        assert named(after["risen"]) == ["Riders stay, measured", "Repairs are quick, measured"]

    def test_are_those_of_a_past_day(self, signed_in: Browser, quick: acme.Work, now: datetime):
        """Five days ago the value of ten days ago stood."""
        then = acme.day_of(now) - 5 * DAY

        said = signed_in("cleo").get(f"{DATA}?on={then}").json()

        assert said["progress"] == pytest.approx(0.2)
        assert said["day"] == then.isoformat()


@pytest.mark.both_databases
class TestLists:
    def test_tell_what_moved_within_a_week(
        self, signed_in: Browser, cast: Cast, quick: acme.Work, riders: acme.Work, now: datetime
    ):
        """From 20 to 60 %; what stood still is in neither list, what went back is in the other."""
        acme.check_in(riders.key_result, "9", by=cast.ada, at=now - DAY)

        said = signed_in("cleo").get(DATA).json()

        assert named(said["risen"]) == ["Repairs are quick, measured"]
        assert said["risen"][0]["before"] == pytest.approx(0.2)
        assert named(said["fallen"]) == ["Riders stay, measured"]

    def test_tell_where_words_and_numbers_disagree(
        self, signed_in: Browser, quick: acme.Work, riders: acme.Work
    ):
        """Nine sure, and far behind."""
        said = signed_in("cleo").get(DATA).json()

        assert named(said["watermelons"]) == ["Riders stay, measured"]
        assert said["agreement"]["watermelon"] == 1

    def test_tell_who_is_silent(self, signed_in: Browser, quick: acme.Work, riders: acme.Work):
        """Three weeks without a word."""
        assert named(signed_in("cleo").get(DATA).json()["quiet"]) == ["Riders stay, measured"]


@pytest.mark.both_databases
class TestPage:
    def test_shows_figures_and_teams(self, signed_in: Browser, quick: acme.Work, riders: acme.Work):
        """35 %, and where Product stands."""
        page = signed_in("cleo").get(PAGE).content.decode()

        assert "35\u00a0%" in page
        assert "Product</a>" in page

    def test_says_what_it_will_be_good_for(self, signed_in: Browser):
        """An empty workspace is told what comes."""
        assert "Nothing to look over yet" in signed_in("cleo").get(PAGE).content.decode()

    def test_looks_back_where_there_was_nothing(self, signed_in: Browser, cycle: Cycle, now: datetime):
        """Without a single key result there are past days all the same, on every page that travels."""
        then = acme.day_of(now) - 5 * DAY

        for page in (PAGE, "/w/acme/alignment/", "/w/acme/map/"):
            assert signed_in("cleo").get(f"{page}?on={then}").status_code == 200
        assert signed_in("cleo").get("/w/acme/alignment/comparison/").status_code == 200

    def test_says_of_a_day_before_the_cycle_that_it_had_not_begun(
        self, signed_in: Browser, cast: Cast, now: datetime
    ):
        """Nothing stood yet in a cycle that was to come."""
        today = acme.day_of(now)
        Workspace.objects.filter(id=cast.acme.id).update(created_at=now - 60 * DAY)
        acme.quarter(by=cast.ada, at=now - 60 * DAY, today=today, begun=3)

        before, since = (
            signed_in("cleo").get(f"{PAGE}?on={today - days * DAY}").content.decode() for days in (5, 2)
        )

        assert "Q4 begins on" in before and "How Q4 stands" not in before
        assert "How Q4 stands" in since

    def test_refuses_a_day_to_come(self, signed_in: Browser, cycle: Cycle, now: datetime):
        """Nobody is shown today under the name of tomorrow."""
        answer = signed_in("cleo").get(f"{PAGE}?on={acme.day_of(now) + DAY}")

        assert answer.status_code == 422
        assert "has not come yet" in answer.content.decode()

    def test_is_for_members_alone(self, signed_in: Browser):
        """A stranger finds nothing."""
        assert signed_in("zed").get(PAGE).status_code == 404
        assert signed_in("zed").get(DATA).status_code == 404

    def test_costs_what_it_cost(self, signed_in: Browser, quick: acme.Work, riders: acme.Work):
        """Who asks, what is new: the rest comes from the image."""
        cleo = signed_in("cleo")

        assert count(cleo, PAGE) == STATEMENTS["overview"]
        assert count(cleo, DATA) == STATEMENTS["overview_json"]

    def test_answers_304_to_who_has_it(self, signed_in: Browser, quick: acme.Work):
        """The same is not sent twice."""
        cleo = signed_in("cleo")
        tag = cleo.get(DATA).headers["ETag"]

        assert cleo.get(DATA, headers={"If-None-Match": tag}).status_code == 304
