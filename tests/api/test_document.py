"""The document is true: every answer of every operation has the shape and the headers that it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import orjson
import pytest
from django.db import transaction
from django.utils import timezone

from milepost.api import limits
from milepost.api.codes import CODES
from milepost.api.document import document
from milepost.api.examples import EXAMPLES
from milepost.api.faults import Code
from milepost.core.ids import encode
from milepost.core.scopes import Scope
from milepost.ledger import image
from tests.api.borders import address, body
from tests.api.programs import Program
from tests.api.test_isolation import LISTED, NAMED, Operation, sent
from tests.worlds import NOTHING, at_work, visible

pytestmark = pytest.mark.both_databases

# What any server says of any answer.
EVERYWHERE = {
    "Content-Type", "Content-Length", "Vary", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options",
    "Cross-Origin-Opener-Policy", "X-Request-ID", "Cache-Control", "Content-Security-Policy",
    "Permissions-Policy", "Cross-Origin-Resource-Policy", "Strict-Transport-Security",
}  # fmt: skip
PERHAPS = {"Idempotent-Replayed", "Link", "Retry-After", "Body-Limit"}  # where there is something to say
ELSEWHERE = {"Location"}  # of what was made always, of what was changed where it has another id then
RATE = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}


def told_of(operation: Operation) -> dict[str, Any]:
    """Return what the document says of an operation."""
    return document()["paths"][operation.path][operation.method.lower()]


def wrong_with(operation: Operation, answer: Any) -> Iterator[str]:
    """Yield what of an answer is not as the document says."""
    said = told_of(operation)["responses"].get(str(answer.status_code))
    if said is None:
        yield f"{answer.status_code} is not documented"
        return
    if "$ref" in said:
        said = document()["components"]["responses"][said["$ref"].rpartition("/")[2]]
    there, listed = {*answer.headers} - EVERYWHERE, {*said.get("headers", {})}
    if extra := there - listed:
        yield f"{answer.status_code} has {sorted(extra)}, undocumented"
    # The first may be refused before the token is looked at, too.
    perhaps = {400: RATE, 412: RATE, 422: RATE, 200: ELSEWHERE}.get(answer.status_code, set())
    if missing := listed - there - PERHAPS - perhaps:
        yield f"{answer.status_code} lacks {sorted(missing)}"
    if not answer.content:
        if "content" in said:
            yield f"{answer.status_code} has no body"
        return
    media = answer.headers["Content-Type"]
    if media not in said.get("content", {}):
        yield f"{answer.status_code} comes as {media}"
        return
    schema = said["content"][media]["schema"]
    root = {**schema, "components": document()["components"]}
    for error in jsonschema.Draft202012Validator(root).iter_errors(answer.json()):
        yield f"{answer.status_code} at {error.json_path}: {error.message[:200]}"
    if answer.status_code >= 400 and not (answer.json()["code"] and answer.json()["remedy"]):
        yield f"{answer.status_code} has no remedy: {answer.json()}"


def refused(ada: Program, reads: Program, operation: Operation, things: Mapping) -> Iterator[tuple[int, Any]]:
    """Yield each status that any request of an operation can be refused with, and the answer."""
    method, where = operation.method, address(operation.path, things, operation.row.on) + operation.row.query
    what = body(operation.row, things)
    yield 401, Program(None).send(method, where, what)
    if operation.scope != Scope.READ:
        yield 403, reads.send(method, where, what)
    if operation.ids:
        gone = address(operation.path, dict.fromkeys(things, NOTHING), {}) + operation.row.query
        yield 404, ada.send(method, gone, what)
    yield 405, ada.send("PROPFIND", where)
    yield 406, ada.send(method, where, what, Accept="text/html")
    yield 422, ada.send(method, f"{where.partition('?')[0]}?unheard=of", what)
    if method != "GET":
        yield 400, ada.send(method, where, what, Idempotency_Key="k" * 81)
        yield 413, ada.send(method, where, b" " * (limits.BODY + 1))
        yield 415, ada.send(method, where, b"a=b", **{"Content-Type": "text/plain"})
        yield 412, ada.send(method, where, what, If_Match='"another"')
    if operation.row.takes is not None:
        yield 400, ada.send(method, where, b"{")
        yield 422, ada.send(method, where, {**what, "unheard": 1})


def unlike(shown: Mapping[str, Any]) -> list[str]:
    """List what of an example is not of the shape beside it."""
    root = {**shown["schema"], "components": document()["components"]}
    return [
        each.message[:200] for each in jsonschema.Draft202012Validator(root).iter_errors(shown["example"])
    ]


def narrows(operation: Operation, answer: Mapping[str, Any]) -> list[str]:
    """Return the fields that one may ask for alone: of a record, or of the first of many."""
    if all(each["name"] != "fields" for each in told_of(operation).get("parameters", ())):
        return []
    of = answer.get("items", [answer])
    return [*of[0]][:2] if of else []


class TestEveryOperation:
    def test_answers_with_the_shape_and_the_headers_it_is_said_to(self, world, program):
        """Sent by the owner, read again with its tag, and sent again with its key."""
        zed, wrong = program("zed"), []

        for operation in LISTED:
            with transaction.atomic():
                if operation.row.first:
                    sent(zed, NAMED[operation.row.first], world.zenith, on=operation.row.on)
                where = address(operation.path + operation.row.query, world.zenith, operation.row.on)
                what = body(operation.row, world.zenith)
                key = {} if operation.method == "GET" else {"Idempotency_Key": "once"}
                first = zed.send(operation.method, where, what, **key)
                answers = [first]
                if operation.method == "GET":
                    answers.append(zed.get(where, If_None_Match=first.headers.get("ETag", "")))
                    if answers[-1].status_code != 304:
                        wrong.append(f"{operation.name}: its tag is not known again")
                    for field in narrows(operation, first.json()):
                        answers.append(zed.get(f"{where}{'&' if '?' in where else '?'}fields={field}"))
                elif operation.name != "me_sign_out" and first.status_code < 300:
                    answers.append(zed.send(operation.method, where, what, **key))
                    if answers[-1].headers.get("Idempotent-Replayed") != "true" and operation.row.works:
                        wrong.append(f"{operation.name}: done again, {answers[-1].content[:80]}")
                    if what is not None:
                        other = zed.send(operation.method, where, orjson.dumps(what) + b" ", **key)
                        answers.append(other)
                        if operation.row.works and other.headers.get("Idempotent-Replayed") != "true":
                            wrong.append(f"{operation.name}: done again where its body is laid out otherwise")
                for answer in answers:
                    wrong += [f"{operation.name}: {each}" for each in wrong_with(operation, answer)]
                transaction.set_rollback(True)
            image.forget()

        assert wrong == []

    def test_refuses_as_it_is_said_to(self, cast, program):
        """Every way in which any request can be refused has its status, a code, a remedy and its headers."""
        things = visible(cast, at_work(cast, timezone.now()))
        ada, reads, wrong = program("ada"), program("ada", scope="read"), []

        for operation in LISTED:
            for status, answer in refused(ada, reads, operation, things):
                if answer.status_code != status:
                    wrong.append(
                        f"{operation.name}: {answer.status_code} for {status}: {answer.content[:100]}"
                    )
                wrong += [f"{operation.name}: {each}" for each in wrong_with(operation, answer)]

        assert wrong == []


class TestDocument:
    def test_names_texts_as_tools_of_every_language_can(self):
        """No half of a surrogate, which some cannot name; and what may not be blank holds a character."""
        assert "\\ud800" not in orjson.dumps(document()).decode()
        because = document()["components"]["schemas"]["Because"]["properties"]["reason"]
        assert because["minLength"] == 1

    def test_shows_examples_that_fit(self):
        """What an example sends and what it answers is of the shape that is described beside it."""
        shown, wrong = 0, []
        for methods in document()["paths"].values():
            for told in methods.values():
                for media in (told.get("requestBody", {}), *told["responses"].values()):
                    for one in media.get("content", {}).values():
                        if "example" in one:
                            shown += 1
                            wrong += [f"{told['operationId']}: {each}" for each in unlike(one)]
        refusal = document()["components"]["responses"]["422"]["content"]["application/problem+json"]

        assert wrong + unlike(refusal) == []
        assert shown == len(EXAMPLES) + sum(1 for one in EXAMPLES.values() if one.body is not None)

    def test_shows_a_draft_that_is_taken(self, program, okrs):
        """With ids of things that are there, the examples do what they show."""
        ada, sent = program("ada"), {name: one.body for name, one in EXAMPLES.items() if one.body}
        draft = sent["objectives_create"] | {"cycle": encode(okrs.cycle.id), "team": None}

        made = ada.post("/objectives", draft)
        there = f"/objectives/{made.json()['id']}"
        change = sent["objectives_update"] | {"owner": ada.get("/me").json()["person"]["id"]}
        changed = ada.patch(there, change)
        ada.post(f"{there}/activation")
        moved = ada.post(f"/key-results/{made.json()['key_results'][0]}/checkins", sent["checkins_create"])

        assert [answer.status_code for answer in (made, changed, moved)] == [201, 200, 201]
        assert (
            moved.json()["key_result"]["percent"]
            == EXAMPLES["checkins_create"].answer["key_result"]["percent"]
        )

    def test_names_the_codes_of_refusals(self):
        """Whoever makes a client of the document reads which codes there are, and that there may be more."""
        schemas = document()["components"]["schemas"]

        codes = schemas["Problem"]["properties"]["code"]
        assert codes["x-extensible-enum"] == [*CODES] == sorted({*CODES})
        assert "enum" not in codes
        assert {*Code} <= {*schemas["Fault"]["properties"]["code"]["x-extensible-enum"]}

    def test_lets_every_read_be_asked_for_once(self):
        """Each GET, and nothing else, takes the tag of what is there already."""
        for path, methods in document()["paths"].items():
            for method, told in methods.items():
                takes = {each["name"] for each in told.get("parameters", ()) if each["in"] == "header"}
                assert ("If-None-Match" in takes) is (method == "get"), path
