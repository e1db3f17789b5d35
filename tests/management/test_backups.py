"""Backups hold everything, go back whole or not at all, and are proven."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as how

from milepost.actions import checkins
from milepost.cli.exits import Exit
from milepost.formats.archives import Archive, NotABackup
from milepost.ledger import bulk, changes, image, rows
from milepost.management import backups, databases
from milepost.models import Checkin, Event
from milepost.models.search import INDEXED
from milepost.queries import verification
from tests.cast import LATER, NOW, Cast
from tests.management.contents import everything, silent
from tests.management.terminal import run
from tests.okrs import Okrs
from tests.running import PATIENCE, Installation

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

TOLD = Decimal("47.25")


@pytest.fixture
def backup(okrs: Okrs, tmp_path: Path) -> Path:
    """A backup of Acme at work."""
    return backups.make(tmp_path / "backup.zip", at=LATER, heard=silent).path


def check_in(cast: Cast, okrs: Okrs, value: Decimal = TOLD) -> int:
    return checkins.record(key_result=okrs.growth.id, value=value, by=cast.ada, at=LATER).id


def spoiled(path: Path, entry: str, change: Callable[[bytes], bytes]) -> Path:
    """Copy a backup, with one of its entries changed."""
    copy = path.with_name(f"spoiled-{path.name}")
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(copy, "w") as made:
        for name in whole.namelist():
            data = whole.read(name)
            made.writestr(name, change(data) if name == entry else data)
    return copy


class TestRows:
    def test_have_a_form_for_every_column(self):
        """There is no table and no column that a backup would leave out, but what search makes of them."""
        there = set(connection.introspection.table_names()) - {"django_migrations"}
        there = {name for name in there if not any(name.startswith(f"{table}_words") for table in INDEXED)}

        assert {table.name for table in rows.tables(apps)} == there

    @given(
        note=strategies.text(strategies.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        value=strategies.decimals(-(10**15), 10**15, places=12),
        moment=strategies.datetimes(
            datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=strategies.just(UTC)
        ),
        data=strategies.dictionaries(
            strategies.text(strategies.characters(exclude_categories=["Cs"], exclude_characters="\0")),
            strategies.one_of(strategies.integers(), strategies.booleans(), strategies.none()),
        ),
    )
    @how(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    def test_read_back_as_they_were_written(self, cast, okrs, note, value, moment, data):
        """What a row holds, Python sees the same after the row was read, deleted and written."""
        with transaction.atomic():
            made = Checkin.objects.create(
                workspace=cast.acme, key_result=okrs.growth, value=value, note=note,
                effective_at=moment, recorded_at=moment,
            )  # fmt: skip
            told = Event.objects.create(workspace=cast.acme, kind="x", at=moment, door="web", data=data)
            for model, row in ((Checkin, made), (Event, told)):
                before = model.objects.everywhere().filter(id=row.id).values().get()
                table = next(each for each in rows.tables(apps) if each.name == model._meta.db_table)
                found = [one for batch in rows.read(table) for one in batch if one[0] == row.id]
                model.objects.everywhere().filter(id=row.id).delete()

                with bulk.unlocked([table.name]):
                    rows.write(table, [json.loads(json.dumps(found))], lambda count: None)

                assert model.objects.everywhere().filter(id=row.id).values().get() == before
            transaction.set_rollback(True)


class TestBackup:
    def test_brings_everything_back(self, cast, okrs, backup):
        """After a restore every row of every table is what it was."""
        before = everything()
        check_in(cast, okrs)
        okrs.draft.delete()

        backups.restore(backup, replace=True, at=LATER, heard=silent)

        assert everything() == before

    def test_is_of_one_moment(self, cast, okrs, tmp_path):
        """What is written while a backup is read is not in it, and does not have to wait."""

        def write() -> None:
            try:
                check_in(cast, okrs)
            finally:
                connections.close_all()

        before = Checkin.objects.everywhere().count()
        with databases.one_moment():
            writer = threading.Thread(target=copy_context().run, args=(write,))
            writer.start()
            writer.join(timeout=PATIENCE)
            seen = Checkin.objects.everywhere().count()

        assert not writer.is_alive()
        assert (seen, Checkin.objects.everywhere().count()) == (before, before + 1)

    def test_says_what_it_is(self, okrs, backup):
        """The manifest names the version, the migrations, and what the rows of each table add up to."""
        with zipfile.ZipFile(backup) as whole:
            said = json.loads(whole.read("manifest.json"))

        assert said["format"] == "milepost-backup/1"
        assert ["milepost", said["migrations"][-1][1]] in said["migrations"]
        assert {table["name"]: table["rows"] for table in said["tables"]}["workspace"] == 2
        assert set(said["exports"]) == {"acme", "zenith"}

    def test_leaves_the_secret_key_out_unless_told(self, okrs, tmp_path):
        """The key that signs cookies is in the file only by request, and the command says which."""
        without = run("backup", str(tmp_path / "without.zip"))
        told = run("backup", str(tmp_path / "with.zip"), "--with-secret-key")

        secret = settings.MILEPOST.secret_key.encode()
        contents = {
            name: b"".join(whole.read(entry) for entry in whole.namelist())
            for name in ("without", "with")
            for whole in [zipfile.ZipFile(tmp_path / f"{name}.zip")]
        }
        assert secret not in contents["without"] and secret in contents["with"]
        assert "not in it" in without.err and "is in it" in told.err
        assert (tmp_path / "with.zip").stat().st_mode & 0o077 == 0

    def test_keeps_as_many_as_told(self, okrs, tmp_path):
        """--keep removes the oldest of the folder, after the new one is whole, and nothing else."""
        for day in range(1, 5):
            (tmp_path / f"milepost-2026-11-0{day}-030000.zip").write_bytes(b"old")
        (tmp_path / "holiday.zip").write_bytes(b"mine")

        told = run("backup", str(tmp_path), "--keep", "2")

        assert told.code == Exit.OK, told.err
        left = sorted(path.name for path in tmp_path.iterdir())
        assert left[:2] == ["holiday.zip", "milepost-2026-11-04-030000.zip"] and len(left) == 3

    def test_leaves_nothing_when_it_fails(self, okrs, tmp_path):
        """A backup that is not finished leaves no file behind."""

        def stop(done: int, total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            backups.make(tmp_path / "backup.zip", at=LATER, heard=stop)

        assert list(tmp_path.iterdir()) == []

    def test_of_nothing_is_refused(self, tmp_path):
        """In an empty folder there is nothing to back up, and nothing is made."""
        empty = Installation(tmp_path / "empty")

        told = empty.run("backup")

        assert told.returncode == Exit.NOT_FOUND
        assert not (tmp_path / "empty" / "backups").exists()
        assert not (tmp_path / "empty" / "milepost.sqlite3").exists()

    def test_makes_no_folder_of_a_file_s_name(self, okrs, tmp_path):
        """A name with another ending is refused, unless such a folder is there."""
        (tmp_path / "2026.11").mkdir()

        told = [run("backup", str(tmp_path / name)) for name in ("one.txt", "one.zip.old", "2026.11")]

        assert [each.code for each in told] == [Exit.USAGE, Exit.USAGE, Exit.OK]
        assert "one.txt looks like a file" in told[0].err and "Name it one.zip;" in told[0].err
        assert [path.name for path in tmp_path.iterdir()] == ["2026.11"]

    def test_makes_no_folder_on_the_way(self, okrs, tmp_path):
        """A folder is made where it was named; one above it that is missing was mistyped."""
        there = run("backup", str(tmp_path / "safe"))
        told = run("backup", str(tmp_path / "saef" / "backup.zip"))

        assert there.code == Exit.OK, there.err
        assert told.code == Exit.NOT_FOUND and "saef" in told.err
        assert not (tmp_path / "saef").exists()


class TestDamage:
    def test_of_any_byte_is_told_as_such(self, okrs, backup):
        """Wherever a byte is another one, the file is refused as damaged, or holds what it held."""
        whole = backup.read_bytes()
        for place in range(0, len(whole), max(1, len(whole) // 400)):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << place % 8
            backup.write_bytes(damaged)

            with suppress(NotABackup), Archive(backup) as archive:
                archive.prove()
                for table in archive.manifest.tables:
                    assert sum(map(len, archive.batches(table))) == table.rows

    @pytest.mark.parametrize("words", [("backup", "verify"), ("restore",)])
    def test_is_the_files_fault(self, okrs, backup, words):
        """Whoever proves or restores such a file hears what is damaged and what to do."""
        whole = bytearray(backup.read_bytes())
        with zipfile.ZipFile(backup) as made:
            entry = made.getinfo("tables/event.jsonl")
        whole[entry.header_offset + 60 + entry.compress_size // 2] ^= 0x55
        backup.write_bytes(whole)

        told = run(*words, str(backup), *(("--replace",) if words == ("restore",) else ()))

        assert told.code == Exit.ERROR
        assert "event is missing or damaged" in told.err and "Take another backup" in told.err

    def test_is_not_that_there_is_no_file(self, okrs, tmp_path):
        """A name that leads nowhere ends with the code for it."""
        assert run("backup", "verify", str(tmp_path / "none.zip")).code == Exit.NOT_FOUND
        assert run("restore", str(tmp_path / "none.zip")).code == Exit.NOT_FOUND


class TestRestore:
    def test_refuses_where_somebody_works(self, cast, okrs, backup):
        """Without --replace, a database with data stays as it is."""
        check_in(cast, okrs)
        before = everything()

        told = run("restore", str(backup))

        assert told.code == Exit.CONFLICT
        assert "--replace" in told.err
        assert everything() == before

    def test_keeps_what_it_replaces(self, cast, okrs, backup):
        """With --replace, what was there is in a backup of its own first."""
        check_in(cast, okrs)
        before = everything()

        told = run("restore", str(backup), "--replace")
        kept = Path(told.err.partition("kept in ")[2].split("\n")[0].rstrip("."))
        backups.restore(kept, replace=True, at=LATER, heard=silent)

        assert told.code == Exit.OK, told.err
        assert everything() == before
        kept.unlink()

    @pytest.mark.parametrize("table", ["workspace", "checkin", "key_result"])
    def test_changes_nothing_where_a_backup_is_damaged(self, cast, okrs, backup, table):
        """A row that is not the one written, wherever it stands, and the database is as it was."""
        damaged = spoiled(backup, f"tables/{table}.jsonl", lambda data: data.replace(b"e", b"f", 1))
        check_in(cast, okrs)
        before = everything()

        told = run("restore", str(damaged), "--replace")

        assert told.code == Exit.ERROR and "not a backup that can be used" in told.err, told.err
        assert everything() == before

    def test_keeps_nothing_for_a_file_that_is_none(self, okrs, backup):
        """A missing or cut file is refused before a backup is taken of what is there."""
        kept = set(backups.default_folder().glob("before-restore-*"))
        backup.write_bytes(backup.read_bytes()[:-200])

        cut = run("restore", str(backup), "--replace")
        missing = run("restore", f"{backup}.none", "--replace")

        assert (cut.code, missing.code) == (Exit.ERROR, Exit.NOT_FOUND)
        assert set(backups.default_folder().glob("before-restore-*")) == kept

    def test_is_seen_by_who_reads_already(self, cast, okrs, backup):
        """An image that is further on than the restored log loads anew, and its figures are the backup's."""
        living = image.of(cast.acme.id)
        before = living.on(NOW.date()).progress(okrs.growth.id)
        token = str(living.token)
        for value in (44, 45, 46):
            check_in(cast, okrs, Decimal(value))
        assert image.of(cast.acme.id).on(NOW.date()).progress(okrs.growth.id) != before

        backups.restore(backup, replace=True, at=LATER, heard=silent)

        assert living.on(NOW.date()).progress(okrs.growth.id) != before  # it has not looked yet
        living.refresh()
        assert living.on(NOW.date()).progress(okrs.growth.id) == before
        assert [*verification.differences(cast.acme.id, NOW)] == []
        assert str(changes.now(cast.acme.id)) != token

    def test_goes_on_counting_behind_it(self, cast, okrs, backup):
        """No number of the change log is given out twice, whatever came after the backup."""
        check_in(cast, okrs)
        given_out = {change.seq for change in changes.changes_since(cast.acme.id, changes.Token())[0]}

        backups.restore(backup, replace=True, at=LATER, heard=silent)
        there = {change.seq for change in changes.changes_since(cast.acme.id, changes.Token())[0]}
        check_in(cast, okrs)
        check_in(cast, okrs, Decimal(48))

        after = {change.seq for change in changes.changes_since(cast.acme.id, changes.Token())[0]} - there
        assert len(after) == 2 and min(after) > max(given_out | there)

    def test_keeps_workspaces_apart_afterwards(self, cast, okrs, backup):
        """The triggers between workspaces hold after a restore as before."""
        from django.db import IntegrityError

        backups.restore(backup, replace=True, at=LATER, heard=silent)

        with pytest.raises(IntegrityError), transaction.atomic():
            Checkin.objects.create(
                workspace=cast.zenith, key_result=okrs.growth, effective_at=NOW, recorded_at=NOW
            )

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"workspace: acme\n"])
    def test_refuses_what_is_no_backup(self, tmp_path, content):
        """Another file is named as such, with what to do."""
        path = tmp_path / "file.zip"
        path.write_bytes(content)

        told = run("restore", str(path))

        assert told.code == Exit.ERROR
        assert "not a backup that can be used" in told.err and "another backup" in told.err

    def test_refuses_what_a_newer_milepost_wrote(self, okrs, backup):
        """A backup with migrations that this version does not know is left alone."""
        newer = spoiled(
            backup,
            "manifest.json",
            lambda data: data.replace(b'"milepost",\n      "0', b'"milepost",\n      "9'),
        )

        told = run("restore", str(newer), "--replace")

        assert told.code == Exit.CONFLICT
        assert "newer" in told.err


