"""What a broken or hostile server answers is told in plain words: it moves no cursor and has an end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from milepost.cli import connections
from milepost.cli.exits import Exit
from milepost.cli.servers import TIMEOUT, Server
from milepost.cli.shapes import ME, fits, is_exact, is_finite, is_tree
from milepost.cli.terminal import as_json
from milepost.cli.wire import Unreachable, Wire, usual_patience
from milepost.core.problems import Problem
from tests.cli.client import Client

# Clears the screen, names the window, writes to the clipboard, colours, turns letters round.
EVIL = "\x1b[2J\x1b]0;pwned\x07\x1b]52;c;cHc=\x07\x9b31m\u202eTitle\x7f\r\nnext"
OUR_OWN = re.compile(r"\x1b\[[0-9;]*m")
Way = Callable[[BaseHTTPRequestHandler], None]


class Hostile:
    """A machine that answers each request in the same way, and hears when it is left."""

    def __init__(self, way: Way) -> None:
        self.asked: list[str] = []
        self.wires: list[Wire] = []
        self.is_over = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(handler) -> None:
                self.asked.append(handler.path)
                handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
                handler.place = self
                try:
                    way(handler)
                except OSError:  # whoever asked hung up
                    handler.close_connection = True

            do_POST = do_DELETE = do_GET

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def wire(self, *, patience: float | None = None) -> Wire:
        """Return a way here that ends when this does."""
        self.wires.append(Wire(Server(self.url, "mp_x"), patience=patience))
        return self.wires[-1]

    def end(self) -> None:
        for each in self.wires:
            each.connection.end()
        self.is_over.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def hostile(stranger: Client) -> Iterator[Callable[[Way], Hostile]]:
    """Start a machine that answers in a way; the stranger asks it."""
    made: list[Hostile] = []

    def start(way: Way) -> Hostile:
        made.append(Hostile(way))
        stranger.variables = {"MILEPOST_SERVER": made[-1].url, "MILEPOST_TOKEN": "mp_x"}
        return made[-1]

    yield start
    for each in made:
        each.end()


def saying(body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> Way:
    """Answer with this."""

    def way(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return way


def values(value: Any, status: int = 200) -> Way:
    return saying(json.dumps(value).encode(), status)


def head(handler: BaseHTTPRequestHandler, **headers: str) -> None:
    handler.send_response(200)
    for name, value in {"Content-Type": "application/json", **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Announce much, and send a byte now and then for as long as somebody listens."""
    head(handler, Content_Length="1000000")
    while not handler.place.is_over.wait(0.02):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def drip_heads(handler: BaseHTTPRequestHandler) -> None:
    """Begin an answer, and never come to its end."""
    while not handler.place.is_over.wait(0.02):
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        handler.wfile.flush()


