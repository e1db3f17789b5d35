"""Whatever is killed and whenever: what was acknowledged is there, once, and the rest agrees with it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from tests.crash.place import Book, Place, clients, seen, send
from tests.running import ROOT

SEED = 20261122  # the moments are random, and the same in each run
LONGEST = 0.15  # seconds from the first acknowledgement to the end
EARLY = 10  # each tenth dies before that, while it opens a database that another left as it was


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
        killer, child, is_due = None, 0, early
        for line in self.process.stdout:
            word, _, rest = line.strip().partition(" ")
            if word == "born":
                child = int(rest)
            if word == "dead":
                break
            is_due = is_due or word == "acknowledged"
            # It may be heard of before it is said to be born; and to kill 0 is to kill all of us.
            if killer is None and child and is_due:
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
            with clients(place, book, count=4) as answered:
                answered()
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
