"""The sweep: all that is due, one after another, with and without htmx."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from milepost.actions import checkins, key_results
from milepost.actions.key_results import Definition
from milepost.core.ids import encode
from milepost.ledger import image
from milepost.models import Checkin, KeyResult
from tests.cast import Cast
from tests.web import acme
from tests.web.reading import text
from tests.web.statements import STATEMENTS, count

pytestmark = pytest.mark.both_databases

SWEEP = "/w/acme/sweep/"
HX = {"HTTP_HX_REQUEST": "true"}
DAY = timedelta(days=1)
TITLES = ("Repairs are quick", "Riders stay", "Nobody waits")


@pytest.fixture
def due(cast: Cast) -> list[KeyResult]:
    """Three key results of Cleo's whose check-in is due, the longest waiting first."""
    now = timezone.now()
    cycle = acme.quarter(by=cast.ada, at=now - 40 * DAY, today=acme.day_of(now))
    made = []
    for number, title in enumerate(TITLES):
        work = acme.work(
            title, cycle=cycle, by=cast.ada, at=now - 30 * DAY, owner=cast.cleo.person_id,
            measures=f"{title} indeed",
        )  # fmt: skip
        acme.check_in(
            work.key_result, "7", by=cast.cleo, at=now - (20 - number) * DAY, note=f"Note on {title}."
        )
        made.append(work.key_result)
    return made


def send(browser, one: KeyResult, *, done: str = "", skipped: str = "", **said):
    hx = said.pop("hx", {})
    return browser.post(SWEEP, {"key_result": encode(one.id), "done": done, "skipped": skipped, **said}, **hx)


def values(one: KeyResult) -> list[Decimal | None]:
    rows = Checkin.objects.of(one.workspace_id).filter(key_result=one).order_by("id")
    return list(rows.values_list("value", flat=True))


class TestShow:
    def test_asks_the_objectives_owner_where_a_key_result_has_none(self, signed_in, due, cast):
        """What nobody was named for is answered for by whoever owns the objective."""
        KeyResult.objects.of(cast.acme.id).update(owner=None)
        image.forget()

        assert due[0].title in text(signed_in("cleo").get(SWEEP))

    def test_begins_with_what_waits_longest(self, signed_in, due):
        """The first card: where one is, facts, the last notes; value and confidence as last time."""
        page = text(signed_in("cleo").get(SWEEP))

        assert f"<h1>{due[0].title}</h1>" in page and "1 of 3" in page and "About 30 seconds left" in page
        assert 'name="value"' in page and 'value="7"' in page and f"Note on {TITLES[0]}." in page
        assert '<input type="radio" name="confidence" value="5" checked>' in page

    def test_says_when_nothing_is_due(self, signed_in, due):
        """Nobody is asked for what is not theirs or not due."""
        assert "Nothing is due" in text(signed_in("ada").get(SWEEP))

    def test_keeps_the_draft_to_one_person(self, signed_in, cast, due):
        """What is typed and not sent is kept under the key result and the person."""
        page = text(signed_in("cleo").get(SWEEP))

        assert f'data-key="sweep-{encode(due[0].id)}-{encode(cast.cleo.person_id)}"' in page

    def test_ignores_nonsense_in_the_address(self, signed_in, due):
        """Made-up ids of what was done change nothing."""
        page = text(signed_in("cleo").get(SWEEP, {"done": "x,y,%00", "skipped": "0" * 13}))

        assert due[0].title in page

    def test_strangers_find_nothing(self, signed_in, client, due):
        """Another workspace's people get 404; nobody else's sweep can be looked at."""
        assert signed_in("zed").get(SWEEP).status_code == 404
        assert client.get(SWEEP).status_code == 302

    def test_costs_a_frozen_number_of_statements(self, signed_in, due):
        """Who asks, what changed, the notes."""
        assert count(signed_in("cleo"), SWEEP) == STATEMENTS["sweep"]


class TestNothing:
    def test_is_said_to_who_owns_nothing(self, signed_in, due):
        """Nothing of theirs is fresh, for nothing is theirs."""
        page = text(signed_in("gus").get("/w/acme/sweep/"))

        assert "No key result is yours to check in" in page and "fresh check-in" not in page


