"""Past days in a copy made from a file: each is told there as it is told where it was lived."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from milepost.actions import cycles, plans, teams, workspaces
from milepost.core.access import operator
from milepost.core.plan import Plan
from milepost.core.problems import Problem
from milepost.formats import okr_files
from milepost.ledger import image as images
from milepost.ledger import past
from milepost.ledger.image import Image
from milepost.models import Cycle, Event, Team
from milepost.queries import plans as known
from tests.cast import Cast
from tests.seasons import Season

pytestmark = pytest.mark.both_databases
BEGAN = datetime(2026, 9, 1, 1, 30, tzinfo=UTC)
DAYS = 24
DAY = timedelta(days=1)
END = BEGAN + DAYS * DAY
ZONES = ("Pacific/Kiritimati", "America/St_Johns")  # a day ahead of each other, nearly


class Ordered(Season):
    """A season in which key results keep their order, whose past is in no file."""

    def reorder(self, at: datetime) -> None:
        pass


class Reorganisation:
    """What may happen to the cycles, the teams and the time zone of Acme, by dice."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.dice = cast, random.Random(seed)

    def act(self, at: datetime) -> None:
        """Let one thing happen, or nothing where the dice ask for what may not be."""
        deed = self.dice.choice(
            [
                self.found, self.put, self.put, self.rename, self.shift, self.shift, self.nest, self.close,
                self.travel,
            ]
        )  # fmt: skip
        try:
            with transaction.atomic():
                deed(at)
        except Problem:
            pass

    def _team(self) -> Team:
        return self.dice.choice(list(Team.objects.of(self.cast.acme.id).order_by("id")))

    def _cycle(self) -> Cycle:
        return self.dice.choice(list(Cycle.objects.of(self.cast.acme.id).order_by("id")))

    def found(self, at: datetime) -> None:
        teams.create(name=f"Team {at:%d %H}", by=self.cast.ada, at=at)

    def put(self, at: datetime) -> None:
        parent = self.dice.choice([None, self._team().id])
        teams.update(team=self._team().id, changed={"parent": parent}, by=self.cast.ada, at=at)

    def rename(self, at: datetime) -> None:
        name = f"Called {self.dice.randrange(5)}"
        row = self._team()
        teams.update(team=row.id, changed={"name": name, "purpose": f"{row.name}."}, by=self.cast.ben, at=at)
        cycles.update(cycle=self._cycle().id, changed={"name": name}, by=self.cast.ada, at=at)

    def shift(self, at: datetime) -> None:
        row, days = self._cycle(), self.dice.choice([-9, -2, 1, 6])
        side = self.dice.choice(["starts_on", "ends_on"])
        changed = {side: getattr(row, side) + days * DAY}
        cycles.update(cycle=row.id, changed=changed, by=self.cast.ada, at=at)

    def nest(self, at: datetime) -> None:
        parent = self.dice.choice([None, self._cycle().id])
        cycles.update(cycle=self._cycle().id, changed={"parent": parent}, by=self.cast.ada, at=at)

    def travel(self, at: datetime) -> None:
        zone = self.dice.choice(["Europe/Prague", *ZONES])
        workspaces.update(changed={"time_zone": zone}, by=self.cast.ada, at=at)

    def close(self, at: datetime) -> None:
        row = self._cycle()
        (cycles.reopen if row.closed_on else cycles.close)(cycle=row.id, by=self.cast.ada, at=at)


def lived(cast: Cast, seed: int, zone: str) -> list[Plan]:
    """Live through a season with reorganisations in it; return the file of each week."""
    workspaces.update(changed={"time_zone": zone}, by=cast.ada, at=BEGAN)
    season, changes = Ordered(cast, seed, BEGAN), Reorganisation(cast, seed)
    cycles.create(
        name="The year", starts_on=date(2026, 1, 1), ends_on=date(2027, 6, 30), by=cast.ada, at=BEGAN
    )
    files = []
    for number in range(DAYS):
        for hour in sorted(changes.dice.sample(range(24), 3)):
            changes.act(BEGAN + number * DAY + timedelta(hours=hour))
            season.act(BEGAN + number * DAY + timedelta(hours=hour, minutes=20))
        if number % 7 == 3:
            files.append(known.current(cast.acme.id))
    return files


def days_of(workspace: int) -> dict[date, Any]:
    """Return what is told of every day of the season, of some before it, and of some after."""
    days = (BEGAN.date() + number * DAY for number in range(-4, DAYS + 3))
    return {day: said(past.of(workspace, day), day) for day in days}


