"""Of many who do at once what can be done once, one does it; the others are told so, and leave nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection

from milepost.actions import (
    alignments,
    bulk,
    checkins,
    comments,
    initiatives,
    key_results,
    objectives,
    reviews,
    tokens,
    views,
)
from milepost.actions.bulk import Change
from milepost.actions.key_results import Definition
from milepost.core.problems import Conflict, NotFound, Problem
from milepost.ledger import image
from milepost.models import Alignment, Checkin, Comment, Event, Grade, Objective, SavedView, Token
from tests.cast import LATER, NOW, Cast
from tests.okrs import Okrs
from tests.running import PATIENCE
from tests.threads import at_once

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

MANY = 6


def tried(*deeds: Callable[[], object]) -> list[object]:
    """Do these at the same moment; return what each gave, in their order: a result, or the refusal."""
    said: list[object] = [None] * len(deeds)
    together = threading.Barrier(len(deeds))

    def run(number: int) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = 0")  # whatever a busy machine takes
        together.wait()
        try:
            said[number] = deeds[number]() or True
        except Problem as refused:
            said[number] = refused

    with pytest.MonkeyPatch.context() as patient:
        if connection.vendor == "sqlite":
            patient.setitem(connection.settings_dict["OPTIONS"], "timeout", PATIENCE)
        at_once(len(deeds), run)
    assert None not in said, "somebody broke down"
    return said


def refused(said: list[object]) -> list[Problem]:
    return [one for one in said if isinstance(one, Problem)]


def told(cast: Cast, kind: str) -> int:
    return Event.objects.of(cast.acme.id).filter(kind=kind).count()


class TestAnEntry:
    def test_is_corrected_once(self, cast: Cast, okrs: Okrs):
        """One correction stands; the others are told that there is one."""
        old = image.of(cast.acme.id).entries.current(okrs.waiting.id).id

        said = tried(
            *(
                lambda value=value: checkins.correct(
                    checkin=old, value=Decimal(value), by=cast.cleo, at=LATER
                )
                for value in range(4, 4 + MANY)
            )
        )

        assert {one.code for one in refused(said)} == {"corrected_already"} and len(refused(said)) == MANY - 1
        assert Checkin.objects.of(cast.acme.id).filter(corrects_id=old).count() == 1
        assert told(cast, "checkin.corrected") == 1

    def test_is_corrected_or_withdrawn(self, cast: Cast, okrs: Okrs):
        """Never both: what was taken back is not put right, nor the other way about."""
        old = image.of(cast.acme.id).entries.current(okrs.waiting.id).id

        said = tried(
            *[lambda: checkins.withdraw(checkin=old, by=cast.cleo, at=LATER)] * 3,
            *[lambda: checkins.correct(checkin=old, value=Decimal(5), by=cast.cleo, at=LATER)] * 3,
        )

        assert len(refused(said)) == 5
        assert Checkin.objects.of(cast.acme.id).filter(corrects_id=old).count() == 1


class TestAnObjective:
    def test_is_closed_once(self, cast: Cast, okrs: Okrs):
        """Whoever closes it enters what it is graded by: the values and lessons of the others are nowhere."""
        before = Checkin.objects.of(cast.acme.id).count()

        said = tried(
            *(
                lambda value=value: reviews.close(
                    objective=okrs.helpful.id,
                    values={okrs.waiting.id: Decimal(value)},
                    learned=f"{value} days.",
                    by=cast.ben,
                    at=LATER,
                )
                for value in range(4, 4 + MANY)
            )
        )

        assert len(refused(said)) == MANY - 1 and all(isinstance(one, Conflict) for one in refused(said))
        assert Checkin.objects.of(cast.acme.id).count() == before + 1
        last = Checkin.objects.of(cast.acme.id).filter(key_result=okrs.waiting).latest("id")
        grade = Grade.objects.of(cast.acme.id).get(key_result=okrs.waiting)
        assert grade.raw == (9 - last.value) / 5
        whole = Grade.objects.of(cast.acme.id).get(objective=okrs.helpful, key_result=None)
        assert whole.learned == f"{last.value:f} days."
        assert told(cast, "objective.closed") == 1

    def test_is_closed_or_cancelled(self, cast: Cast, okrs: Okrs):
        """What was cancelled has no grades, and what was closed is not cancelled any more."""
        said = tried(
            *[lambda: reviews.close(objective=okrs.helpful.id, by=cast.ben, at=LATER)] * 2,
            *[lambda: objectives.cancel(objective=okrs.helpful.id, reason="No.", by=cast.ben, at=LATER)] * 2,
        )

        row = Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id)
        assert len(refused(said)) == 3
        assert Grade.objects.of(cast.acme.id).exists() == (row.state == "closed")
        assert told(cast, "objective.closed") + told(cast, "objective.cancelled") == 1

    def test_that_is_closed_keeps_what_it_was_graded_by(self, cast: Cast, okrs: Okrs):
        """A target is moved before it is graded, or not at all."""
        said = tried(
            lambda: reviews.close(
                objective=okrs.helpful.id, values={okrs.waiting.id: Decimal(6)}, by=cast.ben, at=LATER
            ),
            *(
                lambda target=target: key_results.update(
                    key_result=okrs.waiting.id,
                    changed={"target": Decimal(target)},
                    reason="Harder.",
                    by=cast.ben,
                    at=LATER,
                )
                for target in (3, 5)
            ),
        )

        assert not isinstance(said[0], Problem)
        okrs.waiting.refresh_from_db()
        raw = Grade.objects.of(cast.acme.id).get(key_result=okrs.waiting).raw
        assert raw == Decimal(3) / (9 - okrs.waiting.target)

    def test_that_is_taken_away_serves_nothing(self, cast: Cast, okrs: Okrs):
        """A draft goes, or something is linked to it and it stays."""
        draft = objectives.draft(title="Short", cycle=okrs.cycle.id, by=cast.ada, at=NOW)

        said = tried(
            lambda: objectives.withdraw(objective=draft.id, by=cast.ada, at=NOW),
            *(
                lambda child=child: alignments.align(child=child, objective=draft.id, by=cast.ada, at=NOW)
                for child in (okrs.helpful.id, okrs.draft.id)
            ),
        )

        links = Alignment.objects.of(cast.acme.id).filter(parent_objective_id=draft.id).count()
        assert Objective.objects.of(cast.acme.id).filter(id=draft.id).exists() == bool(links)
        assert len(refused(said)) == (1 if links else 2)

    def test_of_many_is_changed_by_one_after_the_other(self, cast: Cast, okrs: Okrs):
        """Two who change the same rows in opposite orders do not wait for each other for ever."""
        rows = [okrs.helpful.id, okrs.draft.id, okrs.waiting.id, okrs.guides.id]

        said = tried(
            *(
                lambda items=items, who=who: bulk.apply(
                    items=items, change=Change("owner", owner=who.person_id), by=cast.ben, at=LATER
                )
                for items, who in ((rows, cast.ada), (rows[::-1], cast.cleo)) * 2
            )
        )

        assert not refused(said)


class TestALink:
    def test_ends_once(self, cast: Cast, okrs: Okrs):
        """To the others it is not there any more."""
        link = Alignment.objects.of(cast.acme.id).get(child=okrs.helpful)

        said = tried(*[lambda: alignments.end(alignment=link.id, by=cast.ben, at=LATER)] * MANY)

        assert [type(one) for one in refused(said)] == [NotFound] * (MANY - 1)
        assert told(cast, "alignment.ended") == 1

    def test_changes_into_one_other(self, cast: Cast, okrs: Okrs):
        """Of two weights one is given, and nothing counts twice."""
        link = Alignment.objects.of(cast.acme.id).get(child=okrs.helpful)

        tried(
            *(
                lambda weight=weight: alignments.update(
                    alignment=link.id, weight=Decimal(weight), by=cast.ben, at=LATER
                )
                for weight in (3, 4, 5)
            )
        )

        assert Alignment.objects.of(cast.acme.id).filter(child=okrs.helpful, until_at=None).count() == 1


class TestWhatIsTakenAway:
    def test_goes_once(self, cast: Cast, okrs: Okrs):
        """A comment and an initiative are taken away by one, who tells of it."""
        comment = comments.add(text="Hm.", objective=okrs.helpful.id, by=cast.cleo, at=NOW)
        initiative = initiatives.add(objective=okrs.helpful.id, title="Call", by=cast.ben, at=NOW)

        talk = tried(*[lambda: comments.withdraw(comment=comment.id, by=cast.cleo, at=NOW)] * MANY)
        work = tried(*[lambda: initiatives.withdraw(initiative=initiative.id, by=cast.ben, at=NOW)] * MANY)

        assert {type(one) for one in refused(talk) + refused(work)} == {NotFound}
        assert (told(cast, "comment.withdrawn"), told(cast, "initiative.withdrawn")) == (1, 1)
        assert not Comment.objects.of(cast.acme.id).exists()

    def test_takes_no_check_in(self, cast: Cast, okrs: Okrs):
        """A key result that goes at this moment was checked in before, and stays, or is not found."""
        new = key_results.add(
            objective=okrs.helpful.id,
            definition=Definition("Ask", start=Decimal(0), target=Decimal(5)),
            by=cast.ben,
            at=NOW,
        )

        said = tried(
            lambda: key_results.withdraw(key_result=new.id, by=cast.ben, at=NOW),
            *[lambda: checkins.record(key_result=new.id, value=Decimal(1), by=cast.ben, at=NOW)] * 3,
        )

        found = Checkin.objects.of(cast.acme.id).filter(key_result_id=new.id).count()
        assert len(refused(said)) == (1 if found else 3)


class TestLimits:
    def test_hold_for_many_at_once(self, cast: Cast, monkeypatch):
        """Views and tokens are counted one after the other."""
        monkeypatch.setattr(views, "MOST", 2)
        monkeypatch.setattr(tokens, "MOST", 2)

        tried(*[lambda: views.save(name="Mine", settings="", by=cast.cleo, at=NOW)] * MANY)
        tried(*[lambda: tokens.create(name="Mine", by=cast.cleo, at=NOW)] * MANY)

        assert SavedView.objects.of(cast.acme.id).count() == 2
        assert Token.objects.of(cast.acme.id).count() == 2