def flood(handler: BaseHTTPRequestHandler) -> None:
    """Send pieces without an end."""
    head(handler, Transfer_Encoding="chunked")
    while not handler.place.is_over.is_set():
        handler.wfile.write(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")


def boast(handler: BaseHTTPRequestHandler) -> None:
    """Announce a gigabyte."""
    head(handler, Content_Length=str(1 << 30))
    handler.place.is_over.wait()


def is_harmless(shown: str) -> bool:
    """Say whether a terminal that is shown this only shows it, in colours of ours perhaps."""
    left = OUR_OWN.sub("", shown.replace("\r\n", "\n"))
    return not set(left) & {
        *map(chr, range(9)),
        *map(chr, range(11, 32)),
        *map(chr, range(127, 160)),
        "\u202e",
    }


def me(text: str) -> dict[str, Any]:
    return {
        "person": {"id": text, "name": text, "role": text},
        "workspace": {"slug": text, "name": text},
        "token": {"name": text, "scope": text, "expires_at": text},
    }


REFUSAL = {
    "status": 400, "code": EVIL, "title": EVIL, "detail": EVIL, "remedy": EVIL,
    "errors": [{"field": EVIL, "code": EVIL, "detail": EVIL}] * 2,
}  # fmt: skip


class TestWords:
    def test_of_a_refusal_move_no_cursor(self, hostile, stranger: Client):
        """Detail, remedy and errors are shown, in letters alone: also at a terminal, also as JSON."""
        hostile(values(REFUSAL, 400))

        piped = stranger.run("whoami", "--json")
        code, shown = stranger.type("whoami")
        _, as_json = stranger.type("whoami", "--json")

        assert code == piped.returncode == Exit.ERROR
        assert shown.count("Title") == 4 and "next" in shown
        for told in (piped.stderr, piped.stdout, shown, as_json):
            assert "Title" in told and is_harmless(told)
        assert json.loads(piped.stdout)["message"] == EVIL

    def test_of_an_address_elsewhere_neither(self, hostile, stranger: Client):
        """Where a redirect leads is told in letters alone."""
        hostile(saying(b"", 302, Location="http://a.example/\x9b2J\x1b[2J"))

        told = stranger.run("whoami")

        assert "sends us on to http://a.example/" in told.stderr and is_harmless(told.stderr)

    def test_of_an_answer_neither(self, hostile, stranger: Client):
        """Names come out in letters alone, whichever way they are told."""
        hostile(values(me(EVIL)))

        for words in ((), ("--json",), ("--quiet",)):
            told = stranger.run("whoami", *words)

            assert told.returncode == 0 and "Title" in told.stdout and is_harmless(told.stdout), words
            assert is_harmless(stranger.type("whoami", *words)[1]), words

    def test_of_a_login_neither(self, hostile, stranger: Client):
        """What is kept of a login is told the same."""
        place = hostile(values(me(EVIL)))
        stranger.variables = {}

        told = [
            stranger.run("login", place.url, "--with-token", stdin="mp_x\n"), stranger.run("whoami", "--all"),
            stranger.run("logout"),
        ]  # fmt: skip

        assert all(each.returncode == 0 and is_harmless(each.stdout + each.stderr) for each in told), told

    def test_as_json_are_the_same_values(self):
        """What a terminal would obey stands as its number, and is read as what it was; half a letter too."""
        value = {"a": [EVIL, "\ud800", "Zoë 山田 🧭"]}

        written = as_json(value, indent=2)

        assert json.loads(written) == value and is_harmless(written)
        assert "Zoë 山田 🧭" in written and "\ud800" not in written


class TestAnswers:
    @pytest.mark.parametrize(
        "body",
        [
            b"[]",
            b"null",
            b"7",
            b'{"a":',
            b"[" * 200_000,
            b'{"person": 5}',
            b"",
            b"<html>",
            b'{"items": [[]], "next": null}',
        ],
    )
    @pytest.mark.parametrize("words", [("whoami",), ("tree",), ("list", "objectives")])
    def test_of_another_shape_are_no_milepost(self, hostile, stranger: Client, words, body: bytes):
        """What Milepost would never say is told as that, not as a mistake of ours."""
        hostile(saying(body))

        told = stranger.run(*words)

        assert told.returncode == Exit.ERROR
        assert "is no Milepost" in told.stderr and "broke" not in told.stderr

    def test_that_deny_a_change_need_one(self, hostile, stranger: Client):
        """A server that says “as before” to somebody who has nothing yet is no Milepost."""
        hostile(saying(b"", 304))

        assert "is no Milepost" in stranger.run("tree").stderr

    def test_may_refuse_in_any_shape(self, hostile, stranger: Client):
        """A refusal with errors that are none is told as far as it can be."""
        hostile(values({"code": 5, "detail": ["x"], "remedy": {}, "errors": [3, None]}, 409))

        told = stranger.run("whoami")

        assert told.returncode == Exit.CONFLICT and "broke" not in told.stderr

    def test_that_announce_a_gigabyte_are_not_begun(self, hostile, stranger: Client):
        """What says that it is larger than anything asked for is refused before it is read."""
        hostile(boast)

        told = stranger.run("whoami")

        assert told.returncode == Exit.ERROR and "answers with more than 64 MB" in told.stderr

    @pytest.mark.parametrize("is_file", [False, True])
    def test_without_an_end_are_left(self, hostile, monkeypatch, is_file: bool):
        """What only comes and comes is read as far as the largest that there is, and no further."""
        monkeypatch.setattr(connections, "LARGEST", 1 << 20)
        monkeypatch.setattr(connections, "LARGEST_FILE", 1 << 20)
        wire = hostile(flood).wire()

        with pytest.raises(Problem, match="more than 1 MB"):
            wire.file("/plan", "application/json") if is_file else wire.get("/me")

    def test_that_break_off_are_none(self, hostile):
        """Half of what was announced is no answer, whatever it says."""

        def half(handler: BaseHTTPRequestHandler) -> None:
            head(handler, Content_Length="1000")
            handler.wfile.write(b"{}")
            handler.close_connection = True

        with pytest.raises(Unreachable, match="IncompleteRead"):
            hostile(half).wire().get("/me")


class TestTime:
    @pytest.mark.parametrize("way", [drip, drip_heads])
    def test_is_given_to_the_whole_answer(self, hostile, way: Way):
        """Who sends a little now and then is given up like one who says nothing."""
        place = hostile(way)

        with pytest.raises(Unreachable, match=r"not to the end, within 0\.3 seconds"):
            place.wire(patience=0.3).get("/me")

    def test_is_longer_for_a_long_answer(self, hostile, monkeypatch):
        """Each megabyte that has come gives as much time again, so a slow line brings a large answer."""
        monkeypatch.setattr(connections, "STRETCH", 1 << 16)
        size = 4 << 16
        patience = 1_000_000
        wire = hostile(saying(b'"%b"' % (b"a" * size))).wire(patience=patience)

        wire.get("/me", str)
        given = wire.connection._due

        monkeypatch.setattr(connections, "STRETCH", 1 << 20)
        wire.get("/me", str)
        assert given - wire.connection._due > 3 * patience

    @pytest.mark.parametrize("said", ["abc", "nan", "inf", "-1", "0", "1e9"])
    def test_that_is_none_is_refused(self, monkeypatch, stranger: Client, said: str):
        """A time to wait that is no number of seconds is a mistake in the settings."""
        stranger.variables = {
            "MILEPOST_SERVER": "http://127.0.0.1:1",
            "MILEPOST_TOKEN": "mp_x",
            TIMEOUT: said,
        }
        monkeypatch.setenv(TIMEOUT, said)

        with pytest.raises(Problem, match=f"{TIMEOUT} is “{said}”, which is no number of seconds"):
            usual_patience()
        if said == "nan":
            assert "no number of seconds" in stranger.run("whoami").stderr


class TestLists:
    def test_that_lead_in_a_circle_end(self, hostile, stranger: Client):
        """A list that goes on where it has been is refused, and what came before is no JSON."""
        place = hostile(values({"items": [{"id": "a"}], "next": "0000000000001"}))

        told = stranger.run("list", "cycles", "--json")

        assert told.returncode == Exit.ERROR and "leads in a circle" in told.stderr
        assert json.loads(told.stdout.splitlines()[-1])["code"] == "circle"
        assert len(place.asked) == 2


class TestStreams:
    @pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    def test_that_are_closed_want_nothing(self, hostile, stranger: Client, closed: str):
        """Whoever closes standard output has asked for no word; nothing breaks for it."""
        hostile(values(me("Ada")))
        command = f"{sys.executable} -m milepost whoami --json {closed}"

        told = subprocess.run(
            command, shell=True, env=stranger.environ, capture_output=True, text=True, cwd=os.sep
        )

        assert (told.returncode, told.stderr) == (0, "")


class TestShapes:
    def test_are_what_the_real_server_says(self, client: Client):
        """The demo company's own answers fit, of today and of a past day."""
        for words in (
            ("tree", "-k"),
            ("list", "objectives"),
            ("list", "people"),
            ("list", "teams"),
            ("list", "cycles"),
        ):
            assert client.run(*words).returncode == 0, words

    @pytest.mark.parametrize("said", ["", "-", "1/0", "1e9", "nan", "1" * 201, 5, None])
    def test_of_numbers_take_no_other(self, said: object):
        """An exact number is written out, and short enough to work with."""
        assert not is_exact(said)
        assert is_exact("-2/3") and is_exact("0.50") and is_exact("12")

    def test_of_shares_take_what_can_be_drawn(self):
        """Neither NaN nor the infinite, nor a number of a thousand digits."""
        assert not any(map(is_finite, (float("nan"), float("inf"), 10**1000, True, "1")))
        assert is_finite(0.5) and is_finite(2)

    def test_name_what_must_be_there(self):
        """More may be there, and less may not."""
        assert fits(me("a") | {"more": 1}, ME)
        assert not fits({**me("a"), "token": {}}, ME)

    @pytest.mark.parametrize(
        "change",
        [
            {"statuses": None}, {"parents": ["id"]}, {"objectives": None}, {"key_results": 5},
            {"objectives": {"rows": [["a"]]}}, {"objectives": {"status": [9]}},
            {"objectives": {"progress": [float("nan")]}},
            {"key_results": {"rows": [["o", "t", "active", None, "o"]]}},
            {"key_results": {"rows": [["k", "t", "active", None, "k"]]}},
        ],
    )  # fmt: skip
    def test_of_a_tree_know_each_once(self, change: dict[str, Any]):
        """Rows are as long as their columns, figures are figures, and no id stands for two things."""
        figures = {"status": [0], "progress": [0.5], "expected": [None]}
        columns = ["id", "title", "state", "owner"]
        tree = {
            "statuses": ["on_track"],
            "parents": ["id", "how"],
            "objectives": {
                "columns": [*columns, "parents"], "rows": [["o", "t", "active", None, [["p", "supports"]]]],
                **figures,
            },
            "key_results": {
                "columns": [*columns, "objective"], "rows": [["k", "t", "active", None, "o"]], **figures,
            },
        }  # fmt: skip
        assert is_tree(tree)
        changed = {
            name: {**tree[name], **value} if isinstance(value, dict) else value
            for name, value in change.items()
        }

        assert not is_tree(tree | changed)
