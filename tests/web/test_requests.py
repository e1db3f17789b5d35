"""Each request leaves a line that says who asked, for what, and what became of it; and no name."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from milepost.actions import tokens
from milepost.core.ids import encode
from milepost.models import User
from milepost.web.requests import Headers
from tests.cast import PASSWORD, Cast
from tests.web.account import enter

pytestmark = pytest.mark.both_databases


class Reader(logging.Handler):
    """Reads the log of requests along."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record)


@pytest.fixture
def lines() -> Iterator[list[logging.LogRecord]]:
    """What the log is told of requests."""
    log, reader = logging.getLogger("milepost.requests"), Reader()
    before = log.level
    log.addHandler(reader)
    log.setLevel(logging.INFO)
    yield reader.lines
    log.removeHandler(reader)
    log.setLevel(before)


def told(line: logging.LogRecord) -> tuple:
    return line.route, line.status, getattr(line, "person", None), getattr(line, "account", None)


class TestHeaders:
    def test_are_found_however_they_are_written(self):
        """A name in any letters finds what came; what did not come is not there, and has no value."""
        found = Headers({"HTTP_HX_REQUEST": "true", "CONTENT_TYPE": "text/plain", "HX_REQUEST": "no"})

        assert (found["hx-request"], found.get("HX-Request"), found.get("Content-Type")) == (
            "true", "true", "text/plain",
        )  # fmt: skip
        assert "HX-Request" in found and "HX-Boosted" not in found
        assert (found.get("HX-Boosted"), found.get("HX-Boosted", "-")) == (None, "-")
        assert dict(found) == {"Hx-Request": "true", "Content-Type": "text/plain"}


class TestLine:
    def test_names_who_was_let_in(self, client: Client, cast: Cast, lines):
        """Signing in leaves the account's number, and a page the id of the person."""
        ada = User.objects.get(email="ada@acme.example")

        enter(client).get("/w/acme/people/")

        assert told(lines[0])[:2] == ("signing_in", 302) and lines[0].account == str(ada.pk)
        assert told(lines[1])[:3] == ("people", 200, encode(cast.ada.person_id))

    def test_is_left_by_who_was_not(self, client: Client, cast: Cast, lines):
        """A wrong password is a line too; whose it was meant to be nobody has said who could be believed."""
        client.post("/sign-in/", {"login": "ada@acme.example", "password": "wrong wrong wrong"})

        assert [told(line) for line in lines] == [("signing_in", 422, None, None)]

    def test_names_who_tried_what_they_may_not(self, cast: Cast, signed_in, lines):
        """Whoever asks for more than they may, by page or by program, stands in the line of the refusal."""
        _, secret = tokens.create(name="Reads", scope="read", by=cast.cleo, at=timezone.now())
        cleo = encode(cast.cleo.person_id)

        signed_in("cleo").post("/w/acme/cycles/new/", {"name": "C", "starts_on": "2026-10-01"})
        signed_in("cleo").get("/w/acme/cycles/new/")
        Client().post(
            "/api/v1/cycles",
            {"name": "C", "starts_on": "2026-10-01"},
            "application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )

        assert [told(line)[1:3] for line in lines] == [(403, cleo), (404, cleo), (403, cleo)]

    def test_looks_nobody_up(self, client: Client, cast: Cast, lines, django_assert_num_queries):
        """Nobody is asked for only to be named: a page that needs no account costs no statement for it."""
        enter(client)

        logging.getLogger("milepost.requests").setLevel(logging.DEBUG)
        with django_assert_num_queries(0):
            client.get("/livez")

        assert told(lines[-1])[2:] == (None, None)

    @pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
    def test_of_whoever_watches_is_for_those_who_look_for_faults(self, client: Client, cast, lines, path):
        """At the usual level there is none, so that what happened is not lost among them."""
        client.get(path)
        usual = list(lines)
        logging.getLogger("milepost.requests").setLevel(logging.DEBUG)
        client.get(path)

        assert usual == []
        assert [line.route for line in lines] == [path.strip("/")]

    def test_holds_no_name_and_no_secret(self, client: Client, cast: Cast, lines):
        """Neither the address nor the password that was sent is in any line."""
        enter(client).get("/w/acme/people/?q=lovelace")

        everything = " ".join(f"{line.getMessage()} {line.__dict__}" for line in lines).lower()
        assert not any(word in everything for word in ("ada@acme", "lovelace", PASSWORD))
