"""Where the time of one kind of request goes: run in a process of its own, prints JSON.

The requests are asked in the process itself, without a server and its connections, under Python's profiler.
Its own cost falls on small functions most, so shares say more than times; the time without it stands beside.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from itertools import count, cycle
from pathlib import Path
from urllib.parse import quote

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")

import numpy as np
import orjson

ROUNDS, WARM = 150, 30
PASSED = 64 << 20  # bytes gone through between two acts: more than any cache holds
PAST_DAYS = 60
TOKEN = "b" * 32
MILEPOST = Path(__file__).resolve().parent.parent / "milepost"
Act = Callable[[], object]
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
        self.head: dict[str, str] = {}  # of the last answer

    def ask(self, method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> bytes:
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/w/{self.slug}/{path}", "QUERY_STRING": query,
            "SERVER_NAME": "localhost", "SERVER_PORT": "8000", "HTTP_HOST": "localhost:8000",
            "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body),
            "CONTENT_LENGTH": str(len(body)), "HTTP_X_CSRFTOKEN": TOKEN,
            "HTTP_COOKIE": f"milepost={self.about['session']}; milepost_csrf={TOKEN}",
            **headers,
        }  # fmt: skip
        said: list = []
        answer = self.application(environ, lambda status, head: said.extend((status, dict(head))))
        found = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if said[0][:3] not in ("200", "201", "304"):
            raise RuntimeError(f"{method} {path} answered {said[0]}")
        self.head = said[1]
        return found

    def anew(self, path: str, query: str = "") -> bytes:
        """Ask in words that nobody has used before, so that no answer is given once more."""
        return self.ask("GET", path, query, HTTP_X_ASKED=str(next(self.numbers)))

    def check_in(self) -> Act:
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

    def tree(self) -> Act:
        return lambda: self.ask("GET", "alignment.json")

    def overview(self) -> Act:
        return lambda: self.ask("GET", "overview.json")

    def same_tree(self) -> Act:
        self.ask("GET", "alignment.json")
        etag = self.head["ETag"]
        return lambda: self.ask("GET", "alignment.json", HTTP_IF_NONE_MATCH=etag)

    def past_tree(self) -> Act:
        # More than are kept, and none before the beginning.
        days = cycle([date.today() - timedelta(days=number) for number in range(1, PAST_DAYS + 1)])
        return lambda: self.anew("alignment.json", f"on={next(days)}")

    def search(self) -> Act:
        from benchmarks.goals import TYPED

        typed = cycle(TYPED)
        return lambda: self.anew("palette/", f"q={quote(next(typed))}")

    def page(self) -> Act:
        return lambda: self.anew(self.about["rows"])

    def team(self) -> Act:
        from milepost.core.ids import encode

        return lambda: self.anew(f"teams/{encode(self.about['team'])}/")


def measured(act: Act, before: Act) -> dict:
    """Return the CPU of one act in ms, caches warm and cold, and the areas; without what comes `before`."""
    profile = cProfile.Profile()
    for _ in range(WARM):
        before()
        act()
    warm = _cpu_of(act, before)
    # In the benchmark R comes between: what is asked next finds the processor's caches full of that.
    passed = np.zeros(PASSED >> 3)

    def pass_by() -> None:
        before()
        passed.__iadd__(1)

    cold = _cpu_of(act, pass_by)
    for _ in range(ROUNDS):
        before()
        profile.enable()
        act()
        profile.disable()
    return {"ms": warm, "cold": cold, "areas": shares(pstats.Stats(profile))}


def _cpu_of(act: Act, before: Act) -> float:
    spent = []
    for _ in range(ROUNDS):
        before()
        began = time.process_time()
        act()
        spent.append(time.process_time() - began)
    return statistics.median(spent) * 1000


def measured_once(act: Act) -> dict:
    """Return the same of what happens once in the life of a process; the profiler's own cost is in it."""
    from milepost.management import keeping

    keeping.read_from(keeping.folder())
    profile, began = cProfile.Profile(), time.process_time()
    profile.enable()
    act()
    profile.disable()
    spent = time.process_time() - began
    return {"ms": spent * 1000, "areas": shares(pstats.Stats(profile))}


def shares(stats: pstats.Stats) -> dict[str, float]:
    """Return what share of the time was spent in each area itself, the largest first."""
    found: Counter[str] = Counter()
    for (file, _, name), (_, _, own, _, _) in stats.stats.items():
        found[area(file, name)] += own
    whole = sum(found.values()) or 1
    return {name: own / whole for name, own in found.most_common()}


def main(what: str, before: str, slug: str, about: str) -> None:
    """Print what one act costs and where; `before` names the act that comes before each, or is empty."""
    asked = Asked(orjson.loads(about), slug)
    if what == "first_tree":
        sys.stdout.buffer.write(orjson.dumps(measured_once(asked.tree())))
        return
    first = getattr(asked, before)() if before else lambda: None
    sys.stdout.buffer.write(orjson.dumps(measured(getattr(asked, what)(), first)))


if __name__ == "__main__":
    main(*sys.argv[1:])
