"""Milepost on either database with a ground to check in on, and what its clients know of it."""

from __future__ import annotations

import json
import sqlite3
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
from tests.running import PATIENCE, Installation, missing, wait_until


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
            with psycopg.connect(server.superuser_url) as opened:
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
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
                answer.read()
                book.acknowledged.add(key)
        except (OSError, urllib.error.URLError, ValueError):
            return


@contextmanager
def clients(place: Place, book: Book, *, count: int) -> Iterator[Callable[[], None]]:
    """Let clients check in until the server is gone; what is given waits until as many more are answered."""
    first = len(book.sent) + 100_000

    def work(hand: int) -> None:
        send(place, book.again[hand::count], book)
        for each in range(10_000):
            before = len(book.acknowledged)
            send(place, [f"key-{first + each * count + hand}"], book)
            if len(book.acknowledged) == before and place.milepost.process.poll() is not None:
                return

    hands = [threading.Thread(target=work, args=(hand,)) for hand in range(count)]
    for hand in hands:
        hand.start()

    def answered() -> None:
        aim = len(book.acknowledged) + count
        assert wait_until(lambda: len(book.acknowledged) >= aim), f"{aim} check-ins were never acknowledged"

    try:
        yield answered
    except BaseException:
        place.milepost.kill()  # or they would go on for long
        raise
    finally:
        for hand in hands:
            hand.join()


def seen(place: Place) -> bytes:
    """Return the tree as the server shows it to programs."""
    asked = urllib.request.Request(
        f"{place.milepost.url}/w/acme/alignment.json?key_results=1", headers=place.ground.headers
    )
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        return answer.read()
