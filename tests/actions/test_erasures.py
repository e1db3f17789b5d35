"""Forgetting somebody who has left."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from django.apps import apps

from milepost.actions import (
    checkins,
    comments,
    erasures,
    handovers,
    key_results,
    objectives,
    people,
    plans,
    teams,
    tokens,
    views,
)
from milepost.actions.key_results import Definition
from milepost.core.access import operator
from milepost.core.problems import NotAllowed
from milepost.ledger import sight
from milepost.models import Checkin, Comment, Event, Objective, Person, Token, User
from milepost.queries import verification
from milepost.queries.plans import current
from tests.cast import Cast
from tests.okrs import PRIVATE_TITLE, Okrs

pytestmark = pytest.mark.both_databases


@pytest.fixture
def lived(cast: Cast, okrs: Okrs, now: datetime) -> Okrs:
    """Cleo has worked here, under two names, in every way that leaves a trace; and has left."""
    checkins.record(key_result=okrs.waiting.id, value=Decimal(6), by=cast.cleo, at=now, note="Longer hours")
    comments.add(objective=okrs.helpful.id, text="We need a bench", by=cast.cleo, at=now)
    tokens.create(name="Script of Cleo", by=cast.cleo, at=now)
    views.save(name="What Cleo looks at", settings="", by=cast.cleo, at=now)
    people.update(person=cast.cleo.person_id, name="Cleo Wong-Okri", by=cast.ada, at=now)
    teams.remove_member(team=cast.product.id, person=cast.cleo.person_id, by=cast.ada, at=now)
    handovers.hand_over(person=cast.cleo.person_id, to=cast.ben.person_id, by=cast.ada, at=now)
    people.leave(person=cast.cleo.person_id, by=cast.ada, at=now)
    return okrs


def said(word: str) -> list[str]:
    """Name every row of every table in which a word stands, however it is spelt."""
    with sight.everywhere():
        return [
            f"{model.__name__}: {row}"
            for model in apps.get_app_config("milepost").get_models()
            for row in model._base_manager.values()
            if word.casefold() in json.dumps(row, default=str).casefold()
        ]


def erased(cast: Cast, at: datetime) -> Person:
    return erasures.erase(person=cast.cleo.person_id, by=operator(cast.acme.id), at=at)


class TestErase:
    def test_leaves_their_name_nowhere(self, cast: Cast, lived: Okrs, now: datetime):
        """Neither name nor address stands in any table; they are told apart by a number."""
        assert len(said("cleo")) > 10

        row = erased(cast, now)

        assert said("cleo") == []
        assert (row.name, row.key) == ("Former colleague", "former-colleague")

    def test_takes_away_what_was_theirs_alone(self, cast: Cast, lived: Okrs, now: datetime):
        """Account, tokens, views and personal objectives are gone, with all that told of them."""
        erased(cast, now)

        assert not User.objects.filter(email="cleo@acme.example").exists()
        assert not Token.objects.of(cast.acme.id).exists()
        assert not Objective.objects.of(cast.acme.id).filter(id=lived.private.id).exists()
        assert said(PRIVATE_TITLE) == []

    def test_takes_entries_away_that_correct_each_other(self, cast: Cast, okrs: Okrs, now: datetime):
        """A personal objective goes with its check-ins, corrected ones too."""
        definition = Definition("Say no twice a week", start=Decimal(0), target=Decimal(2))
        mine = key_results.add(objective=okrs.private.id, definition=definition, by=cast.cleo, at=now)
        objectives.activate(objective=okrs.private.id, by=cast.cleo, at=now)
        entry = checkins.record(key_result=mine.id, value=Decimal(1), by=cast.cleo, at=now)
        checkins.correct(checkin=entry.id, value=Decimal(2), by=cast.cleo, at=now)
        people.leave(person=cast.cleo.person_id, by=cast.ada, at=now)

        erased(cast, now)

        assert not Checkin.objects.of(cast.acme.id).filter(key_result=mine.id).exists()

    def test_keeps_what_they_did(self, cast: Cast, lived: Okrs, now: datetime):
        """Check-ins and comments stay as theirs, the history fits together, and one event tells of it."""
        erased(cast, now)

        of = cast.acme.id
        assert Checkin.objects.of(of).filter(note="Longer hours", by_id=cast.cleo.person_id).exists()
        assert Comment.objects.of(of).filter(text="We need a bench", by_id=cast.cleo.person_id).exists()
        assert list(verification.differences(of, now)) == []
        assert Event.objects.of(of).filter(kind="person.erased", subject_id=cast.cleo.person_id).count() == 1

    def test_takes_them_out_of_files_that_could_be_taken_back(self, cast: Cast, okrs: Okrs, now: datetime):
        """What an applied file kept of everyone is no longer kept."""
        by = operator(cast.acme.id)
        plan = current(cast.acme.id)
        named = tuple(replace(one, name=f"{one.name} the Second") for one in plan.people)
        plans.apply_plan(plan=replace(plan, people=named), by=by, at=now)
        people.leave(person=cast.cleo.person_id, by=cast.ada, at=now)

        erased(cast, now)

        [applied] = Event.objects.of(cast.acme.id).filter(kind="plan.applied")
        assert "kept" not in applied.data

    def test_waits_until_they_have_left(self, cast: Cast, okrs: Okrs, now: datetime):
        """Whoever still works here is not forgotten by mistake."""
        with pytest.raises(erasures.StillHere):
            erased(cast, now)

    def test_is_the_operators(self, cast: Cast, lived: Okrs, now: datetime):
        """An owner cannot do it: nothing brings it back."""
        with pytest.raises(NotAllowed):
            erasures.erase(person=cast.cleo.person_id, by=cast.ada, at=now)

    def test_keeps_the_account_of_whoever_belongs_elsewhere(self, cast: Cast, lived: Okrs, now: datetime):
        """Who is in another workspace too is forgotten in this one alone."""
        user = User.objects.get(email="cleo@acme.example")
        with sight.everywhere():
            Person.objects.create(workspace=cast.zenith, key="cleo", name="Cleo", user=user)

            erased(cast, now)

        assert User.objects.filter(id=user.id).exists()
