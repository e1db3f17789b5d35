"""The log tells an operator what happened and nobody's secrets."""

from __future__ import annotations

import json
import logging
import sys
import urllib.error
import urllib.parse
import urllib.request

import pytest

from milepost.config import logs
from tests.running import PATIENCE, Installation

CANARY = "canary7bird"


def record(name: str, words: str, *args, error: Exception | None = None, **extra) -> logging.LogRecord:
    found = None
    if error is not None:
        try:
            raise error
        except type(error):
            found = sys.exc_info()
    made = logging.LogRecord(name, logging.ERROR, __file__, 1, words, args, found)
    made.__dict__.update(extra)
    return made


class TestJson:
    def test_a_line_is_an_object_of_known_fields(self):
        """Programs read a line as JSON; what nobody listed is left out."""
        line = json.loads(
            logs.Json().format(
                record(
                    "milepost.requests",
                    "answered",
                    method="GET",
                    route="week",
                    status=200,
                    ms=3.1,
                    who=CANARY,
                )
            )
        )

        assert line.pop("at").endswith("+00:00")
        assert line == {
            "level": "error", "logger": "milepost.requests", "message": "answered", "method": "GET",
            "route": "week", "status": 200, "ms": 3.1,
        }  # fmt: skip

    def test_an_error_names_its_places_and_not_its_words(self):
        """Where something broke is told; what the database quoted of a row is not."""
        told = logs.Json().format(
            record("django.request", "%s: %s", "Internal Server Error", f"/sign-in/link/{CANARY}/",
                   error=ValueError(f"Key (email)=({CANARY}) already exists"), status_code=500)
        )  # fmt: skip

        line = json.loads(told)
        assert CANARY not in told
        assert line["message"] == "Internal Server Error" and line["error"] == "ValueError"
        assert any("test_logs.py" in place for place in line["places"])


class TestText:
    def test_keeps_addresses_out(self):
        """An address in a foreign message may hold the secret of a link."""
        told = logs.Text().format(
            record("django.request", "%s: %s", "Internal Server Error", f"/setup/{CANARY}/", status_code=500)
        )

        assert CANARY not in told and "Internal Server Error" in told

    def test_says_when_in_utc(self):
        """A line's moment can be compared with one of another machine, and a line stays one."""
        told = logs.Text().format(record("milepost.web", "something", created=0.25))

        assert told == "1970-01-01T00:00:00.250+00:00 ERROR milepost.web: something"


class TestServer:
    @pytest.mark.parametrize("form", ["json", "text"])
    def test_writes_nothing_personal(self, install, form):
        """Names, addresses, secrets, notes and queries that people send are nowhere in the log."""
        server = install(log_format=form, log_level="debug" if form == "text" else "info").start()

        _send_canaries(server)
        server.stop()

        assert CANARY not in server.output.lower()
        if form == "json":
            lines = [json.loads(line) for line in server.output.splitlines() if line.startswith("{")]
            assert {line.get("route") for line in lines} >= {"signing_in", "none"}
            assert all(set(line) <= {*logs.FIELDS, "at", "level", "logger", "message", "request", "error",
                                     "places"} for line in lines)  # fmt: skip


def _send_canaries(server: Installation) -> None:
    headers = {"User-Agent": CANARY, "Referer": f"{server.url}/{CANARY}", "Cookie": f"milepost={CANARY}",
               "Authorization": f"Bearer {CANARY}", "X-Request-ID": f"{CANARY}@x"}  # fmt: skip
    form = urllib.parse.urlencode({"login": f"{CANARY}@acme.example", "password": CANARY}).encode()
    for path, body in (
        ("/sign-in/", None), (f"/sign-in/?next=/{CANARY}/", form), (f"/sign-in/link/{CANARY}/", None),
        (f"/invitation/{CANARY}/", None), (f"/setup/{CANARY}/", form), (f"/w/{CANARY}/", None),
        (f"/{CANARY}?{CANARY}", None), (f"/admin/login/?next={CANARY}", form),
    ):  # fmt: skip
        asked = urllib.request.Request(server.url + path, data=body, headers=headers)
        try:
            urllib.request.urlopen(asked, timeout=PATIENCE).read()
        except urllib.error.HTTPError as answer:
            answer.read()
            answer.close()
