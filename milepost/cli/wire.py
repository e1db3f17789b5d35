"""Asking a server over its API: what comes back is plain values, what goes wrong is a Problem in words."""

from __future__ import annotations

import errno
import json
import os
import re
import socket
import ssl
import sys
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode, urlsplit

from milepost import __version__
from milepost.cli.connections import Connection
from milepost.cli.servers import TIMEOUT, Server
from milepost.cli.shapes import ME, fits
from milepost.core.problems import Problem

ROOT = "/api/v1"
MOST = 1_000  # of a list in one answer
PATIENCE = 30  # seconds in which an answer is to be here, and each further megabyte of it
PATIENCE_FOR_A_FILE = 300  # seconds; a file of a whole workspace is all worked out before it comes
SHORTEST, LONGEST = 0.1, 86_400  # seconds that may be set instead
LONGEST_WAIT = 90  # seconds that a server may ask us to wait, in all
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
# Some of a list: its entries, and where it goes on. Nothing else stands in it (docs/api.md).
SLICE = re.compile(
    rb'\s*\{\s*"items":\s*\[(?P<items>.*)\],\s*"next":\s*(?:null|"(?P<next>[0-9a-z]{13})")\s*\}\s*',
    re.DOTALL,
)


class Unreachable(Problem):
    """No answer came, so nobody knows what the server did with the request."""

    code = "unreachable"
    status = 503


class Refused(Problem):
    """The server said no; `errors` says what is wrong field by field, `answer` is all that it said."""

    def __init__(self, status: int, answer: Mapping[str, Any], retry_after: str | None = None) -> None:
        errors = answer.get("errors")
        errors = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
        # Of a single mistake in a form the sentence tells already; of one in a file it does not.
        is_listed = len(errors) > 1 or answer.get("code") == "file_refused"
        details = tuple(str(each.get("detail", "")) for each in errors) if is_listed else ()
        super().__init__(
            str(answer.get("detail") or f"The server answered {status}."),
            code=str(answer.get("code") or f"status_{status}"),
            remedy=str(answer.get("remedy") or "") or None,
            details=details,
        )
        self.status, self.errors, self.retry_after = status, errors, retry_after
        if status == 401:
            self.remedy = "Run `milepost login`: the token ended, was revoked, or is for another server."

    def as_json(self) -> dict[str, object]:
        """Return plain values for a program to read."""
        parts = [
            {"path": each.get("field", ""), "code": each.get("code", ""), "message": each.get("detail", "")}
            for each in self.errors
        ]
        return super().as_json() | {"problems": parts}


