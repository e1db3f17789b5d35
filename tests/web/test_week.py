"""My week: what is due, what moved, what waits, and for whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from milepost.actions import comments
from milepost.core import addresses
from milepost.models import Checkin, Cycle, Person
from milepost.web.week import greeting
from tests.cast import Cast
from tests.web import acme
from tests.web.reading import text
from tests.web.statements import STATEMENTS, count

WEEK = "/w/acme/"
DAY = timedelta(days=1)
pytestmark = pytest.mark.both_databases
Browser = Callable[..., Client]


class TestShow:
    def test_is_for_members_alone(self, signed_in: Browser, client: Client):
        """A stranger finds nothing at the address; who is not signed in is asked to."""
        stranger = signed_in("zed").get(WEEK)
        nobody = client.get(WEEK)

        assert stranger.status_code == 404
        assert nobody.status_code == 302

    def test_teaches_where_there_is_nothing(self, signed_in: Browser):
        """In an empty workspace the page says what it will be, with one button and an example."""
        page = text(signed_in("ada").get(WEEK))

        assert "Here is where your week will stand" in page
        assert "Write the first objective" in page
        assert "An example" in page

    def test_offers_guests_nothing_they_may_not_do(self, signed_in: Browser):
        """A guest reads the same words without the button."""
        page = text(signed_in("gus").get(WEEK))

        assert "Here is where your week will stand" in page
        assert "Write the first objective" not in page

    def test_lets_what_is_due_be_checked_in(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime
    ):
        """A due key result is a real form with the last value in it, and saving it counts once."""
        one = acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 30 * DAY).key_result
        acme.check_in(one, "6.3", by=cast.ada, at=now - 8 * DAY, confidence=6)
        ada = signed_in("ada")
        there = addresses.checkins("acme", one.id)

        page = text(ada.get(WEEK))
        answers = [ada.post(there, _fields(page, there) | {"value": "5,9"}) for _ in range(2)]

        assert "one check-in is due, about 10 seconds" in page
        assert 'value="6.3"' in page
        assert [answer.headers["Location"] for answer in answers] == [WEEK, WEEK]
        entries = Checkin.objects.of(cast.acme.id).filter(key_result=one).order_by("id")
        assert [(str(entry.value), entry.confidence) for entry in entries] == [("6.3", 6), ("5.9", 6)]
        assert "All checked in" in text(ada.get(WEEK))

    def test_counts_again_when_one_was_saved_in_place(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime
    ):
        """The answer to a check-in brings the new counts for rail, heading and list."""
        for title in ("Repairs are quick", "Riders stay"):
            one = acme.work(title, cycle=cycle, by=cast.ada, at=now - 30 * DAY).key_result
        ada, hx = signed_in("ada"), {"HX-Request": "true"}

        first = text(ada.post(addresses.checkins("acme", one.id), {"value": "5"}, headers=hx))

        assert 'data-hx-target="#due-rail"' in first and '</span>1<span class="vh"> due' in first
        assert '<span id="due-words">one check-in is due, about 10 seconds</span>' in first
        assert '<span class="muted" id="due-count">1</span>' in first
        assert all(f'id="{id}"' in text(ada.get(WEEK)) for id in ("due-rail", "due-words", "due-count"))

    @pytest.mark.parametrize(
        ("hour", "zone", "wanted"),
        [
            (5, "UTC", "Good morning"), (12, "UTC", "Good afternoon"), (22, "UTC", "Good evening"),
            (23, "UTC", "Hello"), (4, "UTC", "Hello"), (1, "Asia/Tokyo", "Good morning"),
        ],
    )  # fmt: skip
    def test_greets_by_the_readers_clock(self, hour: int, zone: str, wanted: str):
        """The browser's zone says what time it is; at night a plain hello does."""
        at = datetime(2026, 11, 24, hour, 30, tzinfo=UTC)

        assert greeting(at, zone) == wanted

    def test_takes_the_zone_that_the_browser_named(self, signed_in: Browser, now: datetime):
        """A cookie names the zone; one that makes no sense is passed over."""
        ada = signed_in("ada")
        for zone in ("Asia%2FTokyo", "Mars/Base", "%00"):
            ada.cookies["zone"] = zone
            known = "Asia/Tokyo" if "Tokyo" in zone else "Europe/Prague"

            assert f"{greeting(now, known)}, Ada" in text(ada.get(WEEK))

    def test_asks_only_the_owner(self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime):
        """Somebody else's key result is not due for me."""
        acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 30 * DAY)

        assert "No key result is yours yet" in text(signed_in("cleo").get(WEEK))

    def test_costs_what_it_cost(self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime):
        """The number of statements is frozen."""
        one = acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 30 * DAY).key_result
        acme.check_in(one, "6", by=cast.ada, at=now - DAY)

        assert count(signed_in("cleo"), WEEK) == STATEMENTS["week"]


