"""Walls around the API: what one may not see answers like nothing, wherever its id stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from milepost.actions import tokens
from milepost.api.document import document
from milepost.core.ids import encode
from milepost.core.scopes import Scope, holds
from milepost.ledger import image
from milepost.models import Person, Token
from tests.api.borders import OPERATIONS, Row, address, bodies_naming, body
from tests.api.programs import Program
from tests.routes import routes
from tests.worlds import (
    HIDDEN,
    HIDDEN_FILE,
    NOTHING,
    applied,
    at_work,
    everything_kept,
    hide,
    masks,
    nothing_for,
    visible,
)

pytestmark = pytest.mark.both_databases


@dataclass(frozen=True)
class Operation:
    """An operation as the document names it."""

    name: str
    method: str
    path: str
    scope: str

    @property
    def row(self) -> Row:
        return OPERATIONS[self.name]

    @property
    def ids(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)


LISTED = [
    Operation(told["operationId"], method.upper(), path, told["security"][0]["token"][0])
    for path, methods in document()["paths"].items()
    for method, told in methods.items()
]
NAMED = {operation.name: operation for operation in LISTED}


def kept() -> dict[str, list]:
    """Return every row, but not when a token was last used."""
    rows = Token.objects.everywhere().order_by("id").values_list("id", "revoked_at", "expires_at")
    return everything_kept() | {"Token": list(rows)}


def told(answer, masked: Mapping[int, bytes]) -> tuple[int, dict[str, str], bytes]:
    """Return what an answer tells; the ids in `masked` read alike."""
    names = ("Content-Type", "Location", "Link", "Allow")
    headers = {name: answer.headers[name] for name in names if name in answer.headers}
    content = answer.content
    for id, word in masked.items():
        content = content.replace(encode(id).encode(), word)
        headers = {name: value.replace(encode(id), word.decode()) for name, value in headers.items()}
    return answer.status_code, headers, content


def sent(program: Program, operation: Operation, things: Mapping[str, int], **more: Any):
    """Send an operation as its row says, about these things."""
    row = operation.row
    where = address(operation.path + more.get("query", row.query), things, more.get("on", row.on))
    what = more["body"] if "body" in more else body(row, things)
    return program.send(operation.method, where, what)


class Visit:
    """Somebody who tries everything twice: with a thing that is hidden, and with one that is not there."""

    def __init__(self, program: Program, words=HIDDEN) -> None:
        self.program, self.words = program, words
        self.kept, self.wrong, self.tried = kept(), [], 0

    def try_both(self, what: str, operation: Operation, masked: Mapping, hidden: dict, missing: dict) -> None:
        """Send both and compare what comes back, and what is kept."""
        self.tried += 1
        one, other = (told(sent(self.program, operation, **each), masked) for each in (hidden, missing))
        if one != other:
            self.wrong.append(f"{what}: {one}, and where nothing is: {other}")
        if one[0] >= 500 or any(word.encode() in one[2] for word in self.words):
            self.wrong.append(f"{what}: {one}")
        if operation.method != "GET" and (now := kept()) != self.kept:
            self.wrong.append(
                f"{what}: {one[0]} and changed {[each for each in now if now[each] != self.kept[each]]}"
            )
            self.kept = now

    def everywhere(self, own: Mapping[str, int], others: Mapping[str, int]) -> None:
        """Try these others' ids in every path, body, parameter and cursor."""
        nothing, masked = nothing_for(others), masks(others)
        for operation in LISTED:
            if operation.name == "me_sign_out":
                continue
            for place in operation.ids:
                if place in others:
                    on = {**operation.row.on, place: place}
                    both = [{"things": {**own, place: there[place]}, "on": on} for there in (others, nothing)]
                    self.try_both(f"{operation.name} at {place}", operation, masked, *both)
            named = [dict(bodies_naming(operation.row, own, there)) for there in (others, nothing)]
            for place in named[0]:
                both = [{"things": own, "body": each[place]} for each in named]
                self.try_both(f"{operation.name} with {place}", operation, masked, *both)
            for name, kind in operation.row.asks.items():
                for each in others if kind == "any" else [kind]:
                    if each in others:
                        # A cursor is a place in time, so it is compared with the nearest that nothing has.
                        beside = {each: others[each] + 1} if kind == "any" else nothing
                        both = [
                            {"things": own, "query": f"?{name}={encode(there[each])}"}
                            for there in (others, beside)
                        ]
                        more = masked | {others[each] + 1: b"SOME_ID"}
                        self.try_both(f"{operation.name}?{name}={each}", operation, more, *both)


