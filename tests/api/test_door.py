"""What holds for every request of a program: who is let in, what is refused, and how it is told."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from milepost.actions import people, tokens, workspaces
from milepost.api import faults, limits, reference
from milepost.api.document import document
from milepost.api.routers import api
from milepost.config.table import completed
from milepost.core import workload
from milepost.core.ids import encode
from milepost.models import Token
from tests.api.programs import Program

pytestmark = pytest.mark.both_databases
GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
PROBLEM = "application/problem+json"
FIELDS = {"type", "title", "status", "detail", "code", "remedy", "errors"}

# The faults that pydantic finds in a field, by the kind of the field, and by how it is bounded.
FOUND_IN = {
    "model": {"model_type", "model_attributes_type"},
    "model-fields": {"missing", "extra_forbidden"},
    "list": {"list_type"},
    "str": {"string_type"},
    "int": {"int_type", "int_parsing", "int_parsing_size", "int_from_float"},
    "bool": {"bool_type", "bool_parsing"},
    "literal": {"literal_error"},
    "enum": {"enum"},
}
BOUNDS = {
    ("str", "max_length"): ["string_too_long"],
    ("str", "min_length"): ["string_too_short"],
    ("str", "pattern"): ["string_pattern_mismatch"],
    ("list", "max_length"): ["too_long"],
    ("list", "min_length"): ["too_short"],
    ("int", "ge"): ["greater_than_equal"],
    ("int", "le"): ["less_than_equal"],
}


def kinds_of_fields() -> Iterator[tuple[str, set[str]]]:
    """Yield, for each part of what any operation takes, its kind and how it is said more nearly."""
    waiting = [
        model.__pydantic_core_schema__
        for _, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
        for model in operation.models
        if model.__ninja_param_source__ != "path"  # what is wrong there leads nowhere
    ]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if isinstance(part.get("type"), str):
                yield part["type"], {name for name, value in part.items() if value is not None}
            waiting += part.values()
        elif isinstance(part, list | tuple):
            waiting += part


class TestLettingIn:
    @pytest.mark.parametrize("secret", [None, "", "mp_", "mp_" + "0" * 52, "\x00", "é" * 40])
    def test_takes_a_good_token(self, db, secret):
        """Without one that is good the answer is 401, and says how to get one."""
        answer = Program(secret).get("/me")

        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"] == PROBLEM
        assert answer.json()["code"] == "unauthorized"

    def test_takes_no_cookie(self, cast):
        """A signed-in browser is not let in, so no other site can make one ask."""
        from milepost.models import User

        browser = Client()
        browser.force_login(User.objects.get(email="ada@acme.example"))

        assert browser.get("/api/v1/me").status_code == 401

    def test_ends_with_the_token(self, program, cast):
        """A revoked token, an ended one, and one of somebody who left open nothing; two say since when."""
        revoked, ended, gone = program("ada"), program("ada"), program("ben")
        tokens.revoke(token=revoked.token_id, by=cast.ada, at=timezone.now())
        past = timezone.now() - timedelta(seconds=1)
        Token.objects.of(cast.acme.id).filter(id=ended.token_id).update(expires_at=past)
        people.leave(person=cast.ben.person_id, by=cast.ada, at=timezone.now())

        refused = [each.get("/me") for each in (revoked, ended, gone, Program("mp_wrong"))]

        assert [answer.status_code for answer in refused] == [401] * 4
        assert {answer.json()["code"] for answer in refused} == {"unauthorized"}
        told = [re.sub(r"\d{4}-\d\d-\d\d", "DAY", answer.json()["detail"]) for answer in refused]
        wrong = "A token is needed, and this is none that is good."
        assert told == ["This token was revoked on DAY.", "This token ended on DAY.", wrong, wrong]

    def test_ends_with_who_holds_it(self, program, cast):
        """Whoever left and came back, and whoever's account was closed, is let in by no token from before."""
        from milepost.models import User

        back, closed = program("ben"), program("cleo")
        people.leave(person=cast.ben.person_id, by=cast.ada, at=timezone.now())
        people.readmit(person=cast.ben.person_id, by=cast.ada, at=timezone.now())
        User.objects.filter(email="cleo@acme.example").update(is_active=False)

        assert [each.get("/me").status_code for each in (back, closed)] == [401, 401]

    def test_signs_itself_out(self, program):
        """A program can revoke the token it came with, and no other."""
        first, second = program("ada", scope="read"), program("ada", scope="read")

        assert first.delete("/me/token").status_code == 204
        assert (first.get("/me").status_code, second.get("/me").status_code) == (401, 200)

    def test_remembers_the_last_use(self, program, cast, noted_once):
        """A token knows when it was used, and is not written to with every request."""
        ada = program("ada")
        ada.get("/me")
        used = Token.objects.of(cast.acme.id).get(id=ada.token_id).used_at

        ada.get("/me")

        assert used is not None
        assert Token.objects.of(cast.acme.id).get(id=ada.token_id).used_at == used

    def test_costs_one_statement(self, program, okrs, noted_once):
        """Whoever asks is known after one statement: token, person, account, workspace and teams."""
        ada = program("ada")
        ada.get("/tree")

        with CaptureQueriesContext(connection) as captured:
            ada.get("/tree")

        assert len(captured) == 2  # and one for what was changed since


