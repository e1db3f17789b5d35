"""Writing by program: what a page can do, with the same rules; a request that comes twice counts once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core import mail
from django.test import Client

from milepost.core.ids import decode, encode
from milepost.models import Checkin, Event, Objective, Person, Submission, Workspace
from tests.cast import Cast
from tests.okrs import Okrs, latest

pytestmark = pytest.mark.both_databases


class TestARound:
    def test_goes_from_draft_to_grade(self, program, cast: Cast, okrs: Okrs):
        """Draft with key results, align, activate, check in, correct, close: all of it by program."""
        ben = program("ben", scope="write")
        drafted = ben.post(
            "/objectives",
            {
                "title": "Every bike leaves tested",
                "cycle": encode(okrs.cycle.id),
                "team": encode(cast.product.id),
                "owner": encode(cast.ben.person_id),
                "key_results": [
                    {"title": "Returns", "kind": "decrease", "start": 20, "target": "10", "unit": "bikes"},
                    {"title": "Check list", "kind": "milestones",
                     "milestones": [{"title": "Written"}, {"title": "Used", "weight": 3}]},
                ],
                "serves": {"objective": encode(okrs.company.id), "weight": "0.5"},
            },
        )  # fmt: skip
        there, (returns, listing) = drafted.headers["Location"], drafted.json()["key_results"]
        assert (drafted.status_code, drafted.json()["state"]) == (201, "draft")
        assert drafted.json()["serves"][0]["weight"] == "0.5"

        assert ben.post(f"{there}/activation").json()["state"] == "active"
        moved = ben.post(f"/key-results/{returns}/checkins", {"value": 15, "confidence": 6}).json()
        assert (moved["key_result"]["percent"], moved["ancestors"][0]["percent"]) == (
            "50\u00a0%",
            "25\u00a0%",
        )
        wrong = ben.post(f"/key-results/{listing}/checkins", {"parts": [1, 0], "on": "2026-01-05"}).json()
        ben.post(f"/checkins/{wrong['id']}/correction", {"parts": [1, 1]})
        assert ben.get(f"/checkins/{wrong['id']}").json()["state"] == "corrected"
        closed = ben.post(
            f"{there}/closing", {"values": [{"key_result": returns, "value": 10}], "learned": "Test first."}
        )

        assert (closed.json()["state"], closed.json()["grade"]) == ("closed", "1")
        told = Event.objects.of(cast.acme.id).filter(objective_id=decode(drafted.json()["id"]))
        assert {event.door for event in told} <= {"api", "worker"}

    def test_keeps_the_rules_of_the_page(self, program, okrs: Okrs):
        """What a person may not do, their program may not: the same refusals in the same words."""
        cleo = program("cleo", scope="write")

        answer = cleo.patch(f"/objectives/{encode(okrs.company.id)}", {"title": "Mine now"})

        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert Objective.objects.of(okrs.company.workspace_id).get(id=okrs.company.id).title != "Mine now"

    def test_never_writes_over_somebody_else(self, program, okrs: Okrs):
        """A change that names the revision it was made from is refused once there is a newer one."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.company.id)}"
        read = ada.get(there).json()["revision"]
        ada.patch(there, {"title": "Theirs", "revision": read})

        late = ada.patch(there, {"title": "Mine", "revision": read})

        assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")

    def test_refuses_plans_that_lead_nowhere(self, program, okrs: Okrs):
        """A plan of one's own lies within its time, in order: nothing is kept that cannot be drawn."""
        ada, there = program("ada"), f"/key-results/{encode(okrs.growth.id)}"

        for points in ([], [{"at": 2, "expect": 0}], [{"at": 0.5, "expect": 0}, {"at": 0.5, "expect": 1}]):
            answer = ada.patch(there, {"curve": "points", "points": points})
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "points")

        assert ada.get(there).json()["curve"] == "linear"

    def test_says_which_field_names_nothing(self, program, okrs: Okrs):
        """What a body names and is not there is a wrong field, not a missing address; nothing is drafted."""
        body = {"title": "New", "cycle": encode(okrs.cycle.id), "serves": {"objective": encode(2**61)}}

        answer = program("ada").post("/objectives", body)

        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "serves")
        assert not Objective.objects.of(okrs.company.workspace_id).filter(title="New").exists()

    def test_closes_with_its_own_values_alone(self, program, okrs: Okrs):
        """A final value for another objective's key result is refused, and nothing is closed."""
        ada = program("ada")

        answer = ada.post(
            f"/objectives/{encode(okrs.company.id)}/closing",
            {"values": [{"key_result": encode(okrs.waiting.id), "value": 1}]},
        )

        assert answer.json()["errors"][0]["field"] == "values.0.key_result"
        assert ada.get(f"/objectives/{encode(okrs.company.id)}").json()["state"] == "active"