class Wire:
    """The way to one server."""

    def __init__(self, server: Server, *, patience: float | None = None) -> None:
        self.server, self.patience = server, patience or usual_patience()
        self.connection = Connection(server, patience=self.patience)
        self.headers: Mapping[str, str] = {}  # of the last answer

    def get(self, path: str, shape: Any = dict, **query: Any) -> Any:
        """Read an address below /api/v1, of which we use what the shape names."""
        return self.read(self.bytes("GET", _with(path, query)), shape)

    def post(self, path: str, body: Any = None, *, shape: Any = dict, key: str | None = None) -> Any:
        """Make something. With a key it is sent again where no answer came, and counts once."""
        more = {"Idempotency-Key": key} if key else {}
        return self.read(self.bytes("POST", path, body, **more), shape)

    def every(
        self, path: str, shape: Any = dict, *, limit: int | None = None, **query: Any
    ) -> Iterator[dict[str, Any]]:
        """Yield the entries of a list, asking for more as they are wanted."""
        for part in self.parts(path, limit=limit, **query):
            yield from self.entries(part, shape)

    def entries(self, part: bytes, shape: Any = dict) -> list[dict[str, Any]]:
        """Return entries of a list that came with commas between."""
        return self.read(b"[%b]" % part, [shape])

    def parts(self, path: str, *, limit: int | None = None, **query: Any) -> Iterator[bytes]:
        """Yield the entries of a list as the server wrote them, so many at a time, with commas between.

        What is passed on need not be taken apart, which for a long list takes longer than fetching it.
        """
        after, left, been = None, limit, set()
        while True:
            size = MOST if left is None else min(left, MOST)
            asked = {"limit": size, "after": after, **query}
            body = self.bytes("GET", _with(path, asked))
            found = SLICE.fullmatch(body)
            if found is None:
                raise self._no_milepost()
            if found["items"]:
                yield found["items"]
            if left is not None:
                left -= size
            after = None if found["next"] is None else found["next"].decode()
            if after is None or left == 0:
                return
            if after in been:
                raise self._circle()
            been.add(after)

    def page(self, path: str) -> str:
        """Return the whole address of a page."""
        parts = urlsplit(self.server.url)
        return f"{parts.scheme}://{parts.netloc}{quote(path, safe='/?=&%')}"

    def home(self) -> str:
        """Return the path that the pages of the workspace begin with."""
        return f"/w/{self.server.workspace or self.get('/me', ME)['workspace']['slug']}/"

    def read(self, data: bytes, shape: Any) -> Any:
        """Return the values that an answer holds; raises Problem for what Milepost would not say."""
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            raise self._no_milepost() from None
        if not fits(value, shape):
            raise self._no_milepost()
        return value

    def bytes(
        self, method: str, path: str, body: Any = None, *, file: BinaryIO | None = None, **headers: str
    ) -> bytes:
        """Send a request and return the answer as it came, or write it to a file.

        It is tried a second time where that can do no harm.
        """
        may_repeat = method == "GET" or "Idempotency-Key" in headers
        left = LONGEST_WAIT
        while True:
            try:
                return self._once(method, path, body, headers, file)
            except Unreachable as wrong:
                # Who is not there at all, or not whom they say, will not be otherwise a moment later.
                if not may_repeat or wrong.code != "unreachable":
                    raise
                may_repeat = False
                if file is not None:
                    file.seek(0)
                    file.truncate()
            except Refused as wrong:
                seconds = _seconds(wrong.retry_after)
                if wrong.status != 429 or seconds is None or seconds > left:
                    raise
                left -= max(seconds, 1)
                print(f"The server asks to wait {seconds} second{'s' * (seconds != 1)}.", file=sys.stderr)
                time.sleep(seconds)

    def file(self, path: str, kind: str) -> BinaryIO:
        """Return what an address gives in a media type, as a file without a name: it may be large."""
        from tempfile import TemporaryFile

        file = TemporaryFile()  # noqa: SIM115 - whoever asked reads and closes it
        try:
            self.bytes("GET", path, file=file, Accept=kind)
            if self.headers.get_content_type() != kind:
                raise self._no_milepost()
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def _once(
        self, method: str, path: str, body: Any, headers: Mapping[str, str], file: BinaryIO | None
    ) -> bytes:
        sent = {
            "Accept": "application/json",
            "User-Agent": f"milepost/{__version__}",
            "Authorization": f"Bearer {self.server.token}",
            **headers,
        }
        data = None
        if method != "GET":
            data = b"" if body is None else encoded(body)
            sent["Content-Type"] = "application/json"
        try:
            status, self.headers, answer = self.connection.ask(method, ROOT + path, data, sent, file=file)
        except (OSError, HTTPException) as wrong:
            if isinstance(wrong, OSError) and wrong.errno in NO_ROOM:
                raise  # it is this machine's disk that is full
            raise self._unreachable(wrong) from None
        if status == 304:
            return b""
        if status >= 300:
            raise self._refusal(status, answer)
        return answer

    def _refusal(self, status: int, answer: bytes) -> Problem:
        if status < 400:
            where = self.headers.get("Location", "elsewhere")
            return Problem(
                f"{self.server.url} sends us on to {where}.",
                code="moved",
                remedy="Log in at the address where it is: milepost login URL.",
            )
        try:
            said = json.loads(answer)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or "code" not in said:
            if status >= 500:
                return Problem(
                    f"{self.server.url} does not work right now ({status}).",
                    code="server_error",
                    remedy="Try again in a while; whoever runs it finds why in its log.",
                )
            return self._no_milepost()
        return Refused(status, said, self.headers.get("Retry-After"))

    def _no_milepost(self) -> Problem:
        return Problem(
            f"What answers at {self.server.url} is no Milepost.",
            code="no_milepost",
            remedy="Check the address: it is the one in the browser, up to the first /w/.",
        )

    def _circle(self) -> Problem:
        return Problem(
            f"{self.server.url} leads in a circle: it continues a list where it has been.",
            code="circle",
            remedy="What came before this is no whole list. Whoever runs the server should know.",
        )

    def _unreachable(self, why: Exception) -> Unreachable:
        where = self.server.url
        if isinstance(why, ssl.SSLCertVerificationError):
            return Unreachable(
                f"{where} cannot prove who it is: {why.verify_message or 'its certificate is not good'}.",
                code="untrusted",
                remedy="Nothing was sent. For a certificate of your own company, name it in SSL_CERT_FILE.",
            )
        if isinstance(why, ssl.SSLError):
            return Unreachable(
                f"{where} does not speak HTTPS as it should: {why.reason or why}.",
                code="untrusted",
                remedy="Nothing was sent. Check the address: http:// for a server without HTTPS.",
            )
        if isinstance(why, socket.gaierror):
            return Unreachable(
                f"There is no machine called {urlsplit(where).hostname}, or no network.",
                code="no_such_host",
                remedy="Check the address and the network.",
            )
        if isinstance(why, ConnectionRefusedError):
            return Unreachable(
                f"Nothing listens at {where}.",
                code="refused",
                remedy="Is the server running, and at this port?",
            )
        if isinstance(why, TimeoutError):
            return Unreachable(
                f"{where} did not answer, or not to the end, within {self.patience:g} seconds.",
                remedy=f"Try again; {TIMEOUT} sets how long to wait.",
            )
        said = str(getattr(why, "strerror", None) or why).rstrip(".") or type(why).__name__
        return Unreachable(f"{where} cannot be reached: {said}.", remedy="Check the network, and try again.")


def encoded(body: Any) -> bytes:
    """Write a body as it is sent."""
    return json.dumps(body, ensure_ascii=False).encode()


def usual_patience(seconds: float = PATIENCE) -> float:
    """Return how many seconds an answer is given: these, unless the environment says others; or Problem."""
    said = os.environ.get(TIMEOUT, "").strip()
    try:
        wanted = float(said or seconds)
    except ValueError:
        wanted = 0.0
    if not SHORTEST <= wanted <= LONGEST:  # what is no number at all is neither
        raise Problem(
            f"{TIMEOUT} is “{said}”, which is no number of seconds from {SHORTEST} to {LONGEST:,}.",
            code="wrong_configuration",
            remedy=f"Write it as {TIMEOUT}={PATIENCE}, or leave it out.",
        )
    return wanted


def _seconds(said: str | None) -> int | None:
    return int(said) if said and said.isdecimal() and len(said) < 10 else None


def _with(path: str, query: Mapping[str, Any]) -> str:
    asked = {name: _written(value) for name, value in query.items() if value is not None}
    return path + (f"?{urlencode(asked)}" if asked else "")


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