class TestVerify:
    def test_proves_a_good_one(self, backup):
        """A backup restores aside, and all its rows and exports are as they were; here nothing changes."""
        before = everything()

        told = run("backup", "verify", str(backup))

        assert told.code == Exit.OK, told.out + told.err
        assert "2 exports" in told.out
        assert everything() == before

    def test_says_when_there_is_no_export_to_compare(self, okrs, tmp_path, monkeypatch):
        """A large backup carries no export unless told to; both commands say so, and what to do."""
        monkeypatch.setattr(backups, "EXPORTED_UP_TO", 5)
        large, told = str(tmp_path / "large.zip"), str(tmp_path / "told.zip")

        made, asked = run("backup", large), run("backup", told, "--with-exports")
        proved, compared = run("backup", "verify", large), run("backup", "verify", told)

        assert "more than 5 rows" in made.err and "--with-exports" in made.err
        assert "0 exports" in proved.out and "`milepost backup --with-exports`" in proved.out
        assert "No export" not in asked.err and "2 exports" in compared.out
        assert "No export" not in compared.out

    def test_says_which_disk_is_full(self, tmp_path):
        """The database that it is restored into needs room, elsewhere than the one that is served."""
        folder = tmp_path / "aside"
        folder.mkdir()

        def fill() -> None:
            with databases.aside(folder) as database, database.cursor() as cursor:
                cursor.execute("PRAGMA max_page_count=1")
                cursor.execute("CREATE TABLE one (number)")

        with pytest.raises(databases.NoRoom) as raised:
            fill()

        assert f"in {tmp_path} " in raised.value.message and raised.value.remedy

    def test_finds_a_row_that_was_changed(self, backup):
        """One digit in one row is found."""
        bad = spoiled(backup, "tables/checkin.jsonl", lambda data: data.replace(b'"6.5"', b'"6.6"'))

        told = run("backup", "verify", str(bad))

        assert told.code == Exit.ERROR
        assert "checkin" in told.err

    def test_finds_what_the_rows_contradict(self, cast, okrs, tmp_path):
        """Rows that add up, but disagree among themselves, are found as `milepost verify` finds them."""
        type(okrs.draft).objects.of(cast.acme.id).filter(id=okrs.draft.id).update(state="achieved")
        path = backups.make(tmp_path / "backup.zip", at=LATER, heard=silent).path

        told = run("backup", "verify", str(path))

        assert told.code == Exit.ERROR
        assert "state of objective" in told.out
