"""Undos: what was done is taken back by an ordinary change, and the record keeps both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from milepost.actions import (
    checkins,
    comments,
    cycles,
    events,
    initiatives,
    objectives,
    reviews,
    undos,
)
from milepost.actions.history import OnRecord
from milepost.actions.inverses import INVERSES
from milepost.actions.overwriting import ChangedSince
from milepost.actions.undos import CannotUndo, ClosedSince, TooLate, UndoneAlready
from milepost.core import undoing
from milepost.core.access import Actor
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound
from milepost.ledger import image
from milepost.models import Comment, Event, Initiative, KeyResult, Objective, Person, Transition
from milepost.queries import plans, verification
from tests.actions.deeds import DEEDS, Deeds, latest
from tests.cast import LATER, NOW, Cast
from tests.okrs import Okrs
from tests.threads import at_once

pytestmark = pytest.mark.both_databases

SOON = LATER + timedelta(minutes=5)
MONTH = timedelta(days=30)


def standing(cast: Cast) -> tuple:
    """Return what holds now, without the logs that only grow: the export, and every number."""
    plan = plans.current(cast.acme.id)
    told = [
        replace(
            row,
            transitions=(),
            history=(),
            aligned_to=tuple(
                sorted((replace(link, since=None) for link in row.aligned_to if link.until is None), key=repr)
            ),
            key_results=tuple(replace(one, history=(), check_ins=()) for one in row.key_results),
        )
        for row in plan.objectives
    ]
    belong = [
        (team.id, sorted((one.person, one.lead) for one in team.members if one.until is None))
        for team in plan.teams
    ]
    now = image.of(cast.acme.id)
    numbers = {row.title: now.exact(id) for id, row in now.objectives.items()}
    values = {one.title: now.exact(id) for id, one in now.key_results.items()}
    frame = [replace(team, members=(), history=()) for team in plan.teams]
    cycles = [replace(cycle, history=()) for cycle in plan.cycles]
    return replace(plan.workspace, history=()), plan.people, cycles, frame, belong, told, numbers, values


class TestUndo:
    @pytest.mark.parametrize("deed", DEEDS)
    def test_takes_it_back(self, cast: Cast, okrs: Okrs, deed: str):
        """Whatever was done: undone, the export and every number are as before, and the record holds both."""
        deeds = Deeds(cast, okrs)
        if deed == "activate":
            getattr(deeds, deed)()
            undos.undo(event=latest(cast), by=cast.ada, at=LATER)
            assert Objective.objects.of(cast.acme.id).get(id=okrs.draft.id).state == "draft"
            return
        before = standing(cast)
        getattr(deeds, deed)()
        done = events.told(by=cast.ada, at=LATER)[-1]
        assert standing(cast) != before

        made = undos.undo(event=done, by=cast.ada, at=SOON)

        assert standing(cast) == before
        assert made.undoes_id == done
        assert Event.objects.of(cast.acme.id).filter(id=done).exists()

    def test_every_kind_has_its_inverse(self):
        """What core says can be undone has an inverse, and nothing else has one."""
        assert {*INVERSES, *undoing.BUNDLES} == undoing.KINDS

    @settings(
        max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    )
    @given(chosen=some.lists(some.sampled_from([name for name in DEEDS if name != "activate"]), max_size=6))
    def test_any_row_of_deeds_backwards(self, cast: Cast, okrs: Okrs, chosen: list[str]):
        """Any deeds, undone from the last to the first, leave everything as it was, and verify agrees."""
        with transaction.atomic():
            before, deeds, done = standing(cast), Deeds(cast, okrs), []
            for name in chosen:
                count = len(events.told(by=cast.ada, at=LATER))
                try:
                    with transaction.atomic():
                        getattr(deeds, name)()
                except (Conflict, Invalid, NotFound, ObjectDoesNotExist, MultipleObjectsReturned):
                    continue  # what one deed has made impossible for the next
                done += events.told(by=cast.ada, at=LATER)[count:]
            for id in reversed(done):
                try:
                    undos.undo(event=id, by=cast.ada, at=LATER)
                except UndoneAlready:
                    assert "close" in chosen  # with the closing, what was checked in for it
                except (Invalid, ClosedSince):
                    # What somebody owned before they left goes back to nobody who has left, and what is
                    # done in something closed is part of its record.
                    assert {"let_leave", "close", "close_a_cycle"} & {*chosen}
                    transaction.set_rollback(True)
                    break
            else:
                assert standing(cast) == before
                transaction.set_rollback(True)
        image.forget(cast.acme.id)

    def test_can_be_undone_itself(self, cast: Cast, okrs: Okrs):
        """An undo is a change like any other: undone, what was done first holds again."""
        deeds = Deeds(cast, okrs)
        deeds.retitle()
        after = standing(cast)
        made = undos.undo(event=latest(cast), by=cast.ada, at=SOON)

        undos.undo(event=made.id, by=cast.ada, at=SOON)

        assert standing(cast) == after

    def test_keeps_the_log_foldable(self, cast: Cast, okrs: Okrs):
        """A step taken back stands in the log of steps, which still leads to the state."""
        Deeds(cast, okrs).cancel()

        undos.undo(event=latest(cast), by=cast.ada, at=SOON)

        log = Transition.objects.of(cast.acme.id).filter(objective=okrs.helpful).order_by("-id")
        assert [(step.event, step.to_state) for step in log[:2]] == [
            ("undo", "active"),
            ("cancel", "cancelled"),
        ]
        assert not list(verification.differences(cast.acme.id, SOON))


class TestRefusal:
    def test_after_30_days(self, cast: Cast, okrs: Okrs):
        """On the thirtieth day it can be undone, later no more."""
        Deeds(cast, okrs).retitle()

        with pytest.raises(TooLate, match="30 days"):
            undos.undo(event=latest(cast), by=cast.ada, at=LATER + MONTH + timedelta(seconds=1))

        assert undos.undo(event=latest(cast), by=cast.ada, at=LATER + MONTH)

    def test_what_another_did(self, cast: Cast, okrs: Okrs):
        """Whoever did it may, and admins; nobody else, not even who may edit it."""
        Deeds(cast, okrs).retitle()

        with pytest.raises(NotAllowed):
            undos.undo(event=latest(cast), by=cast.ben, at=SOON)

    def test_what_one_may_no_longer_do(self, cast: Cast, okrs: Okrs):
        """Undoing asks for the rights of today."""
        objectives.update(
            objective=okrs.helpful.id,
            changed={"owner": cast.cleo.person_id, "team": None},
            by=cast.ada,
            at=NOW,
        )
        at_the_time = replace(cast.cleo, teams=frozenset())
        objectives.update(objective=okrs.helpful.id, changed={"title": "Mine"}, by=at_the_time, at=LATER)
        mine = latest(cast)
        objectives.update(
            objective=okrs.helpful.id, changed={"owner": cast.ada.person_id}, by=cast.ada, at=LATER
        )

        with pytest.raises(NotAllowed):
            undos.undo(event=mine, by=at_the_time, at=SOON)

    def test_twice(self, cast: Cast, okrs: Okrs):
        """What was undone is not undone again."""
        Deeds(cast, okrs).retitle()
        done = latest(cast)
        undos.undo(event=done, by=cast.ada, at=SOON)

        with pytest.raises(UndoneAlready):
            undos.undo(event=done, by=cast.ada, at=SOON)

    def test_across_a_closing(self, cast: Cast, okrs: Okrs):
        """What a grade rests on stays, even after the objective was opened again."""
        Deeds(cast, okrs).check_in()
        done = latest(cast)
        reviews.close(objective=okrs.helpful.id, by=cast.ada, at=SOON)
        with pytest.raises(ClosedSince):
            undos.undo(event=done, by=cast.ada, at=SOON)
        objectives.reopen(objective=okrs.helpful.id, reason="A slip", by=cast.ada, at=SOON)

        with pytest.raises(ClosedSince):
            undos.undo(event=done, by=cast.ada, at=SOON)

    def test_in_a_closed_cycle(self, cast: Cast, okrs: Okrs):
        """What happened in a closed cycle is part of the record."""
        Deeds(cast, okrs).retitle()
        done = latest(cast)
        cycles.close(cycle=okrs.cycle.id, by=cast.ada, at=SOON)

        with pytest.raises(ClosedSince, match="Autumn"):
            undos.undo(event=done, by=cast.ada, at=SOON)

    def test_of_what_has_none(self, cast: Cast, okrs: Okrs):
        """What has no inverse says so."""
        reviews.close(objective=okrs.helpful.id, by=cast.ada, at=LATER)
        objectives.reopen(objective=okrs.helpful.id, reason="A slip", by=cast.ada, at=LATER)

        with pytest.raises(CannotUndo):
            undos.undo(event=latest(cast, "objective.reopened"), by=cast.ada, at=SOON)

    def test_where_it_was_changed_since(self, cast: Cast, okrs: Okrs):
        """Someone's later change is not written over unasked: the refusal says what would be."""
        change = {"objective": okrs.helpful.id, "by": cast.ada}
        objectives.update(**change, changed={"title": "First", "level": "strategic"}, at=LATER)
        done = latest(cast)
        objectives.update(**change, changed={"title": "Second"}, at=LATER)

        with pytest.raises(ChangedSince) as caught:
            undos.undo(event=done, by=cast.ada, at=SOON)

        assert [(one.field, one.now, one.then) for one in caught.value.over] == [
            ("title", "Second", "Nobody waits for an answer")
        ]
        undos.undo(event=done, anyway=True, by=cast.ada, at=SOON)
        row = Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id)
        assert (row.title, row.level) == ("Nobody waits for an answer", "tactical")

    def test_leaves_other_fields_alone(self, cast: Cast, okrs: Okrs):
        """What somebody else changed meanwhile, elsewhere in it, stays."""
        change = {"objective": okrs.helpful.id, "by": cast.ada}
        objectives.update(**change, changed={"title": "First"}, at=LATER)
        done = latest(cast)
        objectives.update(**change, changed={"level": "strategic"}, at=LATER)

        undos.undo(event=done, by=cast.ada, at=SOON)

        row = Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id)
        assert (row.title, row.level) == ("Nobody waits for an answer", "strategic")

    @pytest.mark.parametrize("who", ["zed", "gus"])
    def test_of_what_one_may_not_see(self, cast: Cast, okrs: Okrs, who: str):
        """An event about what one may not see answers like one that never was."""
        objectives.update(objective=okrs.secret.id, changed={"title": "Hush"}, by=cast.ada, at=LATER)

        with pytest.raises(NotFound):
            undos.undo(event=latest(cast), by=getattr(cast, who), at=SOON)

    def test_of_an_activation_with_check_ins(self, cast: Cast, okrs: Okrs):
        """What was checked in since stays: then it is cancelled instead."""
        Deeds(cast, okrs).activate()
        done = latest(cast)
        one = KeyResult.objects.of(cast.acme.id).get(objective=okrs.draft)
        checkins.record(key_result=one.id, value=Decimal(1), by=cast.ada, at=SOON)

        with pytest.raises(Conflict, match="checked in since"):
            undos.undo(event=done, by=cast.ada, at=SOON)


