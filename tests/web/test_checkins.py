"""Check-ins over HTTP: by form, by htmx, by JSON; once however often they are sent; corrected, withdrawn."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.utils import timezone

from milepost.actions import checkins, key_results, objectives
from milepost.actions.key_results import Definition
from milepost.core import addresses
from milepost.core.ids import encode
from milepost.models import Checkin, Event, KeyResult
from tests.okrs import latest
from tests.web import acme
from tests.web.statements import STATEMENTS, count

pytestmark = pytest.mark.both_databases

HX = {"HTTP_HX_REQUEST": "true"}
JSON = "application/json"


def url(one: KeyResult) -> str:
    return addresses.checkins("acme", one.id)


def entries(one: KeyResult) -> int:
    return Checkin.objects.of(one.workspace_id).filter(key_result=one).count()


def text(answer) -> str:
    return unescape(answer.content.decode()).replace("\u00a0", " ")


class TestForm:
    def test_records_and_goes_back(self, signed_in, okrs):
        """A plain form leads back to the key result, which says its new figures and those above."""
        browser = signed_in("cleo")
        said = {"value": "5.5 days", "unit": "days", "confidence": "7", "note": "Second bench works."}

        answer = browser.post(url(okrs.waiting), said, follow=True)

        entry = latest(okrs.waiting)
        assert answer.redirect_chain == [(addresses.key_result("acme", okrs.waiting.id), 303)]
        assert (entry.value, entry.confidence, entry.note) == (Decimal("5.5"), 7, "Second bench works.")
        assert "Cut the wait: 70 %. Nobody waits for an answer: 35 %." in text(answer)

    def test_goes_on_where_it_was_asked_from(self, signed_in, okrs):
        """`next` leads anywhere within the workspace, and nowhere else."""
        browser = signed_in("cleo")

        inside = browser.post(url(okrs.waiting), {"value": "5", "next": "/w/acme/teams/"})
        outside = [
            browser.post(url(okrs.waiting), {"value": "5", "next": there}).headers["Location"]
            for there in (
                "https://evil.example/",
                "//evil.example/",
                "/w/acme/../../x",
                "/w/zenith/",
                "/w/acme/\\x",
            )
        ]

        assert inside.headers["Location"] == "/w/acme/teams/"
        assert not any("evil" in there or "zenith" in there or "\\" in there for there in outside)

    def test_says_what_is_wrong_and_keeps_what_was_typed(self, signed_in, okrs):
        """A value that does not read comes back beside its field, with all that was typed."""
        before = entries(okrs.waiting)

        answer = signed_in("cleo").post(url(okrs.waiting), {"value": "about six", "note": "Hard to say"})

        page = text(answer)
        assert answer.status_code == 422 and "“about six” does not read as a number" in page
        assert 'value="about six"' in page and "Hard to say" in page and "data-refused" in page
        assert entries(okrs.waiting) == before

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"value": ""}, "There is no value yet"),
            ({"value": "5", "confidence": "11"}, "Confidence is a number from 1 to 10"),
            ({"value": "5", "confidence": "high"}, "Confidence is a number from 1 to 10"),
            ({"value": "5", "on": "yesterday"}, "is no date"),
            ({"value": "5", "on": "2999-01-01"}, "future"),
            ({"value": "5", "submission": "x" * 200}, "idempotency key"),
            ({"value": "40 %", "unit": "days"}, "is a share"),
            ({"value": "5", "note": "Two\u202e benches"}, "Take it out after “Two”"),
            ({"value": "5", "note": "\x00"}, "the control character U+0000"),
        ],
    )
    def test_refuses_nonsense(self, signed_in, okrs, said, field):
        """What cannot be a check-in is refused with a sentence about it."""
        answer = signed_in("cleo").post(url(okrs.waiting), said)

        assert answer.status_code == 422 and field in text(answer)

    def test_keeps_the_last_value(self, signed_in, okrs):
        """“No change” records the last value anew; where there is none, it says so."""
        cleo, ben = signed_in("cleo"), signed_in("ben")

        cleo.post(url(okrs.waiting), {"same": "1", "confidence": "6"})
        refused = ben.post(url(okrs.guides), {"same": "1"})

        assert (latest(okrs.waiting).value, latest(okrs.waiting).confidence) == (Decimal("6.5"), 6)
        assert refused.status_code == 422 and "no earlier value" in text(refused)

    def test_takes_milestones_apart(self, signed_in, okrs):
        """Each milestone has a share of its own; the weights do the rest."""
        answer = signed_in("ben").post(url(okrs.guides), {"parts": ["1", "0.25"]}, follow=True)

        assert latest(okrs.guides).parts == ["1", "0.25"] and "Write the guides: 50 %" in text(answer)

    def test_says_no_data(self, signed_in, okrs):
        """Silence can be said aloud: no value, and the key result says so."""
        answer = signed_in("cleo").post(url(okrs.waiting), {"value": "6", "no_data": "1"}, follow=True)

        assert latest(okrs.waiting).value is None and "Cut the wait: no data" in text(answer)

    def test_can_be_for_another_day(self, signed_in, cast, okrs):
        """A day in the past means noon of that day; one outside the window brings a warning."""
        day = (timezone.now() - timedelta(days=20)).date()
        long_ago = (timezone.now() - timedelta(days=200)).date()
        browser = signed_in("cleo")

        browser.post(url(okrs.waiting), {"value": "8", "on": day.isoformat()})
        within = latest(okrs.waiting).effective_at
        answer = browser.post(url(okrs.waiting), {"value": "9", "on": long_ago.isoformat()}, follow=True)

        assert within.date() == day and within.hour in (10, 11)  # noon in Prague
        assert "outside the key result's window" in text(answer)

    def test_asks_about_a_day_before_the_window(self, signed_in, okrs):
        """The form asks, keeping all that was said, and records nothing until it is meant."""
        said = {"value": "9", "on": "2019-01-01", "note": "As it was.", "submission": "abc"}
        browser, before = signed_in("cleo"), entries(okrs.waiting)

        asked = browser.post(url(okrs.waiting), said)
        between = entries(okrs.waiting)
        meant = browser.post(url(okrs.waiting), said | {"early": "1"}, follow=True)

        assert asked.status_code == 409 and between == before
        assert "1 Jan 2019" in text(asked) and 'name="note" value="As it was."' in text(asked)
        assert entries(okrs.waiting) == before + 1
        assert "1 earlier check-in not drawn" in text(meant)

    def test_asks_about_a_value_far_outside(self, signed_in, okrs):
        """What is likely a slip is shown as it was read and recorded only when it is sent once more."""
        said = {"value": "1,000,000", "submission": "abc"}
        browser, before = signed_in("cleo"), entries(okrs.waiting)

        asked = browser.post(url(okrs.waiting), said)
        other = browser.post(url(okrs.waiting), said | {"value": "2,000,000", "sure": "1000000"})
        between = entries(okrs.waiting)
        meant = browser.post(url(okrs.waiting), said | {"sure": "1000000"}, follow=True)

        assert asked.status_code == other.status_code == 422 and between == before
        assert "“1,000,000” reads as 1,000,000 days, far outside 9 → 4" in text(asked)
        assert 'name="sure" value="1000000"' in text(asked) and 'name="sure" value="2000000"' in text(other)
        assert entries(okrs.waiting) == before + 1 and "Its value lies far outside" in text(meant)

    @pytest.mark.parametrize(
        ("kind", "odd", "usual"),
        [
            ("maintain_above", ("995", "9.95"), ("100", "0", "50")),
            ("maintain_below", ("995",), ("9.95", "0", "300")),
        ],
    )
    def test_asks_about_ten_times_what_is_kept(self, signed_in, cast, okrs, kind, odd, usual):
        """A point in the wrong place is likely there too; of what stays below, little is just right."""
        kept = Definition("Uptime", kind=kind, target=Decimal("99.5"), owner=cast.cleo.person_id)
        by = {"by": cast.ben, "at": timezone.now()}
        one = key_results.add(objective=okrs.helpful.id, definition=kept, **by)
        browser = signed_in("cleo")

        asked = [browser.post(url(one), {"value": value, "submission": value}) for value in odd]
        taken = [browser.post(url(one), {"value": value, "submission": value}) for value in usual]

        assert {answer.status_code for answer in asked} == {422}
        assert "“995” reads as 995, far from 99.5." in text(asked[0])
        assert {answer.status_code for answer in taken} == {303}

    @pytest.mark.parametrize(
        ("low", "high", "odd", "usual"),
        [
            ("20", "22", ("215", "2.1"), ("19", "45", "0")),
            ("0", "100", ("1000",), ("0", "1", "300")),
            ("-2", "2", ("90",), ("-9", "20")),
        ],
    )
    def test_asks_about_a_value_far_outside_its_range(self, signed_in, cast, okrs, low, high, odd, usual):
        """A range is kept to as well: what is likely a slip there is asked about, and programs are warned."""
        kept = Definition(
            "Warmth", kind="range", low=Decimal(low), high=Decimal(high), owner=cast.cleo.person_id
        )
        one = key_results.add(objective=okrs.helpful.id, definition=kept, by=cast.ben, at=timezone.now())
        browser = signed_in("cleo")

        asked = [browser.post(url(one), {"value": value, "submission": value}) for value in odd]
        taken = [browser.post(url(one), {"value": value, "submission": value}) for value in usual]
        told = browser.post(url(one), json.dumps({"value": odd[0]}), content_type=JSON)

        assert {answer.status_code for answer in asked} == {422}
        assert f"far outside {low.replace('-', '−')} to {high}." in text(asked[0])
        assert {answer.status_code for answer in taken} == {303}
        assert "far outside the range that it keeps to" in told.json()["warning"]

    def test_asks_on_my_week_and_in_a_correction(self, signed_in, okrs):
        """In a row of my week the field comes back with the question; the correction's page asks as well."""
        browser, said = signed_in("cleo"), {"value": "900", "submission": "abc"}

        row = browser.post(url(okrs.waiting), said, headers={"HX-Request": "true"})
        correction = browser.post(f"/w/acme/checkins/{encode(latest(okrs.waiting).id)}/edit/", said)

        assert row.status_code == correction.status_code == 422
        assert 'name="sure" value="900"' in text(row) and 'name="sure" value="900"' in text(correction)

    def test_programs_are_warned_instead(self, signed_in, okrs):
        """A program's value is recorded, and its answer says what is odd."""
        answer = signed_in("cleo").post(url(okrs.waiting), json.dumps({"value": 900}), content_type=JSON)

        assert answer.status_code == 201 and "far outside" in answer.json()["warning"]

    def test_says_how_a_number_was_read(self, signed_in, okrs):
        """A comma can be two things, so the message says which it was."""
        comma = signed_in("cleo").post(url(okrs.waiting), {"value": "5,5"}, follow=True)
        point = signed_in("cleo").post(url(okrs.waiting), {"value": "5.4"}, follow=True)

        assert "“5,5” reads as 5.5." in text(comma) and "reads as" not in text(point)


