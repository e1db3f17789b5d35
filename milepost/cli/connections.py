"""A connection to a server: kept while one request follows another, through a proxy where one is named."""

from __future__ import annotations

import io
import socket
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection, HTTPMessage, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import Any, BinaryIO
from urllib.parse import quote, unquote, urlsplit

from milepost.cli.servers import Server
from milepost.core.problems import Problem

# Seconds: a server may hang up on who says nothing, and what was sent into that may count twice.
KEPT_FOR = 1.0
PIECE = 1 << 16  # bytes read at once
STRETCH = 1 << 20  # bytes of an answer for which it gets its time once more
LARGEST = 64 << 20  # bytes of an answer that is held in memory; the tree of 100,000 people takes half
LARGEST_FILE = 4 << 30  # bytes of one that is written to a file


class Connection:
    """The connection to one server. Nothing is followed elsewhere, so a token is shown to no other.

    An answer is to be whole in `patience` seconds, and in as many more for each megabyte of it, however it
    drips: whoever sends a byte now and then keeps nobody waiting for ever.
    """

    def __init__(self, server: Server, *, patience: float) -> None:
        self.url = server.url
        parts = urlsplit(server.url)
        self.place, self.root, self.patience = parts.netloc, quote(parts.path), patience
        self.kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        # No proxy knows this machine's own name.
        is_near = server.is_alone and parts.scheme == "http"
        self.proxy, self._for_proxy = (None, {}) if is_near else _proxy(parts.scheme, parts.netloc)
        if self.proxy and parts.scheme == "http":
            self.root = f"http://{self.place}{self.root}"
        self._http: HTTPConnection | None = None
        self._until = 0.0
        self._due = 0.0  # when the answer is to be here

    def ask(
        self,
        method: str,
        path: str,
        data: bytes | None,
        headers: Mapping[str, str],
        *,
        file: BinaryIO | None = None,
    ) -> tuple[int, HTTPMessage, bytes]:
        """Send a request; return the status, the headers and the body of the answer.

        What is given goes to the file instead, if one is named. Raises Problem for what is too large.
        """
        if self._http is None or time.monotonic() > self._until:
            self.end()
            self._http = self._opened()
        self._due = time.monotonic() + self.patience
        if self._http.sock is not None:
            self._http.sock.settimeout(self.patience)  # of the last answer little may have been left
        try:
            own = {} if isinstance(self._http, HTTPSConnection) else self._for_proxy
            self._http.request(method, self.root + path, data, {**headers, **own})
            with self._http.getresponse() as answer:
                found = answer.status, answer.headers, self._body(answer, file)
        except BaseException:
            self.end()  # of what was not read to its end nothing else can be asked
            raise
        self._until = time.monotonic() + KEPT_FOR
        return found

    def end(self) -> None:
        """Hang up."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def _body(self, answer: HTTPResponse, file: BinaryIO | None) -> bytes:
        if file is None or answer.status != 200:
            return b"".join(self._pieces(answer, LARGEST))
        for piece in self._pieces(answer, LARGEST_FILE):
            file.write(piece)
        return b""

    def _pieces(self, answer: HTTPResponse, most: int) -> Iterator[bytes]:
        """Yield the body as it comes, all that was announced and not more than is taken."""
        announced, taken = answer.length, 0
        if announced is not None and announced > most:
            raise self._too_large(most)
        while piece := answer.read1(PIECE):
            taken += len(piece)
            if taken > most:
                raise self._too_large(most)
            if taken % STRETCH < len(piece):
                self._due += self.patience
            yield piece
        if announced is not None and taken < announced:
            raise IncompleteRead(b"", announced - taken)

    def _too_large(self, most: int) -> Problem:
        return Problem(
            f"{self.url} answers with more than {most >> 20:,} MB. What came was thrown away.",
            code="answer_too_large",
            remedy="Ask for less, for instance by --limit; where you did, check the address.",
        )

    def _left(self) -> float:
        """Return how many seconds the answer still has; raises TimeoutError where it has none."""
        left = self._due - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _response(self, sock: socket.socket, *more: Any, **named: Any) -> HTTPResponse:
        response = HTTPResponse(sock, *more, **named)
        response.fp.close()
        response.fp = io.BufferedReader(_Timed(sock, self._left), PIECE)
        return response

    def _opened(self) -> HTTPConnection:
        http = self.kind(self.proxy or self.place, timeout=self.patience)
        http.response_class = self._response
        if self.proxy and isinstance(http, HTTPSConnection):
            http.set_tunnel(self.place, headers=self._for_proxy)  # what goes through it no proxy reads
        return http


class _Timed(io.RawIOBase):
    """What comes in, of which each read is given as long as the whole still has."""

    def __init__(self, sock: socket.socket, left: Callable[[], float]) -> None:
        self.sock, self.raw, self.left = sock, sock.makefile("rb", buffering=0), left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self.sock.settimeout(self.left())
        return self.raw.readinto(buffer)

    def close(self) -> None:
        self.raw.close()
        super().close()


def _proxy(scheme: str, place: str) -> tuple[str | None, dict[str, str]]:
    """Return the proxy that the environment or the system names for a server, and what is said to it."""
    from urllib.request import getproxies, proxy_bypass

    named = getproxies().get(scheme)
    if not named or proxy_bypass(place):
        return None, {}
    who, _, at = urlsplit(named if "://" in named else f"http://{named}").netloc.rpartition("@")
    password = b64encode(unquote(who).encode()).decode()
    return at, {"Proxy-Authorization": f"Basic {password}"} if who else {}
