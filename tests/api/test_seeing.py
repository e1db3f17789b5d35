"""What pages show, by program: the same facts, sums and walls."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from milepost.actions import checkins, key_results, objectives
from milepost.core.ids import encode
from milepost.models import User
from milepost.queries.records.overviews import HOW, OverviewRecord
from tests.okrs import SECRET_TITLE

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)


def check_in(key_result, value: str, *, by, at) -> None:
    checkins.record(key_result=key_result.id, value=Decimal(value), confidence=8, by=by, at=at)


class TestOverview:
    def test_is_the_pages(self, program, okrs):
        """The page's own download and the answer to a program are the same bytes."""
        browser = Client()
        browser.force_login(User.objects.get(email="cleo@acme.example"))

        answer = program("cleo").get("/overview")

        assert answer.content == browser.get("/w/acme/overview.json").content
        assert answer.json()["key_results"] == 3
        assert SECRET_TITLE not in answer.content.decode()

    def test_says_how_each_figure_is_counted(self):
        """No figure is told that is not explained, and nothing is explained that is not told."""
        plain = {"day", "cycle", "time_gone", "is_whole", "how", "reported", "asked", "watermelons"}

        assert set(OverviewRecord.__slots__) - plain == HOW.keys()

    def test_tells_a_limited_token_of_its_team_alone(self, program, okrs, cast):
        """Neither a figure nor a team beyond it."""
        told = program("ada", scope="read", team=cast.product.id).get("/overview").json()

        assert (told["objectives"], told["key_results"]) == (1, 2)
        assert [team["name"] for team in told["teams"]] == ["Product"]
        assert told["agreement"]["agree"] <= 2

    def test_leaves_out_what_is_not_asked_for(self, program, okrs):
        """`fields` narrows what is encoded ahead, too, and refuses what is not there."""
        ada = program("ada")

        assert ada.get("/overview?fields=progress,cycle").json().keys() == {"cycle", "progress"}
        assert ada.get("/overview?fields=mood").status_code == 422

    def test_answers_304_until_something_moves(self, program, okrs, cast, now):
        """Who has it already is sent nothing; after a check-in there is something new."""
        cleo = program("cleo")
        tag = cleo.get("/overview").headers["ETag"]

        again = cleo.get("/overview", If_None_Match=tag)
        check_in(okrs.waiting, "5", by=cast.cleo, at=now)
        anew = cleo.get("/overview", If_None_Match=tag)

        assert (again.status_code, again.content, anew.status_code) == (304, b"", 200)

    def test_refuses_a_cycle_that_is_not_there(self, program, okrs, cast):
        """An id that names none is refused by name."""
        answer = program("ada").get(f"/overview?cycle={encode(cast.product.id)}")

        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "cycle"

    def test_lists_every_team_with_its_own(self, program, okrs):
        """The company first, then each team with how its own objectives stand."""
        told = program("cleo").get("/overview/teams").json()

        assert told["company"]["objectives"] == 1
        standing = {one["team"]["name"]: one["summary"]["key_results"] for one in told["teams"]}
        assert standing["Product"] == 2


class TestStanding:
    def test_follows_its_own_figures_alone(self, program, okrs, cast, now):
        """A check-in elsewhere changes nothing of it, one of its own does, and so does a new name."""
        cleo, path = program("cleo"), f"/teams/{encode(cast.product.id)}/standing"
        before = cleo.get(path)

        check_in(okrs.growth, "44", by=cast.ada, at=now)
        elsewhere = cleo.get(path)
        check_in(okrs.waiting, "5", by=cast.cleo, at=now)
        own = cleo.get(path)
        objectives.update(
            objective=okrs.helpful.id, changed={"title": "Help at once"}, reason="So.", by=cast.ben, at=now
        )
        renamed = cleo.get(path)

        assert elsewhere.headers["ETag"] == before.headers["ETag"]
        value = own.json()["objectives"][0]["key_results"][0]["value"]
        assert (before.json()["objectives"][0]["key_results"][0]["value"], value) == ("6.5", "5")
        assert renamed.json()["objectives"][0]["title"] == "Help at once"

    def test_is_one_readers_own(self, program, okrs):
        """What one may see and another may not is in one answer alone."""
        path = "/company/standing"

        ben, cleo = (program(who).get(path).content.decode() for who in ("ben", "cleo"))

        assert SECRET_TITLE in ben and SECRET_TITLE not in cleo

    def test_knows_past_days(self, program, okrs, cast, now):
        """It stands as it stood at the end of that day."""
        ada, path = program("ada"), f"/teams/{encode(cast.product.id)}/standing"
        check_in(okrs.waiting, "5", by=cast.cleo, at=now)

        then = ada.get(f"{path}?on={now.date() - DAY}").json()

        assert then["objectives"][0]["key_results"][0]["value"] == "6.5"


