"""Keeping images: the process that serves writes them, and whoever starts next opens them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from milepost.actions import checkins
from milepost.ledger import bulk, image, past, snapshots
from milepost.management.keeping import Keeper
from tests.cast import NOW, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases
LONG = 3600


@pytest.fixture
def keeper(tmp_path: Path, monkeypatch) -> Keeper:
    # A keeper closes its thread's connection; here it works in the test's own.
    monkeypatch.setattr("milepost.management.keeping.connection.close", lambda: None)
    return Keeper(tmp_path)


class TestKeeper:
    def test_writes_what_this_process_holds(self, cast: Cast, okrs: Okrs, keeper: Keeper):
        """The image of a workspace that somebody looked at, and no other."""
        image.of(cast.acme.id)

        keeper.look(LONG)

        assert [path.name for path in keeper.folder.iterdir()] == [f"{cast.acme.id}.image"]

    def test_writes_again_only_what_moved(self, cast: Cast, okrs: Okrs, keeper: Keeper):
        """Not while nothing was changed, nor before its time; at the end at once."""
        held = image.of(cast.acme.id)
        keeper.look(0)
        [path] = keeper.folder.iterdir()
        first = path.stat().st_ino

        keeper.look(0)
        unmoved = path.stat().st_ino
        checkins.record(key_result=okrs.growth.id, value=Decimal(47), by=cast.ada, at=NOW)
        held.refresh()
        keeper.look(LONG)
        early = path.stat().st_ino
        keeper.end()

        assert first == unmoved == early
        assert snapshots.opened(keeper.folder, cast.acme.id).token == held.token

    def test_writes_the_history_of_whoever_looked_back(self, cast: Cast, okrs: Okrs, keeper: Keeper):
        """Once: what is recorded since is in the log."""
        past.of(cast.acme.id, NOW.date() - timedelta(days=1))
        keeper.look(LONG)
        path = keeper.folder / f"{cast.acme.id}.history"
        first = path.stat().st_ino
        checkins.record(key_result=okrs.growth.id, value=Decimal(47), by=cast.ada, at=NOW)

        past.of(cast.acme.id, NOW.date() - timedelta(days=1))
        keeper.look(0)

        assert path.stat().st_ino == first

    def test_lets_go_of_what_was_removed(self, cast: Cast, okrs: Okrs, keeper: Keeper):
        """A workspace that another process removed is held no longer, and not written once more."""
        image.of(cast.acme.id)
        bulk.erase(cast.acme.id)
        cast.acme.delete()

        keeper.end()

        assert image.all_held() == []
        assert list(keeper.folder.iterdir()) == []

    def test_deletes_what_belongs_to_nobody(self, cast: Cast, okrs: Okrs, keeper: Keeper):
        """Snapshots of removed workspaces go, and what a dying process left half written."""
        for name in ("1.image", "1.history", f".{cast.acme.id}.image.77"):
            (keeper.folder / name).write_bytes(b"left over")

        keeper.look(LONG)

        assert list(keeper.folder.iterdir()) == []

    @pytest.mark.parametrize("name", ["12.image.old", "1x.txt", "99999999999999999999.image"])
    def test_is_not_put_off_by_what_others_left(self, cast: Cast, okrs: Okrs, keeper: Keeper, name: str):
        """A copy that somebody made beside is no reason to write nothing any more."""
        (keeper.folder / name).write_bytes(b"left over")
        image.of(cast.acme.id)

        keeper.look(LONG)

        assert (keeper.folder / f"{cast.acme.id}.image").exists()