class TestClosing:
    """A closing is taken back for as long as it could be reopened; nothing is undone across one."""

    def test_shows_no_grade(self, cast: Cast, okrs: Okrs):
        """It is open as before: no grade, no lessons, no final values; and what came before can be undone."""
        deeds = Deeds(cast, okrs)
        deeds.retitle()
        earlier = latest(cast)
        deeds.close()

        undos.undo(event=latest(cast, "objective.closed"), by=cast.ada, at=SOON)

        row = Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id)
        assert row.state == "active"
        assert image.of(cast.acme.id).exact(okrs.waiting.id) == Fraction(1, 2)
        assert not list(verification.differences(cast.acme.id, SOON))
        assert undos.undo(event=earlier, by=cast.ada, at=SOON)

    def test_is_graded_anew_at_the_next_one(self, cast: Cast, okrs: Okrs):
        """Closed again, the new grades stand."""
        Deeds(cast, okrs).close()
        undos.undo(event=latest(cast, "objective.closed"), by=cast.ada, at=SOON)

        final = {okrs.waiting.id: Decimal(4)}
        reviews.close(objective=okrs.helpful.id, values=final, by=cast.ada, at=SOON + timedelta(minutes=1))

        told = next(one for one in plans.current(cast.acme.id).objectives if one.id == okrs.helpful.key)
        assert told.grade.at > SOON and told.grade.learned == ""
        assert next(one.grade.grade for one in told.key_results) == 1

    def test_after_14_days(self, cast: Cast, okrs: Okrs):
        """On the fourteenth day it can be taken back, later it is part of the record."""
        Deeds(cast, okrs).close()
        done = latest(cast, "objective.closed")

        with pytest.raises(TooLate, match="14 days"):
            undos.undo(event=done, by=cast.ada, at=LATER + timedelta(days=14, seconds=1))

        assert undos.undo(event=done, by=cast.ada, at=LATER + timedelta(days=14))

    def test_of_a_cycle_closed_again(self, cast: Cast, okrs: Okrs):
        """Opened and closed again since: the earlier closing is not what stands."""
        deeds = Deeds(cast, okrs)
        deeds.close_a_cycle()
        done = latest(cast, "cycle.closed")
        cycles.reopen(cycle=okrs.cycle.id, by=cast.ada, at=LATER)
        deeds.close_a_cycle()

        with pytest.raises(ChangedSince):
            undos.undo(event=done, by=cast.ada, at=SOON)


