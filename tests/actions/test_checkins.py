"""Check-ins: recorded, corrected, withdrawn; never overwritten, never twice."""

from __future__ import annotations

import threading
from contextvars import copy_context
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from milepost.actions import checkins, key_results, objectives, people, teams, workspaces
from milepost.actions.key_results import Definition
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound
from milepost.ledger import image, past
from milepost.models import Change, Checkin, Event, KeyResult, Objective, Submission
from milepost.queries import verification
from tests.cast import LATER, NOW, Cast, actor
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def entry(id: int) -> Checkin:
    return Checkin.objects.everywhere().get(id=id)


class TestRecord:
    def test_writes_entry_change_and_event(self, cast: Cast, okrs: Okrs):
        """One of each, in one transaction, with who, when and through which door."""
        changes, events = Change.objects.count(), Event.objects.of(cast.acme.id).count()

        made = checkins.record(
            key_result=okrs.waiting.id,
            value=Decimal("5.50"),
            confidence=7,
            note=" New bench. ",
            by=cast.cleo,
            at=LATER,
        )

        row = entry(made.id)
        assert (row.value, row.confidence, row.note, row.by_id) == (5.5, 7, "New bench.", cast.cleo.person_id)
        assert (row.effective_at, row.recorded_at) == (LATER, LATER)
        assert Change.objects.count() == changes + 1
        event = Event.objects.of(cast.acme.id).order_by("id").last()
        assert Event.objects.of(cast.acme.id).count() == events + 1
        assert (event.kind, event.actor_id, event.door) == ("checkin.recorded", cast.cleo.person_id, "web")
        assert (event.subject_id, event.data["value"], event.data["confidence"]) == (made.id, "5.50", 7)

    @pytest.mark.parametrize("character", ["\x00", "\x07", "\u202e"])
    def test_refuses_what_no_one_sees(self, cast: Cast, okrs: Okrs, character: str):
        """What PostgreSQL or a file could not keep, or what reorders text, is not kept in a note either."""
        said = {"key_result": okrs.waiting.id, "value": Decimal(5), "by": cast.cleo, "at": NOW}

        with pytest.raises(Invalid, match="after “Two benches on”") as refused:
            checkins.record(**said, note=f"Two benches\non{character} loan")

        assert (refused.value.code, refused.value.field) == ("bad_character", "note")

    @pytest.mark.parametrize("value", ["0", "-3.25", "123456789012345678.123", "0.000000000001", "1e3"])
    def test_keeps_numbers_exact(self, cast: Cast, okrs: Okrs, value: str):
        """What was written comes back digit by digit, and the image reads the same."""
        made = checkins.record(key_result=okrs.waiting.id, value=Decimal(value), by=cast.cleo, at=NOW)

        held = image.of(cast.acme.id).entries
        assert entry(made.id).value == Decimal(value)
        assert held.exact(held.current(okrs.waiting.id)) == Decimal(value)

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"value": Decimal("NaN")}, "value"), ({"value": Decimal("Infinity")}, "value"),
            ({"value": Decimal(10) ** 18}, "value"), ({"value": Decimal("1e-13")}, "value"),
            ({"value": Decimal(1), "confidence": 0}, "confidence"),
            ({"value": Decimal(1), "confidence": 11}, "confidence"),
            ({"value": Decimal(1), "note": "x" * 20_001}, "note"),
            ({"value": Decimal(1), "effective_at": NOW + timedelta(minutes=6)}, "effective_at"),
            ({"value": Decimal(1), "effective_at": NOW.replace(year=1969)}, "effective_at"),
            ({"value": None, "parts": [Decimal(1)]}, "parts"),
        ],
    )  # fmt: skip
    def test_refuses_what_cannot_be(self, cast: Cast, okrs: Okrs, said: dict, field: str):
        """The field at fault is named, and nothing is written."""
        before = Checkin.objects.of(cast.acme.id).count()

        with pytest.raises(Invalid) as refused:
            checkins.record(key_result=okrs.waiting.id, **said, by=cast.cleo, at=NOW)

        assert refused.value.field == field
        assert Checkin.objects.of(cast.acme.id).count() == before

    @pytest.mark.parametrize("parts", [[Decimal(1)], [Decimal(1), Decimal(2)], [Decimal(1)] * 3])
    def test_takes_a_share_for_each_milestone(self, cast: Cast, okrs: Okrs, parts: list[Decimal]):
        """As many as there are, each from 0 to 1."""
        with pytest.raises(Invalid):
            checkins.record(key_result=okrs.guides.id, value=None, parts=parts, by=cast.ben, at=NOW)

    def test_takes_yes_or_no_alone_where_that_is_the_question(self, cast: Cast, okrs: Okrs):
        """Half done is no answer to whether it is done."""
        definition = Definition("Signed", kind="binary", owner=cast.ben.person_id)
        one = key_results.add(objective=okrs.helpful.id, definition=definition, by=cast.ben, at=NOW)

        with pytest.raises(Invalid) as refused:
            checkins.record(key_result=one.id, value=Decimal("0.5"), by=cast.ben, at=NOW)
        checkins.record(key_result=one.id, value=Decimal(1), by=cast.ben, at=NOW)

        assert refused.value.code == "binary_not_boolean"
        assert image.of(cast.acme.id).exact(one.id) == 1

    def test_warns_outside_the_window(self, cast: Cast, okrs: Okrs):
        """A late fact is taken, with a warning."""
        inside = checkins.record(key_result=okrs.waiting.id, value=Decimal(6), by=cast.cleo, at=NOW)
        outside = checkins.record(
            key_result=okrs.waiting.id, value=Decimal(9), effective_at=NOW - 100 * DAY, by=cast.cleo, at=NOW
        )

        assert inside.warning is None and "outside" in outside.warning

    @pytest.mark.parametrize(("days", "warns"), [(0, False), (1, True)])
    def test_takes_the_last_day_for_inside(self, cast: Cast, okrs: Okrs, days: int, warns: bool):
        """The window ends with its last day, not before it."""
        then = NOW + (okrs.cycle.ends_on - NOW.date()) + days * DAY

        made = checkins.record(key_result=okrs.waiting.id, value=Decimal(6), by=cast.cleo, at=then)

        assert (made.warning is not None) is warns

    def test_is_of_now_where_a_clock_is_fast(self, cast: Cast, okrs: Okrs):
        """What is dated a few minutes ahead, perhaps past midnight, is known this evening already."""
        late = datetime.combine(okrs.cycle.starts_on + DAY, time(23, 58), tzinfo=ZoneInfo("Europe/Prague"))

        made = checkins.record(
            key_result=okrs.waiting.id, value=Decimal(5), effective_at=late + timedelta(minutes=4),
            by=cast.cleo, at=late,
        )  # fmt: skip

        assert entry(made.id).effective_at == late
        evening = past.of(cast.acme.id, late.date())
        assert evening.entries.current(okrs.waiting.id).id == made.id

    @pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
    def test_is_of_a_day_of_the_workspace(self, cast: Cast, okrs: Okrs, zone: str):
        """An earlier day is told as the one that is meant there, today is not; so is the window judged."""
        first = okrs.cycle.starts_on
        moved = datetime.combine(first - DAY, time(), tzinfo=UTC)
        workspaces.update(changed={"time_zone": zone}, by=cast.ada, at=moved)
        told = []

        for day, hour, then, then_hour in ((1, 9, 0, 12), (1, 17, 1, 1), (1, 23, 1, 9), (2, 0, 1, 23)):
            at, effective = (
                datetime.combine(first + number * DAY, time(clock), tzinfo=ZoneInfo(zone)).astimezone(UTC)
                for number, clock in ((day, hour), (then, then_hour))
            )
            made = checkins.record(
                key_result=okrs.waiting.id, value=Decimal(5), effective_at=effective, by=cast.cleo, at=at
            )
            event = Event.objects.of(cast.acme.id).get(subject_id=made.id)
            told.append((event.data.get("on"), made.warning))

        days = [first, None, None, first + DAY]
        assert told == [(day and day.isoformat(), None) for day in days]

    @pytest.mark.parametrize("back", [timedelta(seconds=2), timedelta(hours=1), DAY])
    def test_comes_after_what_was_said_before_though_the_clock_was_put_back(self, cast, okrs, back):
        """What was said last stands, corrections keep their place, and nothing is lost or doubled."""
        first = checkins.record(key_result=okrs.waiting.id, value=Decimal(5), by=cast.cleo, at=NOW)

        second = checkins.record(key_result=okrs.waiting.id, value=Decimal(7), by=cast.cleo, at=NOW - back)
        checkins.correct(checkin=first.id, value=Decimal(8), by=cast.cleo, at=NOW - back + SECOND)

        living = image.of(cast.acme.id)
        assert [one.value for one in living.entries.series(okrs.waiting.id)][-2:] == [8, 7]
        assert entry(second.id).recorded_at == NOW - back
        days = [past.of(cast.acme.id, NOW.date() + number * DAY) for number in range(-1, 2)]
        assert [each.entries.current(okrs.waiting.id).value for each in days] == [6.5, 7, 7]
        for each in days[-2:]:
            assert each.entries.series(okrs.waiting.id) == living.entries.series(okrs.waiting.id)
        assert list(verification.differences(cast.acme.id, NOW + DAY)) == []

        checkins.withdraw(checkin=second.id, by=cast.cleo, at=NOW - back + 2 * SECOND)

        assert image.of(cast.acme.id).entries.current(okrs.waiting.id).value == 8

    def test_does_not_follow_an_entry_of_a_clock_that_was_far_wrong(self, cast, okrs):
        """It is of now; the entry from far ahead stands above it until somebody takes it back."""
        far = checkins.record(key_result=okrs.waiting.id, value=Decimal(5), by=cast.cleo, at=NOW + 900 * DAY)

        made = checkins.record(key_result=okrs.waiting.id, value=Decimal(7), by=cast.cleo, at=NOW)

        assert entry(made.id).effective_at == NOW
        assert image.of(cast.acme.id).entries.current(okrs.waiting.id).value == 5
        checkins.withdraw(checkin=far.id, by=cast.cleo, at=NOW)
        assert image.of(cast.acme.id).entries.current(okrs.waiting.id).value == 7

    def test_an_earlier_day_does_not_change_what_stands_now(self, cast: Cast, okrs: Okrs):
        """What stands is the latest by the day it was true, not by the day it was written."""
        checkins.record(
            key_result=okrs.waiting.id, value=Decimal(8), effective_at=NOW - 10 * DAY, by=cast.cleo, at=NOW
        )

        entries = image.of(cast.acme.id).entries
        assert entries.current(okrs.waiting.id).value == 6.5
        assert [one.value for one in entries.series(okrs.waiting.id)] == [8, 6.5]

    def test_starts_what_was_agreed_and_has_begun(self, cast: Cast, okrs: Okrs):
        """The first check-in of a committed objective whose cycle runs makes it active."""
        Objective.objects.of(cast.acme.id).filter(id=okrs.helpful.id).update(state="committed")

        checkins.record(key_result=okrs.waiting.id, value=Decimal(6), by=cast.cleo, at=NOW)

        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "active"

    def test_refuses_what_is_not_open(self, cast: Cast, okrs: Okrs):
        """A draft, a cancelled objective, a cancelled key result take none."""
        key_results.cancel(key_result=okrs.growth.id, reason="Measured twice.", by=cast.ada, at=NOW)
        objectives.cancel(objective=okrs.helpful.id, reason="Enough.", by=cast.ben, at=NOW)
        for one in (okrs.growth, okrs.waiting):
            with pytest.raises(checkins.TakesNoCheckins):
                checkins.record(key_result=one.id, value=Decimal(6), by=cast.ada, at=NOW)


