"""The bodies of requests: read whole before the work begins, so that nobody works while a sender is slow.

The server's thread waits for the bytes of a body, and there is no way to end that: the server itself waits,
with all of Python stopped, for whoever reads a body that was given up. So as many threads more than work at
the same time may wait for bodies; where all of them do, the next body is refused at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from threading import BoundedSemaphore
from time import perf_counter
from typing import Any

from milepost.core.problems import Problem
from milepost.core.queues import Queue
from milepost.formats import problem_json
from milepost.web import headers, requests
from milepost.web.requests import Application

WAITING = 8  # bodies that are waited for at once, each by a thread; many more would be in each other's way
UNREAD = 16 * 2**20  # a longer body is left to whoever refuses it
METHODS = ("POST", "PUT", "PATCH", "DELETE")


class CutShort(Problem):
    """The sender went away."""

    code, status = "cut_short", 400


class TooLong(Problem):
    """More was sent than anybody reads."""

    code, status = "too_large", 413


class TwoLengths(Problem):
    """Where a body ends is said twice: who stands in between may have read it otherwise."""

    code, status = "two_lengths", 400


class TooBusy(Problem):
    """Every thread that may wait for a body does."""

    code, status = "too_busy", 503


@dataclass
class Pieces:
    """A body that comes in pieces, as a stream: what is read of it may be less only at its end."""

    stream: Any

    def read(self, length: int) -> bytes:
        """Read so many bytes, or all there are."""
        found = bytearray()
        while len(found) < length and (piece := self.stream.read(length - len(found))):
            found += piece
        return bytes(found)


class Readers:
    """Who waits for bodies, and who works: so many at once of each."""

    def __init__(self, threads: int, waiting: int = WAITING) -> None:
        self.working = Queue(threads)
        self._waiting = BoundedSemaphore(waiting)

    def read(self, stream, length: int) -> bytes:
        """Return a body, whole; raises TooBusy or CutShort."""
        body = self._read(stream, length)
        if len(body) < length:
            raise CutShort("The body ended early, so nothing was done.", remedy="Send it again.")
        return body

    def read_pieces(self, stream, most: int) -> bytes:
        """Return a body that does not say how long it is, whole; raises TooLong beyond `most` bytes."""
        body = self._read(Pieces(stream), most + 1)
        if len(body) > most:
            raise TooLong("The body is too large, so nothing was done.", remedy="Send less at once.")
        return body

    def _read(self, stream, length: int) -> bytes:
        if not self._waiting.acquire(blocking=False):
            raise TooBusy("Too many bodies are on their way at once.", remedy="Send it again in a moment.")
        try:
            return stream.read(length)
        finally:
            self._waiting.release()


def reading(answer: Application, readers: Readers) -> Application:
    """Return an application that reads a body before it lets `answer` work on it."""

    def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
        length, in_pieces = _length(environ), _comes_in_pieces(environ)
        if environ["REQUEST_METHOD"].upper() not in METHODS or not (in_pieces or 0 < length <= UNREAD):
            with readers.working:
                return answer(environ, start_response)
        begun, stream = perf_counter(), environ["wsgi.input"]
        try:
            _require_one_length(environ)
            body = readers.read_pieces(stream, UNREAD) if in_pieces else readers.read(stream, length)
        except (TooBusy, CutShort, TooLong, TwoLengths) as problem:
            return _refused(environ, start_response, problem, begun)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
        with readers.working:
            return answer(environ, start_response)

    return application


def _require_one_length(environ: dict) -> None:
    if environ.get("CONTENT_LENGTH") and "HTTP_TRANSFER_ENCODING" in environ:
        raise TwoLengths(
            "The request says twice where its body ends, so nothing was done.",
            remedy="Send Content-Length or Transfer-Encoding, not both.",
        )


def _length(environ: dict) -> int:
    said = environ.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdecimal() and said.isascii() and len(said) < 16 else 0


def _comes_in_pieces(environ: dict) -> bool:
    # Django takes a body without a length for an empty one, since not every server knows where it ends.
    if environ.get("CONTENT_LENGTH") or not environ.get("wsgi.input_terminated"):
        return False
    return "HTTP_TRANSFER_ENCODING" in environ or environ.get("SERVER_PROTOCOL", "").startswith("HTTP/2")


def _refused(environ: dict, start_response: Callable, problem: Problem, begun: float) -> list[bytes]:
    with requests.numbered(environ.get(requests.NUMBER, "")) as number:
        body = problem_json.write(problem)
        head = [
            ("Content-Type", problem_json.MEDIA_TYPE),
            ("Content-Length", str(len(body))),
            *headers.BEFORE_DJANGO,
            ("Retry-After", "10"),
            ("Connection", "close"),
            ("X-Request-ID", number),
        ]
        start_response(f"{problem.status} {HTTPStatus(problem.status).phrase}", head)
        requests.tell(environ["REQUEST_METHOD"], "none", problem.status, begun)
    return [body]