class TestCreate:
    def test_goes_on_without_javascript(self, signed_in, due):
        """Each save leads to a page with the next one; the last shows what moved."""
        browser = signed_in("cleo")
        keys = [encode(one.id) for one in due]

        first = send(browser, due[0], value="6", confidence="7")
        second = send(browser, due[1], done=keys[0], skip="1")
        third = send(browser, due[2], done=keys[0], skipped=keys[1], same="1", confidence="8")
        page = text(browser.get(third.headers["Location"]))

        assert first.status_code == 303 and "done=" in first.headers["Location"]
        assert due[1].title in text(browser.get(first.headers["Location"]))
        assert "skipped=" in second.headers["Location"]
        assert "2 recorded. You skipped 1; it waits" in page and "40 % → <b>60 %</b>" in page
        assert [values(one)[1:] for one in due] == [[6], [], [7]]

    def test_swaps_the_next_one_in(self, signed_in, due):
        """With htmx the answer is the next card and the place in the top bar, no page."""
        answer = text(send(signed_in("cleo"), due[0], value="6", hx=HX))

        assert due[1].title in answer and "<html" not in answer
        assert 'data-hx-target="#position"' in answer and "2 of 3" in answer

    def test_shows_what_is_wrong_on_the_same_card(self, signed_in, due):
        """A value that does not read keeps one where one is, with what was typed."""
        for hx in ({}, HX):
            answer = send(signed_in("cleo"), due[0], value="six", note="Hm", hx=hx)

            page = text(answer)
            assert answer.status_code == 422 and due[0].title in page and "1 of 3" in page
            assert 'value="six"' in page and "Hm" in page and "does not read as a number" in page
        assert values(due[0]) == [7]

    def test_counts_the_same_submission_once(self, signed_in, due):
        """A second press of the button records nothing more and still goes on."""
        browser = signed_in("cleo")

        answers = [send(browser, due[0], value="6", submission="s1", hx=HX) for _ in range(2)]

        assert values(due[0]) == [7, 6] and all(due[1].title in text(answer) for answer in answers)

    def test_takes_milestones_and_yes_or_no(self, signed_in, cast, due):
        """Kinds without a number have fields of their own."""
        now = timezone.now()
        made = [
            key_results.add(
                objective=due[0].objective_id, by=cast.ada, at=now,
                definition=Definition(kind, kind=kind, owner=cast.ben.person_id, **more),
            )
            for kind, more in (
                ("milestones", {"milestones": (("Plan", Decimal(1)), ("Build", Decimal(3)))}), ("binary", {})
            )
        ]  # fmt: skip
        browser = signed_in("ben")

        first = text(browser.get(SWEEP))
        second = text(send(browser, made[0], parts=["1", "0.5"], hx=HX))
        end = text(send(browser, made[1], done=encode(made[0].id), value="1", hx=HX))

        assert first.count('name="parts"') == 2 and "first check-in" in first and "No change" not in first
        assert 'type="radio" name="value"' in second
        assert "2 recorded" in end and "63 %" in end and "100 %" in end

    def test_records_silence(self, signed_in, due):
        """“There is no data” is an answer too."""
        send(signed_in("cleo"), due[0], value="7", no_data="1")

        assert values(due[0]) == [7, None]

    def test_is_not_for_what_one_may_not_check_in(self, signed_in, cast, due):
        """Someone else's key result is refused, one of another workspace is not there."""
        assert send(signed_in("gus"), due[0], value="6").status_code == 403
        assert send(signed_in("zed"), due[0], value="6").status_code == 404
        assert values(due[0]) == [7]

    def test_warns_after_weeks_of_doubt(self, signed_in, cast, due):
        """Three entries in a row below sure ask for one thing that would change it."""
        for days in (12, 9, 8):
            checkins.record(
                key_result=due[0].id,
                value=Decimal(7),
                confidence=4,
                by=cast.cleo,
                at=timezone.now() - days * DAY,
            )

        assert "weeks in doubt" in text(signed_in("cleo").get(SWEEP, {"skipped": _all_but(due, due[0])}))


def _all_but(due: list[KeyResult], one: KeyResult) -> str:
    return ",".join(encode(each.id) for each in due if each.id != one.id)
