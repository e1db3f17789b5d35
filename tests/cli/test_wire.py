"""What goes wrong on the way to a server is told plainly; what may be sent again is, and nothing else."""

from __future__ import annotations

import json
import socket
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from milepost.cli import servers, telling
from milepost.cli.exits import Exit, exit_for
from milepost.cli.servers import Server
from milepost.cli.wire import PATIENCE_FOR_A_FILE, Refused, Unreachable, Wire
from milepost.core.problems import Problem
from tests.cli.client import Client

Answer = tuple[int, dict[str, str], bytes]
PROBLEM = {"Content-Type": "application/problem+json"}


class Elsewhere:
    """A machine that is somebody else's: it answers what it is told to, in turn; None hangs up."""

    def __init__(self, *answers: Answer | None) -> None:
        self.answers, self.asked, self.callers = list(answers), [], 0
        self.wires: list[Wire] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(handler) -> None:
                self.callers += 1
                super().setup()

            def do_GET(handler) -> None:
                length = int(handler.headers.get("Content-Length") or 0)
                said = (handler.command, handler.path, dict(handler.headers), handler.rfile.read(length))
                self.asked.append(said)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    handler.close_connection = True
                    return
                status, headers, body = answer
                handler.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    handler.send_header(name, value)
                handler.end_headers()
                handler.wfile.write(body)

            do_POST = do_DELETE = do_CONNECT = do_GET

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def end(self) -> None:
        for each in self.wires:
            each.connection.end()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def elsewhere() -> Iterator[Callable[..., Elsewhere]]:
    """Start machines that answer as they are told."""
    made: list[Elsewhere] = []

    def start(*answers: Answer | None) -> Elsewhere:
        made.append(Elsewhere(*answers))
        return made[-1]

    yield start
    for each in made:
        each.end()


def refusal(status: int, code: str, **headers: str) -> Answer:
    said = {"status": status, "code": code, "detail": "It is so.", "remedy": "Do otherwise.", "errors": []}
    return status, PROBLEM | headers, json.dumps(said).encode()


def wire(place: Elsewhere, url: str | None = None) -> Wire:
    """Return the way to a machine, or to another address that goes through it; it ends when that does."""
    place.wires.append(Wire(Server(url or place.url, "mp_secret")))
    return place.wires[-1]


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "code"),
        [(401, Exit.AUTH), (403, Exit.AUTH), (404, Exit.NOT_FOUND), (409, Exit.CONFLICT), (422, Exit.ERROR)],
    )
    def test_keep_their_words_and_have_exit_codes(self, elsewhere, status: int, code: Exit):
        """What the server says is what is told, and the exit code says what kind of thing it is."""
        place = elsewhere(refusal(status, "it_is_so"))

        with pytest.raises(Refused, match=r"It is so\.") as told:
            wire(place).get("/me")

        assert exit_for(told.value) is code

    def test_wait_when_asked_to(self, elsewhere, capsys):
        """A server that asks for patience, and once more, is given it and asked again."""
        busy = refusal(429, "too_many_at_once", **{"Retry-After": "0"})
        place = elsewhere(busy, busy, (200, {}, b'{"a": 1}'))

        assert wire(place).get("/me") == {"a": 1}

        assert "wait 0 seconds" in capsys.readouterr().err

    def test_do_not_wait_forever(self, elsewhere):
        """One that asks for more than a minute and a half is refused at once, with its own words."""
        place = elsewhere(refusal(429, "too_many_requests", **{"Retry-After": "3600"}))

        with pytest.raises(Refused):
            wire(place).get("/me")

        assert len(place.asked) == 1


class TestPatience:
    def test_is_longer_for_a_file(self, elsewhere, monkeypatch):
        """A file of a whole workspace may take minutes; what is set in the environment holds for it too."""
        for name, value in ((servers.SERVER, elsewhere((200, {}, b"{}")).url), (servers.TOKEN, "mp_secret")):
            monkeypatch.setenv(name, value)
        monkeypatch.delenv(servers.TIMEOUT, raising=False)
        options = Namespace(server=None, workspace=None)

        usual = telling.wire(options).patience
        for_a_file = telling.wire(options, patience=PATIENCE_FOR_A_FILE).patience
        monkeypatch.setenv(servers.TIMEOUT, "7")

        assert (usual, for_a_file) == (30, 300)
        assert telling.wire(options, patience=PATIENCE_FOR_A_FILE).patience == 7


