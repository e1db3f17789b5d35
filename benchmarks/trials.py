"""A trial: Milepost with one seeded workspace on one database, and how long what is asked of it takes."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from benchmarks import servers
from benchmarks.databases import Database
from benchmarks.servers import ROOT, Server
from milepost.core.ids import encode

# Each of the server's sixteen threads has a connection of its own. A statement is prepared there at its third
# use, and planned anew by PostgreSQL five times more: 0.5 ms, where it then runs for 0.09.
WARM = 160
TOKEN = "b" * 32
SIGN_IN = "benchmarks.signing_in"


@dataclass
class Side:
    """One side of a comparison: wall times in ms, and the server's CPU in ms for each request."""

    times: list[float] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.times)


def in_turn(rounds: int, *, warm: int = WARM, **sides: Callable[[], object]) -> dict[str, Side]:
    """Measure the sides request by request, after a warm-up, in an order drawn anew for each round.

    Whoever follows a long one finds cold caches, and where processors are shared out by time, none: so nobody
    always does.
    """
    found = {name: Side() for name in sides}
    order, dice = list(sides.items()), random.Random(1)
    for number in range(-warm, rounds):
        dice.shuffle(order)
        for name, act in order:
            took = milliseconds(act)
            if number >= 0:
                found[name].times.append(took)
    return found


def after_each(
    deed: Callable[[], object], rounds: int, *, warm: int = WARM, **sides: Callable[[], object]
) -> dict[str, Side]:
    """Measure the sides one after another, each round just after a deed."""
    found = {name: Side() for name in sides}
    for number in range(-warm, rounds):
        deed()
        for name, act in sides.items():
            took = milliseconds(act)
            if number >= 0:
                found[name].times.append(took)
    return found


def milliseconds(act: Callable[[], object]) -> float:
    """Return how long something takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def cpu_each(server: Server, act: Callable[[], object], rounds: int = 100) -> float:
    """Return the server's CPU for each request, in ms."""
    before = server.cpu()
    for _ in range(rounds):
        act()
    return (server.cpu() - before) * 1000 / rounds


class Trial:
    """Milepost with one seeded workspace on one database, and a bare hello beside it."""

    def __init__(self, database: Database, size: str, folder: Path) -> None:
        self.database, self.size = database, size
        self.slug = f"seed-{size.lower()}"
        self.run("migrate")
        began = time.perf_counter()
        self.run("seed", "--size", size, "--seed", "1")
        self.seeded_in = time.perf_counter() - began
        self.run("seal")  # else the server would, meanwhile; day by day there is little to seal
        database.settle()
        said = subprocess.run(
            [sys.executable, "-m", SIGN_IN, self.slug], env=database.environ, cwd=ROOT, check=True,
            capture_output=True, text=True,
        ).stdout  # fmt: skip
        self.about = orjson.loads(said)
        self.log = folder / f"{size}.log"
        self.server: Server | None = None
        self.number = 0  # of the check-in that was recorded last

    def run(self, *words: str, **environ: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "milepost", *words], env=self.database.environ | environ, cwd=ROOT,
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def start(self) -> Server:
        """Start the server, signed in as an admin of the workspace."""
        self.server = servers.milepost(self.database.environ, self.log)
        self.server.headers = {
            "Cookie": f"milepost={self.about['session']}; milepost_csrf={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Accept-Encoding": "identity",
        }
        return self.server

    # -- what is asked ---------------------------------------------------------------------------------

    def get(self, path: str, **headers: str) -> bytes | bytearray:
        status, body, _ = self.server.ask("GET", f"/w/{self.slug}/{path}", **headers)
        if status not in (200, 304):
            raise RuntimeError(f"GET {path} answered {status}")
        return body

    def get_anew(self, path: str) -> bytes | bytearray:
        """Ask in a way nobody has asked before, so that the answer is made and not given once more."""
        return self.get(path, X_Asked=str(time.time_ns()))

    def check_in(self) -> bytes | bytearray:
        self.number += 1
        key_results = self.about["key_results"]
        return check_in(self.server, self.slug, key_results[self.number % len(key_results)], self.number)


def check_in(server: Server, slug: str, key_result: int, number: int) -> bytes | bytearray:
    """Record a check-in."""
    status, answer, _ = server.ask(
        "POST", f"/w/{slug}/key-results/{encode(key_result)}/checkins/",
        orjson.dumps({"value": number % 97, "confidence": 1 + number % 10}),
        Content_Type="application/json", Idempotency_Key=f"bench-{os.getpid()}-{number}-{time.time_ns()}",
    )  # fmt: skip
    if status != 201:
        raise RuntimeError(f"a check-in answered {status}: {answer[:200]!r}")
    return answer