class TestOnce:
    @pytest.mark.parametrize("how", ["form", "header"])
    def test_the_same_submission_counts_once(self, signed_in, okrs, how):
        """Sent twice, by a double click or by a program that heard no answer, it is recorded once."""
        browser, before = signed_in("cleo"), entries(okrs.waiting)
        for value in ("5", "4"):
            if how == "form":
                answer = browser.post(url(okrs.waiting), {"value": value, "submission": "abc"})
            else:
                answer = browser.post(
                    url(okrs.waiting), json.dumps({"value": value}), content_type=JSON,
                    headers={"Idempotency-Key": "abc"},
                )  # fmt: skip

        assert entries(okrs.waiting) == before + 1 and latest(okrs.waiting).value == 5
        assert answer.status_code == (303 if how == "form" else 200)
        assert Event.objects.of(okrs.waiting.workspace_id).filter(
            kind="checkin.recorded", subject_id=latest(okrs.waiting).id
        ).count() == 1  # fmt: skip

    def test_a_key_is_for_one_key_result(self, signed_in, okrs):
        """With the key of another check-in nothing is recorded, and nothing is claimed to have been."""
        ada, before = signed_in("ada"), entries(okrs.waiting)
        ada.post(url(okrs.growth), {"value": "45", "submission": "abc"})

        answer = ada.post(url(okrs.waiting), {"value": "5", "submission": "abc"})

        assert answer.status_code == 409 and "mark of another form" in text(answer)
        assert entries(okrs.waiting) == before

    SAID = {"value": "5", "confidence": "7", "note": "Second bench works."}

    def test_the_way_back_is_asked_about(self, signed_in, okrs):
        """A page made anew has a new mark: what says the same again is shown beside the first, not added."""
        browser, before = signed_in("cleo"), entries(okrs.waiting)
        browser.post(url(okrs.waiting), self.SAID | {"submission": "one"})

        again = browser.post(url(okrs.waiting), self.SAID | {"submission": "two"})
        bare = browser.post(url(okrs.waiting), self.SAID | {"submission": "three", "note": ""})

        page = text(again)
        assert (again.status_code, bare.status_code) == (409, 409)
        assert "You recorded this already" in page and "5 days" in page and "Second bench works." in page
        assert f"/checkins/{encode(latest(okrs.waiting).id)}/edit/" in page
        assert entries(okrs.waiting) == before + 1

    def test_a_second_one_that_is_meant_is_recorded(self, signed_in, okrs):
        """Pressing “once more” records it, with everything that was typed."""
        browser, before = signed_in("cleo"), entries(okrs.waiting)
        browser.post(url(okrs.waiting), self.SAID | {"submission": "one"})
        page = text(browser.post(url(okrs.waiting), self.SAID | {"submission": "two"}))

        kept = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
        kept.pop("csrfmiddlewaretoken", None)
        answer = browser.post(url(okrs.waiting), kept | {"once_more": "1"})

        assert answer.status_code == 303 and entries(okrs.waiting) == before + 2
        assert (latest(okrs.waiting).confidence, latest(okrs.waiting).note) == (7, "Second bench works.")

    @pytest.mark.parametrize(
        "change",
        [
            {"value": "4.9"},
            {"confidence": "8"},
            {"note": "Third bench works."},
            {"on": (timezone.now() - timedelta(days=3)).date().isoformat()},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_whatever_says_something_new_is_recorded(self, signed_in, okrs, change):
        """Another value, another confidence, another note, another day: a second check-in is never lost."""
        browser, before = signed_in("cleo"), entries(okrs.waiting)
        browser.post(url(okrs.waiting), self.SAID | {"submission": "one"})

        answer = browser.post(url(okrs.waiting), self.SAID | {"submission": "two"} | change)

        assert answer.status_code == 303 and entries(okrs.waiting) == before + 2

    def test_somebody_else_may_say_the_same(self, signed_in, okrs):
        """Two people who found the same number have checked in twice."""
        before = entries(okrs.waiting)

        for who in ("cleo", "ben"):
            signed_in(who).post(url(okrs.waiting), self.SAID | {"submission": who})

        assert entries(okrs.waiting) == before + 2

    def test_two_people_may_use_the_same_key(self, signed_in, okrs):
        """A key belongs to whoever sent it."""
        before = entries(okrs.waiting)

        for who in ("cleo", "ben"):
            signed_in(who).post(url(okrs.waiting), {"value": "5", "submission": "abc"})

        assert entries(okrs.waiting) == before + 2


class TestHtmx:
    def test_answers_with_the_parts_that_changed(self, signed_in, okrs):
        """The key result's row and a message with what moved above; never a whole page."""
        browser = signed_in("cleo")
        browser.get("/w/acme/alignment/")

        answer = text(browser.post(url(okrs.waiting), {"value": "4"}, **HX))

        assert f'data-hx-target="#kr-{encode(okrs.waiting.id)}"' in answer and "<html" not in answer
        assert "Cut the wait: 100 % · Nobody waits for an answer 25 % → 50 %" in answer

    def test_brings_what_stands_beside_up_to_date(self, signed_in, cast, okrs):
        """On my week the bars of one's objectives, and how many are on track, follow the check-in."""
        ben = signed_in("ben")
        before = text(ben.get("/w/acme/"))

        answer = text(ben.post(url(okrs.waiting), {"value": "4"}, **HX))

        own = answer.split('data-hx-target="#own-list"')[1].split("</hx-partial>")[0]
        assert 'data-hx-target="#own-words"' in answer and 'id="own-words">0 of 1 on track<' in before
        assert "25 %" in before.split('id="own-list"')[1] and "50 %" in own

    def test_says_refusals_in_a_message(self, signed_in, okrs):
        """A refusal is a part too; so is the field that it is about, with what was typed in it."""
        answer = signed_in("cleo").post(url(okrs.waiting), {"value": "x"}, **HX)

        page = text(answer)
        assert answer.status_code == 422 and 'data-hx-target="#toasts"' in page
        assert f'data-hx-target="#in-{encode(okrs.waiting.id)}"' in page
        assert 'value="x"' in page and 'aria-invalid="true"' in page
        assert page.count("“x” does not read as a number") == 2


class TestJson:
    def post(self, browser, one, body, **more):
        answer = browser.post(
            url(one), body if isinstance(body, str) else json.dumps(body), content_type=JSON, **more
        )
        return answer.status_code, json.loads(answer.content)

    def test_answers_with_what_moved(self, signed_in, okrs):
        """The entry, the key result and everything above it, nearest first, before and now."""
        browser = signed_in("cleo")
        browser.get("/w/acme/alignment/")

        status, said = self.post(browser, okrs.waiting, {"value": 4, "confidence": 9, "note": "There."})

        assert status == 201 and said["key_result"]["progress"] == 1
        above = [(one["title"], one["before"], one["percent"]) for one in said["ancestors"]]
        assert [[text.replace("\u00a0", " ") for text in one] for one in above] == [
            ["Nobody waits for an answer", "25 %", "50 %"],
            ["Riders choose us twice", "33 %", "50 %"],
        ]

    def test_keeps_numbers_exact(self, signed_in, okrs):
        """A number may come as text, with all its digits."""
        self.post(signed_in("cleo"), okrs.waiting, {"value": "5.123456789012"})

        assert latest(okrs.waiting).value == Decimal("5.123456789012")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ("{", None), ([], None), ({"valeu": 5}, None), ({"value": [5]}, "value"),
            ({"value": "five"}, "value"),
            ({"value": 5, "confidence": "7"}, "confidence"), ({"value": 5, "confidence": True}, "confidence"),
            ({"value": 5, "on": 3}, "note"), ({"parts": "x"}, "parts"), ({"value": True}, None),
        ],
    )  # fmt: skip
    def test_says_what_is_wrong_as_json(self, signed_in, okrs, body, field):
        """A refusal has a code, words, and the field; a program never gets a page."""
        status, said = self.post(signed_in("cleo"), okrs.waiting, body)

        if body == {"value": True}:
            assert status == 201  # one is a number like another, for a key result that counts
        else:
            assert status == 422 and said["code"] and said["detail"]
            assert field is None or said["errors"][0]["field"] == field


