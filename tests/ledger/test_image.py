"""The image: always what a rebuild from the tables would be, and always what exact scoring says."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from milepost.actions import alignments, checkins, cycles, key_results, objectives, people, teams, workspaces
from milepost.actions.key_results import Definition
from milepost.core import cells
from milepost.core.problems import NotFound, Problem
from milepost.core.rollup import Status, is_clear
from milepost.core.scoring import Kind, ScoringProblem, percent, score
from milepost.ledger import day as a_day
from milepost.ledger import image as images
from milepost.ledger import tallies, verify
from milepost.ledger.image import Image
from milepost.models import Alignment, Checkin, KeyResult, Objective
from tests.cast import NOW, TODAY, Cast
from tests.core import shared_data
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases
STEPS = 60
SAME = 1e-9


def differences(cast: Cast) -> list[str]:
    return [str(one) for one in verify.differences(cast.acme.id, TODAY)]


def unlike_exact(image: Image) -> list[str]:
    """Name every node whose figure in the arrays is not what exact scoring says."""
    day, found = image.on(TODAY), []
    for id, node in image.node.items():
        fast, exact = float(day.raw[node]), image.exact(id)
        if not day.reported[node]:
            continue
        same = fast != fast if exact is None else abs(fast - float(exact)) < SAME
        if not same:
            found.append(f"{id}: {fast}, exactly {exact}")
    return found


class Walk:
    """Does one thing after another to Acme, whatever comes to mind; what is refused is as good as done."""

    def __init__(self, cast: Cast, okrs: Okrs, seed: int) -> None:
        self.cast, self.okrs, self.random = cast, okrs, random.Random(seed)
        self.at = NOW
        self.done = 0

    def step(self) -> None:
        doing: Callable[[datetime], object] = self.random.choices(
            [
                self.check_in, self.correct, self.withdraw, self.edit, self.add, self.align, self.unalign,
                self.cancel, self.restore, self.restrict, self.draft, self.rename, self.hand, self.retitle,
            ],
            [8, 3, 2, 2, 2, 3, 1, 1, 1, 1, 1, 1, 2, 1],
        )[0]  # fmt: skip
        self.at += timedelta(minutes=1)
        try:
            doing(self.at)
            self.done += 1
        except Problem:
            pass

    def any(self, model, **only):
        rows = list(model.objects.of(self.cast.acme.id).filter(**only).order_by("id"))
        if not rows:
            raise NotFound
        return self.random.choice(rows)

    def number(self) -> Decimal:
        return Decimal(self.random.randint(-50, 1500)) / 10

    def said(self, one: KeyResult) -> dict:
        if one.kind == "milestones":
            shares = [Decimal(self.random.choice(["0", "0.25", "1"])) for _ in one.milestones]
            return {"value": None, "parts": shares}
        if one.kind == "binary":
            return {"value": Decimal(self.random.randint(0, 1))}
        return {"value": self.number() if self.random.random() > 0.1 else None}

    def check_in(self, at):
        one = self.any(KeyResult)
        back = timedelta(days=self.random.choice([0, 0, 1, 9]))
        checkins.record(
            key_result=one.id, **self.said(one), confidence=self.random.randint(1, 10),
            effective_at=at - back, by=self.cast.ada, at=at,
        )  # fmt: skip

    def correct(self, at):
        old = self.any(Checkin)
        checkins.correct(
            checkin=old.id, **self.said(KeyResult.objects.of(old.workspace_id).get(id=old.key_result_id)),
            by=self.cast.ada, at=at,
        )  # fmt: skip

    def withdraw(self, at):
        checkins.withdraw(checkin=self.any(Checkin).id, by=self.cast.ada, at=at)

    def edit(self, at):
        changed = self.random.choice(
            [{"target": self.number()}, {"weight": Decimal(self.random.randint(0, 5))},
             {"start": self.number()}, {"source": self.random.choice(["check_ins", "contributors"])}]
        )  # fmt: skip
        key_results.update(
            key_result=self.any(KeyResult).id, changed=changed, reason="So it goes.", by=self.cast.ada, at=at
        )

    def add(self, at):
        kind = self.random.choice(["increase", "decrease", "maintain_above", "range", "binary", "milestones"])
        more = {
            "increase": {"start": Decimal(0), "target": Decimal(100)},
            "decrease": {"start": Decimal(90), "target": Decimal(30)},
            "maintain_above": {"target": Decimal(60), "floor": Decimal(20)},
            "range": {"low": Decimal(20), "high": Decimal(40), "tolerance": Decimal(10)},
            "milestones": {"milestones": (("One", Decimal(1)), ("Two", Decimal("2.5")))},
        }.get(kind, {})
        key_results.add(
            objective=self.any(Objective).id, definition=Definition(f"Number {at}", kind=kind, **more),
            by=self.cast.ada, at=at,
        )  # fmt: skip

    def align(self, at):
        where = (
            {"objective": self.any(Objective).id}
            if self.random.random() < 0.7
            else {"key_result": self.any(KeyResult).id}
        )
        alignments.align(
            child=self.any(Objective).id, **where, weight=Decimal(self.random.randint(0, 3)),
            how=self.random.choice(["contributes", "contributes", "supports"]), by=self.cast.ada, at=at,
        )  # fmt: skip

    def unalign(self, at):
        alignments.end(alignment=self.any(Alignment, until_at=None).id, by=self.cast.ada, at=at)

    def cancel(self, at):
        key_results.cancel(key_result=self.any(KeyResult).id, reason="Enough.", by=self.cast.ada, at=at)

    def restore(self, at):
        key_results.restore(key_result=self.any(KeyResult, state="cancelled").id, by=self.cast.ada, at=at)

    def restrict(self, at):
        objectives.update(
            objective=self.any(Objective, state="active").id,
            changed={"visibility": self.random.choice(["workspace", "team", "people"])},
            reason="For now.", by=self.cast.ada, at=at,
        )  # fmt: skip

    def draft(self, at):
        row = objectives.draft(
            title=f"Thought of {at}", cycle=self.okrs.cycle.id, owner=self.cast.ada.person_id,
            by=self.cast.ada, at=at,
        )  # fmt: skip
        key_results.add(
            objective=row.id, definition=Definition("First", start=Decimal(1), target=Decimal(9)),
            by=self.cast.ada, at=at,
        )  # fmt: skip
        objectives.activate(objective=row.id, by=self.cast.ada, at=at)

    def hand(self, at):
        someone = self.random.choice([self.cast.ada, self.cast.ben, self.cast.cleo]).person_id
        changed = self.random.choice(
            [{"owner": someone}, {"sponsor": someone}, {"contributors": [someone]},
             {"team": self.random.choice([None, self.cast.product.id])}]
        )  # fmt: skip
        if self.random.random() < 0.4:
            key_results.update(
                key_result=self.any(KeyResult).id, changed={"owner": someone}, reason="Theirs.",
                by=self.cast.ada, at=at,
            )  # fmt: skip
        else:
            objectives.update(
                objective=self.any(Objective).id, changed=changed, reason="Theirs.", by=self.cast.ada, at=at
            )

    def retitle(self, at):
        row = self.any(self.random.choice([Objective, KeyResult]))
        update, what = (
            (objectives.update, {"objective": row.id})
            if isinstance(row, Objective)
            else (key_results.update, {"key_result": row.id})
        )
        update(**what, changed={"title": f"Called at {at}"}, reason="Better.", by=self.cast.ada, at=at)

    def rename(self, at):
        team = self.cast.product
        self.random.choice(
            [
                lambda: teams.update(
                    team=team.id, changed={"name": f"Product {at.minute}"}, by=self.cast.ada, at=at
                ),
                lambda: workspaces.update(changed={"name": f"Acme {at.minute}"}, by=self.cast.ada, at=at),
                lambda: people.update(
                    person=self.cast.cleo.person_id, name=f"Cleo {at.minute}", by=self.cast.ada, at=at
                ),
            ]
        )()


class TestImage:
    @pytest.mark.parametrize("seed", [1, 2, 3, 4])
    def test_is_what_a_rebuild_would_be(self, cast: Cast, okrs: Okrs, seed: int):
        """After any sequence of changes the living image, looked at in between or not, equals a fresh one."""
        walk, seldom = Walk(cast, okrs, seed), Image(cast.acme.id)

        for number in range(STEPS):
            walk.step()
            if number % 6 == 0:
                images.of(cast.acme.id).on(TODAY)

        assert walk.done > STEPS / 2
        assert differences(cast) == []
        assert [str(one) for one in verify.of_image(seldom, TODAY)] == []
        assert unlike_exact(images.of(cast.acme.id)) == []

    def test_applying_the_same_twice_changes_nothing(self, cast: Cast, okrs: Okrs):
        """An image that is told of changes it has taken in already stays as it is."""
        image = Image(cast.acme.id)
        before = image.token
        checkins.record(key_result=okrs.growth.id, value=Decimal(47), by=cast.ada, at=NOW)
        checkins.correct(
            checkin=image.entries.current(okrs.waiting.id).id, value=Decimal(6), by=cast.cleo, at=NOW
        )
        image.refresh()
        day = image.on(TODAY)
        raw = day.raw.copy()

        image.token = before
        image.refresh()

        assert np.array_equal(image.on(TODAY).raw, raw, equal_nan=True)
        assert [str(one) for one in verify.of_image(image, TODAY)] == []

    @pytest.mark.parametrize(
        ("first", "then"), [(900_000, 100_000), (999_900, 1_000_100), (100_000, 900_000), (500_000, 500_000)]
    )
    def test_orders_two_within_a_second_as_the_database_does(self, cast, okrs, first: int, then: int):
        """Two who check in at once may be written in either order: their moments decide, then their ids."""
        images.of(cast.acme.id)

        for value, micro in ((41, first), (43, then)):
            checkins.record(
                key_result=okrs.growth.id, value=Decimal(value), by=cast.ada,
                at=NOW + timedelta(microseconds=micro),
            )  # fmt: skip
            images.of(cast.acme.id)

        assert differences(cast) == []

    def test_takes_a_check_in_to_all_that_stands_above(self, cast: Cast, okrs: Okrs):
        """One entry moves its key result, the objective and the company, and nothing else is computed."""
        image = images.of(cast.acme.id)
        day = image.on(TODAY)

        checkins.record(key_result=okrs.waiting.id, value=Decimal(4), by=cast.cleo, at=NOW)
        image.refresh()

        assert image.on(TODAY) is day
        assert [day.progress(id) for id in (okrs.waiting.id, okrs.helpful.id)] == [1, 0.5]
        # 50 % of the key result with weight 1, 50 % of the contributing objective with weight 2.
        assert day.progress(okrs.company.id) == 0.5
        assert image.ancestors(okrs.waiting.id) == (okrs.helpful.id, okrs.company.id)

    def test_has_no_figure_where_only_no_data_was_said(self, cast: Cast, okrs: Okrs):
        """“No data” is a check-in of its key result, and nothing that an objective could be made of."""
        day = images.of(cast.acme.id).on(TODAY)

        checkins.record(key_result=okrs.waiting.id, value=None, by=cast.cleo, at=NOW)
        images.of(cast.acme.id)

        assert (day.progress(okrs.helpful.id), day.percent(okrs.helpful.id)) == (None, None)
        assert {day.status_of(id) for id in (okrs.waiting.id, okrs.helpful.id)} == {Status.NO_DATA}
        assert differences(cast) == []

    def test_has_no_figure_of_what_contributors_are_to_make_up(self, cast: Cast, okrs: Okrs):
        """What was checked in before stands in the record, and no longer for its key result."""
        images.of(cast.acme.id).on(TODAY)

        key_results.update(
            key_result=okrs.waiting.id, changed={"source": "contributors"}, reason="Others do it.",
            by=cast.ada, at=NOW,
        )  # fmt: skip
        day = images.of(cast.acme.id).on(TODAY)

        assert [day.progress(id) for id in (okrs.waiting.id, okrs.helpful.id)] == [None, None]
        assert differences(cast) == []

    def test_leaves_restricted_work_out_of_what_more_people_see(self, cast: Cast, okrs: Okrs):
        """One number for everyone: a check-in on restricted work moves nothing that more people see."""
        image = images.of(cast.acme.id)
        before = image.on(TODAY).progress(okrs.company.id)

        checkins.record(key_result=okrs.shares.id, value=Decimal(60), by=cast.ada, at=NOW)
        image.refresh()

        assert image.on(TODAY).progress(okrs.company.id) == before
        assert image.on(TODAY).progress(okrs.secret.id) == 1


def _grow(cast: Cast, okrs: Okrs, chance: random.Random) -> None:
    rows = [_objective(okrs, f"o{number}") for number in range(30)]
    for number, row in enumerate(rows):
        for each in range(chance.randint(0, 3)):
            one = KeyResult.objects.create(
                workspace_id=cast.acme.id, key=f"k{number}.{each}", objective=row, title="Number",
                start=Decimal(chance.randint(0, 9)), target=Decimal(chance.randint(10, 99)),
                weight=Decimal(chance.randint(0, 30)) / 10, created_at=NOW,
            )  # fmt: skip
            if chance.random() < 0.8:
                _checked_in(one, Decimal(chance.randint(-200, 1200)) / 10)
        if number >= 4:
            Alignment.objects.create(
                workspace_id=cast.acme.id, child=row,
                parent_objective=rows[chance.randrange(number // 2)],
                weight=Decimal(chance.randint(0, 20)) / 10, since_at=NOW,
            )  # fmt: skip


class TestArrays:
    def test_say_what_exact_scoring_says_on_every_golden_row(self, cast: Cast, okrs: Okrs):
        """Each golden measure, kept as a key result with its reading as check-ins, scores as published."""
        wanted = {}
        for number, row in enumerate(shared_data.rows("golden_scores.csv")):
            try:
                asked = cells.read(row["kind"], row["start"], row["target"], row["current"])
            except ScoringProblem:
                continue
            if asked.measure is None or row["expected_progress"] == "":
                continue
            one = _kept(okrs, number, asked.measure, asked.reading)
            if one is not None:
                wanted[one.id] = (row, score(asked.measure, asked.reading).raw)

        image = Image(cast.acme.id)

        day = image.on(TODAY)
        assert len(wanted) > 40
        found = {id: float(day.raw[image.node[id]]) for id in wanted}
        assert {
            id: found[id] for id, (_, raw) in wanted.items() if not abs(found[id] - float(raw)) < SAME
        } == {}
        assert unlike_exact(image) == []

    @pytest.mark.parametrize("seed", [1, 2])
    def test_say_what_exact_scoring_says_on_random_trees(self, cast: Cast, okrs: Okrs, seed: int):
        """Weighted pools four levels deep, with gaps and overshoots: the arrays agree with fractions."""
        _grow(cast, okrs, random.Random(seed))

        image = Image(cast.acme.id)

        assert unlike_exact(image) == []

    @pytest.mark.parametrize("seed", [3, 4])
    def test_say_what_rests_on_very_much(self, cast: Cast, okrs: Okrs, seed: int, monkeypatch):
        """One of several figures is taken from the arrays, to ten decimals, unless it could turn."""
        _grow(cast, okrs, random.Random(seed))
        monkeypatch.setattr(a_day, "MOST_BELOW", 2)
        image, exact = Image(cast.acme.id), Image(cast.acme.id)
        day, below = image.on(TODAY), image.tree.below

        found = {id: day.near(id) for id, node in image.node.items() if below[node] > 2}

        clear = [id for id in found if is_clear(day.raw.item(image.node[id]))]
        wanted = {id: exact.exact(id) for id in found}
        assert len(clear) > 5
        assert all(abs(found[id] - wanted[id]) <= Fraction(1, 10**10) for id in clear)
        assert {id: found[id] for id in found if id not in clear} == {
            id: wanted[id] for id in found if id not in clear
        }
        for places in (0, 1):
            assert [percent(one, places) for one in found.values()] == [
                percent(one, places) for one in wanted.values()
            ]

    def test_leave_what_rests_on_very_much_alone(self, cast: Cast, okrs: Okrs, monkeypatch):
        """Whoever asks for such a figure does not have all that stands below it scored and kept."""
        _grow(cast, okrs, random.Random(5))
        monkeypatch.setattr(a_day, "MOST_BELOW", 2)
        image = Image(cast.acme.id)
        day = image.on(TODAY)

        told = [
            day.near(id)
            for id, node in image.node.items()
            if image.tree.below[node] > 2 and is_clear(day.raw.item(node))
        ]

        assert len(told) > 5
        assert image._exact == {}


CHANGES_OF_THE_FRAME = {
    "a name": lambda cast, okrs: people.update(person=cast.ben.person_id, name="B", by=cast.ada, at=NOW),
    "a role": lambda cast, okrs: people.change_role(
        person=cast.cleo.person_id, role="guest", by=cast.ada, at=NOW
    ),
    "a new colleague": lambda cast, okrs: people.add(
        name="Dan", email="dan@acme.example", team=cast.product.id, by=cast.ada, at=NOW
    ),
    "a colleague less": lambda cast, okrs: people.leave(person=cast.cleo.person_id, by=cast.ada, at=NOW),
    "a team below another": lambda cast, okrs: teams.create(
        name="Rails", parent=cast.product.id, by=cast.ada, at=NOW
    ),
    "a member": lambda cast, okrs: teams.add_member(
        team=cast.product.id, person=cast.ada.person_id, by=cast.ada, at=NOW
    ),
    "a longer cycle": lambda cast, okrs: cycles.update(
        cycle=okrs.cycle.id, changed={"ends_on": okrs.cycle.ends_on + timedelta(days=9)}, by=cast.ada, at=NOW
    ),
    "a cycle closed": lambda cast, okrs: cycles.close(cycle=okrs.cycle.id, by=cast.ada, at=NOW),
    "restricted work that counts": lambda cast, okrs: workspaces.update(
        changed={"count_restricted_work": True}, by=cast.ada, at=NOW
    ),
}  # fmt: skip


class TestFrame:
    @pytest.mark.parametrize("change", CHANGES_OF_THE_FRAME.values(), ids=CHANGES_OF_THE_FRAME)
    def test_is_read_without_the_rest(self, cast: Cast, okrs: Okrs, change: Callable):
        """What changes of people, teams, cycles and settings is taken in, and nothing else is read again."""
        image = images.of(cast.acme.id)
        image.on(TODAY)
        loads = tallies.loads.count

        change(cast, okrs)
        image.refresh()

        assert tallies.loads.count == loads
        assert [str(one) for one in verify.of_image(image, TODAY)] == []
        assert image.restricted() == Image(cast.acme.id).restricted()
        assert all(image.audience(id) == Image(cast.acme.id).audience(id) for id in image.restricted())


def _objective(okrs: Okrs, key: str) -> Objective:
    return Objective.objects.create(
        workspace_id=okrs.cycle.workspace_id, key=key, title=key, cycle=okrs.cycle, state="active",
        created_at=NOW,
    )  # fmt: skip


def _kept(okrs: Okrs, number: int, measure, reading) -> KeyResult | None:
    """Keep a golden measure as a key result, as far as tables can hold it: decimals, and days for periods."""
    decimals = {
        name: _decimal(getattr(measure, name))
        for name in ("start", "target", "floor", "low", "high", "tolerance")
    }
    if measure.kind is Kind.RELATIVE and decimals["target"] is not None:
        decimals["target"] *= 100
    one = KeyResult.objects.create(
        workspace_id=okrs.cycle.workspace_id, key=f"g{number}", objective=okrs.company, title="Golden",
        kind=measure.kind, unit=measure.unit or "", direction=measure.direction, created_at=NOW,
        milestones=[{"title": f"{w}", "weight": f"{_decimal(w)}"} for w in measure.milestones or ()],
        **decimals,
    )  # fmt: skip
    if measure.kind is Kind.MILESTONES:
        _checked_in(one, None, parts=[str(_decimal(part)) for part in reading])
        return one
    values = reading if isinstance(reading, tuple) else (reading,)
    for days, value in enumerate(reversed(values)):
        _checked_in(one, None if value is None else _decimal(Fraction(value)), days=days)
    return one


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / value.denominator


def _checked_in(one: KeyResult, value: Decimal | None, *, days: int = 0, parts: list | None = None) -> None:
    Checkin.objects.create(
        workspace_id=one.workspace_id, key_result=one, value=value, parts=parts,
        effective_at=NOW - timedelta(days=days), recorded_at=NOW,
    )  # fmt: skip
