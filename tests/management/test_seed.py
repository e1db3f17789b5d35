"""`milepost seed`: workspaces of a given size, the same for the same seed and day."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import pytest
from django.db import DatabaseError, connection, transaction

from milepost.actions import seeds
from milepost.actions.seeds import Rows
from milepost.core.access import operator
from milepost.core.problems import Conflict
from milepost.core.scoring import Kind
from milepost.ledger import image, past
from milepost.management.seeding import SIZES, seeded
from milepost.management.seeding.ground import Ground
from milepost.models import Alignment, Change, Checkin, Event, Objective, Workspace
from milepost.models.ids import COUNTER_BITS
from milepost.queries import verification

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
A_DAY, A_WEEK = timedelta(days=1), timedelta(weeks=1)


def _ground(size: str = "S", number: int = 1, slug: str = "acme") -> Ground:
    return Ground(SIZES[size], number, slug, DAY)


@lru_cache
def _tables(size: str, number: int = 1) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for table, columns, rows in seeded(_ground(size, number)):
        found.setdefault(table, []).extend(dict(zip(columns, row, strict=True)) for row in rows)
    return found


def _sow(ground: Ground, rows=None) -> dict[str, int]:
    return seeds.sow(
        slug=ground.slug,
        name="Acme",
        seed=seeded(ground) if rows is None else rows,
        facts={"seed": ground.number},
        by=operator(ground.workspace),
        at=AT,
    )


class TestSeeded:
    @pytest.mark.parametrize("name", ["S", "M"])
    def test_has_the_counts_of_its_size(self, name):
        """People, teams, objectives in six levels, key results and check-ins are as the goals name them."""
        size, tables = SIZES[name], _tables(name)

        assert len(tables["person"]) == size.people
        assert len(tables["team"]) == size.teams
        assert len(tables["objective"]) == size.objectives == sum(size.levels)
        assert len(size.levels) == 6
        assert len(tables["key_result"]) == size.key_results
        assert len(tables["checkin"]) == size.checkins == 13 * size.key_results

    def test_is_the_same_for_the_same_seed_alone(self):
        """One seed gives the same rows each time; another gives others."""
        again = {}
        for table, columns, rows in seeded(_ground()):
            again.setdefault(table, []).extend(dict(zip(columns, row, strict=True)) for row in rows)

        assert again == _tables("S")
        assert _tables("S", 2)["checkin"] != _tables("S")["checkin"]

    def test_gives_each_row_an_id_of_its_own_that_sorts_by_time(self):
        """No id comes twice, and check-ins sort by id as they were recorded; an id holds the moment."""
        tables = _tables("M")
        ids = [row["id"] for rows in tables.values() for row in rows]
        checkins = sorted(tables["checkin"], key=lambda row: row["id"])

        assert len(set(ids)) == len(ids)
        assert max(ids) < 2**63
        recorded = [row["recorded_at"] for row in checkins]
        assert recorded == sorted(recorded)
        moment = datetime.fromtimestamp((checkins[0]["id"] >> COUNTER_BITS) / 1000, UTC)
        assert moment.strftime("%Y-%m-%d %H:%M:%S") == recorded[0]
        assert max(recorded) < f"{DAY}"

    def test_aligns_every_objective_below_the_top(self):
        """Each one below the first level contributes to one of the level above; a few do more."""
        tables, size = _tables("M"), SIZES["M"]
        links = tables["alignment"]
        contributing = Counter(row["child_id"] for row in links if row["how"] == "contributes")
        objectives = [row["id"] for row in tables["objective"]]

        assert set(contributing) == set(objectives[size.levels[0] :])
        several = sum(count > 1 for count in contributing.values())
        assert several == pytest.approx(0.03 * len(objectives), rel=0.3)
        supporting = sum(row["how"] == "supports" for row in links)
        assert supporting == pytest.approx(0.05 * len(objectives), rel=0.3)
        restricted = sum(row["visibility"] == "team" for row in tables["objective"])
        assert restricted == pytest.approx(0.01 * len(objectives), rel=0.4)

    def test_is_mostly_linear_with_weight_one(self):
        """Nine in ten key results run on a line and as many weigh one; every family of kinds occurs."""
        rows = _tables("M")["key_result"]
        kinds = Counter(row["kind"] for row in rows)

        linear = sum(count for kind, count in kinds.items() if Kind(kind).is_on_a_line)
        assert linear / len(rows) > 0.85
        assert sum(row["weight"] == "1" for row in rows) / len(rows) > 0.85
        assert set(kinds) >= {"maintain_above", "range", "binary", "milestones", "per_period"}


@pytest.mark.both_databases
class TestSow:
    def test_agrees_with_itself(self):
        """The image loads it; dated rows and states agree with what holds now."""
        ground = _ground()

        written = _sow(ground)

        assert written["checkin"] == Checkin.objects.of(ground.workspace).count() == 5_200
        assert list(verification.differences(ground.workspace, AT)) == []
        shown = image.of(ground.workspace)
        assert len(shown.key_results) == 400
        progress = [shown.on(DAY).progress(id) for id in shown.objectives]
        assert all(value is not None and 0 <= value <= 1 for value in progress)
        image.forget(ground.workspace)

    @pytest.mark.parametrize(
        ("before", "state"),
        [
            (3 * A_WEEK + A_DAY, None), (3 * A_WEEK, "draft"), (A_WEEK, "committed"), (A_DAY, "committed"),
            (0 * A_DAY, "active"),
        ],
    )  # fmt: skip
    def test_shows_a_past_day_in_the_states_of_that_day(self, before, state):
        """Drafted three weeks before the cycle, committed to one week before, active from its first day."""
        ground = _ground()
        _sow(ground)

        shown = past.of(ground.workspace, ground.begins - before)

        states = {one.state for one in shown.objectives.values()}
        assert states == ({state} if state else set())
        image.forget(ground.workspace)

    def test_is_told_once(self):
        """There is one event and one change for all of it."""
        ground = _ground()

        _sow(ground)

        assert [event.kind for event in Event.objects.of(ground.workspace)] == ["workspace.seeded"]
        assert [row.kind for row in Change.objects.filter(workspace_id=ground.workspace)] == [3]

    def test_refuses_an_address_that_is_taken(self):
        """Where a workspace has this address already, nothing is written."""
        _sow(_ground())

        with pytest.raises(Conflict, match="acme"):
            _sow(_ground(number=2))

        assert Workspace.objects.count() == 1

    def test_keeps_two_seeds_apart(self):
        """Two workspaces of one size lie side by side in one database."""
        _sow(_ground())

        _sow(_ground(slug="zenith"))

        assert Checkin.objects.everywhere().count() == 10_400

    def test_refuses_a_row_that_refers_to_another_workspace(self):
        """What the border triggers would refuse one by one is refused all at once, and nothing stays."""
        theirs = _ground(slug="zenith")
        _sow(theirs)
        stranger = Objective.objects.of(theirs.workspace).first()
        ours = _ground()

        def rows():
            for table, columns, values in seeded(ours):
                at = columns.index("child_id") if table == "alignment" else None
                yield Rows(table, columns, values if at is None else _with(values, at, stranger.id))

        with pytest.raises(DatabaseError, match="across workspaces"), transaction.atomic():
            _sow(ours, rows())

        assert list(Workspace.objects.values_list("slug", flat=True)) == ["zenith"]

    def test_leaves_the_borders_and_keys_as_they_were(self):
        """Afterwards the same triggers and foreign keys are in force, and they bite."""
        before = _guards()
        theirs, ours = _ground(slug="zenith"), _ground()

        _sow(theirs)
        _sow(ours)

        assert _guards() == before
        link = Alignment.objects.of(ours.workspace).first()
        link.parent_objective_id = Objective.objects.of(theirs.workspace).first().id
        with pytest.raises(DatabaseError, match="across workspaces"), transaction.atomic():
            link.save()


class TestCommand:
    def test_says_how_much_it_made(self, install):
        """The command makes the workspace and tells counts and rate."""
        milepost = install()

        done = milepost.run("seed", "--size", "S", "--seed", "7", "--workspace", "acme")
        again = milepost.run("seed", "--size", "S", "--workspace", "acme")

        assert done.returncode == 0, done.stderr
        assert "5,200 check-ins" in done.stdout and "a second" in done.stdout
        assert again.returncode == 5
        assert "already" in again.stderr


def _with(rows, at: int, value: int):
    for row in rows:
        yield (*row[:at], value, *row[at + 1 :])


def _guards() -> list[tuple]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        else:
            cursor.execute(
                "SELECT c.conrelid::regclass::text || '.' || c.conname, pg_get_constraintdef(c.oid) "
                "FROM pg_constraint c WHERE c.contype = 'f' UNION ALL "
                "SELECT t.tgrelid::regclass::text || '.' || t.tgname, t.tgenabled::text "
                "FROM pg_trigger t WHERE NOT t.tgisinternal ORDER BY 1"
            )
        return cursor.fetchall()