class TestRound:
    def test_shows_the_week(self, program, okrs, cast, now):
        """What is due, what others moved and what one works on."""
        check_in(okrs.growth, "44", by=cast.ada, at=now)

        told = program("ben").get("/me/week").json()

        assert [one["key_result"]["title"] for one in told["due"]] == [okrs.guides.title]
        assert okrs.growth.title in [one["title"] for one in told["moved"]]
        assert okrs.helpful.title in [one["title"] for one in told["objectives"]]

    def test_shows_what_moved_since_one_looked(self, program, okrs, cast, now):
        """A program says that its person has looked, as the page does, and asks what moved since then."""
        check_in(okrs.growth, "44", by=cast.ada, at=now)
        ben, reads = program("ben", scope="checkin"), program("ben", scope="read")

        before = ben.get("/me").json()["looked_at"]
        looked = ben.put("/me/look")
        since = ben.get("/me").json()["looked_at"]
        moved = ben.get(f"/me/week?since={quote(since)}").json()["moved"]

        assert (before, looked.status_code, moved) == (None, 204, [])
        assert since is not None
        assert reads.put("/me/look").status_code == 403

    def test_shows_the_sweep(self, program, okrs):
        """Each that is due comes with its objective and its plan, and with `fields` only what is wanted."""
        ben = program("ben")

        (one,) = ben.get("/me/sweep").json()["items"]
        (short,) = ben.get("/me/sweep?fields=trouble").json()["items"]

        assert (one["objective_title"], one["team_name"]) == (okrs.helpful.title, "Product")
        assert short.keys() == {"id", "trouble"}

    def test_shows_the_course_in_the_sweep(self, program, cast, okrs):
        """What is due comes with its check-ins, as the page draws them."""
        for days, value in ((30, "6"), (20, "12")):
            check_in(okrs.shares, value, by=cast.ada, at=timezone.now() - days * DAY)

        (one,) = program("ada").get("/me/sweep").json()["items"]

        assert [value for _, value in one["key_result"]["course"]] == [6, 12]


class TestClosing:
    def test_says_what_it_would_give(self, program, okrs):
        """The preview takes other final values, changes nothing, and refuses those of other objectives."""
        ben, path = program("ben"), f"/objectives/{encode(okrs.helpful.id)}/closing"
        ends = {"values": [{"key_result": encode(okrs.waiting.id), "value": 4}], "learned": "Ask sooner."}
        strange = {"values": [{"key_result": encode(okrs.growth.id), "value": 4}]}

        now, then = ben.get(path).json(), ben.post(f"{path}/preview", ends).json()

        assert (now["is_closed"], then["is_closed"]) == (False, False)
        assert then["key_results"][0]["grade"] == "1"
        assert now["key_results"][0]["value"] == "6.5" and then["key_results"][0]["value"] == "4"
        assert ben.post(f"{path}/preview", strange).json()["errors"][0]["field"] == "values.0.key_result"
        assert ben.get(path).json() == now

    def test_says_what_it_gave(self, program, okrs):
        """Of a closed objective the grades are told as they were stored, with what was learned."""
        ben, path = program("ben"), f"/objectives/{encode(okrs.helpful.id)}/closing"
        ben.post(path, {"learned": "Ask sooner."})

        told = ben.get(path).json()

        assert (told["is_closed"], told["learned"]) == (True, "Ask sooner.")
        assert told["grade"] == ben.get(f"/objectives/{encode(okrs.helpful.id)}").json()["grade"]