class TestTable:
    def test_names_every_operation(self):
        """An operation without a row in tests/api/borders.py would go untested."""
        assert set(NAMED) == set(OPERATIONS)

    def test_leaves_no_address_out(self):
        """The router knows no address of the API that the document, and so this table, does not."""
        addresses = {
            re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{route.pattern}")
            for route in routes()
            if route.is_for_programs
        }

        assert addresses - set(document()["paths"]) == {"/api/", "/api/openapi.json", "/api/{rest}"}

    def test_names_every_id_behind_a_question_mark(self):
        """Each parameter that takes an id stands in its row."""
        untold = []
        for path, methods in document()["paths"].items():
            for method, operation in methods.items():
                asks = OPERATIONS[operation["operationId"]].asks
                for each in operation.get("parameters", ()):
                    is_id = str(each["schema"].get("pattern", "")).startswith("^[0-7][0-9a-h")
                    if each["in"] == "query" and is_id and each["name"] not in asks:
                        untold.append(f"{method} {path}?{each['name']}")

        assert untold == []

    def test_names_every_id_in_a_body(self):
        """Each field of a body that takes an id stands in its row."""
        schemas, untold = document()["components"]["schemas"], []
        for path, methods in document()["paths"].items():
            for method, operation in methods.items():
                schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
                row = OPERATIONS[operation["operationId"]]
                for name in ids_in(schema.get("schema", {}), schemas):
                    if name not in str(row.takes):
                        untold.append(f"{method} {path}: {name}")

        # The first key results of a draft are those of a key result, and what it serves those of a link.
        assert [each for each in untold if "objectives/{objective}/alignments: key_result" not in each] == []

    def test_holds_bodies_that_work(self, world, program):
        """Each operation, sent by its own workspace's owner, changes something: so a refusal is one."""
        zed, idle = program("zed"), []

        for operation in LISTED:
            if operation.method == "GET" or not operation.row.works:
                continue
            with transaction.atomic():
                if operation.row.first:
                    sent(zed, NAMED[operation.row.first], world.zenith, on=operation.row.on)
                before = kept()
                answer = sent(zed, operation, world.zenith)
                if kept() == before or answer.status_code not in (200, 201, 204):
                    idle.append(f"{operation.name}: {answer.status_code} {answer.content[:200]}")
                transaction.set_rollback(True)
            image.forget()

        assert idle == []

    def test_holds_addresses_that_answer(self, world, program):
        """Each operation that reads has something to say to a colleague."""
        cleo = program("cleo", scope="read")

        answers = {
            operation.name: sent(cleo, operation, world.acme).status_code
            for operation in LISTED
            if operation.method == "GET"
        }

        assert {name: status for name, status in answers.items() if status != 200} == {}


def ids_in(schema: Any, schemas: Mapping, name: str = "") -> Iterator[str]:
    """Yield the names of the fields that take an id, however deep."""
    match schema:
        case {"$ref": ref}:
            yield from ids_in(schemas[ref.rpartition("/")[2]], schemas, name)
        case {"properties": properties}:
            for each, told_of in properties.items():
                yield from ids_in(told_of, schemas, each)
        case {"anyOf": choices}:
            for choice in choices:
                yield from ids_in(choice, schemas, name)
        case {"items": items}:
            yield from ids_in(items, schemas, name)
        case {"pattern": pattern} if pattern.startswith("^[0-7][0-9a-h"):
            yield name


class TestStranger:
    def test_reaches_nothing(self, world, program):
        """Ids of another workspace are ids of nothing, in paths, bodies, parameters and cursors."""
        visit = Visit(program("zed"))

        visit.everywhere(world.zenith, world.acme)

        assert visit.wrong == []
        assert visit.tried > 120


class TestOutsider:
    @pytest.mark.parametrize(
        ("seen_by", "who"),
        [
            *product(("a team", "named people", "its owner", "a number of its own"), ("cleo", "gus")),
            ("its owner", "ada"),
        ],
    )
    def test_reaches_nothing_that_is_not_theirs_to_see(self, world, program, seen_by: str, who: str):
        """A restricted objective and all that belongs to it answer like nothing, wherever their ids stand."""
        words = {
            "ada": ("Whispered to myself", "Learn to say no"),
            "cleo": [word for word in HIDDEN if word != "Learn to say no"],  # her own
        }
        visit = Visit(program(who), words.get(who, HIDDEN))

        visit.everywhere(world.acme, world.hidden[seen_by])

        assert visit.wrong == []
        assert visit.tried > 50


