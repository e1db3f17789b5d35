"""A connection to a server: kept while one request follows another, through a proxy where one is named."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPMessage, HTTPSConnection
from urllib.parse import quote, unquote, urlsplit

from milepost.cli.servers import Server

# Seconds: a server may hang up on who says nothing, and what was sent into that may count twice.
KEPT_FOR = 1.0


class Connection:
    """The connection to one server. Nothing is followed elsewhere, so a token is shown to no other."""

    def __init__(self, server: Server, *, patience: float) -> None:
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

    def ask(
        self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, HTTPMessage, bytes]:
        """Send a request; return the status, the headers and the body of the answer."""
        if self._http is None or time.monotonic() > self._until:
            self.end()
            self._http = self._opened()
        try:
            own = {} if isinstance(self._http, HTTPSConnection) else self._for_proxy
            self._http.request(method, self.root + path, data, {**headers, **own})
            with self._http.getresponse() as answer:
                found = answer.status, answer.headers, answer.read()
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

    def _opened(self) -> HTTPConnection:
        http = self.kind(self.proxy or self.place, timeout=self.patience)
        if self.proxy and isinstance(http, HTTPSConnection):
            http.set_tunnel(self.place, headers=self._for_proxy)  # what goes through it no proxy reads
        return http


def _proxy(scheme: str, place: str) -> tuple[str | None, dict[str, str]]:
    """Return the proxy that the environment or the system names for a server, and what is said to it."""
    from urllib.request import getproxies, proxy_bypass

    named = getproxies().get(scheme)
    if not named or proxy_bypass(place):
        return None, {}
    who, _, at = urlsplit(named if "://" in named else f"http://{named}").netloc.rpartition("@")
    password = b64encode(unquote(who).encode()).decode()
    return at, {"Proxy-Authorization": f"Basic {password}"} if who else {}
