"""What docs/operations.md says of outages, at both doors: pages and programs hear the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
from django.db import IntegrityError, connection
from django.test import Client

from milepost.api import problems
from milepost.config import logs
from milepost.core import ids
from milepost.ledger import traces
from milepost.models import Token, User
from tests.api.programs import Program
from tests.cast import Cast
from tests.okrs import Okrs
from tests.outages import away, full, locked, read_only

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
TABLE = Path(__file__).parents[2] / "docs" / "operations.md"


class Outage(NamedTuple):
    """How it is made to happen, on which databases, and what whoever reads or writes is answered."""

    made: Callable[[], AbstractContextManager[None]]
    on: tuple[str, ...]
    reading: int
    writing: int
    code: str


# By the words of the table in docs/operations.md.
OUTAGES = {
    "the disk is full": Outage(full, ("sqlite", "postgresql"), 200, 507, "disk_is_full"),
    "the database only reads": Outage(read_only, ("sqlite", "postgresql"), 200, 503, "database_is_read_only"),
    "another program holds the database's lock": Outage(
        locked, ("sqlite", "postgresql"), 200, 503, "database_is_busy"
    ),
    "PostgreSQL is away": Outage(away, ("postgresql",), 503, 503, "database_is_away"),
}
ELSEWHERE = {
    "the process was killed, or the machine lost power",  # tests/crash
    "somebody sends bodies and never ends them",  # tests/web/test_bodies.py, tests/management/test_serving.py
    "2,000 connections are open",  # tests/management/test_serving.py
    "the process that answers dies",  # tests/management/test_serving.py
}


class Page:
    """Ada in her browser."""

    def __init__(self, cast: Cast, program: Callable[..., Program]) -> None:
        self.client = Client()
        self.client.force_login(User.objects.get(email="ada@acme.example"))

    def read(self, okrs: Okrs):
        return self.client.get("/w/acme/")

    def write(self, okrs: Okrs):
        # A note that needs room of its own.
        said = {"value": "42", "note": "x" * 15_000}
        return self.client.post(f"/w/acme/key-results/{ids.encode(okrs.growth.id)}/checkins/", said)


class Api:
    """A program of Ada's, whose token was never used before."""

    def __init__(self, cast: Cast, program: Callable[..., Program]) -> None:
        self.program = program("ada")

    def read(self, okrs: Okrs):
        return self.program.get("/objectives")

    def write(self, okrs: Okrs):
        said = {"value": 42, "note": "x" * 15_000}
        return self.program.post(f"/key-results/{ids.encode(okrs.growth.id)}/checkins", said)


class TestOutages:
    @pytest.mark.parametrize("door", [Page, Api])
    @pytest.mark.parametrize("name", OUTAGES)
    def test_are_told_as_the_table_says(self, cast, okrs, program, name, door):
        """Reading goes on where it can; who writes hears what happened, and can afterwards."""
        outage = OUTAGES[name]
        if connection.vendor not in outage.on:
            pytest.skip("It does not happen on this database.")
        asks = door(cast, program)

        with outage.made():
            answers = [asks.write(okrs) for _ in range(3)]  # what room is left may do for one or two
            reading = asks.read(okrs)
        afterwards = asks.write(okrs)

        assert answers[-1].status_code == outage.writing
        assert reading.status_code == outage.reading
        assert afterwards.status_code in (201, 303)
        refused = [each for each in (*answers, reading) if each.status_code >= 500]
        for each in refused:
            assert each.headers["Retry-After"] == ("10" if each.status_code == 503 else "60")
            if door is Api:
                assert each.headers["Content-Type"] == "application/problem+json"
                assert orjson.loads(each.content)["code"] == outage.code

    def test_are_all_those_of_the_table(self):
        """No outage is promised that nothing here makes happen."""
        listed = (
            TABLE.read_text().partition("| what | what people see | what to do |")[2].partition("\n\n")[0]
        )

        named = set(re.findall(r"^\| (.+?) \|", listed, re.MULTILINE))

        assert named == OUTAGES.keys() | ELSEWHERE

    def test_a_stranger_is_told_to_bring_a_token(self, cast):
        """A try with no good token is refused as ever where it cannot be counted."""
        with read_only():
            refused = Program("mp_" + "0" * 52).get("/me")

        assert refused.status_code == 401

    def test_a_use_that_was_not_kept_is_kept_later(self, cast, okrs, program):
        """That a token was used is written down as soon as it can be, and not tried at each request."""
        asked = program("ada")
        with read_only():
            asked.get("/me")
        asked.get("/me")
        unkept = Token.objects.everywhere().get(id=asked.token_id).used_at

        traces.try_again()  # a minute has passed
        asked.get("/me")

        assert unkept is None
        assert Token.objects.everywhere().get(id=asked.token_id).used_at is not None


class TestLog:
    def test_names_a_defect_without_its_words(self, caplog):
        """What broke may quote somebody's row: a line names its class and places."""
        try:
            raise IntegrityError("DETAIL: Key (email)=(canary7bird) already exists")
        except IntegrityError as broken:
            answer = problems.of(broken)

        assert answer.status_code == 500
        line = logs.Json().format(caplog.records[-1])
        assert "canary7bird" not in line
        assert orjson.loads(line)["error"] == "IntegrityError"

    @pytest.mark.parametrize("door", [Page, Api])
    def test_has_one_line_for_what_the_database_refused(self, cast, okrs, program, caplog, door):
        """A warning: it is no defect, and an outage meets many."""
        asked = door(cast, program)

        with read_only():
            asked.write(okrs)

        [line] = [each for each in caplog.records if each.levelname in ("WARNING", "ERROR")]
        assert line.levelname == "WARNING"
        assert line.getMessage().startswith("database_is_read_only: ")

    def test_every_line_of_a_request_has_its_number(self, client, caplog):
        """Django's own line, which comes after the answer was made, has it too."""
        with read_only():
            refused = client.get("/readyz")

        line = orjson.loads(logs.Json().format(caplog.records[-1]))
        assert (line["logger"], line["message"]) == ("django.request", "Service Unavailable")
        assert line["request"] == refused.headers["X-Request-ID"]
