"""Whatever is killed and whenever: what was acknowledged is there, once, and the rest agrees with it."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest

from tests.crash.ground import Ground, broken
from tests.postgres import NoPostgres, Postgres
from tests.running import ROOT, Installation, missing

SEED = 20261122  # the moments are random, and the same in each run
LONGEST = 0.15  # seconds from the first acknowledgement to the end
EARLY = 10  # each tenth dies before that, while it opens a database that another left as it was


@dataclass
class Place:
    """An installation with its ground, and a way to ask its database without Milepost."""

    milepost: Installation
    ground: Ground
    ask: Callable[[str], list[tuple]]
    server: Postgres | None = None

    def kept(self) -> dict[str, int]:
        """Return how often each key's check-in is there."""
        return Counter(note for (note,) in self.ask("SELECT note FROM checkin WHERE note LIKE 'key-%'"))

    def wrong(self) -> list[str]:
        """List what does not agree: the database with itself, rows with rows, the image with the rows."""
        found = []
        if self.server is None and (said := self.ask("PRAGMA integrity_check")) != [("ok",)]:
            found.append(f"integrity: {said}")
        counts = {
            name: self.ask(f"SELECT count(*) FROM {rows}")[0][0]
            for name, rows in {
                "check-ins": "checkin WHERE note LIKE 'key-%'",
                "submissions": "submission WHERE key LIKE 'key-%'",
                "events": "event e JOIN checkin c ON c.id = e.subject_id WHERE c.note LIKE 'key-%'",
                "changes": "change x JOIN checkin c ON c.id = x.entry_id WHERE c.note LIKE 'key-%'",
            }.items()
        }
        if len(set(counts.values())) != 1:
            found.append(f"not whole: {counts}")
        verified = self.milepost.run("verify", "--json")
        if verified.returncode:
            found.append(f"verify: {verified.stdout}{verified.stderr}")
        return found


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, install, tmp_path) -> Iterator[Place]:
    """Milepost on each database; PostgreSQL with every commit on the disk, as in production."""
    if request.param == "sqlite":
        milepost = install()
        ground = broken(milepost)

        def ask(statement: str) -> list[tuple]:
            with sqlite3.connect(milepost.data_dir / "milepost.sqlite3") as opened:
                found = opened.execute(statement).fetchall()
            opened.close()
            return found

        yield Place(milepost, ground, ask)
        return
    try:
        server = Postgres(durable=True).start()
    except NoPostgres as reason:
        missing(str(reason))
    milepost = Installation(tmp_path, {"DATABASE_URL": server.url})
    try:
        assert milepost.run("migrate").returncode == 0

        def ask(statement: str) -> list[tuple]:
            with psycopg.connect(server.url) as opened:
                return opened.execute(statement).fetchall()

        yield Place(milepost, broken(milepost), ask, server)
    finally:
        milepost.stop()
        server.stop()


@dataclass
class Book:
    """What was sent and what was acknowledged, as a client knows it."""

    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    differs: list[str] = field(default_factory=list)

    @property
    def again(self) -> list[str]:
        """What a client sends again, for it never heard."""
        return sorted(self.sent - self.acknowledged)

    def take(self, line: str) -> None:
        """Write down what a worker said."""
        word, _, rest = line.strip().partition(" ")
        if word == "differs":
            self.differs.append(rest)
        elif word in ("sent", "acknowledged"):
            getattr(self, word).add(rest)

    def check(self, place: Place) -> None:
        """Compare with what is kept: nothing lost, nothing twice, nothing that nobody sent."""
        kept = place.kept()
        assert [key for key in self.acknowledged if key not in kept] == []
        assert [key for key, times in kept.items() if times > 1] == []
        assert set(kept) <= self.sent
        assert place.wrong() == []
        assert self.differs == []