class TestWhoMay:
    @pytest.mark.parametrize(("who", "wrong"), [("gus", NotAllowed), ("zed", NotFound)])
    def test_guests_and_strangers_may_not(self, cast: Cast, okrs: Okrs, who: str, wrong):
        """A guest is told no; for a stranger it does not exist."""
        with pytest.raises(wrong):
            checkins.record(key_result=okrs.waiting.id, value=Decimal(6), by=getattr(cast, who), at=NOW)

    def test_a_guest_may_what_they_own(self, cast: Cast, okrs: Okrs):
        """Ownership goes before the role."""
        KeyResult.objects.of(cast.acme.id).filter(id=okrs.waiting.id).update(owner_id=cast.gus.person_id)

        assert checkins.record(key_result=okrs.waiting.id, value=Decimal(6), by=cast.gus, at=NOW).id

    def test_is_for_the_leads_above_too(self, cast: Cast, okrs: Okrs):
        """Who leads the team above checks in what the team below measures; a mere member above does not."""
        above = teams.create(name="Makers", by=cast.ada, at=NOW)
        teams.update(team=cast.product.id, changed={"parent": above.id}, by=cast.ada, at=NOW)
        dana, emil = (
            people.add(name=name, email=f"{name}@acme.example", by=cast.ada, at=NOW)
            for name in ("Dana", "Emil")
        )
        teams.add_member(team=above.id, person=dana.id, is_lead=True, by=cast.ada, at=NOW)
        teams.add_member(team=above.id, person=emil.id, by=cast.ada, at=NOW)

        made = checkins.record(key_result=okrs.waiting.id, value=Decimal(5), by=actor(dana), at=NOW)

        assert entry(made.id).by_id == dana.id
        with pytest.raises(NotAllowed):
            checkins.record(key_result=okrs.waiting.id, value=Decimal(5), by=actor(emil), at=NOW)

    def test_restricted_work_is_not_there_for_others(self, cast: Cast, okrs: Okrs):
        """An admin who is not in the audience is nobody either; here Cleo."""
        with pytest.raises(NotFound):
            checkins.record(key_result=okrs.shares.id, value=Decimal(6), by=cast.cleo, at=NOW)