class TestWhoMay:
    @pytest.mark.parametrize(
        ("who", "status"), [("ada", 303), ("ben", 303), ("cleo", 303), ("gus", 403), ("zed", 404)]
    )
    def test_check_in(self, signed_in, okrs, who, status):
        """Its owner, its objective's owner, the team's lead, admins; guests only what they own."""
        assert signed_in(who).post(url(okrs.waiting), {"value": "5"}).status_code == status

    def test_restricted_work_is_not_there(self, signed_in, okrs):
        """Whoever may not see a key result gets the same answer as for one that does not exist."""
        assert signed_in("cleo").post(url(okrs.shares), {"value": "5"}).status_code == 404

    def test_looking_leads_to_the_key_result(self, signed_in, client, okrs):
        """The address of the check-ins, opened, is the key result's page; strangers sign in first."""
        answer = signed_in("cleo").get(url(okrs.waiting))

        assert answer.headers["Location"] == addresses.key_result("acme", okrs.waiting.id)
        assert client.post(url(okrs.waiting), {"value": "5"}).status_code == 302
        assert signed_in("cleo").put(url(okrs.waiting)).status_code == 405

    def test_needs_the_forms_token(self, signed_in, okrs):
        """A form of another site cannot check in."""
        answer = signed_in("cleo", enforce_csrf_checks=True).post(url(okrs.waiting), {"value": "5"})

        assert answer.status_code == 403 and entries(okrs.waiting) == 1

    def test_closed_work_takes_none(self, signed_in, cast, okrs):
        """What was cancelled says that it takes no check-ins."""
        objectives.cancel(objective=okrs.helpful.id, reason="Enough.", by=cast.ben, at=timezone.now())

        answer = signed_in("cleo").post(url(okrs.waiting), {"value": "5"})

        assert answer.status_code == 409 and "takes no check-ins" in text(answer)