class TestLists:
    def test_are_followed_to_their_end(self, elsewhere):
        """Each answer is asked for from where the one before ended, and all on one connection."""
        after = "0123456789abc"
        place = elsewhere(
            (200, {}, json.dumps({"items": [{"id": "a", "note": "],"}], "next": after}).encode()),
            (200, {}, b'{"items":[{"id":"b"},{"id":"c"}],"next":null}'),
        )

        found = list(wire(place).every("/checkins", limit=1_500))

        assert [each["id"] for each in found] == ["a", "b", "c"]
        assert [path.partition("?")[2] for _, path, *_ in place.asked] == [
            "limit=1000", f"limit=500&after={after}",
        ]  # fmt: skip
        assert place.callers == 1

    def test_may_be_empty(self, elsewhere):
        """Where nothing fits, nothing comes."""
        assert list(wire(elsewhere((200, {}, b'{"items":[],"next":null}'))).every("/checkins")) == []

    def test_that_are_none_of_ours_are_told(self, elsewhere):
        """JSON of another shape is no answer of Milepost."""
        with pytest.raises(Problem, match="no Milepost"):
            list(wire(elsewhere((200, {}, b'{"results":[]}'))).every("/checkins"))

    def test_that_break_off_are_no_json(self, elsewhere, stranger: Client):
        """A program that reads half a list is not let believe that it read all of it."""
        whole = (200, {}, b'{"items":[{"id":"a"}],"next":"0123456789abc"}')
        place = elsewhere(whole, refusal(503, "busy"))
        stranger.variables = {"MILEPOST_SERVER": place.url, "MILEPOST_TOKEN": "mp_x"}

        told = stranger.run("list", "cycles", "--json")

        assert told.returncode == Exit.ERROR and "It is so." in told.stderr
        with pytest.raises(ValueError):
            json.loads(told.stdout)
        assert json.loads(told.stdout.splitlines()[-1])["code"] == "busy"


class TestConnections:
    def test_are_begun_anew_after_a_pause(self, elsewhere, monkeypatch):
        """What is sent into a connection that lay idle might count or not, so it gets one of its own."""
        place = elsewhere((200, {}, b"{}"))
        here = wire(place)
        here.get("/me")
        monkeypatch.setattr(here.connection, "_until", 0.0)

        here.post("/objectives", {"title": "A"})

        assert place.callers == 2

    def test_go_through_the_proxy_that_is_named(self, elsewhere, monkeypatch):
        """A plain address is asked of the proxy, whole, with the proxy's own password."""
        proxy = elsewhere((200, {}, b'{"a": 1}'))
        monkeypatch.setenv("http_proxy", proxy.url.replace("http://", "http://ada:p%40ss@"))

        assert wire(proxy, "http://okr.example.org/sub").get("/me") == {"a": 1}

        ((_, path, headers, _),) = proxy.asked
        assert path == "http://okr.example.org/sub/api/v1/me"
        assert headers["Host"] == "okr.example.org"
        assert headers["Proxy-Authorization"] == "Basic YWRhOnBAc3M="

    def test_show_a_proxy_no_token(self, elsewhere, monkeypatch):
        """Of what goes to a server encrypted, the proxy learns where to, and no more."""
        proxy = elsewhere((407, {}, b""))
        monkeypatch.setenv("https_proxy", proxy.url)

        with pytest.raises(Unreachable, match="407"):
            wire(proxy, "https://okr.example.org").get("/me")

        method, path, headers, _ = proxy.asked[0]
        assert (method, path) == ("CONNECT", "okr.example.org:443")
        assert "Authorization" not in headers

    def test_pass_a_proxy_by(self, elsewhere, monkeypatch):
        """No proxy is asked for this machine, nor for what NO_PROXY names."""
        place, proxy = elsewhere((200, {}, b"{}")), elsewhere((200, {}, b"{}"))
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "okr.example.invalid")

        wire(place).get("/me")
        with pytest.raises(Unreachable, match=r"no machine called okr\.example\.invalid"):
            wire(proxy, "http://okr.example.invalid").get("/me")

        assert proxy.asked == []


