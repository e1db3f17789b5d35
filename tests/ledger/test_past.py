"""Any past day as it stood: a season is lived day by day, and each day is told again afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from milepost.actions import alignments, checkins, key_results, objectives
from milepost.actions.key_results import Definition
from milepost.core.problems import Problem
from milepost.ledger import image as images
from milepost.ledger import past
from milepost.ledger.image import Image
from milepost.models import Alignment, Checkin, KeyResult
from tests import okrs as the_okrs
from tests.cast import Cast

pytestmark = pytest.mark.both_databases
BEGAN = datetime(2026, 9, 1, 9, tzinfo=UTC)
DAYS = 30
DAY = timedelta(days=1)


class Season:
    """Acme's OKRs, and what may happen to them on a day, by dice."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.dice = cast, random.Random(seed)
        self.okrs = the_okrs.written(cast, BEGAN)
        self.told: dict[date, dict] = {}

    def live(self) -> None:
        """Live through the days, and write down at the end of each what the living image says."""
        for number in range(DAYS):
            at = BEGAN + number * DAY
            for hour in range(self.dice.randrange(4)):
                self.act(at + timedelta(hours=hour))
            self.told[at.date()] = said(images.of(self.cast.acme.id), at.date())

    def act(self, at: datetime) -> None:
        deed: Callable[[datetime], None] = self.dice.choice(
            [
                self.check_in, self.check_in, self.check_in, self.correct, self.withdraw, self.retarget,
                self.hand_over, self.cancel, self.add, self.reweigh, self.realign, self.give_up,
            ]
        )  # fmt: skip
        try:
            with transaction.atomic():
                deed(at)
        except Problem:
            pass  # the dice asked for what may not be: nothing happened

    def _one(self) -> KeyResult:
        rows = KeyResult.objects.of(self.cast.acme.id).exclude(kind="milestones").order_by("id")
        return self.dice.choice(list(rows))

    def check_in(self, at: datetime) -> None:
        late = self.dice.choice([0, 0, 1, 5]) * DAY
        value = Decimal(self.dice.randrange(60))
        checkins.record(
            key_result=self._one().id, value=value, confidence=self.dice.randrange(1, 11),
            effective_at=at - late, by=self.cast.ada, at=at,
        )  # fmt: skip

    def _entry(self) -> Checkin:
        return self.dice.choice(list(Checkin.objects.of(self.cast.acme.id).order_by("id")))

    def correct(self, at: datetime) -> None:
        checkins.correct(
            checkin=self._entry().id, value=Decimal(self.dice.randrange(60)), by=self.cast.ada, at=at
        )

    def withdraw(self, at: datetime) -> None:
        checkins.withdraw(checkin=self._entry().id, by=self.cast.ada, at=at)

    def _change(self, at: datetime, one: KeyResult, reason: str = "", **changed) -> None:
        key_results.update(key_result=one.id, changed=changed, reason=reason, by=self.cast.ada, at=at)

    def retarget(self, at: datetime) -> None:
        one = self._one()
        target = one.target + self.dice.choice([-1, 1, 3])
        weight = Decimal(self.dice.randrange(1, 4))
        self._change(at, one, "We know more.", target=target, weight=weight)

    def hand_over(self, at: datetime) -> None:
        self._change(at, self._one(), owner=self.cast.cleo.person_id)

    def cancel(self, at: datetime) -> None:
        key_results.cancel(key_result=self._one().id, reason="No longer ours.", by=self.cast.ada, at=at)

    def add(self, at: datetime) -> None:
        definition = Definition(
            f"More of it, {at:%d}", start=Decimal(0), target=Decimal(50), owner=self.cast.ben.person_id
        )
        key_results.add(objective=self.okrs.helpful.id, definition=definition, by=self.cast.ada, at=at)

    def _link(self) -> Alignment:
        rows = Alignment.objects.of(self.cast.acme.id).filter(until_at=None).order_by("id")
        return self.dice.choice(list(rows))

    def reweigh(self, at: datetime) -> None:
        alignments.update(
            alignment=self._link().id, how=self.dice.choice(["contributes", "supports"]),
            weight=Decimal(self.dice.randrange(1, 5)), by=self.cast.ada, at=at,
        )  # fmt: skip

    def realign(self, at: datetime) -> None:
        links = Alignment.objects.of(self.cast.acme.id).filter(until_at=None, child=self.okrs.helpful.id)
        if link := links.first():
            alignments.end(alignment=link.id, by=self.cast.ada, at=at)
        else:
            alignments.align(
                child=self.okrs.helpful.id, objective=self.okrs.company.id, by=self.cast.ada, at=at
            )

    def give_up(self, at: datetime) -> None:
        objectives.cancel(objective=self.okrs.draft.id, reason="Not now.", by=self.cast.ada, at=at)


def said(image: Image, day: date) -> dict:
    """Return all that an image says of a day: what is there, and every figure, exact."""
    figures = image.on(day)
    return {
        "objectives": {id: (row.title, row.state, row.owner_id) for id, row in image.objectives.items()},
        "key_results": {
            id: (row.title, row.state, row.owner_id, row.target, row.weight, row.objective_id)
            for id, row in image.key_results.items()
        },
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


class TestPast:
    @pytest.mark.parametrize("seed", range(3))
    def test_tells_every_day_as_it_was_told_then(self, cast, seed):
        """Structure, owners, weights, targets, entries and figures of each day are those of that evening."""
        season = Season(cast, seed)
        season.live()

        for day, told in season.told.items():
            again = said(past.of(cast.acme.id, day), day)
            for what in told:
                assert again[what] == told[what], (day, what)

    def test_tells_it_the_same_from_a_cold_start(self, cast):
        """A process that was not there then tells the same days."""
        season = Season(cast, 7)
        season.live()
        images.forget()

        assert all(said(past.of(cast.acme.id, day), day) == told for day, told in season.told.items())

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

    def test_is_seen_with_the_rights_of_today(self, cast):
        """What was open then and is confidential now, is confidential on every past day."""
        okrs = the_okrs.written(cast, BEGAN)

        seen = past.of(cast.acme.id, BEGAN.date() - DAY)

        now = images.of(cast.acme.id).audience(okrs.secret.id)
        assert now is not None and seen.audience(okrs.secret.id) == now
