"""The bodies of requests: read whole before the work begins, and only for so long.

A server's thread waits for the bytes of a body, and there are eight of them. Whoever sends a thousand
bytes one by one would hold a thread for hours, and with eight connections everybody. So one thread is
kept from waiting; one body at a time is read by the thread that will work on it, which costs nothing;
any other by one that may be left behind, when it takes longer than an honest sender needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Lock, Thread
from time import perf_counter
from typing import Any

from milepost.core.problems import Problem
from milepost.formats import problem_json
from milepost.web import headers, requests
from milepost.web.requests import Application

PATIENCE = 10.0  # seconds
SLOWEST = 32 * 1024  # bytes a second, beyond that patience
UNREAD = 16 * 2**20  # a longer body is left to whoever refuses it
LEFT_BEHIND = 128  # threads that wait for bytes of senders who were given up
METHODS = ("POST", "PUT", "PATCH", "DELETE")


class TooSlow(Problem):
    """The body did not come in time."""

    code, status = "too_slow", 408


class CutShort(Problem):
    """The sender went away."""

    code, status = "cut_short", 400


class TooLong(Problem):
    """More was sent than anybody reads."""

    code, status = "too_large", 413


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


@dataclass
class Readers:
    """Who waits for bodies: at most one thread fewer than there are, each for so many seconds."""

    threads: int
    patience: float = PATIENCE

    def __post_init__(self) -> None:
        self._waiting = BoundedSemaphore(max(1, self.threads - 1))
        self._left_behind = BoundedSemaphore(LEFT_BEHIND)
        self._own = Lock()

    def read(self, stream, length: int) -> bytes:
        """Return a body, whole; raises TooSlow, TooBusy or CutShort."""
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
        if not self._waiting.acquire(timeout=min(1.0, self.patience)):
            raise _busy()
        try:
            # Of two threads there must be one that comes back.
            if self.threads > 2 and self._own.acquire(blocking=False):
                try:
                    return stream.read(length)
                finally:
                    self._own.release()
            return self._read_by_another(stream, length)
        finally:
            self._waiting.release()

    def _read_by_another(self, stream, length: int) -> bytes:
        if not self._left_behind.acquire(blocking=False):
            raise _busy()
        found: SimpleQueue[bytes | BaseException] = SimpleQueue()

        def read() -> None:
            try:
                found.put(stream.read(length))
            except BaseException as wrong:  # the sender went away, say: it is told where it is waited for
                found.put(wrong)
            finally:
                self._left_behind.release()

        Thread(target=read, name="body", daemon=True).start()
        try:
            body = found.get(timeout=self.patience + length / SLOWEST)
        except Empty:
            raise TooSlow(
                "The body did not come in time, so nothing was done.", remedy="Send it again, in one go."
            ) from None
        if isinstance(body, BaseException):
            raise body
        return body


def _busy() -> TooBusy:
    return TooBusy("Too many bodies are on their way at once.", remedy="Send it again in a moment.")


def reading(answer: Application, readers: Readers) -> Application:
    """Return an application that reads a body before it lets `answer` work on it."""

    def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
        length, in_pieces = _length(environ), _comes_in_pieces(environ)
        if environ["REQUEST_METHOD"] not in METHODS or not (in_pieces or 0 < length <= UNREAD):
            return answer(environ, start_response)
        begun, stream = perf_counter(), environ["wsgi.input"]
        try:
            body = readers.read_pieces(stream, UNREAD) if in_pieces else readers.read(stream, length)
        except (TooSlow, TooBusy, CutShort, TooLong) as problem:
            return _refused(environ, start_response, problem, begun)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
        return answer(environ, start_response)

    return application


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
            ("Content-Security-Policy", headers.NO_SCRIPTS),
            ("Cache-Control", "no-store"),
            ("Retry-After", "10"),
            ("Connection", "close"),
            ("X-Request-ID", number),
        ]
        start_response(f"{problem.status} {HTTPStatus(problem.status).phrase}", head)
        requests.tell(environ["REQUEST_METHOD"], "none", problem.status, begun)
    return [body]