class TestHistory:
    def test_tells_who_changed_what_and_why(self, program, okrs, cast, now):
        """A target that became another stands with both, in the objective's history and its own."""
        key_results.update(
            key_result=okrs.growth.id,
            changed={"target": Decimal(80)}, reason="We can.", by=cast.ada, at=now,
        )  # fmt: skip
        cleo = program("cleo")

        for path in (f"/objectives/{encode(okrs.company.id)}", f"/key-results/{encode(okrs.growth.id)}"):
            latest = cleo.get(f"{path}/history").json()["items"][0]
            assert (latest["by_name"], latest["reason"]) == (cast.ada.name, "We can.")
            (difference,) = latest["differences"]
            assert (difference["what"], difference["after"]) == ("target", "80\N{NO-BREAK SPACE}%")

    def test_tells_what_came_later(self, program, okrs, cast, now):
        """A check-in for a day that was over is counted; the figure known now stands beside that of then."""
        cleo, day = program("cleo"), now.date() - DAY
        checkins.record(
            key_result=okrs.waiting.id, value=Decimal(4), effective_at=now - 2 * DAY, by=cast.cleo, at=now
        )

        whole = cleo.get(f"/tree/hindsight?on={day}").json()
        one = cleo.get(f"/objectives/{encode(okrs.helpful.id)}/hindsight?on={day}").json()
        other = cleo.get(f"/company/hindsight?on={day}").json()

        assert (whole["late"], one["late"], other["late"]) == (1, 1, 1)
        (moved,) = one["moved"]
        assert (moved["id"], moved["then"], moved["now"]) == (encode(okrs.helpful.id), 0.25, 0.5)
        assert [each["id"] for each in whole["moved"]] == [encode(okrs.company.id), encode(okrs.helpful.id)]
        assert [each["title"] for each in other["moved"]] == [okrs.company.title]


class TestMap:
    def test_holds_cards_and_what_joins_them(self, program, okrs):
        """Every card has its place; what may not be seen is in no card, no link and no number."""
        told = program("cleo").get("/map").json()

        titles = [card["title"] for card in told["cards"]]
        assert okrs.company.title in titles and SECRET_TITLE not in str(told)
        (link,) = [one for one in told["links"] if one["lower"] == encode(okrs.helpful.id)]
        assert (link["upper"], link["how"], link["weight"]) == (encode(okrs.company.id), "contributes", "2")
        assert all(card["place"]["x"] + card["place"]["width"] <= told["width"] for card in told["cards"])
        assert told["summary"]["key_results"] == 3

    def test_narrows(self, program, okrs, cast):
        """By team, by words, to a branch, on a past day; what is not on it is refused."""
        cleo = program("cleo")

        def titles(**asked: str) -> list[str]:
            query = "&".join(f"{name}={value}" for name, value in asked.items())
            return [card["title"] for card in cleo.get(f"/map?{query}").json()["cards"]]

        assert titles(branch=encode(okrs.helpful.id))[0] == okrs.helpful.title
        assert titles(words="nothing-has-this") == []
        assert okrs.helpful.title in titles(team=encode(cast.product.id))
        assert okrs.company.title in titles(on=f"{timezone.now().date() - DAY}")
        assert cleo.get(f"/map?branch={encode(okrs.secret.id)}").status_code == 422

    def test_is_narrower_for_a_limited_token(self, program, okrs, cast):
        """Its numbers are those of its team."""
        told = program("ada", scope="read", team=cast.product.id).get("/map").json()

        assert okrs.helpful.title in [one["title"] for one in told["not_aligned"]]
        assert okrs.company.title not in str(told)
        assert (told["summary"]["objectives"], told["summary"]["key_results"]) == (1, 2)


class TestMembers:
    def test_are_told_with_their_day(self, program, okrs, cast):
        """Leads first, and since when."""
        found = program("cleo").get(f"/teams/{encode(cast.product.id)}/members").json()["items"]

        assert [(one["name"], one["is_lead"]) for one in found] == [("Ben Okri", True), ("Cleo Wong", False)]

    def test_who_was_invited_is_told_until_when(self, program, okrs):
        """An invitation that is out has its end; nobody else has one."""
        ada = program("ada")
        new = ada.post("/people", {"name": "Dora", "email": "dora@acme.example"}).json()
        before = ada.get(f"/people/{new['id']}").json()["invited_until"]
        ada.post(f"/people/{new['id']}/invitation")

        after = ada.get(f"/people/{new['id']}").json()["invited_until"]

        assert before is None and after is not None
