"""A season of Acme's OKRs, lived day by day by dice: check-ins, corrections, changes of all kinds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from milepost.actions import (
    alignments,
    checkins,
    cycles,
    initiatives,
    key_results,
    objectives,
    teams,
    undos,
    workspaces,
)
from milepost.actions.key_results import Definition
from milepost.core import undoing
from milepost.core.problems import NotFound, Problem
from milepost.models import Alignment, Checkin, Cycle, Event, Initiative, KeyResult, Team
from tests import okrs as the_okrs
from tests.cast import Cast

DAY = timedelta(days=1)


class Season:
    """Acme's OKRs, and what may happen to them on a day, by dice."""

    def __init__(self, cast: Cast, seed: int, began: datetime) -> None:
        self.cast, self.dice, self.began = cast, random.Random(seed), began
        self.okrs = the_okrs.written(cast, began)
        self.told: dict[date, Any] = {}
        self.done: Counter[str] = Counter()

    def live(self, days: int, said: Callable[[date], Any], *, busy: int = 4, every: int = 1) -> None:
        """Live through the days; every so many evenings write down what is said of the day."""
        for number in range(days):
            at = self.began + number * DAY
            for hour in range(self.dice.randrange(busy)):
                self.act(at + timedelta(hours=hour))
            if number % every == 0:
                self.told[at.date()] = said(at.date())

    def act(self, at: datetime) -> None:
        deed = self.dice.choice(self.deeds())
        try:
            with transaction.atomic():
                deed(at)
            self.done[deed.__name__] += 1
        except Problem:
            pass  # the dice asked for what may not be: nothing happened

    def deeds(self) -> list[Callable[[datetime], None]]:
        """Return what may happen, more often what stands there more often."""
        return [
            self.check_in, self.check_in, self.check_in, self.correct, self.withdraw, self.retarget,
            self.hand_over, self.cancel, self.add, self.reweigh, self.realign, self.give_up,
            self.lengthen, self.close_or_reopen, self.put_below, self.reorder,
            self.begin_work, self.work_on, self.work_on, self.ask_oftener,
        ]  # fmt: skip

    def pick(self, of: Iterable[Any]) -> Any:
        """Return one of some things; where there are none, the dice asked for what may not be."""
        found = list(of)
        if not found:
            raise NotFound
        return self.dice.choice(found)

    def _one(self) -> KeyResult:
        rows = KeyResult.objects.of(self.cast.acme.id).exclude(kind="milestones").order_by("id")
        return self.pick(rows)

    def check_in(self, at: datetime) -> None:
        late = self.dice.choice([0, 0, 1, 5]) * DAY
        value = Decimal(self.dice.randrange(60))
        checkins.record(
            key_result=self._one().id, value=value, confidence=self.dice.randrange(1, 11),
            effective_at=at - late, by=self.cast.ada, at=at,
        )  # fmt: skip

    def _entry(self) -> Checkin:
        return self.pick(Checkin.objects.of(self.cast.acme.id).order_by("id"))

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
        return self.pick(rows)

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

    def lengthen(self, at: datetime) -> None:
        row = Cycle.objects.of(self.cast.acme.id).get(id=self.okrs.cycle.id)
        ends = row.ends_on + self.dice.choice([-4, 3, 7]) * DAY
        cycles.update(cycle=row.id, changed={"ends_on": ends}, by=self.cast.ada, at=at)

    def close_or_reopen(self, at: datetime) -> None:
        row = Cycle.objects.of(self.cast.acme.id).get(id=self.okrs.cycle.id)
        (cycles.reopen if row.closed_on else cycles.close)(cycle=row.id, by=self.cast.ada, at=at)

    def reorder(self, at: datetime) -> None:
        key_results.move(key_result=self._one().id, up=self.dice.random() < 0.5, by=self.cast.ada, at=at)

    def begin_work(self, at: datetime) -> None:
        initiatives.add(objective=self.okrs.helpful.id, title=f"Try it, {at:%d}", by=self.cast.ada, at=at)

    def work_on(self, at: datetime) -> None:
        one = self.pick(Initiative.objects.of(self.cast.acme.id).order_by("id"))
        served = KeyResult.objects.of(self.cast.acme.id).filter(objective=one.objective_id).order_by("id")
        changed = self.dice.choice(
            [
                {"state": self.dice.choice(["planned", "doing", "done", "dropped"])},
                {"title": f"Try again, {at:%d}", "due_on": at.date() + 9 * DAY},
                {"owner": self.cast.cleo.person_id, "due_on": None},
                {"key_result": self.dice.choice([None, *served.values_list("id", flat=True)])},
            ]
        )
        initiatives.update(initiative=one.id, changed=changed, by=self.cast.ada, at=at)

    def ask_oftener(self, at: datetime) -> None:
        every = self.dice.choice([3, 7, 14, 30])
        workspaces.update(changed={"check_in_every": every}, by=self.cast.ada, at=at)

    def put_below(self, at: datetime) -> None:
        """Found another team on the first such day; on others put Product below it, or beside it."""
        others = Team.objects.of(self.cast.acme.id).exclude(id=self.cast.product.id)
        if (other := others.first()) is None:
            teams.create(name="Everything", by=self.cast.ada, at=at)
        else:
            row = Team.objects.of(self.cast.acme.id).get(id=self.cast.product.id)
            parent = None if row.parent_id else other.id
            teams.update(team=row.id, changed={"parent": parent}, by=self.cast.ada, at=at)


class Mending(Season):
    """A season in which much is set right: other values, other days, again and back."""

    def deeds(self) -> list[Callable[[datetime], None]]:
        return [
            *super().deeds(), self.check_in, self.check_in, self.correct, self.withdraw,
            *[self.move] * 4, *[self.take_back] * 2,
        ]  # fmt: skip

    def move(self, at: datetime) -> None:
        """Correct a check-in to be for another day, earlier or later."""
        checkins.correct(
            checkin=self._entry().id, value=Decimal(self.dice.randrange(60)),
            effective_at=at - self.dice.choice([0, 2, 6, 15]) * DAY, by=self.cast.ada, at=at,
        )  # fmt: skip

    def take_back(self, at: datetime) -> None:
        """Undo one of the latest things that were said of a check-in."""
        kinds = [kind for kind in undoing.KINDS if kind.startswith("checkin.")]
        rows = Event.objects.of(self.cast.acme.id).filter(kind__in=kinds).order_by("-at", "-id")[:6]
        undos.undo(event=self.pick(rows).id, anyway=True, by=self.cast.ada, at=at)
