"""Where the time of one kind of request goes: run in a process of its own, prints JSON.

The requests are asked in the process itself, without a server and its connections, under Python's profiler.
Its own cost falls on small functions most, so shares say more than times; the time without it stands beside.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import sys
import time
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from itertools import count, cycle
from pathlib import Path
from urllib.parse import quote

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")

import orjson

ROUNDS, WARM = 150, 30
TOKEN = "b" * 32
MILEPOST = Path(__file__).resolve().parent.parent / "milepost"
# What a function's file says of where the time goes; the first that fits.
AREAS = (
    ("site-packages/django/db/", "Django: database"),
    ("site-packages/django/", "Django: handler, middlewares, forms"),
    ("site-packages/jinja2/", "templates"),
    ("site-packages/allauth/", "allauth's middleware"),
    ("site-packages/psycopg", "the driver of PostgreSQL"),
    ("site-packages/numpy/", "arrays"),
    ("site-packages/", "other libraries"),
)


def area(file: str, name: str) -> str:
    """Name the area of a function as the profiler knows it."""
    if file == "~":
        if "'commit'" in name:
            return "the commit"
        if "sqlite3." in name or "psycopg" in name:
            return "statements in the driver"
        return "Python's own functions"
    if Path(file).is_relative_to(MILEPOST):
        floor = Path(file).relative_to(MILEPOST).parts[0]
        return f"milepost/{floor}"
    for part, named in AREAS:
        if part in file:
            return named
    return "Python's library" if "/lib/python" in file or file.startswith("<frozen") else "other"


class Asked:
    """Requests of somebody who is signed in, put to the application itself."""

    def __init__(self, about: dict, slug: str) -> None:
        from milepost.config.wsgi import application

        self.application, self.about, self.slug, self.numbers = application, about, slug, count(1)

    def ask(self, method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> bytes:
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/w/{self.slug}/{path}", "QUERY_STRING": query,
            "SERVER_NAME": "localhost", "SERVER_PORT": "8000", "HTTP_HOST": "localhost:8000",
            "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body),
            "CONTENT_LENGTH": str(len(body)), "HTTP_X_CSRFTOKEN": TOKEN,
            "HTTP_COOKIE": f"milepost={self.about['session']}; milepost_csrf={TOKEN}",
            "HTTP_X_ASKED": str(next(self.numbers)), **headers,
        }  # fmt: skip
        said: list[str] = []
        answer = self.application(environ, lambda status, head: said.append(status))
        found = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if said[0][0] != "2":
            raise RuntimeError(f"{method} {path} answered {said[0]}")
        return found

    def check_in(self) -> Callable[[], object]:
        from milepost.core.ids import encode

        ids = cycle(map(encode, self.about["key_results"]))

        def record() -> bytes:
            number = next(self.numbers)
            body = orjson.dumps({"value": number % 97, "confidence": 1 + number % 10})
            return self.ask(
                "POST", f"key-results/{next(ids)}/checkins/", body=body, CONTENT_TYPE="application/json",
                HTTP_IDEMPOTENCY_KEY=f"profile-{time.time_ns()}",
            )  # fmt: skip

        return record

    def search(self) -> Callable[[], object]:
        from benchmarks.goals import TYPED

        typed = cycle(TYPED)
        return lambda: self.ask("GET", "palette/", query=f"q={quote(next(typed))}")

    def page(self) -> Callable[[], object]:
        return lambda: self.ask("GET", self.about["rows"])

    def team(self) -> Callable[[], object]:
        from milepost.core.ids import encode

        return lambda: self.ask("GET", f"teams/{encode(self.about['team'])}/")


def measured(act: Callable[[], object]) -> dict:
    """Return the CPU of one act in ms, and the share of each area."""
    for _ in range(WARM):
        act()
    began = time.process_time()
    for _ in range(ROUNDS):
        act()
    each = (time.process_time() - began) * 1000 / ROUNDS
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(ROUNDS):
        act()
    profile.disable()
    return {"ms": each, "areas": shares(pstats.Stats(profile))}


def shares(stats: pstats.Stats) -> dict[str, float]:
    """Return what share of the time was spent in each area itself, the largest first."""
    found: Counter[str] = Counter()
    for (file, _, name), (_, _, own, _, _) in stats.stats.items():
        found[area(file, name)] += own
    whole = sum(found.values()) or 1
    return {name: own / whole for name, own in found.most_common()}


def main(what: str, slug: str, about: str) -> None:
    """Print what one act costs and where."""
    asked = Asked(orjson.loads(about), slug)
    sys.stdout.buffer.write(orjson.dumps(measured(getattr(asked, what)())))


if __name__ == "__main__":
    main(*sys.argv[1:])