def said(then: Image, day: date) -> dict[str, Any]:
    """Return what an image says of a day, by the ids of files; personal objectives are in no file."""
    keys = {id: row.key for rows in (then.people, then.teams, then.cycles) for id, row in rows.items()}
    figures = then.on(day)
    told: dict[str, Any] = {
        "every": then.workspace.check_in_every,
        "teams": {
            row.key: (row.name, row.purpose, keys.get(row.parent_id), len(row.members))
            for row in then.teams.values()
        },
        "cycles": {
            row.key: (row.name, row.starts_on, row.ends_on, keys.get(row.parent_id), row.closed_on)
            for row in then.cycles.values()
        },
    }
    for row in (*then.objectives.values(), *then.key_results.values()):
        upper = then.objectives.get(getattr(row, "objective_id", row.id))
        if upper is not None and upper.visibility == "private":
            continue
        told[row.key] = (
            row.title, row.state, keys.get(row.owner_id), keys[upper.cycle_id], keys.get(upper.team_id),
            then.exact(row.id), figures.percent(row.id), figures.status_of(row.id),
        )  # fmt: skip
    return told


def dated(told: dict[str, Any]) -> dict[str, Any]:
    """Keep what a file tells of the frame."""
    return {kind: told[kind] for kind in ("every", "teams", "cycles")}


def named(plan: Plan, slug: str) -> Plan:
    """Return a plan for a workspace of another name."""
    return replace(plan, workspace=replace(plan.workspace, id=slug))


@pytest.fixture
def copied() -> Iterator:
    """How to make another workspace of a file, read from its bytes."""
    made = []

    def copy(plan: Plan) -> int:
        again = okr_files.read(okr_files.write(named(plan, "copy"), as_="yaml"), name="copy.yaml")
        by = operator(plans.new_workspace_id())
        plans.apply_to_new_workspace(plan=again, by=by, at=END + DAY)
        made.append(by.workspace_id)
        return by.workspace_id

    yield copy
    for id in made:
        images.forget(id)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("zone", ZONES)
class TestCopy:
    def test_tells_every_day_as_where_it_was_lived(self, cast, copied, seed, zone):
        """Days of cycles, places and names of teams, states and figures, day by day; and the file again."""
        lived(cast, seed, zone)
        whole = known.current(cast.acme.id)

        copy = copied(whole)

        here, there = days_of(cast.acme.id), days_of(copy)
        for day, told in here.items():
            assert there[day] == told, day
        assert named(known.current(copy), "acme") == whole

    def test_is_changed_by_no_file_that_says_nothing_new(self, cast, seed, zone):
        """Neither its own file nor, of what was, an earlier one: past days stay as they are."""
        files = lived(cast, seed, zone)
        before = days_of(cast.acme.id)
        by = operator(cast.acme.id)

        assert plans.preview(cast.acme.id, known.current(cast.acme.id)).is_empty
        for number, earlier in enumerate(files):
            plans.apply_plan(plan=earlier, by=by, at=END + (number + 5) * DAY)
            assert plans.preview(cast.acme.id, earlier).is_empty

        after = days_of(cast.acme.id)
        for day, told in before.items():
            assert dated(after[day]) == dated(told), day


class TestMade:
    def test_is_told_by_a_file_of_what_is_there(self, cast, copied):
        """A copy from a file of before shows a team on every day, until a file says when it was made."""
        row = teams.create(name="Brakes", by=cast.ada, at=BEGAN + 3 * DAY)
        whole = known.current(cast.acme.id)
        undated = (replace(one, created=None) for one in whole.teams)
        copy = copied(replace(whole, teams=tuple(undated)))
        days = [BEGAN.date() + number * DAY for number in (2, 3)]

        def shows() -> list[bool]:
            return [row.key in said(past.of(copy, day), day)["teams"] for day in days]

        assert shows() == [True, True]
        plans.apply_plan(plan=named(whole, "copy"), by=operator(copy), at=END + 2 * DAY)
        assert shows() == [False, True]
        assert plans.preview(copy, named(whole, "copy")).is_empty


class TestFeed:
    def test_tells_past_changes_in_their_order(self, cast, copied):
        """Whoever looks at the activity of a copy reads what was changed, when and by whom, as here."""
        lived(cast, 1, ZONES[0])

        def told(workspace: int) -> list[tuple]:
            rows = Event.objects.of(workspace).filter(kind__in=KINDS).order_by("id")
            return list(rows.values_list("kind", "at", "actor__key", "data__name"))

        copy = copied(known.current(cast.acme.id))

        assert [row[:3] for row in told(copy)] == [row[:3] for row in told(cast.acme.id)]

    def test_tells_when_teams_and_cycles_were_made(self, cast, copied):
        """Of each once, at the moment of here; by whom is not in a file."""
        lived(cast, 1, ZONES[0])

        def told(workspace: int) -> list[tuple]:
            keys = {
                id: key
                for model in (Team, Cycle)
                for id, key in model.objects.of(workspace).values_list("id", "key")
            }
            rows = Event.objects.of(workspace).filter(kind__in=("team.created", "cycle.created"))
            return [
                (kind, at, keys[id])
                for kind, at, id in rows.order_by("at", "id").values_list("kind", "at", "subject_id")
            ]

        copy = copied(known.current(cast.acme.id))

        assert told(copy) == told(cast.acme.id) != []


KINDS = ("cycle.changed", "cycle.closed", "cycle.reopened", "team.changed")