class TestLimited:
    def test_reaches_its_team_alone(self, world, program):
        """A token limited to a team meets nothing where the objectives of others are."""
        ada = program("ada", scope="write", team=world.cast.product.id)
        beside = {"objective": world.okrs.company.id, "key_result": world.okrs.growth.id}
        visit = Visit(ada, ("Riders choose us twice", "Raise repeat buyers"))

        visit.everywhere(world.acme, beside)

        assert visit.wrong == []
        assert visit.tried > 40

    def test_reads_its_team_alone(self, world, program):
        """No list and no tree holds what belongs to others, nor is it named as what something serves."""
        ada = program("ada", scope="read", team=world.cast.product.id)
        hidden = {encode(world.okrs.company.id), encode(world.okrs.growth.id)}
        words = ("Riders choose us twice", "Raise repeat buyers", *hidden)

        answers = {
            operation.name: sent(ada, operation, world.acme).content.decode()
            for operation in LISTED
            if operation.method == "GET"
        }

        assert [name for name, text in answers.items() if any(word in text for word in words)] == []
        assert encode(world.okrs.helpful.id) in answers["events_whole"]
        assert encode(world.okrs.waiting.id) in answers["key_results_index"]

    def test_drafts_for_its_team_alone(self, world, program):
        """Nothing is written for another team, for the company, or for oneself."""
        ada = program("ada", scope="write", team=world.cast.product.id)
        board = next(each["id"] for each in ada.get("/teams").json()["items"] if each["name"] == "Board")
        base = {"title": "New", "cycle": encode(world.okrs.cycle.id)}

        def status(**more: Any) -> int:
            return ada.post("/objectives", base | more).status_code

        assert status(team=encode(world.cast.product.id)) == 201
        assert status(team=board) == 403
        assert status() == 403
        assert status(visibility="private", owner=encode(world.cast.ada.person_id)) == 403

    @pytest.mark.parametrize("role", ["owner", "admin"])
    def test_changes_nothing_but_okrs(self, world, program, role: str):
        """Whoever's it is, each operation that is not listed refuses it; none of a team reaches further."""
        Person.objects.of(world.cast.acme.id).filter(id=world.cast.ada.person_id).update(role=role)
        ada, wrong = program("ada", scope="write", team=world.cast.product.id), []
        before = kept()

        for operation in LISTED:
            if operation.method == "GET" or operation.name in LIMITED_MAY:
                continue
            answer = sent(ada, operation, world.acme)
            code = "outside_team" if holds("write", operation.scope) else "insufficient_scope"
            if (answer.status_code, answer.json()["code"]) != (403, code):
                wrong.append(f"{operation.name}: {answer.status_code}")

        assert wrong == []
        assert kept() == before
        assert set(NAMED) >= LIMITED_MAY


class TestScopes:
    @pytest.mark.parametrize("who", ["ada", "ben", "cleo", "gus"])
    def test_are_kept_by_every_operation(self, world, program, who: str):
        """An operation runs for a token that reaches as far as it says, and for no shorter one."""
        wrong = []

        for scope, operation in product(Scope, LISTED):
            if operation.name == "me_sign_out":
                continue
            token = program(who, scope=scope)
            with transaction.atomic():
                answer = sent(token, operation, world.acme)
                transaction.set_rollback(True)
            refused = answer.status_code == 403 and answer.json()["code"] == "insufficient_scope"
            if refused == holds(scope, operation.scope):
                wrong.append(f"{operation.name} with {scope}: {answer.status_code}")
            if answer.status_code < 300 and operation.method != "GET":
                image.forget()
            tokens.revoke(token=token.token_id, by=getattr(world.cast, who), at=timezone.now())

        assert wrong == []

    def test_let_nobody_do_more_than_they_may(self, world, program):
        """A guest's token for everything changes no more than the guest may."""
        gus, before = program("gus"), kept()

        for operation in LISTED:
            if operation.method != "GET" and operation.name not in GUESTS_MAY:
                assert sent(gus, operation, world.acme).status_code in (403, 404, 409, 422), operation.name

        assert kept() == before


