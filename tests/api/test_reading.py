"""Reading by program: what is told, how much of it, and that it is what pages show."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from milepost.actions import checkins, objectives
from milepost.cli import wire
from milepost.core.ids import encode
from milepost.models import User
from tests.api.programs import Program
from tests.api.test_isolation import LISTED, sent
from tests.okrs import outside, weightless
from tests.worlds import at_work, visible

pytestmark = pytest.mark.both_databases


def all_of(program: Program, path: str) -> list[dict]:
    """Read a list to its end."""
    found, there = [], path
    while there:
        answer = program.get(there)
        found += answer.json()["items"]
        there = answer.headers["Link"].partition(">")[0][1:] if "Link" in answer.headers else None
    return found


class TestFigures:
    def test_are_those_of_the_page(self, program, okrs):
        """Measure, last value, progress, status and what is expected, exact numbers as text."""
        told = program("ada").get(f"/key-results/{encode(okrs.waiting.id)}").json()

        assert (told["start"], told["target"], told["unit"], told["value"]) == ("9", "4", "days", "6.5")
        assert (told["progress"], told["percent"], told["confidence"]) == (0.5, "50\u00a0%", 5)
        assert told["status"] in ("on_track", "at_risk", "off_track")
        assert 0 < told["expected"] < 1

    def test_explain_themselves(self, program, okrs):
        """Any number comes with its arithmetic, exact."""
        ada = program("ada")

        whole = ada.get(f"/objectives/{encode(okrs.company.id)}/explanation").json()
        part = ada.get(f"/key-results/{encode(okrs.growth.id)}/explanation").json()

        assert whole["progress"] == "1/3"  # (1 × 1/2 + 2 × 1/4) ÷ 3
        assert part["substituted"] == "(40 − 30) ÷ (50 − 30)"

    def test_below_the_start_have_the_minus_of_pages(self, program, okrs):
        """A figure below zero is written as pages write it, near a rounding tie or not."""
        ada, there = program("ada"), f"/key-results/{encode(okrs.growth.id)}"
        told = []

        for value in ("26", "29.9"):  # the second is -0.5 %, a tie
            ada.post(f"{there}/checkins", {"value": value})
            told.append(ada.get(there).json()["percent"])

        assert told == ["\N{MINUS SIGN}20\u00a0%", "\N{MINUS SIGN}1\u00a0%"]

    def test_of_what_has_no_weight_are_none(self, program, okrs, cast, now):
        """Where no part counts there is no progress, nothing is planned, and all that tells of it answers."""
        weightless(okrs, cast, now)
        ada, there = program("ada"), f"/objectives/{encode(okrs.helpful.id)}"

        told, explained = ada.get(there).json(), ada.get(f"{there}/explanation").json()
        rows = ada.get("/tree?key_results=1").json()["objectives"]
        place = [row[0] for row in rows["rows"]].index(encode(okrs.helpful.id))

        assert (told["progress"], told["percent"], told["expected"]) == (None, None, 0.0)
        assert explained["progress"] is None
        assert "for nothing that counts has a weight" in " ".join(explained["notes"])
        assert (rows["progress"][place], rows["expected"][place]) == (None, 0.0)
        for path in ("/map?every_cycle=true", "/overview", "/overview/teams", "/company/standing"):
            assert ada.get(path).status_code == 200, path

    def test_milestones_come_one_by_one(self, program, okrs):
        """Each milestone says how much of it is done."""
        ada, there = program("ada"), f"/key-results/{encode(okrs.guides.id)}"
        ada.post(f"{there}/checkins", {"parts": ["1", 0.25]})

        told = ada.get(there).json()

        assert [each["done"] for each in told["milestones"]] == ["1", "0.25"]
        assert told["progress"] == 0.5

    def test_keep_every_digit(self, program, okrs):
        """A value of many digits comes back as it was sent, though no float can hold it."""
        ada, there = program("ada"), f"/key-results/{encode(okrs.growth.id)}"
        exact = "123456789012345678.123456789012"

        made = ada.post(f"{there}/checkins", {"value": exact}).json()

        assert ada.get(f"/checkins/{made['id']}").json()["value"] == exact
        assert ada.get(there).json()["value"] == exact


class TestTree:
    def test_has_no_minus_nothing(self, program, okrs, cast, now):
        """What is to fall and stands where it began is at 0."""
        checkins.record(key_result=okrs.waiting.id, value=okrs.waiting.start, by=cast.cleo, at=now)

        one = f"/key-results/{encode(okrs.waiting.id)}"
        said = [
            program("cleo").get(path).content for path in ("/tree?key_results=true", one, "/search?q=wait")
        ]

        assert [body for body in said if b"-0.0" in body] == []
        assert b'"progress":0.0' in said[1]

    def test_is_the_page_s_own(self, program, okrs):
        """The tree has the very bytes that the page reads."""
        browser = Client()
        browser.force_login(User.objects.get(email="cleo@acme.example"))

        page = browser.get("/w/acme/alignment.json?key_results=1")
        told = program("cleo").get("/tree?key_results=true")

        assert (page.content, page.headers["ETag"]) == (told.content, told.headers["ETag"])

    @pytest.mark.parametrize("who", ["ada", "ben", "cleo"])
    @pytest.mark.parametrize(
        ("page", "asked"),
        [
            ("status=no_data", "status=no_data"),
            ("type=committed", "commitment=committed"),
            ("attention=1", "attention=true"),
            ("mine=1", "mine=true"),
            ("unaligned=1", "unaligned=true"),
            ("q=the+wa", "words=the+wa"),
            ("team={team}&owner={cleo}", "team={team}&owner={cleo}"),
            ("mine=1", "cycle={autumn}&mine=true"),
        ],
    )
    def test_is_narrowed_as_its_page_is(self, program, cast, okrs, now, who, page, asked):
        """The same rows as on the page, under parameters like the map's; what fits by itself is told."""
        outside(cast, okrs, now)
        named = {
            "team": encode(cast.product.id),
            "cleo": encode(cast.cleo.person_id),
            "autumn": encode(okrs.cycle.id),
        }
        browser, everything = Client(), "" if "cycle" in asked else "&cycles=all"
        browser.force_login(User.objects.get(email=f"{who}@acme.example"))

        shown = browser.get(f"/w/acme/alignment/?{page.format(**named)}{everything}").content.decode()
        told = program(who).get(f"/tree?key_results=true&{asked.format(**named)}").json()

        rows = [row for part in ("objectives", "key_results") for row in told[part]["rows"]]
        # A personal objective that serves nothing has no row on the page.
        listed = {row[0] for row in rows} - {encode(okrs.private.id)}
        assert listed == {*re.findall(r'data-id="(\w{13})"', shown)}
        for part in ("objectives", "key_results"):
            assert {len(column) for name, column in told[part].items() if name != "columns"} == {
                len(told[part]["rows"])
            }

    def test_tells_what_fits_from_what_stands_above_it(self, program, cast, okrs):
        """Of Product's objective it stands below another one, which does not fit by itself."""
        told = program("ada").get(f"/tree?team={encode(cast.product.id)}&words=nobody").json()["objectives"]

        whole = program("ada").get(f"/tree?cycle={encode(okrs.cycle.id)}").json()["objectives"]
        other = program("ada").get(f"/tree?cycle={encode(okrs.next_cycle.id)}").json()["objectives"]
        fits = dict(zip([row[0] for row in told["rows"]], told["is_match"], strict=True))
        assert all(whole["is_match"]) and len(whole["rows"]) == 4 and other["rows"] == []
        assert fits == {encode(okrs.company.id): False, encode(okrs.helpful.id): True}

    @pytest.mark.parametrize("address", ["tree", "map"])
    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ("status=fine", "status"),
            ("commitment=hoped", "commitment"),
            ("attention=perhaps", "attention"),
            (f"team={encode(7)}", "team"),
            (f"owner={encode(7)}", "owner"),
            (f"cycle={encode(7)}", "cycle"),
            ("words=a%00", "words"),
        ],
    )
    def test_refuses_what_there_is_not(self, program, okrs, address: str, asked: str, field: str):
        """Tree and map refuse alike what they do not know, and say what to do."""
        answer = program("ada").get(f"/{address}?{asked}")

        assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (422, [field])
        assert answer.json()["remedy"]


