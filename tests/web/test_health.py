"""Whoever watches over the server learns whether it lives, whether it can work, and how it does."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import replace

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from milepost.core import ids
from milepost.queries import readiness
from milepost.web import metrics, requests
from tests.okrs import written

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

TOKEN = "a-long-random-word"
GIB = 1 << 30
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def told(settings):
    """Change settings of ours: `told(metrics="local")`."""

    def change(**values) -> None:
        settings.MILEPOST = replace(settings.MILEPOST, **values)

    return change


class TestLivez:
    def test_answers_whatever_else_is_wrong(self, client, told, tmp_path):
        """The process lives, whether or not it can do its work."""
        told(data_dir=tmp_path / "gone")

        assert client.get("/livez").content == b"ok\n"

    @pytest.mark.parametrize("path", ["/livez", "/readyz"])
    def test_is_asked_by_get_alone(self, path):
        """Another method is told as such, not as a form that had expired."""
        answer = Client(enforce_csrf_checks=True).post(path)

        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


class TestReadyz:
    def test_is_ready(self, client, told, monkeypatch):
        """With a database that can be written, all migrations and room, the answer is 200."""
        monkeypatch.setattr(readiness.shutil, "disk_usage", lambda path: Usage(100 * GIB, 50 * GIB, 50 * GIB))

        answer = client.get("/readyz")

        assert answer.status_code == 200, answer.json()
        assert answer.json()["ready"] is True
        assert set(answer.json()["checks"].values()) == {"ok"}

    def test_names_a_migration_that_is_lacking(self, client):
        """A database that this version has not brought up to date is not ready."""
        MigrationRecorder(connection).record_unapplied("milepost", "0001_initial")

        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["checks"]["migrations"] == "failed: 1 to apply"

    def test_names_a_disk_that_is_nearly_full(self, client, monkeypatch):
        """With five parts of a hundred free or less, it is not ready."""
        monkeypatch.setattr(
            readiness.shutil, "disk_usage", lambda path: Usage(1000 * GIB, 951 * GIB, 49 * GIB)
        )

        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["checks"]["disk"] == "failed: 4 % free"
        assert answer.json()["checks"]["writable"] == "ok"

    def test_names_a_disk_that_takes_nothing_more(self, client, monkeypatch):
        """On a full disk SQLite takes no change, and that is said; PostgreSQL has a disk of its own."""
        monkeypatch.setattr(readiness.shutil, "disk_usage", lambda path: Usage(GIB, GIB - 4096, 4096))

        answer = client.get("/readyz")

        found = "failed: no room on the disk" if connection.vendor == "sqlite" else "ok"
        assert (answer.status_code, answer.json()["checks"]["writable"]) == (503, found)

    def test_names_a_database_that_only_reads(self, client):
        """A database that takes no changes is not ready."""
        on, off = (
            ("PRAGMA query_only=1", "PRAGMA query_only=0")
            if connection.vendor == "sqlite"
            else ("SET LOCAL transaction_read_only=on", "SELECT 1")
        )
        with connection.cursor() as cursor:
            cursor.execute(on)
            answer = client.get("/readyz")
            cursor.execute(off)

        assert answer.status_code == 503
        assert "reads" in answer.json()["checks"]["writable"]

    def test_names_weakened_durability(self, client, transactional_db):
        """SQLite that does not wait for the disk is not ready."""
        if connection.vendor != "sqlite":
            pytest.skip("These are SQLite's own settings.")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")
            answer = client.get("/readyz")
            cursor.execute("PRAGMA synchronous=FULL")

        assert answer.status_code == 503
        assert answer.json()["checks"]["durability"] == "failed: synchronous"

    def test_tells_strangers_no_more_than_that(self, client, told, tmp_path):
        """No path, server or name is in the answer: anyone may ask."""
        told(data_dir=tmp_path / "secret-place")

        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["checks"]["disk"] == "failed: FileNotFoundError"
        assert b"secret-place" not in answer.content


class TestMetrics:
    def test_are_nowhere_unless_wanted(self, client):
        """As Milepost comes, the address answers like one that leads nowhere."""
        assert client.get("/metrics").content == client.get("/nowhere").content
        assert client.get("/metrics").status_code == 404

    def test_local_means_this_machine_without_a_proxy(self, client, told):
        """A proxy on the same machine does not hand them on to whoever comes through it."""
        told(metrics="local")

        assert client.get("/metrics").status_code == 200
        assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
        for name in metrics.FORWARDED:
            assert client.get("/metrics", **{name: "192.0.2.7"}).status_code == 404

    def test_a_token_opens_them_from_anywhere(self, client, told):
        """The right token is let in, a wrong one and none are told that one is needed."""
        told(metrics="token", metrics_token=TOKEN)

        asked = [
            client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers=headers).status_code
            for headers in (
                {"Authorization": f"Bearer {TOKEN}"},
                {"Authorization": "Bearer another"},
                {"Authorization": f"Basic {TOKEN}"},
                {},
            )
        ]

        assert asked == [200, 401, 401, 401]

    def test_tell_what_happened(self, cast, signed_in, told):
        """Requests by route and status, check-ins, images and the database's size are among the figures."""
        from django.utils import timezone

        told(metrics="local")
        okrs, ada = written(cast, timezone.now()), signed_in("ada")
        before = figures(ada)
        ada.post(
            f"/w/acme/key-results/{ids.encode(okrs.growth.id)}/checkins/",
            b'{"value": 41}',
            content_type="application/json",
        )
        ada.get("/w/acme/")

        after = figures(ada)

        assert after["milepost_checkins_recorded_total"] == before["milepost_checkins_recorded_total"] + 1
        assert after["milepost_images_held"] >= 1
        assert after["milepost_image_nodes"] >= 9
        assert after["milepost_database_bytes"] > 100_000
        assert after["process_resident_memory_bytes"] > 10_000_000

    def test_observe_routes_and_never_addresses(self, cast, signed_in, told):
        """The labels are names of routes: no slug, no id and no query is in any line."""
        told(metrics="local")
        ada = signed_in("ada")
        ask = requests.observed(lambda request: ada.get(request.path))
        for path in ("/w/acme/?q=canary", "/w/canary/", "/canary/canary"):
            metrics.observe("GET", requests.route(ada.get(path).wsgi_request), 200, 0.01)

        page = ada.get("/metrics").content.decode()

        assert ask is not None
        assert 'route="week"' in page and 'route="none"' in page
        assert "canary" not in page and "acme" not in page.lower()


def figures(client) -> dict[str, float]:
    """Read the figures that have no labels."""
    lines = client.get("/metrics").content.decode().splitlines()
    return {
        name: float(value)
        for name, _, value in (line.partition(" ") for line in lines if not line.startswith("#"))
        if "{" not in name
    }


class TestNumber:
    @pytest.mark.parametrize("sane", ["4f1c2e9a8b7d6c5e", "1-67891233-abcdef012345678912345678"])
    def test_a_proxys_own_is_kept(self, client, sane):
        """A number that a proxy gave a request is on the answer."""
        assert client.get("/livez", headers={"X-Request-ID": sane}).headers["X-Request-ID"] == sane

    @pytest.mark.parametrize(
        "wild", ["", "short", "x" * 65, "ada@acme.example", "a b c d e f", "日本語日本語日"]
    )
    def test_anything_else_is_replaced(self, client, wild):
        """What does not look like a number is not repeated: an answer of our own is given."""
        answers = [client.get("/livez", headers={"X-Request-ID": wild}) for _ in range(2)]

        numbers = {answer.headers["X-Request-ID"] for answer in answers}
        assert len(numbers) == 2
        assert all(requests.SANE.fullmatch(number) for number in numbers)