class TestOnce:
    def test_the_same_submission_is_answered_with_the_same_entry(self, cast: Cast, okrs: Okrs):
        """Sent again, even with another value, it is the first one that stands."""
        first, again = (
            checkins.record(key_result=okrs.waiting.id, value=value, submission="s1", by=cast.cleo, at=NOW)
            for value in (Decimal(6), Decimal(5))
        )

        assert (again.id, again.again) == (first.id, True)
        assert entry(first.id).value == 6
        assert Submission.objects.of(cast.acme.id).filter(key="s1").count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_even_at_the_same_moment(self, cast: Cast, okrs: Okrs):
        """Sent by several hands at once, one is written and all hear of it."""
        heard, together = [], threading.Barrier(4)

        def send() -> None:
            try:
                together.wait()
                made = checkins.record(
                    key_result=okrs.waiting.id, value=Decimal(6), submission="s1", by=cast.cleo, at=NOW
                )
                heard.append(made.id)
            finally:
                connection.close()

        threads = [threading.Thread(target=copy_context().run, args=(send,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(heard) == 4 and len(set(heard)) == 1
        assert Checkin.objects.of(cast.acme.id).filter(key_result=okrs.waiting).count() == 2


class TestCorrect:
    def test_both_stay_and_the_new_one_counts(self, cast: Cast, okrs: Okrs):
        """The correction names what it corrects, and is for the same day unless it says otherwise."""
        old = image.of(cast.acme.id).entries.current(okrs.waiting.id).id

        made = checkins.correct(checkin=old, value=Decimal(5), by=cast.cleo, at=LATER)

        row = entry(made.id)
        assert (row.corrects_id, row.effective_at) == (old, entry(old).effective_at)
        entries = image.of(cast.acme.id).entries
        assert [one.value for one in entries.series(okrs.waiting.id)] == [5]

    def test_withdrawn_is_as_if_never_said(self, cast: Cast, okrs: Okrs):
        """The one before stands again; without one there is no data."""
        made = checkins.record(key_result=okrs.waiting.id, value=Decimal(4), by=cast.cleo, at=LATER)

        checkins.withdraw(checkin=made.id, note="Wrong sheet.", by=cast.cleo, at=LATER)

        assert image.of(cast.acme.id).entries.current(okrs.waiting.id).value == 6.5
        assert Event.objects.of(cast.acme.id).order_by("id").last().kind == "checkin.withdrawn"

    def test_only_what_stands_can_be_corrected(self, cast: Cast, okrs: Okrs):
        """What was corrected, and what only takes another back, is not corrected again."""
        old = image.of(cast.acme.id).entries.current(okrs.waiting.id).id
        taken_back = checkins.withdraw(checkin=old, by=cast.cleo, at=LATER)

        for id in (old, taken_back.id):
            with pytest.raises(Conflict):
                checkins.correct(checkin=id, value=Decimal(5), by=cast.cleo, at=LATER)

    @pytest.mark.parametrize(("who", "wrong"), [("gus", NotAllowed), ("zed", NotFound)])
    def test_is_for_those_who_may_check_in(self, cast: Cast, okrs: Okrs, who: str, wrong):
        """The same rights as for recording."""
        old = image.of(cast.acme.id).entries.current(okrs.waiting.id).id

        with pytest.raises(wrong):
            checkins.correct(checkin=old, value=Decimal(5), by=getattr(cast, who), at=LATER)