class TestLists:
    @pytest.mark.parametrize(
        "path", ["/objectives", "/key-results", "/checkins", "/people", "/events", "/cycles", "/alignments"]
    )
    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_come_in_slices(self, program, okrs, path: str, limit: int):
        """Slice by slice is the whole, each once and in order, and the last says that it is the last."""
        ada = program("ada")

        whole = ada.get(f"{path}?limit=200").json()

        assert all_of(ada, f"{path}?limit={limit}") == whole["items"]
        assert whole["next"] is None
        assert len(whole["items"]) > 1

    @pytest.mark.parametrize("path", ["/objectives/{helpful}/history", "/teams/{product}/members"])
    def test_that_stand_in_their_own_order_come_in_slices_too(self, program, cast, okrs, path: str):
        """The same list one by one; an entry that is not among them, hidden or none, is no place in it."""
        ada = program("ada")
        for title in ("One", "Two", "Three"):
            objectives.update(
                objective=okrs.helpful.id, changed={"title": title}, by=cast.ada, at=timezone.now()
            )
        path = path.format(helpful=encode(okrs.helpful.id), product=encode(cast.product.id))

        whole = ada.get(path).json()["items"]
        refused = ada.get(f"{path}?after={encode(okrs.secret.id)}")

        assert all_of(ada, f"{path}?limit=1") == whole and len(whole) > 1
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "after")

    @pytest.mark.parametrize("path", ["/objectives", "/key-results"])
    def test_tell_field_by_field_what_they_tell_whole(self, program, okrs, path: str):
        """A field that is asked for alone says what it says among all."""
        ada = program("ada")
        whole = ada.get(f"{path}?limit=1000").json()["items"]

        for field in whole[0]:
            told = ada.get(f"{path}?limit=1000&fields={field}").json()["items"]

            assert told == [{"id": each["id"], field: each[field]} for each in whole], field

    def test_refuse_a_field_that_is_none_also_where_nothing_is_listed(self, program, cast):
        """Whether anything fits decides nothing about what may be asked."""
        answer = program("ada").get("/initiatives?fields=colour")

        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_field")

    def test_hold_entries_and_a_cursor_and_no_more(self, program, cast):
        """The command passes entries on as they are written: it looks for where they begin and end."""
        things = visible(cast, at_work(cast, timezone.now()))
        ada, lists = program("ada"), []

        for each in LISTED:
            if each.method == "GET":
                body = sent(ada, each, things).content
                if b'"next":' in body[-25:]:
                    found = wire.SLICE.fullmatch(body)
                    assert json.loads(body)["items"] == json.loads(b"[%b]" % found["items"]), each.name
                    lists.append(each.name)

        assert len(lists) > 10

    def test_hold_still_while_something_is_added(self, program, okrs, cast):
        """What is checked in meanwhile moves nothing out of the next slice."""
        ada = program("ada")
        before = [each["id"] for each in ada.get("/checkins").json()["items"]]
        first = ada.get("/checkins?limit=1")
        checkins.record(key_result=okrs.growth.id, value=Decimal(41), by=cast.ada, at=timezone.now())

        rest = all_of(ada, first.headers["Link"].partition(">")[0][1:])

        assert [first.json()["items"][0]["id"], *(each["id"] for each in rest)] == before

    def test_are_narrowed(self, program, okrs, cast):
        """Filters narrow, each by what it says."""
        ada = program("ada")

        def titles(query: str, path: str = "/objectives") -> set[str]:
            return {each["title"] for each in ada.get(f"{path}?{query}").json()["items"]}

        assert titles(f"team={encode(cast.product.id)}") == {okrs.helpful.title, okrs.draft.title}
        assert titles("state=draft") == {okrs.draft.title}
        assert titles("commitment=committed") == {okrs.helpful.title, okrs.secret.title}
        assert titles("title=RIDERS") == {okrs.company.title}
        assert titles(f"owner={encode(cast.cleo.person_id)}", "/key-results") == {okrs.waiting.title}
        assert titles(f"objective={encode(okrs.company.id)}", "/key-results") == {okrs.growth.title}
        assert titles(f"cycle={encode(okrs.next_cycle.id)}") == set()
        assert titles(f"title={okrs.waiting.title[3:].upper()}", "/key-results") == {okrs.waiting.title}

    @pytest.mark.parametrize("path", ["/objectives", "/key-results", "/people", "/teams"])
    def test_find_one_by_its_id_in_files(self, program, okrs, path: str):
        """Whoever knows a thing from a file asks for it by the id that it has there."""
        ada = program("ada")

        for each in ada.get(f"{path}?fields=key").json()["items"]:
            assert ada.get(f"{path}?fields=key&key={each['key']}").json()["items"] == [each]
        assert ada.get(f"{path}?key=unheard-of").json()["items"] == []

    @pytest.mark.parametrize("path", ["/people", "/teams"])
    def test_find_by_a_part_of_the_name(self, program, okrs, cast, path: str):
        """Capitals make no difference, also where a letter is not among the first 128."""
        ada = program("ada")
        there = ada.get(f"{path}?fields=name").json()["items"][0]
        ada.patch(f"{path}/{there['id']}", {"name": "Émile's own"})

        found = ada.get(f"{path}?fields=name&name=éMILE").json()["items"]

        assert found == [{"id": there["id"], "name": "Émile's own"}]

    def test_tell_the_fields_wanted(self, program, okrs):
        """`fields` leaves the rest out; the id comes along."""
        listed = program("ada").get("/objectives?fields=title,progress").json()["items"]

        assert all(list(each) == ["id", "title", "progress"] for each in listed)

    def test_of_what_is_due_are_one_s_own(self, program, okrs):
        """What waits for Ada is hers alone, and due."""
        listed = program("ada").get("/me/due").json()["items"]

        assert [each["title"] for each in listed] == [okrs.shares.title]