# What a token that is limited to a team may change; anything new is refused to it.
LIMITED_MAY = {
    "me_sign_out", "events_undo", "objectives_create", "objectives_update", "objectives_activate",
    "objectives_park", "objectives_defer", "objectives_cancel", "objectives_redraft", "objectives_reopen",
    "closings_close", "closings_preview", "key_results_create", "key_results_update", "key_results_cancel",
    "key_results_restore", "key_results_move", "checkins_create", "checkins_correct", "checkins_withdraw",
    "initiatives_create", "initiatives_update", "alignments_create", "alignments_move",
    "alignments_update", "alignments_end", "bulk_preview", "bulk_apply", "comments_on_objective",
    "comments_on_key_result", "views_create", "views_update", "views_delete",
}  # fmt: skip

# A guest keeps views of their own.
GUESTS_MAY = {"me_look", "me_sign_out", "comments_on_objective", "comments_on_key_result"} | {
    "views_create", "views_choose", "views_unchoose",
}  # fmt: skip


class TestTwoWorlds:
    @pytest.mark.parametrize("who", ["cleo", "gus", "zed"])
    def test_look_the_same_to_an_outsider(self, cast, program, who: str):
        """Whether there is restricted work or not, an outsider's every answer is the same, byte for byte."""
        now = timezone.now()
        okrs = at_work(cast, now)
        things, asking = visible(cast, okrs), program(who)
        before = everything(asking, things)
        hide(cast, okrs, now)

        after = everything(asking, things)

        assert [name for name in before if before[name] != after[name]] == []
        assert who == "zed" or sum(answer[0] == 200 for answer in after.values()) > 40

    def test_look_the_same_to_an_admin(self, cast, program):
        """A file that holds nothing but what is hidden from an admin leaves no trace for them: no event."""
        now = timezone.now()
        okrs = at_work(cast, now)
        Person.objects.of(cast.acme.id).filter(id=cast.cleo.person_id).update(role="admin")
        things, asking = visible(cast, okrs), program("cleo")
        before = everything(asking, things)
        applied(HIDDEN_FILE.format(cycle=okrs.cycle.key, day=now.date()), cast, now)

        after = everything(asking, things)

        assert [name for name in before if before[name] != after[name]] == []

    def test_differ_to_those_who_may_see(self, cast, program):
        """What is compared above does show what is hidden, to those it is not hidden from."""
        now = timezone.now()
        okrs = at_work(cast, now)
        hide(cast, okrs, now)
        things = visible(cast, okrs)

        telling = {
            name.partition("?")[0]
            for name, answer in everything(program("ben"), things).items()
            if b"Whispered" in answer[2]
        }

        assert telling >= {
            "objectives_index", "key_results_index", "checkins_index", "comments_index", "initiatives_index",
            "events_index", "events_whole", "search_index",
        }  # fmt: skip


VIEWS = {
    "events_whole": ("", "?key_results=true"),
    "objectives_index": ("", "?limit=2", "?fields=title,progress", "?status=off_track"),
    "key_results_index": ("", "?limit=3"),
    "checkins_index": ("", "?limit=1"),
    "events_index": ("", "?limit=3", "?group=check-ins", "?group=objectives"),
    "comments_index": ("", "?limit=1"),
    "alignments_index": ("", "?limit=1"),
    "overview_show": ("", "?cycle={cycle}"),
    "map_show": ("", "?every_cycle=true&unfolded=true", "?attention=true", "?words=whisper"),
    "search_index": ("?q=whisper", "?q=r&limit=50", "?q=wait", "?q=wh&kind=comment"),
}


def everything(program: Program, things: Mapping[str, int]) -> dict[str, tuple]:
    """Read everything there is to read, lists to their ends."""
    found = {}
    for operation in LISTED:
        if operation.method != "GET":
            continue
        for query in VIEWS.get(operation.name, (operation.row.query,)):
            answer = sent(program, operation, things, query=query)
            found[f"{operation.name}{query}"] = (*told(answer, {}), answer.headers.get("ETag"))
            place = 0
            while "Link" in answer.headers and place < 20:
                place += 1
                answer = program.get(answer.headers["Link"].partition(">")[0][1:])
                found[f"{operation.name}{query} {place}"] = (*told(answer, {}), answer.headers.get("ETag"))
    return found


def test_there_is_a_nothing():
    """The id that nothing has is a good one."""
    assert 0 < NOTHING < 2**63