class TestRefusals:
    def test_have_one_shape(self, program, okrs):
        """Every refusal is a problem with a code, a sentence, and what is wrong field by field."""
        ada = program("ada")
        one = f"/objectives/{encode(okrs.company.id)}"
        answers = [
            (404, ada.get("/nowhere")),
            (404, ada.post("/nowhere", {})),
            (404, ada.get("/objectives/short")),
            (404, ada.get("/objectives/7zzzzzzzzzzzz")),
            (405, ada.post("/me", {})),
            (405, ada.send("OPTIONS", "/me")),
            (406, ada.get("/me", Accept="text/html")),
            (400, ada.patch(one, b"{")),
            (400, ada.patch(one, b'{"title": NaN}')),
            (400, ada.patch(one, b"\xff\xfe")),
            (400, ada.patch(one, b"[" * 100_000)),
            (413, ada.patch(one, b'{"title": "' + b"x" * limits.BODY + b'"}')),
            (415, ada.patch(one, b"title=x", Content_Type="application/x-www-form-urlencoded")),
            (422, ada.patch(one, {"title": ""})),
            (422, ada.patch(one, {"colour": "red"})),
            (422, ada.get("/objectives?limit=9999999999")),
            (422, ada.get("/objectives?sort=title")),
            (422, ada.get("/objectives?fields=id,secret")),
            (409, ada.patch(one, {"title": "New", "revision": 99})),
        ]

        for status, answer in answers:
            assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM), answer.content
            assert set(answer.json()) == FIELDS
            assert answer.json()["status"] == status

    def test_name_the_fields(self, program, okrs):
        """What is wrong is said beside its place, however deep."""
        answer = program("ada").post(
            "/objectives",
            {
                "title": "New",
                "cycle": encode(okrs.cycle.id),
                "extra": 1,
                "key_results": [{"title": "x", "start": "1e400"}, {"title": 7}],
            },
        )

        named = {each["field"] for each in answer.json()["errors"]}
        assert named == {"extra", "key_results.0.start", "key_results.1.title"}

    def test_say_what_to_do_about_a_single_field(self, program, okrs):
        """Where one field is wrong, detail says what, and remedy what to do; of several errors says it."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.company.id)}"

        one, two = ada.patch(there, {"title": 7}), ada.patch(there, {"title": 7, "colour": "red"})

        assert one.json()["detail"] == "title: Text is expected here."
        assert one.json()["remedy"] == "Write it in quotes."
        assert one.json()["errors"][0]["detail"] == "Text is expected here. Write it in quotes."
        assert two.json()["remedy"] == "See `errors`, field by field."

    def test_of_what_may_not_be_seen_are_those_of_nothing(self, program, okrs):
        """A hidden objective and none answer with the same bytes."""
        cleo = program("cleo")

        hidden = cleo.get(f"/objectives/{encode(okrs.secret.id)}")
        nothing = cleo.get(f"/objectives/{encode(2**61)}")

        assert (hidden.status_code, hidden.content) == (nothing.status_code, nothing.content)

    def test_tell_nothing_of_our_inside(self, program, okrs, monkeypatch):
        """A defect of ours is a problem like others, and says neither where nor why."""
        from milepost.queries import tree

        monkeypatch.setattr(tree, "as_json", lambda *args, **more: 1 / 0)

        answer = program("ada").get("/tree")

        assert (answer.status_code, answer.json()["code"]) == (500, "defect")
        assert b"division" not in answer.content

    def test_name_the_methods_there_are(self, program):
        """405 comes with what an address does take."""
        answer = program("ada").send("PUT", "/objectives")

        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


FOREIGN = (
    "id", "key", "workspace", "workspace_id", "objective_id", "key_result_id", "person_id", "created_at",
    "by", "by_id", "door", "grade", "progress", "status", "secret_hash", "is_admin", "user_id", "left_on",
    "position", "__class__",
)  # fmt: skip


class TestBodies:
    def test_say_when_there_is_none(self, program, okrs):
        """A body of which nothing is needed is needed all the same, and its lack is told as that."""
        answer = program("ada").send("POST", f"/objectives/{encode(okrs.company.id)}/closing")

        assert answer.status_code == 422
        assert "The request has no body." in answer.content.decode()

    def test_say_nothing_beyond_what_is_named(self, program, okrs, cast):
        """A field that a body does not name is refused, whatever table has a column of that name."""
        schemas, ada, wrong = document()["components"]["schemas"], program("ada"), []

        for path, methods in document()["paths"].items():
            for method, told in methods.items():
                if "requestBody" not in told:
                    continue
                ref = told["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                known = schemas[ref.rpartition("/")[2]]["properties"]
                where = re.sub(r"{\w+}", encode(okrs.company.id), path)
                for name in FOREIGN:
                    answer = ada.send(method.upper(), where, {name: "x"})
                    named = {each["field"] for each in answer.json().get("errors", ())}
                    if name not in known and (answer.status_code != 422 or name not in named):
                        wrong.append(f"{method} {path}: {name}: {answer.status_code}")

        assert wrong == []

    @pytest.mark.parametrize(
        ("path", "name", "body"),
        [
            ("/views", "name", {}),
            ("/teams", "name", {}),
            ("/cycles", "name", {"starts_on": "2031-01-01", "ends_on": "2031-03-31"}),
            ("/people", "name", {"email": "new@acme.example"}),
            ("/objectives", "title", {"cycle": None}),
        ],
    )
    def test_tell_what_is_never_empty(self, program, okrs, path, name, body):
        """The document refuses an empty name as the action does, and one that is too long as well."""
        said = document()["paths"][f"/api/v1{path}"]["post"]["requestBody"]["content"]["application/json"]
        schema = document()["components"]["schemas"][said["schema"]["$ref"].rpartition("/")[2]]
        told = schema["properties"][name]
        body = body | ({"cycle": encode(okrs.cycle.id)} if "cycle" in body else {})

        refused = [
            program("ada").post(path, body | {name: wrong})
            for wrong in ("", " ", "x" * (told["maxLength"] + 1))
        ]

        assert told["minLength"] == 1 and not re.search(told["pattern"], " ")
        assert [answer.status_code for answer in refused] == [422, 422, 422]
        assert program("ada").post(path, body | {name: "x"}).status_code == 201

    def test_are_told_in_words_for_programs(self, program, okrs):
        """No refusal speaks of forms and pages, nor of our classes."""
        ada, there = program("ada"), f"/key-results/{encode(okrs.growth.id)}/checkins"
        ada.post(there, {"value": 7}, Idempotency_Key="one")

        answers = [
            ada.post(there, [7]),
            ada.post(there, {"value": 7, "colour": 1, "note": 3, "confidence": 7.5}),
            ada.post(there, {"value": 8}, Idempotency_Key="one"),
        ]

        said = " ".join(answer.content.decode() for answer in answers)
        assert [answer.status_code for answer in answers] == [422, 422, 409]
        assert "A JSON object is expected here." in said
        for word in ("form", "Reload", "page", "NewCheckin", "dictionary", "Input should", "inputs"):
            assert word not in said, said

    def test_have_words_of_ours_for_each_fault(self):
        """Whatever type of fault a model can find, there are words for it, and none is left over."""
        found = set()

        for name, told in kinds_of_fields():
            found |= {fault for bound in told for fault in BOUNDS.get((name, bound), ())}
            found |= FOUND_IN.get(name, set())

        assert found == faults.WORDS.keys()
        assert all(None not in faults.parted(words.said) for words in faults.WORDS.values())

    def test_have_codes_that_the_guide_lists(self):
        """Each code that a field can have stands in docs/api.md, and none that it cannot."""
        table = GUIDE.read_text().partition("| code of a field |")[2].partition("\n\n")[0]
        told = {code for row in table.splitlines() for code in re.findall(r"`(\w+)`", row.split("|")[1:2][0])}

        assert told == set(faults.Code)

    @pytest.mark.parametrize(
        ("method", "path", "body", "code"),
        [
            ("POST", "/objectives", {"title": "x", "cycle": "7"}, "not_an_id"),
            ("POST", "/cycles", {"name": "x", "starts_on": "1 May"}, "not_a_day"),
            ("PATCH", "/objectives/{objective}", {"colour": "x"}, "unknown_field"),
            ("PATCH", "/objectives/{objective}", {"commitment": "x"}, "not_a_choice"),
            ("PATCH", "/key-results/{key_result}", {"weight": "heavy"}, "not_a_number"),
            ("POST", "/key-results/{key_result}/checkins", {"value": 1, "note": "\x07"}, "bad_character"),
            ("GET", "/events?limit=0", None, "number_too_small"),
            ("GET", "/objectives?fields=id;title", None, "not_names"),
        ],
    )
    def test_have_codes_of_ours(self, program, okrs, method, path, body, code: str):
        """A program is told which of our codes it is, never which class of a library's found it."""
        here = path.format(objective=encode(okrs.company.id), key_result=encode(okrs.growth.id))

        answer = program("ada").send(method, here, body)

        assert answer.status_code == 422
        assert code in [fault["code"] for fault in answer.json()["errors"]]

    @pytest.mark.parametrize(
        ("body", "field", "said"),
        [
            ({}, "text", "This is missing. It is needed here."),
            ({"text": 7}, "text", "Text is expected here. Write it in quotes."),
            ({"text": "x" * 20_001}, "text", "There is room for 20,000 characters."),
            ({"text": "x", "colour": 1}, "colour", "This field is not known here."),
            ({"text": "Say\u202e it"}, "text", "Take it out after “Say”"),
            ([], "", "A JSON object is expected here. Write {…}."),
        ],
    )
    def test_say_what_to_do_with_a_field(self, program, okrs, body, field: str, said: str):
        """What is wrong with a field is told in one sentence, and what to do in another."""
        answer = program("ada").post(f"/objectives/{encode(okrs.helpful.id)}/comments", body)

        assert answer.status_code == 422
        assert [fault["field"] for fault in answer.json()["errors"]] == [field]
        assert said in answer.json()["errors"][0]["detail"]
        assert said in f"{answer.json()['detail']} {answer.json()['remedy']}"

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("limit=many", "A whole number is expected here."),
            ("limit=0", "This number is too small. Say 1 or more."),
            ("limit=1001", "This number is too large. Say 1,000 or less."),
            ("status=fine", "Say one of on_track, at_risk, off_track, achieved, not_started, no_data."),
            ("fields=id;title", "Write them with commas between"),
        ],
    )
    def test_say_what_to_do_with_a_parameter(self, program, okrs, query: str, said: str):
        """So are those behind the question mark; a choice names all there is to choose from."""
        answer = program("ada").get(f"/objectives?{query}")

        assert answer.status_code == 422
        assert said in answer.json()["errors"][0]["detail"]

    def test_say_where_a_body_breaks_off(self, program, okrs):
        """A body that is no JSON is told with the place from which on it does not read."""
        answer = program("ada").post("/teams", b'{"name": "Ovens",\n "purpose": NaN}')

        assert (answer.status_code, answer.json()["code"]) == (400, "not_json")
        assert "line 2, column 13" in answer.json()["detail"]

    @pytest.mark.parametrize("written", ["1e999", "-1e400", "1" * 310 + ".5e9"])
    def test_say_where_a_number_is_too_large(self, program, okrs, written: str):
        """A number that no computer holds is JSON all the same: it is told as too large, and where."""
        there = f"/key-results/{encode(okrs.growth.id)}/checkins"

        answer = program("ada").post(there, f'{{"note": "Öfen",\n "value": {written}}}'.encode())

        assert (answer.status_code, answer.json()["code"]) == (422, "number_too_large")
        assert answer.json()["detail"] == "The number at line 2, column 11 is too large."
        assert "10^18" in answer.json()["remedy"]

    def test_tell_of_a_number_beyond_all_in_one_shape(self, program, okrs):
        """However many digits it has, what is too large is told of its field, under the same code."""
        ada, there = program("ada"), f"/key-results/{encode(okrs.growth.id)}"
        found = []
        for field, written in (
            ("confidence", "9" * 20), ("confidence", "1" + "0" * 40), ("confidence", "1e40"),
            ("value", "9" * 19), ("value", f'"{"9" * 19}"'), ("value", "-1e18"), ("value", "9" * 400),
        ):  # fmt: skip
            answer = ada.post(f"{there}/checkins", f'{{"{field}": {written}}}'.encode())
            found += [(answer.status_code, one["field"], one["code"]) for one in answer.json()["errors"]]
        answer = ada.patch(there, f'{{"title": "x", "revision": {2**70}}}'.encode())

        assert {code for _, _, code in found} == {"number_too_large"}
        assert [field for _, field, _ in found] == ["confidence"] * 3 + ["value"] * 4
        assert answer.json()["errors"][0]["code"] == "number_too_large"

    @pytest.mark.parametrize(
        "headers",
        [
            {"Content_Type": "application/json; charset=utf-16"},
            {"Content_Encoding": "gzip"},
            {"Content_Type": "text/plain"},
        ],
    )
    def test_come_as_they_are_in_utf_8(self, program, okrs, headers):
        """Another encoding, of the letters or of the whole, is named and refused."""
        answer = program("ada").post("/teams", {"name": "Ovens"}, **headers)

        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")

    def test_may_say_that_they_are_in_utf_8(self, program, okrs):
        """What is so anyhow may be said."""
        said = {"Content_Type": 'application/json; charset="UTF-8"', "Content_Encoding": "identity"}

        assert program("ada").post("/teams", {"name": "Ovens"}, **said).status_code == 201

    @pytest.mark.parametrize("query", ["title=%ff", "title=%00", "title=a%E2%80%AE"])
    def test_refuse_what_no_text_holds_in_parameters_too(self, program, okrs, query: str):
        """Neither bytes that are no letters nor marks that turn a text round are looked for."""
        answer = program("ada").get(f"/objectives?{query}")

        assert answer.status_code == 422
        assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
            ("title", "bad_character")
        ]

    @pytest.mark.parametrize("title", ["\u200e", "\U000e0041", "\uffff", "\ufeff", "\u3164", " "])
    def test_refuse_titles_that_nobody_sees(self, program, okrs, title: str):
        """A title has something to be seen."""
        answer = program("ada").patch(f"/objectives/{encode(okrs.company.id)}", {"title": title})

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "title"

    def test_keep_nothing_that_says_nothing(self, program, okrs):
        """What another program left in a text that was copied goes without a word."""
        path = f"/objectives/{encode(okrs.company.id)}"

        answer = program("ada").patch(path, {"title": "\ufeffRiders\u200b choose us thrice"})

        assert answer.json()["title"] == "Riders choose us thrice"

    def test_say_nothing_twice(self, program, okrs):
        """A name that stands twice in a body, or behind the question mark, is refused."""
        ada = program("ada")

        body = ada.patch(f"/objectives/{encode(okrs.company.id)}", b'{"title": "One", "title": "Two"}')
        query = ada.get("/objectives?limit=1&limit=2")

        assert (body.status_code, body.json()["detail"]) == (400, "The body says “title” twice.")
        assert (query.status_code, query.json()["code"]) == (422, "repeated_parameter")

    def test_say_so_where_it_is_too_much(self, program, okrs):
        """Thousands of parameters are refused like any other that is not known, not taken for a defect."""
        answer = program("ada").get("/objectives?" + "limit=1&" * 2_000)

        assert (answer.status_code, answer.json()["code"]) == (422, "too_many_parameters")

    @pytest.mark.parametrize(
        "written",
        [b"12345678901.123456789012", b'"12345678901.123456789012"', b"1.2345678901123456789012e10"],
    )
    def test_keep_every_digit(self, program, okrs, written):
        """A number with more digits than a float holds is kept as it was written."""
        ada, there = program("ada"), f"/key-results/{encode(okrs.growth.id)}"

        answer = ada.post(f"{there}/checkins", b'{"value": ' + written + b"}")

        assert answer.status_code == 201
        assert ada.get(there).json()["value"] == "12345678901.123456789012"

    @pytest.mark.parametrize("written", [b"0.1234567890123", b"1e-13", b"1e-999999999", b"1e18", b"1e300"])
    def test_refuse_what_is_not_kept(self, program, okrs, written):
        """More than twelve places, or eighteen digits before them, are refused and not rounded."""
        there = f"/key-results/{encode(okrs.growth.id)}/checkins"

        answer = program("ada").post(there, b'{"value": ' + written + b"}")

        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "value")

    def test_say_how_long_they_are(self, program, okrs):
        """Where a server cannot tell the end of a body in pieces, it is refused, not passed over."""
        ada, there = program("ada"), f"/api/v1/objectives/{encode(okrs.company.id)}/activation"

        answer = ada.client.generic(
            "POST", there, headers={"Authorization": f"Bearer {ada.secret}", "Transfer-Encoding": "chunked"}
        )

        assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


