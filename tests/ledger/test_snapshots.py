"""Snapshots: opened and brought up to date, one says what the tables say; or it is passed over."""

from __future__ import annotations

import os
import stat
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.db import connection

from milepost.actions import checkins, key_results
from milepost.ledger import array_files, changes, snapshots, tallies, verify
from milepost.ledger import image as images
from milepost.ledger.image import Image
from milepost.models import Checkin, Event
from tests.cast import NOW, TODAY, Cast
from tests.ledger.test_image import Walk
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases
STEPS = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "images"


def differences(image: Image) -> list[str]:
    return [str(one) for one in verify.of_image(image, TODAY)]


def saved(folder: Path, cast: Cast) -> Path:
    """Write Acme's image, as a server does when it ends."""
    snapshots.save(folder, images.of(cast.acme.id))
    return next(folder.iterdir())


class TestSnapshot:
    @pytest.mark.parametrize("seed", range(6))
    def test_is_what_the_tables_say(self, cast: Cast, okrs: Okrs, folder: Path, seed: int):
        """Whatever happens before it is written, between writing and opening, and after that."""
        walk = Walk(cast, okrs, seed)

        image = images.of(cast.acme.id)
        for _ in range(4):
            for _ in range(STEPS):
                walk.step()
            image.refresh()
            snapshots.save(folder, image)
            for _ in range(walk.random.choice([0, 1, STEPS])):
                walk.step()
            image = snapshots.opened(folder, cast.acme.id)
            image.refresh()

            assert differences(image) == []

    def test_reads_no_more_than_what_came_since(self, cast, okrs, folder, django_assert_max_num_queries):
        """Opening asks whether the log is the one it knows, and for what came since."""
        saved(folder, cast)

        with django_assert_max_num_queries(3):
            image = snapshots.opened(folder, cast.acme.id)
            image.refresh()

        assert image.token == images.of(cast.acme.id).token

    def test_does_not_bring_back_what_was_corrected(self, cast: Cast, okrs: Okrs, folder: Path):
        """An entry that comes a second time, as it may on PostgreSQL, stays corrected."""
        before = images.of(cast.acme.id).token
        checkins.record(key_result=okrs.growth.id, value=Decimal(47), by=cast.ada, at=NOW)
        last = Checkin.objects.of(cast.acme.id).order_by("-id").first()
        checkins.withdraw(checkin=last.id, by=cast.ada, at=NOW)
        saved(folder, cast)

        image = snapshots.opened(folder, cast.acme.id)
        image.token = before
        image.refresh()

        assert differences(image) == []

    def test_follows_an_edit(self, cast: Cast, okrs: Okrs, folder: Path):
        """A target changed after it was written is taken in from the log."""
        saved(folder, cast)
        key_results.update(
            key_result=okrs.growth.id, changed={"target": Decimal(400)}, reason="More.", by=cast.ada, at=NOW
        )

        image = snapshots.opened(folder, cast.acme.id)
        image.refresh()

        assert Fraction(image.key_results[okrs.growth.id].target) == 400
        assert differences(image) == []

    def test_keeps_what_a_search_found_out(self, cast: Cast, okrs: Okrs, folder: Path):
        """Whoever searches first after a start does not wait until every title has been read."""
        titles = images.of(cast.acme.id).key_results.columns["title"].titles
        words, standing = titles.words, titles.standing.tolist()
        saved(folder, cast)

        reopened = snapshots.opened(folder, cast.acme.id).key_results.columns["title"].titles

        assert reopened.kept() is not None
        assert (reopened.words, reopened.standing.tolist()) == (words, standing)
        assert [reopened.having([word]).tolist() for word in words] == [
            titles.having([word]).tolist() for word in words
        ]
        assert reopened.beginning(words[0]) == titles.beginning(words[0])

    @pytest.mark.parametrize("size", [0, 4096])
    def test_is_not_needed_once_it_is_open(self, cast: Cast, okrs: Okrs, folder: Path, size: int):
        """Whoever cuts the file short meanwhile changes no figure, and does not end the process."""
        path = saved(folder, cast)

        image = snapshots.opened(folder, cast.acme.id)
        os.truncate(path, size)
        image.refresh()

        assert differences(image) == []

    def test_is_for_its_owner_alone(self, cast: Cast, okrs: Okrs, folder: Path):
        """It holds titles and names that not everyone may see."""
        path = saved(folder, cast)

        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert os.listdir(folder) == [path.name]

    def test_goes_with_its_workspace(self, cast: Cast, okrs: Okrs, folder: Path):
        """Those of workspaces that are no longer there are deleted; the others stay."""
        path = saved(folder, cast)

        array_files.drop_others(folder, {cast.acme.id, cast.zenith.id}.__contains__)
        stayed = path.exists()
        array_files.drop_others(folder, {cast.zenith.id}.__contains__)

        assert stayed
        assert not path.exists()