class TestAddition:
    """What was added goes away as if it had never been on the same day; later it is put aside."""

    def test_later_is_put_aside(self, cast: Cast, okrs: Okrs):
        """A past day has shown it: the draft is parked, the key result cancelled, the initiative dropped."""
        deeds, tomorrow = Deeds(cast, okrs), LATER + timedelta(days=1)
        for deed in (deeds.add_a_key_result, deeds.add_an_initiative, deeds.draft):
            deed()
            undos.undo(event=latest(cast), by=cast.ada, at=tomorrow)

        assert KeyResult.objects.of(cast.acme.id).get(title="Another").state == "cancelled"
        assert Initiative.objects.of(cast.acme.id).get(title="Hire").state == "dropped"
        assert Objective.objects.of(cast.acme.id).get(title="New").state == "parked"

    def test_stays_where_another_had_a_part(self, cast: Cast, okrs: Okrs):
        """A draft that somebody else wrote about is parked, and what they said stays."""
        Deeds(cast, okrs).draft()
        done, new = latest(cast), Objective.objects.of(cast.acme.id).get(title="New")
        comments.add(text="Nice", objective=new.id, by=cast.ben, at=LATER)

        undos.undo(event=done, by=cast.ada, at=SOON)

        assert Objective.objects.of(cast.acme.id).get(title="New").state == "parked"
        assert Comment.objects.of(cast.acme.id).filter(text="Nice").exists()

    def test_of_a_team_in_use(self, cast: Cast, okrs: Okrs):
        """A team that work stands in stays, and so does one of yesterday."""
        deeds = Deeds(cast, okrs)
        deeds.found_a_team()
        done = latest(cast, "team.created")
        team = Event.objects.of(cast.acme.id).get(id=done).subject_id
        with pytest.raises(OnRecord, match="Brakes is part of the record"):
            undos.undo(event=done, by=cast.ada, at=SOON + timedelta(days=1))
        objectives.draft(title="Stop", cycle=okrs.cycle.id, team=team, by=cast.ada, at=LATER)

        with pytest.raises(OnRecord, match="in use"):
            undos.undo(event=done, by=cast.ada, at=SOON)

    def test_of_someone_with_a_part_in_it(self, cast: Cast, okrs: Okrs):
        """Who helps with something by now leaves instead of vanishing."""
        deeds = Deeds(cast, okrs)
        deeds.add_someone()
        done = latest(cast, "person.added")
        dee = Event.objects.of(cast.acme.id).get(id=done).subject_id
        objectives.update(objective=okrs.helpful.id, changed={"contributors": [dee]}, **deeds.ada)

        undos.undo(event=done, by=cast.ada, at=SOON)

        assert Person.objects.of(cast.acme.id).get(id=dee).left_on is not None


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_counts_once(self, cast: Cast, okrs: Okrs):
        """Eight who undo the same at the same moment: one does, the others are told."""
        Deeds(cast, okrs).retitle()
        done, said = latest(cast), []

        at_once(8, lambda number: said.append(_told(lambda: undos.undo(event=done, by=cast.ada, at=SOON))))

        assert sorted(said) == ["Event", *["UndoneAlready"] * 7]
        assert Event.objects.of(cast.acme.id).filter(undoes_id=done).count() == 1

    @pytest.mark.parametrize("kind", ["comment", "initiative"])
    def test_takes_nothing_from_under_what_is_added(self, cast: Cast, okrs: Okrs, kind: str):
        """Where a draft is taken back while somebody adds to it, both end well, or one is told."""
        who = {"by": cast.ada, "at": SOON}
        for _ in range(10):
            row = objectives.draft(title="Brief", cycle=okrs.cycle.id, owner=cast.ada.person_id, **who)
            done, said = latest(cast, "objective.drafted"), []

            def deed(number: int, row: Objective = row, done: int = done, said: list = said) -> None:
                if number == 0:
                    said.append(_told(lambda: undos.undo(event=done, **who)))
                elif kind == "comment":
                    said.append(_told(lambda: comments.add(text="Well", objective=row.id, **who)))
                else:
                    said.append(_told(lambda: initiatives.add(objective=row.id, title="A deed", **who)))

            at_once(4, deed)

            assert len(said) == 4, said


def _told(deed: Callable[[], object]) -> str:
    try:
        return type(deed()).__name__
    except (Conflict, NotFound) as refused:
        return type(refused).__name__


def test_actors_are_told_apart(cast: Cast, okrs: Okrs):
    """Events told at one moment are told apart by who told them."""
    Deeds(cast, okrs).retitle()

    assert events.told(by=cast.ben, at=LATER) == []
    assert isinstance(cast.ben, Actor)