class TestSteps:
    def test_that_lead_nowhere_are_answered_and_not_recorded(self, program, cast: Cast, okrs: Okrs):
        """The first time 201; what stands so already is told with 200, and no event tells of it."""
        ada, because = program("ada"), {"reason": "Enough."}
        waiting, cycle = f"/key-results/{encode(okrs.waiting.id)}", f"/cycles/{encode(okrs.cycle.id)}"
        asked = [
            (f"/objectives/{encode(okrs.helpful.id)}/activation", None, 200),
            (f"{waiting}/restoration", {}, 200),
            (f"{waiting}/cancellation", because, 201),
            (f"{waiting}/cancellation", because, 200),
            (f"{waiting}/restoration", {}, 201),
            (f"{waiting}/position", {"to": "down"}, 201),
            (f"{waiting}/position", {"to": "down"}, 200),
            (f"{cycle}/closing", None, 201),
            (f"{cycle}/closing", None, 200),
        ]

        for there, body, status in asked:
            before = Event.objects.of(cast.acme.id).count()
            answer = ada.post(there, body)
            assert (there, answer.status_code) == (there, status)
            assert "Idempotent-Replayed" not in answer.headers
            assert (Event.objects.of(cast.acme.id).count() > before) is (status == 201), there

    def test_that_are_none_from_there_are_refused(self, program, cast: Cast, okrs: Okrs):
        """An objective is not cancelled, parked or closed twice."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.helpful.id)}"
        other = f"/objectives/{encode(okrs.company.id)}"
        assert ada.post(f"{there}/cancellation", {"reason": "Enough."}).status_code == 201
        assert ada.post(f"{other}/closing", {"learned": "Ask."}).status_code == 201
        before = Event.objects.of(cast.acme.id).count()

        again = [
            ada.post(f"{there}/cancellation", {"reason": "Enough."}),
            ada.post(f"{there}/deferral", {"reason": "Enough."}),
            ada.post(f"{there}/parking", {"reason": "Enough."}),
            ada.post(f"{other}/closing", {"learned": "Ask."}),
            ada.post(f"{other}/activation"),
        ]

        assert {(one.status_code, one.json()["code"]) for one in again} == {(409, "illegal_transition")}
        assert Event.objects.of(cast.acme.id).count() == before


class TestNumbers:
    @pytest.mark.parametrize(
        ("written", "status"), [(7, 201), (7.0, 201), (7.5, 422), ("7", 422), (True, 422)]
    )
    def test_are_whole_however_they_are_written(self, program, okrs: Okrs, written, status: int):
        """To JSON 7.0 is a whole number as well; a text and a truth are none."""
        there = f"/key-results/{encode(okrs.growth.id)}/checkins"

        answer = program("ada").post(there, {"value": 44, "confidence": written})

        assert answer.status_code == status
        assert status == 422 or latest(okrs.growth).confidence == 7


class TestOnce:
    @pytest.mark.parametrize("said", [{}, {"confidence": 7, "note": "And the value?"}])
    def test_no_data_has_to_be_said(self, program, okrs: Okrs, said: dict):
        """A value that was forgotten is refused, for “no data” changes what counts; null says it."""
        ada, there = program("ada"), f"/key-results/{encode(okrs.growth.id)}/checkins"

        refused = ada.post(there, said)

        assert refused.status_code == 422
        assert refused.json()["code"] == "no_value"
        assert ada.post(there, {**said, "value": None}).status_code == 201

    def test_a_check_in_counts_once(self, program, okrs: Okrs):
        """Sent again with its key it is answered again, and the ledger has one entry."""
        ada, there = program("ada"), f"/key-results/{encode(okrs.growth.id)}/checkins"
        entries = Checkin.objects.of(okrs.company.workspace_id)
        before = entries.count()

        first = ada.post(there, {"value": 44}, Idempotency_Key="monday")
        again = ada.post(there, {"value": 44}, Idempotency_Key="monday")

        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["id"] == again.json()["id"]
        assert again.headers["Idempotent-Replayed"] == "true"
        assert entries.count() == before + 1

    def test_a_key_stands_for_what_was_said_however_it_is_written(self, program, okrs: Okrs):
        """Blanks, escapes and the order of names make no other request; text in place of a number does."""
        ada, there = program("ada"), f"/key-results/{encode(okrs.growth.id)}/checkins"
        bodies = [
            b'{"value": 44.5, "note": "Well"}',
            b'{"note":"W\\u0065ll",\n"value":44.50}',
            b'{"value": "44.5", "note": "Well"}',
        ]

        answers = [ada.post(there, body, Idempotency_Key="tuesday") for body in bodies]

        assert [answer.status_code for answer in answers] == [201, 200, 409]
        assert answers[0].json()["id"] == answers[1].json()["id"]

    @pytest.mark.parametrize("change", ["body", "address", "method"])
    def test_a_key_stands_for_one_request(self, program, okrs: Okrs, change: str):
        """The same key with something else is refused, and nothing is written."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.company.id)}/comments"
        ada.post(there, {"text": "Well said"}, Idempotency_Key="k")
        kept = Submission.objects.of(okrs.company.workspace_id).count()
        other = {
            "body": ("POST", there, {"text": "Not so well"}),
            "address": ("POST", f"/objectives/{encode(okrs.helpful.id)}/comments", {"text": "Well said"}),
            "method": ("PATCH", f"/objectives/{encode(okrs.company.id)}", {"title": "Well said"}),
        }[change]

        answer = ada.send(*other, Idempotency_Key="k")

        assert (answer.status_code, answer.json()["code"]) == (409, "submission_reused")
        assert Submission.objects.of(okrs.company.workspace_id).count() == kept

    def test_every_kind_of_request_is_done_once(self, program, cast: Cast, okrs: Okrs):
        """Changes, endings and steps too: the second answer tells what stands now, and no event is added."""
        ada = program("ada")
        one = encode(okrs.company.id)
        link = ada.get("/alignments").json()["items"][0]["id"]
        entry = ada.get("/checkins").json()["items"][0]["id"]
        seat = f"/teams/{encode(cast.product.id)}/members/{encode(cast.ada.person_id)}"
        requests = [
            ("PATCH", f"/objectives/{one}", {"title": "Anew"}),
            ("POST", f"/objectives/{one}/cancellation", {"reason": "So it is"}),
            ("POST", f"/objectives/{one}/redrafting", {"reason": "So it is not"}),
            ("PATCH", f"/alignments/{link}", {"how": "supports", "weight": 2}),
            ("POST", f"/checkins/{entry}/withdrawal", {}),
            ("PUT", seat, {"is_lead": True}),
            ("DELETE", seat, None),
            ("POST", "/people", {"name": "New", "email": "new@acme.example"}),
        ]  # fmt: skip

        for place, (method, path, body) in enumerate(requests):
            key = {"Idempotency_Key": f"key {place}"}
            first = ada.send(method, path, body, **key)
            events = Event.objects.of(cast.acme.id).count()
            again = ada.send(method, path, body, **key)
            assert first.status_code in (200, 201, 204), (path, first.content)
            assert again.status_code in (200, 204), (path, again.content)
            assert again.headers["Idempotent-Replayed"] == "true"
            assert Event.objects.of(cast.acme.id).count() == events, path

    def test_a_closing_is_done_once(self, program, okrs: Okrs):
        """Closing commits its final values first; sent again, neither they nor the grades are doubled."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.company.id)}/closing"
        body = {"values": [{"key_result": encode(okrs.growth.id), "value": 45}]}
        first = ada.post(there, body, Idempotency_Key="end")
        entries = Checkin.objects.of(okrs.company.workspace_id).count()

        again = ada.post(there, body, Idempotency_Key="end")

        assert (first.status_code, again.status_code) == (201, 200)
        assert Checkin.objects.of(okrs.company.workspace_id).count() == entries
        assert ada.post(there, body).status_code in (409, 422)

    def test_a_refused_request_keeps_no_key(self, program, okrs: Okrs):
        """What was refused can be put right and sent with the same key."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.company.id)}/comments"

        refused = ada.post(there, {"text": " "}, Idempotency_Key="k")
        mended = ada.post(there, {"text": "Well said"}, Idempotency_Key="k")

        assert (refused.status_code, mended.status_code) == (422, 201)

    def test_keys_are_one_s_own(self, program, okrs: Okrs):
        """Two people may use the same key."""
        there = f"/objectives/{encode(okrs.company.id)}/comments"

        answers = [program(who).post(there, {"text": who}, Idempotency_Key="k") for who in ("ada", "ben")]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json()["id"] != answers[1].json()["id"]

    @pytest.mark.parametrize("key", ["", "x" * 81, "a\tb", "é"])
    def test_a_key_is_short_and_plain(self, program, okrs: Okrs, key: str):
        """A key that cannot be kept is refused before anything is done."""
        answer = program("ada").post(
            f"/objectives/{encode(okrs.company.id)}/comments", {"text": "x"}, Idempotency_Key=key
        )

        assert (answer.status_code, answer.json()["code"]) == (400, "bad_idempotency_key")


