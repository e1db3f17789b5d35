"""A database of any earlier version, with work in it, becomes one of this version and loses nothing."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from milepost.core.plan.steps import told_once
from milepost.core.plan.values import Plan
from milepost.formats import okr_files
from milepost.formats.archives import Archive
from milepost.ledger import rows
from milepost.management import backups, databases, schema, sealer
from milepost.models import Objective
from milepost.queries import plans, verification, workspaces
from tests.management.contents import silent
from tests.management.terminal import run

# Each worker of the tests has its own, for they run on one server.
NAME = f"old_version_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

# Django fills these itself after a migration.
BOOKKEEPING = ("django_content_type", "auth_permission")
KEPT = sorted(Path(__file__).resolve().parent.glob("*.zip"))


@pytest.fixture
def empty(tmp_path) -> Iterator[str]:
    """The address of an empty database of the kind that is tried."""
    if connection.vendor == "sqlite":
        yield databases.address_of(tmp_path / "old.sqlite3")
        return
    base = settings.MILEPOST.database_url.rpartition("/")[0]
    with psycopg.connect(f"{base}/postgres", autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE IF EXISTS {NAME}")
        administrator.execute(f"CREATE DATABASE {NAME}")
    yield f"{base}/{NAME}"


def exported(path: Path) -> dict[str, bytes]:
    """What that version exported, when it was this one."""
    with zipfile.ZipFile(path) as kept:
        return {Path(name).stem: kept.read(name) for name in kept.namelist() if name.startswith("exports/")}


@pytest.mark.parametrize("path", KEPT, ids=[path.stem for path in KEPT])
class TestUpgrade:
    def test_in_place(self, path, empty):
        """`milepost migrate` keeps every row; the images agree with them, and so does the old export."""
        with databases.standing_on(empty), Archive(path) as archive:
            facts = archive.manifest.tables
            schema.migrate_to(archive.manifest.migrations)
            backups.load(facts, archive.batches, at=timezone.now(), heard=silent, epoch=False)

            schema.migrate()

            there = {table.name: rows.count(table) for table in rows.tables(apps)}
            assert schema.pending() == []
            assert {each.name: there.get(each.name) for each in facts if each.name not in BOOKKEEPING} == {
                each.name: each.rows for each in facts if each.name not in BOOKKEEPING
            }
            self._agrees(exported(path))

    def test_by_restoring_its_backup(self, path, empty):
        """A backup of that version restores into this one, means the same, and goes one way to its end."""
        told = []
        with databases.standing_on(empty):
            backups.restore(
                path, replace=False, at=timezone.now(), heard=lambda *far: told.append(Fraction(*far))
            )

            self._agrees(exported(path))

        assert told == sorted(told) and told[-1] == 1

    def _agrees(self, exports: dict[str, bytes]) -> None:
        slugs = workspaces.slugs()
        assert sorted(slugs) == sorted(exports)
        assert Objective.objects.everywhere().filter(visibility="private").exists()
        sealer.everything(timezone.now())  # whatever was written before there were seals
        for slug in slugs:
            id = workspaces.by_slug(slug)
            assert [*verification.differences(id, timezone.now())] == []
            kept, found = okr_files.read(exports[slug], name=f"{slug}.json"), plans.current(id)
            assert all(one.created for one in found.teams + found.cycles)
            assert found == _written_today(kept, found)


def _written_today(plan: Plan, found: Plan) -> Plan:
    """A plan as this version writes it.

    Earlier ones told in a history again what its steps tell, and not when teams and cycles were made.
    """
    made = {one.id: one.created for one in found.teams + found.cycles}
    return replace(
        plan,
        objectives=tuple(told_once(one, one.transitions) for one in plan.objectives),
        teams=tuple(replace(one, created=made[one.id]) for one in plan.teams),
        cycles=tuple(replace(one, created=made[one.id]) for one in plan.cycles),
    )


class TestKept:
    def test_begin_with_the_first_migration(self):
        """There is something to try from the first migration on."""
        assert [path.stem for path in KEPT][:2] == ["0001_initial", "0002_change_transaction"]


class TestBackup:
    def test_of_an_older_schema_says_what_to_do_for_its_exports(self, empty, tmp_path):
        """It has none even when told to; both commands advise to migrate, not what would change nothing."""
        made, path = [], tmp_path / "older.zip"
        with databases.standing_on(empty), Archive(KEPT[-1]) as archive:
            schema.migrate_to(archive.manifest.migrations)
            backups.load(
                archive.manifest.tables, archive.batches, at=timezone.now(), heard=silent, epoch=False
            )
            made.append(run("backup", str(path), "--with-exports").err)
        made.append(run("backup", "verify", str(path)).out)

        for told in made:
            assert "older Milepost made" in told and "`milepost migrate` first" in told
            assert "exports` puts one in" not in told
