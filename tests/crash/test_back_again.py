"""PostgreSQL comes back, and from then on nobody is refused for what was before."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.crash.place import Place
from tests.running import PATIENCE

pytestmark = pytest.mark.parametrize("place", ["postgresql"], indirect=True)  # SQLite has no server
AT_ONCE = 16


def status(place: Place, path: str, note: str = "") -> int:
    """Ask for a page, or with a note check in; return the status."""
    body = json.dumps({"value": 1, "note": note}).encode() if note else None
    asked = urllib.request.Request(place.milepost.url + path, body, place.ground.headers)
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def writable(place: Place) -> str:
    """Return what /readyz says of writing; whether the disk has room is another matter."""
    try:
        with urllib.request.urlopen(f"{place.milepost.url}/readyz", timeout=PATIENCE) as answer:
            return json.load(answer)["checks"]["writable"]
    except urllib.error.HTTPError as answer:
        with answer:
            return json.load(answer)["checks"]["writable"]


def at_once(place: Place) -> list[int]:
    """Let half of them read and half check in, all at once; return their statuses."""
    addresses = place.ground.addresses

    def one(number: int) -> int:
        if number % 2:
            return status(place, addresses[number % len(addresses)], f"key-{number}")
        return status(place, "/w/acme/alignment/" if number % 4 else "/w/acme/")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [*pool.map(one, range(AT_ONCE))]


class TestBack:
    def test_is_found_by_everybody_at_once(self, place: Place):
        """Each connection that was kept has ended, and none of those who are lent one is told so."""
        place.milepost.start()
        before = at_once(place)
        place.server.crash()
        assert status(place, "/w/acme/") == 503
        place.server.boot()

        after = at_once(place)

        assert after == before == [200, 201] * (AT_ONCE // 2)

    def test_takes_changes_as_soon_as_the_database_does(self, place: Place):
        """What was opened while it only read does not go on refusing."""
        place.milepost.start()
        at_once(place)
        address = place.ground.addresses[0]
        with psycopg.connect(place.server.superuser_url, autocommit=True) as operator:
            operator.execute("ALTER DATABASE milepost SET default_transaction_read_only = on")
            operator.execute(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = 'milepost'"
            )
            refused = [status(place, address, "key-1"), status(place, "/w/acme/")]
            told = writable(place)
            at_once(place)
            operator.execute("SET default_transaction_read_only = off")
            operator.execute("ALTER DATABASE milepost RESET default_transaction_read_only")

        assert (refused, told) == ([503, 200], "failed: the server only reads")
        assert (writable(place), status(place, address, "key-2")) == ("ok", 201)
        assert at_once(place) == [200, 201] * (AT_ONCE // 2)