class TestInvitations:
    def test_tell_the_link_once(self, program, cast: Cast):
        """The link opens the door; a repeated request does not tell it again, for it is kept nowhere."""
        ada = program("ada")
        person = ada.post("/people", {"name": "Dana", "email": "dana@acme.example"}).json()["id"]

        first = ada.post(f"/people/{person}/invitation", Idempotency_Key="i")
        again = ada.post(f"/people/{person}/invitation", Idempotency_Key="i")

        link = first.json()["link"]
        assert Client().get(link.removeprefix("http://testserver")).status_code == 200
        assert (again.json()["link"], again.status_code) == (None, 200)

    def test_go_by_mail_where_there_is_a_server(self, program, cast: Cast, settings):
        """With a mail server the link goes to the person alone."""
        settings.MILEPOST = replace(settings.MILEPOST, mail_host="mail.example")
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        ada = program("ada")
        person = ada.post("/people", {"name": "Dana", "email": "dana@acme.example"}).json()["id"]

        told = ada.post(f"/people/{person}/invitation").json()

        assert (told["is_mailed"], told["link"]) == (True, None)
        assert mail.outbox[0].to == ["dana@acme.example"]


class TestDemo:
    def test_opens_beside_the_workspace(self, program, cast: Cast):
        """It is a workspace of its own, which the asker owns; the same request again is not refused."""
        ada, key = program("ada"), {"Idempotency_Key": "one demo"}

        made, again = (ada.post("/workspace/demo", **key) for _ in range(2))

        assert (made.status_code, again.status_code) == (201, 200)
        assert again.json() == made.json()
        opened = Workspace.objects.get(slug=made.json()["slug"])
        mine = Person.objects.of(opened.id).filter(user__people__id=cast.ada.person_id)
        assert mine.values_list("role", flat=True).get() == "owner"
        assert Objective.objects.of(opened.id).exists()
        assert ada.get("/workspace").json()["slug"] == "acme"

    def test_opens_once(self, program, cast: Cast):
        """Where it is already, the second is refused as the page refuses it."""
        ada = program("ada")
        ada.post("/workspace/demo")

        refused = ada.post("/workspace/demo")

        assert (refused.status_code, refused.json()["code"]) == (409, "demo_exists")

    @pytest.mark.parametrize(("who", "more"), [("cleo", {}), ("ada", {"scope": "write"})])
    def test_is_for_admins(self, program, cast: Cast, who: str, more: dict):
        """Neither a colleague nor a token that may only write opens one."""
        before = Workspace.objects.count()

        assert program(who, **more).post("/workspace/demo").status_code == 403
        assert Workspace.objects.count() == before