class TestMoved:
    def test_says_from_where_to_where_and_why(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime
    ):
        """What others checked in since the last look stands there with both shares, note and author."""
        one = acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 30 * DAY).key_result
        acme.check_in(one, "8", by=cast.ada, at=now - 6 * DAY)
        acme.check_in(one, "6", by=cast.ada, at=now - 2 * DAY, note="The second bench helps")
        acme.looked(cast.cleo, now - 4 * DAY)

        page = text(signed_in("cleo").get(WEEK))

        assert "20 % → <b>60 %</b>" in page
        assert "The second bench helps" in page
        assert 'aria-label="Ada Lovelace"' in page

    def test_leaves_out_what_i_did_and_what_i_saw(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime
    ):
        """Neither my own check-ins nor what came before my last look moved for me."""
        one = acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 30 * DAY).key_result
        acme.check_in(one, "8", by=cast.ada, at=now - 2 * DAY)
        acme.looked(cast.ada, now - 4 * DAY)
        acme.looked(cast.cleo, now - DAY)

        assert "Nothing moved" in text(signed_in("ada").get(WEEK))
        assert "Nothing moved" in text(signed_in("cleo").get(WEEK))

    @pytest.mark.parametrize("visibility", ["people", "private", "team"])
    def test_never_mentions_what_may_not_be_seen(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime, visibility: str
    ):
        """Restricted and personal work stays out of what moved, of what waits and of the page."""
        team = cast.product.id if visibility == "team" else None
        hidden = acme.work(
            "A quiet plan", cycle=cycle, by=cast.ada, at=now - 30 * DAY, visibility=visibility, team=team
        )
        acme.check_in(hidden.key_result, "6", by=cast.ada, at=now - DAY, note="@Gus look at this quiet plan")
        comments.add(objective=hidden.objective.id, text="@Gus the quiet plan", by=cast.ada, at=now - DAY)

        page = text(signed_in("gus").get(WEEK))

        assert "quiet plan" not in page.lower()

    def test_stays_for_the_session_and_goes_when_seen(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime
    ):
        """Looking is remembered, but the list stays until it is marked as seen or another session begins."""
        one = acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 30 * DAY).key_result
        acme.check_in(one, "8", by=cast.ada, at=now - DAY)
        cleo, later = signed_in("cleo"), signed_in("cleo")

        first = text(cleo.get(WEEK))
        beacon = cleo.post(f"{WEEK}looks/", headers={"HX-Request": "true"})
        again = text(cleo.get(WEEK))
        elsewhere = text(later.get(WEEK))
        seen = cleo.post(f"{WEEK}looks/", {"seen": "1"})
        after = text(cleo.get(WEEK))

        assert beacon.status_code == 204
        assert seen.status_code == 303
        assert [("Nothing moved" in page) for page in (first, again, elsewhere, after)] == [
            False,
            False,
            True,
            True,
        ]
        assert Person.objects.of(cast.acme.id).get(id=cast.cleo.person_id).looked_at >= now

    def test_believes_no_cookie_that_makes_no_sense(self, signed_in: Browser, now: datetime):
        """A forged or broken cookie is as good as none."""
        cleo = signed_in("cleo")
        today = acme.day_of(now).isoformat()

        for value in (
            "",
            "x",
            f"x_{today}",
            f"2999-01-01T00:00:00+00:00_{today}",
            f"2020-01-01T00:00:00_{today}",
        ):
            cleo.cookies["since-acme"] = value
            assert cleo.get(WEEK).status_code == 200


class TestWaiting:
    def test_names_drafts_ends_and_beginnings(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime
    ):
        """My drafts, what can begin and what is over wait for me, and for nobody else."""
        over = acme.quarter(
            name="Q3", by=cast.ada, at=now - 60 * DAY, today=acme.day_of(now), begun=130, left=-40
        )
        acme.work("A draft", cycle=cycle, by=cast.ada, at=now, is_active=False)
        acme.work("Long over", cycle=over, by=cast.ada, at=now - 70 * DAY)

        mine = text(signed_in("ada").get(WEEK))
        hers = text(signed_in("cleo").get(WEEK))

        assert "Activate a draft" in mine
        assert "“A draft” is ready to be agreed" in mine
        assert "Close an objective" in mine
        assert "Q3 ended 40 days ago" in mine
        assert "Activate a draft" not in hers
        assert "Close an objective" not in hers

    def test_names_who_mentioned_me_until_i_answer(
        self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime
    ):
        """@Cleo in a comment or in a note waits for Cleo, and an answer of hers ends it."""
        done = acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 30 * DAY)
        acme.check_in(done.key_result, "6", by=cast.ada, at=now - DAY, note="ask @Cleo Wong about paint")
        comments.add(objective=done.objective.id, text="@cleo, can you?", by=cast.ada, at=now - DAY)
        comments.add(objective=done.objective.id, text="not@cleo.example", by=cast.ada, at=now - DAY)

        before = text(signed_in("cleo").get(WEEK))
        others = text(signed_in("ben").get(WEEK))
        comments.add(objective=done.objective.id, text="I can.", by=cast.cleo, at=now)
        after = text(signed_in("cleo").get(WEEK))

        assert before.count("Ada Lovelace mentioned you") == 2
        assert "mentioned you" not in others
        assert "mentioned you" not in after


class TestObjectives:
    def test_are_counted_but_not_averaged(self, signed_in: Browser, cast: Cast, cycle: Cycle, now: datetime):
        """The cycle says how many stand well, without what is mine alone; a person has no score."""
        shared = acme.work("Repairs are quick", cycle=cycle, by=cast.ada, at=now - 30 * DAY)
        own = acme.work("I run ten miles", cycle=cycle, by=cast.ada, at=now - 30 * DAY, visibility="private")
        acme.check_in(shared.key_result, "6", by=cast.ada, at=now - DAY)
        acme.check_in(own.key_result, "9", by=cast.ada, at=now - DAY)

        page = text(signed_in("ada").get(WEEK))

        assert "I run ten miles" in page
        assert "seen by you alone" in page
        assert '<dt>Owned by you</dt><dd><span id="own-words">1 of 1 on track</span></dd>' in page
        assert "mean" not in page.partition("<main")[2]


def _fields(page: str, action: str) -> dict[str, str]:
    """Read the hidden fields of a form."""
    form = page[page.index(f'action="{action}"') :].partition("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}
