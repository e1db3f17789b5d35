"""A year of Acme: besides a season's deeds whatever changes a company's shape, and takes it back again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from milepost.actions import (
    alignments,
    bulk,
    checkins,
    comments,
    cycles,
    handovers,
    key_results,
    objectives,
    people,
    plans,
    reviews,
    teams,
    undos,
)
from milepost.actions.key_results import Definition
from milepost.core import undoing
from milepost.models import Cycle, Event, KeyResult, Objective, Person, Team, TeamMember
from milepost.queries import plans as known
from tests import seasons
from tests.cast import Cast
from tests.seasons import DAY

HIDDEN = ("private", "people")  # whom these show to does not change here: rights are today's on every day
SEVERAL = 4


class Year(seasons.Season):
    """A season that goes on: cycles follow one another, teams and people come, change and go."""

    def __init__(self, cast: Cast, seed: int, began: datetime) -> None:
        super().__init__(cast, seed, began)
        # The cast was let in later than the year begins: here they were there before.
        TeamMember.objects.of(cast.acme.id).update(since_on=None, since_at=None)
        Event.objects.of(cast.acme.id).filter(subject_id=cast.product.id).update(at=began - 90 * DAY)

    def deeds(self) -> list[Callable[[datetime], None]]:
        """Return what may happen on a day of a year."""
        return [
            *super().deeds(), *super().deeds()[:6], self.dream, self.dream, self.take_up, self.step,
            self.step, self.redefine, self.redefine, self.grade, self.grade, self.open_again, self.take_back,
            self.take_back, self.take_back, self.change_many, self.change_many, self.give_all,
            self.go_or_come,
            self.hire, self.join, self.join, self.part, self.found, self.found, self.rename, self.rename,
            self.put_anywhere, self.begin_cycle, self.shift, self.end_cycle, self.restore, self.carry,
            self.measure, self.drop, self.hang, self.hang, self.correct_twice, self.say, self.apply,
        ]  # fmt: skip

    def _any(self, model, **narrowed):
        return self.pick(model.objects.of(self.cast.acme.id).filter(**narrowed).order_by("id"))

    def _objective(self) -> Objective:
        rows = Objective.objects.of(self.cast.acme.id).exclude(visibility__in=HIDDEN).order_by("id")
        return self.pick(rows)

    def _person(self) -> int:
        """Somebody who is here, and stays."""
        return self.dice.choice([self.cast.ada, self.cast.ben, self.cast.cleo]).person_id

    # -- objectives ------------------------------------------------------------------------------------

    def dream(self, at: datetime) -> None:
        """Draft an objective with a key result, in any cycle that is open."""
        team = self.dice.choice([None, self._any(Team).id])
        cycle = self._any(Cycle, closed_on=None)
        row = objectives.draft(
            title=f"Dream of {at:%j}",
            cycle=cycle.id,
            team=team,
            owner=self._person(),
            by=self.cast.ada,
            at=at,
        )
        definition = Definition(f"As far as {at:%j}", start=Decimal(0), target=Decimal(40))
        key_results.add(objective=row.id, definition=definition, by=self.cast.ada, at=at)

    def take_up(self, at: datetime) -> None:
        objectives.activate(objective=self._objective().id, by=self.cast.ada, at=at)

    def step(self, at: datetime) -> None:
        take = self.dice.choice([objectives.park, objectives.defer, objectives.redraft, objectives.cancel])
        take(objective=self._objective().id, reason="We thought again.", by=self.cast.ada, at=at)

    def redefine(self, at: datetime) -> None:
        changed = self.dice.choice(
            [
                {"title": f"Called {at:%j}", "description": f"Since {at:%j}."},
                {"team": self.dice.choice([None, self._any(Team).id])},
                {"cycle": self._any(Cycle).id},
                {"owner": self._person(), "contributors": [self._person()]},
                {"commitment": self.dice.choice(["committed", "aspirational", "learning"])},
                {"level": self.dice.choice(["strategic", "tactical"]), "sponsor": self._person()},
            ]
        )
        row = self._objective()
        objectives.update(objective=row.id, changed=changed, reason="So be it.", by=self.cast.ada, at=at)

    def grade(self, at: datetime) -> None:
        row = self._objective()
        own = list(KeyResult.objects.of(row.workspace_id).filter(objective=row, kind="increase"))
        values = {one.id: Decimal(self.dice.randrange(60)) for one in own if self.dice.random() < 0.5}
        reviews.close(objective=row.id, values=values, learned=f"On {at:%j}.", by=self.cast.ada, at=at)

    def open_again(self, at: datetime) -> None:
        row = self._any(Objective, state="graded")
        objectives.reopen(objective=row.id, reason="Too early.", by=self.cast.ada, at=at)

    def drop(self, at: datetime) -> None:
        """Take away what was made by mistake, on its own day."""
        row = self._any(Objective)
        if self.dice.random() < 0.5:
            objectives.withdraw(objective=row.id, by=self.cast.ada, at=at)
        else:
            key_results.withdraw(key_result=self._one().id, by=self.cast.ada, at=at)

    # -- key results, check-ins, links ------------------------------------------------------------------

    def restore(self, at: datetime) -> None:
        key_results.restore(key_result=self._any(KeyResult, state="cancelled").id, by=self.cast.ada, at=at)

    def measure(self, at: datetime) -> None:
        changed = self.dice.choice(
            [
                {"title": f"Measured since {at:%j}", "unit": "riders"},
                {"start": Decimal(self.dice.randrange(10)), "curve": "back"},
                {"weight": Decimal("0.1"), "starts_on": None},
                {"starts_on": at.date() - self.dice.randrange(30) * DAY},
                {"ends_on": at.date() + self.dice.randrange(40) * DAY},
                {"source": self.dice.choice(["check_ins", "contributors"])},
                {"kind": self.dice.choice(["increase", "decrease"]), "start": Decimal(1)},
            ]
        )
        self._change(at, self._one(), "We measure otherwise.", **changed)

    def carry(self, at: datetime) -> None:
        """Report long after, or the next days' figure already."""
        days = self.dice.choice([20, 9, 3, -1, -3])
        checkins.record(
            key_result=self._one().id, value=Decimal(self.dice.randrange(600)) / 7, note=f"Of {at:%j}",
            effective_at=at - days * DAY, by=self.cast.ben, at=at,
        )  # fmt: skip

    def correct_twice(self, at: datetime) -> None:
        entry = self._entry()
        checkins.correct(checkin=entry.id, value=Decimal("1.5"), by=self.cast.ada, at=at)
        checkins.withdraw(checkin=self._entry().id, by=self.cast.ada, at=at + timedelta(minutes=1))

    def hang(self, at: datetime) -> None:
        """Put one objective below another, or below a key result that its contributors make up."""
        child, above = self._objective(), self._objective()
        own = KeyResult.objects.of(above.workspace_id).filter(objective=above, source="contributors").first()
        to = {"key_result": own.id} if own is not None else {"objective": above.id}
        if self.dice.random() < 0.5:
            alignments.align(child=child.id, **to, weight=Decimal("0.7"), by=self.cast.ada, at=at)
        else:
            link = self._link()
            to = {} if self.dice.random() < 0.3 else to
            leaves = link.parent_objective_id or link.parent_key_result_id
            alignments.move(
                child=link.child_id, leaves=leaves, **to, reason="Better.", by=self.cast.ada, at=at
            )

    def say(self, at: datetime) -> None:
        comments.add(text=f"On {at:%j}.", objective=self._objective().id, by=self.cast.ben, at=at)

    # -- many at once, and back again ----------------------------------------------------------------------

    def take_back(self, at: datetime) -> None:
        """Undo one of the latest things, whoever did it."""
        rows = Event.objects.of(self.cast.acme.id).filter(kind__in=undoing.KINDS).order_by("-at", "-id")[:12]
        undos.undo(event=self.pick(rows).id, anyway=self.dice.random() < 0.5, by=self.cast.ada, at=at)

    def change_many(self, at: datetime) -> None:
        rows = Objective.objects.of(self.cast.acme.id).exclude(visibility__in=HIDDEN).order_by("id")
        items = [row.id for row in self.dice.sample(list(rows), k=min(len(rows), SEVERAL))]
        change = self.dice.choice(
            [
                bulk.Change("owner", owner=self._person()), bulk.Change("team", team=self._any(Team).id),
                bulk.Change("cycle", cycle=self._any(Cycle).id), bulk.Change("park"), bulk.Change("activate"),
                bulk.Change("commitment", commitment="committed"), bulk.Change("redraft"),
                bulk.Change("align", objective=self.okrs.company.id),
            ]
        )  # fmt: skip
        lines = bulk.preview(items=items, change=change, reason="All alike.", by=self.cast.ada, at=at)
        good = [line.id for line in lines if line.problem is None]
        bulk.apply(items=good, change=change, reason="All alike.", by=self.cast.ada, at=at)

    def give_all(self, at: datetime) -> None:
        giver, taker = self.dice.sample([self.cast.ben, self.cast.cleo, self.cast.ada], k=2)
        handovers.hand_over(person=giver.person_id, to=taker.person_id, by=self.cast.ada, at=at)

    def apply(self, at: datetime) -> None:
        """Apply a file that says a few things otherwise than they are."""
        have = known.current(self.cast.acme.id)
        told = random.Random(self.dice.random())
        team, cycle = told.choice(have.teams), told.choice(have.cycles)
        chosen = self.pick(one for one in have.objectives if one.key_results)
        own = chosen.key_results[0]
        wanted = replace(
            have,
            teams=tuple(
                replace(one, name=f"{one.name[:9]} by file") if one is team else one for one in have.teams
            ),
            cycles=tuple(
                replace(one, name=f"{one.name[:9]} filed") if one is cycle else one for one in have.cycles
            ),
            objectives=tuple(
                replace(one, key_results=(replace(own, title=f"Filed {at:%j}"), *one.key_results[1:]))
                if one is chosen
                else one
                for one in have.objectives
            ),
        )
        plans.apply_plan(plan=wanted, by=self.cast.ada, at=at)

    # -- people and teams ------------------------------------------------------------------------------

    def hire(self, at: datetime) -> None:
        team = self.dice.choice([None, self._any(Team).id])
        people.add(
            name=f"New {at:%j}", email=f"n{at:%j%H%M}@acme.example", team=team, by=self.cast.ada, at=at
        )

    def _hired(self) -> Person:
        rows = Person.objects.of(self.cast.acme.id).filter(user=None).order_by("id")
        return self.pick(rows)

    def go_or_come(self, at: datetime) -> None:
        row = self._hired()
        (people.readmit if row.left_on else people.leave)(person=row.id, by=self.cast.ada, at=at)

    def join(self, at: datetime) -> None:
        since = self.dice.choice([None, None, at.date() - 40 * DAY])
        who = self.dice.choice([self._hired().id, self._person()])
        teams.add_member(
            team=self._any(Team).id, person=who, is_lead=self.dice.random() < 0.4, since_on=since,
            by=self.cast.ada, at=at,
        )  # fmt: skip

    def part(self, at: datetime) -> None:
        seat = self._any(TeamMember, until_on=None)
        teams.remove_member(team=seat.team_id, person=seat.person_id, by=self.cast.ada, at=at)

    def found(self, at: datetime) -> None:
        parent = self.dice.choice([None, self._any(Team).id])
        made = teams.create(name=f"Team {at:%j}", parent=parent, by=self.cast.ada, at=at)
        if self.dice.random() < 0.3:
            teams.withdraw(team=made.id, by=self.cast.ada, at=at + timedelta(minutes=1))

    def rename(self, at: datetime) -> None:
        if self.dice.random() < 0.5:
            changed = {"name": f"Crew {self.dice.randrange(9)}", "purpose": f"Since {at:%j}."}
            teams.update(team=self._any(Team).id, changed=changed, by=self.cast.ada, at=at)
        else:
            cycles.update(
                cycle=self._any(Cycle).id, changed={"name": f"Known as {at:%j}"}, by=self.cast.ada, at=at
            )

    def put_anywhere(self, at: datetime) -> None:
        parent = self.dice.choice([None, self._any(Team).id])
        teams.update(team=self._any(Team).id, changed={"parent": parent}, by=self.cast.ada, at=at)

    # -- cycles ----------------------------------------------------------------------------------------

    def begin_cycle(self, at: datetime) -> None:
        starts = at.date() + self.dice.choice([-20, 0, 14]) * DAY
        ends = starts + self.dice.choice([30, 60, 90, 200]) * DAY
        made = cycles.create(name=f"From {at:%j}", starts_on=starts, ends_on=ends, by=self.cast.ada, at=at)
        if self.dice.random() < 0.2:
            cycles.withdraw(cycle=made.id, by=self.cast.ada, at=at + timedelta(minutes=1))

    def shift(self, at: datetime) -> None:
        row = self._any(Cycle)
        side, days = self.dice.choice(["starts_on", "ends_on"]), self.dice.choice([-9, -2, 1, 6, 30])
        parent = self.dice.choice([None, self._any(Cycle).id])
        changed = self.dice.choice([{side: _moved(getattr(row, side), days)}, {"parent": parent}])
        cycles.update(cycle=row.id, changed=changed, by=self.cast.ada, at=at)

    def end_cycle(self, at: datetime) -> None:
        row = self._any(Cycle)
        (cycles.reopen if row.closed_on else cycles.close)(cycle=row.id, by=self.cast.ada, at=at)


def _moved(day: date | None, days: int) -> date | None:
    return day and day + days * DAY