class TestPassedOver:
    @pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
    def test_one_that_is_torn(self, cast: Cast, okrs: Okrs, folder: Path, share: float):
        """Cut off anywhere, it is not used."""
        path = saved(folder, cast)
        whole = path.read_bytes()

        path.write_bytes(whole[: int(len(whole) * share)])

        assert snapshots.opened(folder, cast.acme.id) is None

    @pytest.mark.parametrize("share", [0.001, 0.1, 0.6, 0.999])
    def test_one_in_which_a_byte_is_wrong(self, cast: Cast, okrs: Okrs, folder: Path, share: float):
        """A byte that changed anywhere is noticed."""
        path = saved(folder, cast)
        whole = bytearray(path.read_bytes())

        whole[int(len(whole) * share)] ^= 1
        path.write_bytes(whole)

        assert snapshots.opened(folder, cast.acme.id) is None

    def test_one_of_another_workspace(self, cast: Cast, okrs: Okrs, folder: Path):
        """A file under another's name is not taken for theirs."""
        path = saved(folder, cast)

        path.rename(folder / f"{cast.zenith.id}{snapshots.ENDING}")

        assert snapshots.opened(folder, cast.zenith.id) is None

    def test_one_that_other_code_wrote(self, cast: Cast, okrs: Okrs, folder: Path, monkeypatch):
        """After an upgrade the image is made from the tables."""
        saved(folder, cast)

        monkeypatch.setattr(snapshots, "code", lambda: "of another version")

        assert snapshots.opened(folder, cast.acme.id) is None

    def test_one_that_is_ahead_of_the_log(self, cast: Cast, okrs: Okrs, folder: Path):
        """An older database put in the place of this one has not seen what the snapshot has."""
        checkins.record(key_result=okrs.growth.id, value=Decimal(47), by=cast.ada, at=NOW)
        saved(folder, cast)

        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM change WHERE seq = (SELECT max(seq) FROM change WHERE workspace_id = %s)",
                [cast.acme.id],
            )

        assert snapshots.opened(folder, cast.acme.id) is None

    def test_one_of_another_course_of_events(self, cast: Cast, okrs: Okrs, folder: Path):
        """An older database that has lived on has as many changes, but not the same events."""
        checkins.record(key_result=okrs.growth.id, value=Decimal(47), by=cast.ada, at=NOW)
        saved(folder, cast)

        newest = Event.objects.of(cast.acme.id).order_by("-id").values_list("id", flat=True)[0]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE event SET id = id + 1 WHERE id = %s", [newest])

        assert snapshots.opened(folder, cast.acme.id) is None

    def test_after_a_restore(self, cast: Cast, okrs: Okrs, folder: Path):
        """A restore begins a new epoch of the log: everything is read from the tables again."""
        saved(folder, cast)
        changes.begin_epoch(NOW)
        loads = tallies.loads.count

        image = snapshots.opened(folder, cast.acme.id)
        image.refresh()

        assert tallies.loads.count == loads + 1
        assert differences(image) == []


class TestOpening:
    def test_of_a_process_that_was_told_to(self, cast: Cast, okrs: Okrs, folder: Path):
        """Told of a folder, a process reads from it first; else from the tables."""
        saved(folder, cast)
        images.forget()
        loads = tallies.loads.count

        snapshots.read_from(folder)
        try:
            image = images.of(cast.acme.id)
        finally:
            snapshots.read_from(None)

        assert tallies.loads.count == loads
        assert differences(image) == []
