"""The tree as it is encoded: kept texts never say what was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from milepost.core.access import Actor
from milepost.ledger import image as images
from milepost.ledger import snapshots
from milepost.queries import tree
from milepost.queries.cards import Reader
from tests.cast import TODAY, Cast
from tests.ledger.test_image import Walk
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases
STEPS, ROUNDS = 6, 8


@pytest.fixture
def one_by_one(monkeypatch):
    """However small the world, what was edited is encoded alone."""
    monkeypatch.setattr(tree, "FEW", 0)


def seen(actor: Actor, on: date | None = None) -> bytes | None:
    return tree.as_json(Reader(actor, TODAY + timedelta(days=9), on), key_results=True).body


def written_anew(cast: Cast, readers: list[Actor], on: date | None = None) -> list[bytes | None]:
    """Return what they see where nothing was kept; what was kept stays for the next time."""
    held = images.of(cast.acme.id)
    images.forget(cast.acme.id)
    found = [seen(actor, on) for actor in readers]
    images._images[cast.acme.id] = held
    return found


class TestKeptTexts:
    @pytest.mark.parametrize("seed", range(6))
    def test_say_what_texts_written_anew_say(self, cast: Cast, okrs: Okrs, one_by_one, seed: int):
        """Whatever happens, and whoever looks: an owner, a colleague, a token limited to a team."""
        walk = Walk(cast, okrs, seed)
        readers = [cast.ada, cast.cleo, replace(cast.ada, within=frozenset({cast.product.id}))]

        for _ in range(ROUNDS):
            for _ in range(STEPS):
                walk.step()

            assert [seen(actor) for actor in readers] == written_anew(cast, readers)

    @pytest.mark.parametrize("seed", range(6))
    def test_of_past_days_say_what_was(self, cast: Cast, okrs: Okrs, one_by_one, seed: int):
        """A past day's texts are those of today, but for what has changed since."""
        walk = Walk(cast, okrs, seed)
        days = [TODAY + timedelta(days=days) for days in range(ROUNDS)]
        for _ in days:
            for _ in range(STEPS):
                walk.step()
            walk.at += timedelta(days=1)
        seen(cast.ada)

        for day in days:
            assert [seen(cast.ada, day)] == written_anew(cast, [cast.ada], day)

    @pytest.mark.parametrize("seed", range(3))
    def test_are_taken_over_from_a_snapshot(
        self, cast: Cast, okrs: Okrs, one_by_one, tmp_path: Path, seed: int
    ):
        """Those that were behind when it was written, and what came since, are encoded."""
        walk = Walk(cast, okrs, seed)
        seen(cast.ada)

        for _ in range(ROUNDS):
            for _ in range(walk.random.choice([0, 1, STEPS])):
                walk.step()
            snapshots.save(tmp_path, images.of(cast.acme.id))
            for _ in range(walk.random.choice([0, 1, STEPS])):
                walk.step()
            images._images[cast.acme.id] = snapshots.opened(tmp_path, cast.acme.id)

            assert [seen(cast.ada), seen(cast.cleo)] == written_anew(cast, [cast.ada, cast.cleo])

    def test_are_not_written_again(self, cast: Cast, okrs: Okrs, tmp_path: Path):
        """The first who looks after a start gets texts that were written before it."""
        seen(cast.ada)
        snapshots.save(tmp_path, images.of(cast.acme.id))

        image = images._images[cast.acme.id] = snapshots.opened(tmp_path, cast.acme.id)
        kept = dict(image.written)
        seen(cast.ada)

        assert kept.keys() == {"objectives", "key_results"}
        assert all(image.written[name] is each for name, each in kept.items())

    def test_of_other_code_are_written_again(self, cast: Cast, okrs: Okrs, monkeypatch):
        """After an upgrade that writes them otherwise, nobody reads the old ones."""
        before = seen(cast.ada)
        image = images.of(cast.acme.id)
        old = image.written["objectives"]
        image.written["objectives"] = replace(old, mark="other", bytes=memoryview(b"?" * len(old.bytes)))
        image.derived.clear()

        assert seen(cast.ada) == before