class TestSecondStep:
    def test_is_asked_of_programs_too(self, program, cast):
        """Where a workspace asks for one, whoever has none is told so at every address, as documented."""
        ada = program("ada")
        workspaces.update(changed={"second_step_for": "everyone"}, by=cast.ada, at=timezone.now())

        for path, methods in document()["paths"].items():
            answer = ada.get(re.sub(r"{\w+}", "0" * 13, path)) if "get" in methods else None
            if answer is not None:
                assert (answer.status_code, answer.json()["code"]) == (403, "second_step_needed"), path


class TestLimits:
    def test_are_told(self, program, okrs):
        """Each answer says how often the token may still ask; those to bodies, how large one may be."""
        ada = program("ada")

        first, second = ada.get("/me"), ada.post(f"/objectives/{encode(okrs.company.id)}/comments", {})
        third = ada.get("/me")

        left = [int(answer.headers["RateLimit-Remaining"]) for answer in (first, second, third)]
        # A minute may end between two of them, and the next one begins with all that it has.
        assert 1 in (left[0] - left[1], left[1] - left[2])
        assert second.headers["Body-Limit"] == str(limits.BODY)

    def test_end_in_a_pause(self, program, settings):
        """Who asks too often is told when to go on; other tokens are not held back."""
        from dataclasses import replace

        settings.MILEPOST = replace(settings.MILEPOST, api_rate=3)
        busy, other = program("ada"), program("ben")

        answers = [busy.get("/me") for _ in range(8)]

        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert 0 < int(refused[-1].headers["Retry-After"]) <= 60
        assert refused[-1].json()["code"] == "too_many_requests"
        assert other.get("/me").status_code == 200

    def test_hold_back_who_asks_for_too_much_that_takes_long(self, program, cast):
        """While as many requests of a person as may be take long, one more with any token is refused."""
        tokens, other = [program("ada"), program("ada")], program("ben")
        at, most = timezone.now(), settings.MILEPOST.api_at_once

        with ExitStack() as others:
            for _ in range(most):
                began = at - 7 * workload.LONG
                others.enter_context(
                    workload.under_way(cast.ada.person_id, began, most=most, now=timezone.now)
                )
            refused, let_in = [busy.get("/me") for busy in tokens], other.get("/me")

        for each in refused:
            assert (each.status_code, each.json()["code"]) == (429, "too_many_at_once")
            assert int(each.headers["Retry-After"]) >= 7  # as long again as the first one has taken
            assert "RateLimit-Remaining" in each.headers
        assert (let_in.status_code, *(busy.get("/me").status_code for busy in tokens)) == (200, 200, 200)

    def test_hold_nobody_back_who_asks_for_much_that_is_quick(self, program, cast, monkeypatch):
        """However many requests of a person have just begun, the next one is worked on as well."""
        monkeypatch.setattr(workload, "LONG", timedelta(days=1))  # whatever a busy machine takes
        busy = program("ada")

        with ExitStack() as others:
            for _ in range(64):
                others.enter_context(
                    workload.under_way(cast.ada.person_id, timezone.now(), most=4, now=timezone.now)
                )
            assert busy.get("/me").status_code == 200

    def test_count_no_request_that_has_ended(self, program, okrs, monkeypatch):
        """However a request ends, also in a defect, the next one has its room."""
        from milepost.queries import tree

        monkeypatch.setattr(tree, "as_json", lambda *args, **more: 1 / 0)
        reader = program("ada", scope="read")

        for _ in range(settings.MILEPOST.api_at_once + 1):
            ended = [
                reader.get("/me"),
                reader.get("/tree"),
                reader.get("/objectives?limit=0"),
                reader.get("/objectives/0000000000000"),
                reader.post("/views", {"name": "No"}),
            ]

            assert [answer.status_code for answer in ended] == [200, 500, 422, 404, 403]

    def test_leave_half_of_the_threads_to_others(self):
        """Unless it is said otherwise; of a single thread there is no half."""
        found = {
            threads: completed({"threads": threads}, {"threads": "here"}).api_at_once
            for threads in (1, 8, 17)
        }

        assert found == {1: 1, 8: 4, 17: 8}
        assert completed({"api_at_once": 2}, {"api_at_once": "here"}).api_at_once == 2