class TestStrangers:
    def test_get_no_token_by_redirect(self, elsewhere):
        """A redirect is told, never followed: the token is for one server."""
        thief = elsewhere((200, {}, b"{}"))
        place = elsewhere((302, {"Location": thief.url}, b""))

        with pytest.raises(Problem, match="sends us on"):
            wire(place).get("/me")

        assert thief.asked == []

    @pytest.mark.parametrize("answer", [(200, {}, b"<html>"), (404, {}, b"no"), (200, {}, b"\xff\xfe")])
    def test_are_told_apart_from_milepost(self, elsewhere, answer: Answer):
        """What is no answer of ours is said to be none."""
        with pytest.raises(Problem, match="no Milepost"):
            wire(elsewhere(answer)).get("/me")

    def test_may_be_broken(self, elsewhere):
        """A gateway's error page is told as a server that does not work right now."""
        with pytest.raises(Problem, match="does not work right now"):
            wire(elsewhere((502, {}, b"<html>Bad gateway"))).get("/me")


class TestSilence:
    def test_is_met_once_more_where_that_is_safe(self, elsewhere):
        """What only reads, or carries a key, is sent a second time, with the same key."""
        place = elsewhere(None, (200, {}, b"{}"))
        other = elsewhere(None, (201, {}, b"{}"))

        wire(place).get("/me")
        wire(other).post("/key-results/x/checkins", {"value": "1"}, key="k-1")

        assert len(place.asked) == 2
        assert [headers["Idempotency-Key"] for _, _, headers, _ in other.asked] == ["k-1", "k-1"]

    def test_is_not_met_again_where_it_might_count_twice(self, elsewhere):
        """What has no key is sent once."""
        place = elsewhere(None)

        with pytest.raises(Unreachable):
            wire(place).post("/objectives", {"title": "A"})

        assert len(place.asked) == 1

    def test_is_told_with_what_to_do(self, stranger: Client):
        """Nobody there, no such machine, no certificate that holds: each is a sentence and a remedy."""
        with socket.socket() as taken:  # so that nobody comes to listen there
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            stranger.variables = {"MILEPOST_SERVER": f"http://127.0.0.1:{port}", "MILEPOST_TOKEN": "mp_x"}

            told = stranger.run("whoami")

        assert told.returncode == Exit.ERROR
        assert "Nothing listens at" in told.stderr and "Is the server running" in told.stderr

    def test_of_a_check_in_is_remembered(self, elsewhere, stranger: Client):
        """The same command, given again after no answer, goes on with the first one's key."""
        row = {"id": "0000000000001", "key": "k", "title": "T", "kind": "increase", "unit": "", "value": "1"}
        row |= {"start": "0", "target": "9", "confidence": None, "milestones": []}
        outcome = {"key_result": {"title": "T", "percent": "1 %", "before": None}, "ancestors": [], "id": "x"}
        done = (201, {}, json.dumps({**outcome, "again": False, "warning": None}).encode())
        one = (200, {}, json.dumps(row).encode())
        place = elsewhere(one, one, None, None, one, one, done, one, one, done)
        stranger.variables = {"MILEPOST_SERVER": place.url, "MILEPOST_TOKEN": "mp_x"}
        words = ("checkin", "0000000000001", "5")

        first, second, third = stranger.run(*words), stranger.run(*words), stranger.run(*words)

        keys = [headers["Idempotency-Key"] for method, _, headers, _ in place.asked if method == "POST"]
        assert (first.returncode, second.returncode, third.returncode) == (1, 0, 0), second.stderr
        assert "counts once" in first.stderr
        assert keys[0] == keys[1] == keys[2] != keys[3]


class TestAddress:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("okr.example.org", "https://okr.example.org"),
            ("localhost:8000", "http://localhost:8000"),
            ("https://okr.example.org/w/acme/teams/", "https://okr.example.org"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
            ("https://example.org/okrs/api/v1", "https://example.org/okrs"),
        ],
    )
    def test_is_read_as_people_write_it(self, written: str, read: str):
        """With or without a scheme, or copied from a page."""
        assert servers.address(written) == read

    @pytest.mark.parametrize(
        "written", ["", "ftp://a.example", "https://", "https://ada:pw@a.example", "a b", "http://a:x"]
    )
    def test_is_refused_where_it_is_none(self, written: str):
        """What is no address is a mistake in use."""
        with pytest.raises(Problem) as told:
            servers.address(written)

        assert exit_for(told.value) is Exit.USAGE
