"""Bodies come whole and in time, and whoever sends one slowly keeps nobody else waiting."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.test import RequestFactory

from milepost.web.bodies import UNREAD, CutShort, Readers, TooBusy, reading


class Dripping:
    """A sender whose bytes do not come before it is told to send them."""

    def __init__(self) -> None:
        self.asked, self.sends = threading.Event(), threading.Event()

    def read(self, length: int) -> bytes:
        self.asked.set()
        self.sends.wait()
        return b"x" * length


class Drops:
    """A sender of one byte at a time."""

    def __init__(self, body: bytes) -> None:
        self.body = BytesIO(body)

    def read(self, length: int) -> bytes:
        return self.body.read(min(length, 1))


class Endless:
    """A sender who never comes to an end."""

    def read(self, length: int) -> bytes:
        return b"x" * length


@pytest.fixture
def dripping():
    """Return a slow sender, who sends in the end."""
    senders = []

    def made() -> Dripping:
        senders.append(Dripping())
        return senders[-1]

    yield made
    for one in senders:
        one.sends.set()


class TestReaders:
    @pytest.mark.parametrize("threads", [1, 2, 8])
    def test_give_the_body(self, threads: int):
        """What was sent is what is read, however many threads there are."""
        assert Readers(threads).read(BytesIO(b"all of it"), 9) == b"all of it"

    def test_refuse_half_a_body(self):
        """A sender who goes away has not said what is done."""
        with pytest.raises(CutShort):
            Readers(8).read(BytesIO(b"half"), 9)

    def test_refuse_at_once_what_nobody_can_wait_for(self, dripping):
        """With as many slow senders as may be waited for, the next one is told to come again; these go on."""
        readers = Readers(3, waiting=2)
        slow = [dripping(), dripping()]
        with ThreadPoolExecutor(2) as pool:
            waiting = [pool.submit(readers.read, one, 1) for one in slow]
            for one in slow:
                one.asked.wait()

            with pytest.raises(TooBusy):
                readers.read(BytesIO(b"late"), 4)

            for one in slow:
                one.sends.set()
            assert [each.result() for each in waiting] == [b"x", b"x"]
        assert readers.read(BytesIO(b"quick"), 5) == b"quick"

    def test_hear_what_went_wrong(self, dripping):
        """What the server says of a connection that broke is said where the body is waited for."""

        class Broken:
            def read(self, length: int) -> bytes:
                raise ConnectionResetError("gone")

        with pytest.raises(ConnectionResetError):
            Readers(2).read(Broken(), 1)


class TestReading:
    def asked(self, method: str, body: bytes, **environ) -> tuple[str, dict, bytes, list]:
        seen, head = [], []

        def answer(environ, start_response):
            seen.append(environ["wsgi.input"].read() if "wsgi.input" in environ else b"")
            start_response("200 OK", [])
            return [b"done"]

        request = RequestFactory().generic(method, "/", body, content_type="text/plain")
        given = {**request.environ, "wsgi.input": BytesIO(body), **environ}
        said = b"".join(reading(answer, Readers(8))(given, lambda *each: head.extend(each)))
        return head[0], dict(head[1]), said, seen

    def test_lets_the_body_through(self):
        """Whoever works on a request reads the body that was sent."""
        assert self.asked("POST", b"a=1")[2:] == (b"done", [b"a=1"])

    def test_leaves_questions_alone(self):
        """A question has no body to wait for."""
        assert self.asked("GET", b"")[2:] == (b"done", [b""])

    def test_leaves_what_is_far_too_long_to_whoever_refuses_it(self):
        """A body of gigabytes is not read."""
        assert self.asked("POST", b"abc", CONTENT_LENGTH=str(UNREAD + 1))[2] == b"done"

    @pytest.mark.parametrize("how", [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"SERVER_PROTOCOL": "HTTP/2"}])
    def test_puts_pieces_together(self, how):
        """A body that does not say how long it is is read to its end, and then does."""
        more = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True, **how}

        whole = self.asked("POST", b"ab", **more | {"wsgi.input": Drops(b"in many pieces")})
        endless = self.asked("POST", b"ab", **more | {"wsgi.input": Endless()})
        unknown = self.asked(
            "POST", b"ab", **more | {"wsgi.input_terminated": False, "wsgi.input": BytesIO()}
        )

        assert whole[2:] == (b"done", [b"in many pieces"])
        assert endless[0].startswith("413 ")
        assert unknown[2:] == (b"done", [b""])

    def test_refuses_two_ends(self):
        """A body that says how long it is and that it comes in pieces could be read as two requests."""
        answer = self.asked("POST", b"ab", HTTP_TRANSFER_ENCODING="chunked")

        assert answer[0].startswith("400 ") and b"two_lengths" in answer[2] and answer[3] == []

    def test_tells_a_program_what_happened(self):
        """A refusal is a problem like others: with a code, a remedy and a number."""
        status, headers, body, seen = self.asked("POST", b"ab", CONTENT_LENGTH="9")

        assert status == "400 Bad Request"
        assert json.loads(body)["code"] == "cut_short"
        assert headers["X-Request-ID"]
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert seen == []
