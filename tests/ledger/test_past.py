"""Any past day as it stood: a season is lived day by day, and each day is told again afterwards."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from milepost.actions import checkins, key_results, teams, workspaces
from milepost.actions.key_results import Definition
from milepost.actions.plans.applying import apply_plan
from milepost.core.scoring import percent, score
from milepost.ledger import image as images
from milepost.ledger import past
from milepost.ledger.garbage import uncollected
from milepost.ledger.image import Image
from milepost.queries import plans
from milepost.queries.what_if import rolled_up
from tests import okrs as the_okrs
from tests.cast import Cast
from tests.seasons import Season

pytestmark = pytest.mark.both_databases
BEGAN = datetime(2026, 9, 1, 9, tzinfo=UTC)
DAYS = 30
DAY = timedelta(days=1)


def lived(cast: Cast, seed: int) -> Season:
    """Live through a season, and write down each evening what the living image says."""
    season = Season(cast, seed, BEGAN)
    season.live(DAYS, lambda day: said(images.of(cast.acme.id), day))
    return season


def said(image: Image, day: date) -> dict:
    """Return all that an image says of a day: what is there, and every figure, exact."""
    figures = image.on(day)
    return {
        "objectives": {id: (row.title, row.state, row.owner_id) for id, row in image.objectives.items()},
        "key_results": {
            id: (row.title, row.state, row.owner_id, row.target, row.weight, row.objective_id)
            for id, row in image.key_results.items()
        },
        "order": {id: [one.id for one in image.key_results_of.get(id, ())] for id in image.objectives},
        "cycles": {
            id: (row.starts_on, row.ends_on, row.parent_id, row.closed_on) for id, row in image.cycles.items()
        },
        "teams": {row.parent_id for row in image.teams.values() if row.name == "Product"},
        "links": {
            (row.child_id, row.parent_objective_id, row.how, row.weight) for row in image.alignments.values()
        },
        "entries": {
            id: [
                (entry.id, entry.effective, image.entries.exact(entry)) for entry in image.entries.series(id)
            ]
            for id in image.key_results
        },
        "figures": {id: (image.exact(id), figures.percent(id), figures.status_of(id)) for id in image.ids},
    }


def move(cast: Cast, zone: str, *, by_file: bool, at: datetime) -> None:
    """Give Acme another time zone."""
    if by_file:
        have = plans.current(cast.acme.id)
        apply_plan(plan=replace(have, workspace=replace(have.workspace, time_zone=zone)), by=cast.ada, at=at)
    else:
        workspaces.update(changed={"time_zone": zone}, by=cast.ada, at=at)


class TestPast:
    @pytest.mark.parametrize("seed", range(3))
    def test_tells_every_day_as_it_was_told_then(self, cast, seed):
        """Structure, owners, weights, targets, entries and figures of each day are those of that evening."""
        season = lived(cast, seed)

        for day, told in season.told.items():
            again = said(past.of(cast.acme.id, day), day)
            for what in told:
                assert again[what] == told[what], (day, what)

    def test_tells_it_the_same_from_a_cold_start(self, cast):
        """A process that was not there then tells the same days."""
        season = lived(cast, 7)
        images.forget()

        assert all(said(past.of(cast.acme.id, day), day) == told for day, told in season.told.items())

    def test_tells_of_objectives_alone_what_it_tells_of_all(self, cast):
        """Who asks for no key result is told the same of objectives: how they stand, what is expected."""
        season = lived(cast, 1)

        for day in season.told:
            figures = past.of(cast.acme.id, day).on(day)
            most = figures.image.first_key_result
            alone = figures.of_objectives()
            np.testing.assert_allclose(
                alone, (figures.status[:most], figures.expected[:most]), atol=1e-12, err_msg=str(day)
            )

    def test_takes_in_what_happens_while_it_looks_back(self, cast):
        """Having looked back, a new check-in is in today's past, and in no earlier one."""
        okrs = the_okrs.written(cast, BEGAN)
        today, before = BEGAN.date(), BEGAN.date() - DAY
        earlier = [said(past.of(cast.acme.id, day), day) for day in (before, today)]

        checkins.record(key_result=okrs.growth.id, value=Decimal(45), by=cast.ada, at=BEGAN)
        later = [said(past.of(cast.acme.id, day), day) for day in (before, today)]

        assert later[0] == earlier[0] and later[1] != earlier[1]
        assert later[1] == said(images.of(cast.acme.id), today)

    def test_stays_what_it_was_when_other_days_are_looked_at_since(self, cast):
        """A kept day is read rightly after a new check-in has moved the places of all entries."""
        okrs = the_okrs.written(cast, BEGAN)
        for number in range(3):
            checkins.record(
                key_result=okrs.waiting.id, value=Decimal(8 - number), by=cast.ada, at=BEGAN + number * DAY
            )
        first, second = BEGAN.date(), BEGAN.date() + DAY
        earlier = said(past.of(cast.acme.id, first), first)

        checkins.record(key_result=okrs.growth.id, value=Decimal(45), by=cast.ada, at=BEGAN + 5 * DAY)
        past.of(cast.acme.id, second)

        assert said(past.of(cast.acme.id, first), first) == earlier

    def test_has_the_frame_of_then_though_a_file_changed_it(self, cast):
        """Days of a cycle and the place of a team that a file changes are those of before, on days before."""
        okrs = the_okrs.written(cast, BEGAN)
        whole = teams.create(name="Whole", by=cast.ada, at=BEGAN)
        earlier = said(images.of(cast.acme.id), BEGAN.date())
        have = plans.current(cast.acme.id)
        wanted = replace(
            have,
            cycles=tuple(
                replace(one, ends=one.ends + 20 * DAY) if one.id == okrs.next_cycle.key else one
                for one in have.cycles
            ),
            teams=tuple(
                replace(one, parent=whole.key) if one.id == cast.product.key else one for one in have.teams
            ),
        )

        apply_plan(plan=wanted, by=cast.ada, at=BEGAN + 3 * DAY)

        assert said(past.of(cast.acme.id, BEGAN.date() + DAY), BEGAN.date()) == earlier
        now = said(images.of(cast.acme.id), BEGAN.date())
        assert now["cycles"] != earlier["cycles"] and now["teams"] != earlier["teams"]

    def test_stays_as_it_stood_when_the_workspace_moves_to_other_time_zones(self, cast):
        """By a page, by a file and back again: each evening is told again, and a series keeps its periods."""
        okrs = the_okrs.written(cast, BEGAN)
        daily = Definition("Calls a day", kind="per_period", target=Decimal(40))
        one = key_results.add(objective=okrs.helpful.id, definition=daily, by=cast.ada, at=BEGAN)
        zones = {2: "Pacific/Auckland", 5: "America/Los_Angeles", 9: "Asia/Kathmandu"}
        told = {}

        for number in range(12):
            at = BEGAN + number * DAY
            if number in zones:
                move(cast, zones[number], by_file=number == 5, at=at)
            for hour in (1, 6, 9):
                value = Decimal(10 * hour - number)
                moment = at + timedelta(hours=hour)
                checkins.record(key_result=one.id, value=value, by=cast.ada, at=moment)
                living = images.of(cast.acme.id)
                day = living.workspace.calendar.local(moment).date()
                told[day] = said(living, day)  # what is said last of a day holds

        for is_cold in (False, True):
            if is_cold:
                images.forget()
            for day, then in told.items():
                assert said(past.of(cast.acme.id, day), day) == then, day

    def test_is_gone_when_enough_others_were_looked_at_since(self, cast):
        """A day that is not kept any more gives its memory back at once, with what was made of it."""
        the_okrs.written(cast, BEGAN)
        first = past.of(cast.acme.id, BEGAN.date() - DAY)
        first.on(BEGAN.date() - DAY).derived["made of it"] = first
        arrays = weakref.ref(first)
        del first

        with uncollected():
            for number in range(past.KEPT_DAYS):
                past.of(cast.acme.id, BEGAN.date() - (2 + number) * DAY)

            assert arrays() is None

    def test_is_seen_with_the_rights_of_today(self, cast):
        """What was open then and is confidential now, is confidential on every past day."""
        okrs = the_okrs.written(cast, BEGAN)

        seen = past.of(cast.acme.id, BEGAN.date() - DAY)

        now = images.of(cast.acme.id).audience(okrs.secret.id)
        assert now is not None and seen.audience(okrs.secret.id) == now