class TestTags:
    def test_save_the_body(self, program, okrs):
        """What a program has already is answered 304, until something it may see changes."""
        ada = program("ada")
        there = f"/key-results/{encode(okrs.growth.id)}"
        for path in (there, "/tree", "/objectives", "/me"):
            etag = ada.get(path).headers["ETag"]
            again = ada.get(path, If_None_Match=etag)
            assert (again.status_code, again.content) == (304, b"")

        etag = ada.get(there).headers["ETag"]
        ada.post(f"{there}/checkins", {"value": 44})

        assert ada.get(there, If_None_Match=etag).status_code == 200

    def test_are_met_by_a_star(self, program, okrs):
        """`*` stands for whatever there is."""
        answer = program("ada").get("/me", If_None_Match="*")

        assert (answer.status_code, answer.content) == (304, b"")

    def test_head_is_get_without_a_body(self, program, okrs):
        """HEAD tells what GET would."""
        ada = program("ada")

        assert ada.send("HEAD", "/tree").headers["ETag"] == ada.get("/tree").headers["ETag"]


class TestDocument:
    def test_is_openapi_3_1(self, db):
        """The document is served to everyone, with its version, and can be asked for once."""
        answer = Client().get("/api/openapi.json")

        assert answer.json()["openapi"].startswith("3.1")
        again = Client().get("/api/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304

    @pytest.mark.parametrize(
        ("guess", "there"),
        [
            ("/api", "/api/"),
            ("/api/docs", "/api/"),
            ("/api/v1", "/api/"),
            ("/api/v1/", "/api/"),
            ("/api/v1/docs", "/api/"),
            ("/api/v1/docs/", "/api/"),
            ("/api/v1/openapi.json", "/api/openapi.json"),
        ],
    )
    def test_is_found_where_it_is_looked_for(self, db, guess: str, there: str):
        """Whoever guesses where the reference or the document is comes there."""
        answer = Client().get(guess, follow=True)

        assert answer.redirect_chain[-1][0] == there and answer.status_code == 200
        assert Client().post("/api/v1/docs").status_code == 404

    def test_tells_of_every_operation_what_it_is(self):
        """Each has a sentence, a scope, and its refusals; each body forbids what it does not name."""
        for path, methods in document()["paths"].items():
            for method, told in methods.items():
                assert told["summary"], path
                assert {"401", "406", "422" if method != "get" or told.get("parameters") else "429"} - set(
                    told["responses"]
                ) <= {"422"}
                assert told["security"][0]["token"][0] in ("read", "checkin", "write", "admin")
                always = {"401", "403", "405", "406", "429", "500", "503", "507"}
                assert always <= set(told["responses"]), path
        schemas = document()["components"]["schemas"]
        bodies = {name for name in schemas if name.startswith("New") or name.endswith("Change")}
        assert all(schemas[name]["additionalProperties"] is False for name in bodies)
        assert len(bodies) > 10

    def test_is_a_page_too(self, db):
        """The reference lists every operation, also where no script runs."""
        page = Client().get("/api/").content.decode()

        for methods in document()["paths"].values():
            for told in methods.values():
                assert f'id="{told["operationId"]}">' in page  # and not hidden
        assert "<code>Retry-After</code> says when to go on" in page and "`" not in page

    def test_shows_what_is_sent_and_answered(self, db):
        """Whoever begins sees a body that is taken and the answer to it, as they stand in the document."""
        page = html.unescape(Client().get("/api/").content.decode())
        operation = document()["paths"]["/api/v1/objectives"]["post"]
        sent = operation["requestBody"]["content"]["application/json"]["example"]
        answered = operation["responses"]["201"]["content"]["application/json"]["example"]

        for shown in (sent, answered):
            assert json.dumps(shown, indent=2, ensure_ascii=False) in page

    @pytest.mark.parametrize("words", ["POST check-in", "post CHECKINS", "correction post"])
    def test_finds_operations_by_words(self, db, words: str):
        """What has all the words in its line or chapter is shown, and all else is hidden, its chapter too."""
        page = Client().get("/api/", {"q": words}).content.decode()

        assert 'id="checkins_correct">' in page
        assert 'id="checkins_show" hidden>' in page and 'id="people_create" hidden>' in page
        assert 'id="people" hidden>' in page and 'id="check-ins">' in page
        assert f'value="{words}"' in page

    def test_says_where_nothing_is_found(self, db):
        """Words that no line has lead back to everything."""
        page = Client().get("/api/", {"q": '"><script>'}).content.decode()

        assert 'id="none">Nothing has these words' in page and "0 of " in page
        assert '"><script>' not in page

    def test_lists_every_chapter_in_a_group(self):
        """A noun without a group would be missing from the page."""
        listed = {title for _, titles in reference.GROUPS for title in titles}

        assert listed == {
            told["tags"][0] for methods in document()["paths"].values() for told in methods.values()
        }