class Zygote:
    """The loaded process whose children are killed."""

    def __init__(self, place: Place) -> None:
        self.place, self.book = place, Book()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.worker"],
            env=place.milepost.environ, cwd=ROOT, text=True, bufsize=1, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self.process.stdout.readline() == "ready\n"

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def bear(
        self, *, seconds: float = 0, early: bool = False, meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Let a child check in, and end it so long after its first acknowledgement (early: its birth)."""
        self._order(rest=False)
        killer, child = None, 0
        for line in self.process.stdout:
            word, _, rest = line.strip().partition(" ")
            if word == "born":
                child = int(rest)
            if word == "dead":
                break
            if killer is None and word == ("born" if early else "acknowledged"):
                killer = threading.Timer(seconds, self._end, (child, meanwhile))
                killer.start()
            self.book.take(line)
        killer.join()

    def rest(self) -> None:
        """Let a child send what nobody heard of, check in a little more, look around, and end by itself."""
        self._order(rest=True)
        for line in self.process.stdout:
            if line.startswith("dead"):
                break
            self.book.take(line)

    def _order(self, *, rest: bool) -> None:
        ground = self.place.ground
        order = {
            "addresses": ground.addresses,
            "headers": ground.headers,
            "again": self.book.again,
            "first": len(self.book.sent),
            "rest": rest,
        }
        self.process.stdin.write(json.dumps(order) + "\n")

    def _end(self, child: int, meanwhile: Callable[[], None] | None) -> None:
        try:
            if meanwhile is not None:
                meanwhile()
        finally:
            os.kill(child, signal.SIGKILL)


class TestKilled:
    def test_a_process_at_any_moment(self, place, pytestconfig):
        """A hundred kills while four threads check in: nothing acknowledged is lost, nothing is doubled."""
        moments = random.Random(SEED)
        kills = pytestconfig.getoption("kills")

        with Zygote(place) as zygote:
            for number in range(kills):
                zygote.bear(seconds=moments.uniform(0, LONGEST), early=number % EARLY == 0)
                if number % 50 == 49:
                    zygote.book.check(place)
            zygote.rest()

        zygote.book.check(place)
        print(f"{kills} kills, {len(zygote.book.acknowledged):,} acknowledged, none lost, none twice")
        assert zygote.book.again == []
        assert len(zygote.book.acknowledged) > kills

    def test_the_whole_server(self, place, pytestconfig):
        """The server and its watcher are killed under load and started again: they serve what they said."""
        book, moments = Book(), random.Random(SEED)

        for _ in range(max(2, pytestconfig.getoption("kills") // 50)):
            place.milepost.start()
            with clients(place, book, count=4) as enough:
                enough.wait(timeout=30)
                threading.Event().wait(moments.uniform(0, 0.2))
                place.milepost.kill()
        place.milepost.start()
        send(place, book.again, book)
        place.milepost.stop()

        book.check(place)
        assert book.again == []

    def test_the_database_server(self, place, pytestconfig):
        """PostgreSQL falls over in the middle: people are told, and go on when it is back."""
        if place.server is None:
            pytest.skip("SQLite has no server.")

        def fall_over() -> None:
            place.server.crash()
            place.server.boot()

        with Zygote(place) as zygote:
            for _ in range(max(2, pytestconfig.getoption("kills") // 50)):
                zygote.bear(seconds=0.1, meanwhile=fall_over)
            zygote.rest()

        zygote.book.check(place)
        assert zygote.book.again == []


class TestTogether:
    @pytest.mark.parametrize("count", [8, 32])
    def test_many_check_in_on_one_tree(self, place, count):
        """None of what many clients record at once is lost, and the living image equals a new one."""
        book = Book()
        place.milepost.start()

        hands = [
            threading.Thread(
                target=send, args=(place, [f"key-{hand * 1000 + each}" for each in range(12)], book)
            )
            for hand in range(count)
        ]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        living = seen(place)
        place.milepost.stop()
        place.milepost.start()
        rebuilt = seen(place)
        place.milepost.stop()

        assert len(book.acknowledged) == 12 * count
        assert living == rebuilt
        book.check(place)


def send(place: Place, keys: list[str], book: Book) -> None:
    """Check in over HTTP, one key after another, as long as somebody answers."""
    for key in keys:
        number = int(key.removeprefix("key-"))
        path = place.ground.addresses[number % len(place.ground.addresses)]
        body = json.dumps({"value": number % 1000, "note": key}).encode()
        asked = urllib.request.Request(
            place.milepost.url + path, body, {**place.ground.headers, "Idempotency-Key": key}
        )
        book.sent.add(key)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                answer.read()
                book.acknowledged.add(key)
        except (OSError, urllib.error.URLError, ValueError):
            return


@contextmanager
def clients(place: Place, book: Book, *, count: int) -> Iterator[threading.Event]:
    """Let clients check in until the server is gone; the event comes when each has been answered."""
    first, enough = len(book.sent) + 100_000, threading.Event()
    aim = len(book.acknowledged) + count

    def work(hand: int) -> None:
        send(place, book.again[hand::count], book)
        for each in range(10_000):
            before = len(book.acknowledged)
            send(place, [f"key-{first + each * count + hand}"], book)
            if len(book.acknowledged) >= aim:
                enough.set()
            if len(book.acknowledged) == before and place.milepost.process.poll() is not None:
                return

    hands = [threading.Thread(target=work, args=(hand,)) for hand in range(count)]
    for hand in hands:
        hand.start()
    yield enough
    for hand in hands:
        hand.join()


def seen(place: Place) -> bytes:
    """Return the tree as the server shows it to programs."""
    asked = urllib.request.Request(
        f"{place.milepost.url}/w/acme/alignment.json?key_results=1", headers=place.ground.headers
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return answer.read()