class TestPeriods:
    @pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
    def test_are_the_days_of_the_workspace(self, cast, zone):
        """Two check-ins of one day there count once, those of two days twice, then and afterwards."""
        okrs = the_okrs.written(cast, BEGAN)
        workspaces.update(changed={"time_zone": zone}, by=cast.ada, at=BEGAN)
        daily = Definition("Calls a day", kind="per_period", target=Decimal(10))
        one = key_results.add(objective=okrs.helpful.id, definition=daily, by=cast.ada, at=BEGAN)
        first = BEGAN.date() + DAY
        # 9 and 17 o'clock there lie on two days in London, 17 o'clock and the next 9 o'clock on one, or so.
        for day, hour, value in ((first, 9, 2), (first, 17, 4), (first + DAY, 9, 10)):
            at = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone))
            checkins.record(key_result=one.id, value=Decimal(value), by=cast.ada, at=at)

        living = images.of(cast.acme.id)
        days = [past.of(cast.acme.id, first + number * DAY) for number in range(2)]

        assert living.exact(one.id) == Fraction(7, 10)
        assert [each.exact(one.id) for each in days] == [Fraction(4, 10), Fraction(7, 10)]
        assert [each.on(first).progress(one.id) for each in (*days, living)] == [0.4, 0.7, 0.7]


class TestKnownNow:
    def test_comes_to_what_was_said_since(self, cast):
        """Late check-ins and corrections of a day, taken one by one, have the figures that the image has."""
        lived(cast, 2)
        living = images.of(cast.acme.id)
        told = 0

        for number in range(DAYS - 2):
            day = (BEGAN + number * DAY).date()
            then = past.of(cast.acme.id, day)
            known = int(then.known.timestamp())
            late, corrected = then.entries.history.learned(known)
            learned = frozenset(id for id in {*late, *corrected} if id in then.node)
            now = then.known_now(learned, living)
            raws = {}
            for id in learned:
                said = [entry for entry in living.entries.series(id) if entry.effective < known]
                value = living.entries.exact(said[-1]) if said else None
                raws[id] = score(then.key_results[id].measure, value).raw
            above = sorted({up for id in learned for up in then.ancestors(id)}, key=_height(then))
            expected = rolled_up(then.on(day), raws, above)

            assert {id: now.exact(id) for id in expected} == expected, day
            figures = {id: now.on(day).percent(id) for id in above if now.on(day).progress(id) is not None}
            assert figures == {id: percent(expected[id]) for id in figures}, day
            told += sum(expected[id] != then.exact(id) for id in above)

        assert told

    def test_leaves_the_day_as_it_was(self, cast):
        """Asking what is known now changes nothing that is said of the evening."""
        season = lived(cast, 4)
        living = images.of(cast.acme.id)

        for day, told in season.told.items():
            then = past.of(cast.acme.id, day)
            then.known_now(frozenset(then.key_results), living).on(day)
            assert said(then, day) == told


def _height(image: Image) -> Callable[[int], int]:
    return lambda id: image.tree.height.item(image.node[id])