class TestCorrection:
    def edit_url(self, entry: Checkin) -> str:
        return f"/w/acme/checkins/{encode(entry.id)}/edit/"

    def test_begins_with_what_was_said(self, signed_in, okrs):
        """The form shows value, confidence, note and day of the entry."""
        entry = latest(okrs.waiting)

        page = text(signed_in("cleo").get(self.edit_url(entry)))

        assert 'value="6.5"' in page and "Paint booth is the queue." in page
        assert acme.day_of(entry.effective_at).isoformat() in page

    def test_is_a_new_entry_that_names_the_old_one(self, signed_in, okrs):
        """Both stay; the new one counts; one may come from the sweep and go back to it."""
        entry = latest(okrs.waiting)
        said = {
            "value": "6",
            "unit": "days",
            "confidence": "5",
            "on": acme.day_of(entry.effective_at).isoformat(),
        }

        answer = signed_in("cleo").post(self.edit_url(entry), {**said, "next": "/w/acme/sweep/"})

        new = latest(okrs.waiting)
        assert answer.headers["Location"] == "/w/acme/sweep/"
        assert (new.corrects_id, new.value, entries(okrs.waiting)) == (entry.id, 6, 2)

    def test_shows_what_is_wrong(self, signed_in, okrs):
        """What was typed stays, with a sentence beside the field."""
        answer = signed_in("cleo").post(self.edit_url(latest(okrs.waiting)), {"value": "six"})

        assert answer.status_code == 422 and 'value="six"' in text(answer)

    def test_speaks_of_the_day_of_the_entry(self, signed_in, okrs):
        """Value, progress and plan are those of the day that the entry is for, not of today."""
        browser, day = signed_in("cleo"), (timezone.now() - timedelta(days=28)).date()
        browser.post(url(okrs.waiting), {"value": "8", "on": day.isoformat()})
        old = latest(okrs.waiting)
        browser.post(url(okrs.waiting), {"value": "5"})

        page = text(browser.get(self.edit_url(old)))

        assert "plan then" in page and "plan today" not in page
        assert ">20 %</b>" in page and re.search(rf"On {day.day} \w+( {day.year})?</label>", page)

    def test_withdraws(self, signed_in, okrs):
        """What was said by mistake counts no more."""
        entry = latest(okrs.waiting)

        signed_in("cleo").post(f"/w/acme/checkins/{encode(entry.id)}/withdrawal/")
        page = text(signed_in("ada").get(addresses.key_result("acme", okrs.waiting.id)))

        assert latest(okrs.waiting).is_withdrawn and "No data" in page

    def test_happens_once(self, signed_in, okrs):
        """An entry that was corrected is corrected by its newer one."""
        entry, browser = latest(okrs.waiting), signed_in("cleo")
        browser.post(self.edit_url(entry), {"value": "6"})

        answer = browser.post(self.edit_url(entry), {"value": "5"})

        assert answer.status_code == 409 and "Correct the newer one" in text(answer)

    @pytest.mark.parametrize(("who", "status"), [("gus", 403), ("zed", 404)])
    def test_is_not_for_others(self, signed_in, okrs, who, status):
        """Guests do not correct what is not theirs; strangers find nothing."""
        assert signed_in(who).post(self.edit_url(latest(okrs.waiting)), {"value": "5"}).status_code == status

    def test_restricted_entries_are_not_there(self, signed_in, cast, okrs):
        """An entry of restricted work is nowhere for those who may not see it."""
        checkins.record(key_result=okrs.shares.id, value=Decimal(5), by=cast.ada, at=timezone.now())

        assert signed_in("cleo").get(self.edit_url(latest(okrs.shares))).status_code == 404

    def test_costs_a_frozen_number_of_statements(self, signed_in, okrs):
        """The page of a correction, and one check-in."""
        assert count(signed_in("cleo"), self.edit_url(latest(okrs.waiting))) == STATEMENTS["edit_checkin"]
