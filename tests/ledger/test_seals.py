"""Seals: whatever was recorded stays provably as it was, and nobody who records waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from threading import Event as Flag

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from milepost.actions import alignments, checkins, comments, erasures, people, teams, undos
from milepost.core.access import operator
from milepost.ledger import chain, leaves, redactions, seals
from milepost.ledger.leaves import FORM, FORMS, LEFT_OUT
from milepost.models import Alignment, Checkin, Comment, Event, Redaction, Seal, Team, TeamMember
from milepost.models.ids import COUNTER_BITS, new_id
from tests.actions.deeds import DEEDS, Deeds, latest
from tests.cast import LATER, NOW, Cast
from tests.okrs import Okrs
from tests.running import PATIENCE
from tests.threads import at_once
from tests.years import Year

pytestmark = pytest.mark.both_databases

WRITERS, ENTRIES = 4, 25


def sealed(cast: Cast, at: datetime = LATER) -> int:
    return seals.seal(cast.acme.id, at=at)


def faults(cast: Cast) -> list[str]:
    return [str(one) for one in chain.faults(cast.acme.id)]


def named(cast: Cast, table: str) -> list[int]:
    """List the rows of a table that seals name, as often as they do."""
    return [
        place.id
        for one in Seal.objects.of(cast.acme.id).order_by("number")
        for place in leaves.places(one)
        if place.table == table
    ]


def ids(cast: Cast, model) -> list[int]:
    return sorted(model.objects.of(cast.acme.id).values_list("id", flat=True))


def checked_in(cast: Cast, okrs: Okrs, value: int = 44) -> int:
    return checkins.record(key_result=okrs.growth.id, value=Decimal(value), by=cast.ada, at=LATER).id


class TestSeal:
    def test_covers_every_column_of_the_history(self):
        """A column that comes is sealed, or left out on purpose."""
        models = {model._meta.db_table: model for model in apps.get_app_config("milepost").get_models()}

        for table, columns in FORMS[FORM].items():
            there = {field.column for field in models[table]._meta.local_concrete_fields}
            assert {*columns} | LEFT_OUT.get(table, set()) == there, table

    def test_names_every_row_once(self, cast: Cast, okrs: Okrs):
        """What was recorded is sealed, and what is recorded later is sealed later."""
        first = sealed(cast)
        entry = checked_in(cast, okrs)
        second = sealed(cast)

        assert first > 20 and second == 2  # the check-in and its event
        assert sorted(named(cast, "checkin")) == ids(cast, Checkin) and entry in named(cast, "checkin")
        assert sorted(named(cast, "event")) == ids(cast, Event)
        assert faults(cast) == []

    def test_does_nothing_where_nothing_was_recorded(self, cast: Cast, okrs: Okrs):
        """A quiet workspace gets one seal a day, which says that nothing was."""
        sealed(cast)

        assert sealed(cast) == 0 and Seal.objects.of(cast.acme.id).count() == 1

        sealed(cast, LATER + timedelta(days=1))
        assert Seal.objects.of(cast.acme.id).count() == 2 and faults(cast) == []

    def test_goes_on_where_it_was_interrupted(self, cast: Cast, okrs: Okrs, monkeypatch):
        """Many rows are sealed batch by batch; whoever stops in between leaves the rest for the next time."""
        monkeypatch.setattr(seals, "BATCH", 7)

        seals.seal(cast.acme.id, at=LATER, pause=lambda: True)
        part = Seal.objects.of(cast.acme.id).get()
        sealed(cast)

        assert not part.is_complete and sum(part.counts.values()) == 7
        assert sorted(named(cast, "event")) == ids(cast, Event) and faults(cast) == []

    def test_keeps_to_its_workspace(self, cast: Cast, okrs: Okrs):
        """Each workspace has a chain of its own."""
        sealed(cast)

        assert seals.seal(cast.zenith.id, at=LATER) > 0
        zenith = Seal.objects.of(cast.zenith.id).get()
        assert zenith.number == 1 and zenith.previous == ""
        assert {place.id for place in leaves.places(zenith)}.isdisjoint(named(cast, "event"))

    def test_holds_what_changes_as_it_is_now(self, cast: Cast, okrs: Okrs):
        """A link that ends and a team that is renamed are sealed anew; earlier seals stay."""
        sealed(cast)
        link = Alignment.objects.of(cast.acme.id).filter(until_at=None).first()
        alignments.end(alignment=link.id, by=cast.ada, at=LATER)
        teams.update(team=cast.product.id, changed={"name": "Bread"}, by=cast.ada, at=LATER)
        between = faults(cast)
        sealed(cast)

        assert between == [] == faults(cast)
        assert named(cast, "alignment").count(link.id) == named(cast, "team").count(cast.product.id) == 2

    def test_goes_on_from_a_form_that_held_less(self, cast: Cast, okrs: Okrs, monkeypatch):
        """What an earlier version sealed stays true; what it left out is sealed from the beginning."""
        monkeypatch.setattr(seals, "FORM", 1)
        monkeypatch.setattr(redactions, "FORM", 1)
        sealed(cast)
        old = Seal.objects.of(cast.acme.id).get()
        teams.remove_member(team=cast.product.id, person=cast.ben.person_id, by=cast.ada, at=LATER)
        monkeypatch.undo()
        before = faults(cast)
        sealed(cast)
        after = faults(cast)

        seat = TeamMember.objects.of(cast.acme.id).first()
        TeamMember.objects.of(cast.acme.id).filter(id=seat.id).update(is_lead=not seat.is_lead)

        assert old.form == 1 and "team_member" not in old.counts and before == after == []
        assert named(cast, "team_member") == ids(cast, TeamMember)
        assert sorted(named(cast, "alignment")) == sorted(2 * ids(cast, Alignment))  # now with its end
        assert [one.split(" of ")[0] for one in faults(cast)] == [f"team_member {seat.id}"]

    def test_tells_no_number_of_what_it_does_not_know(self, cast: Cast):
        """Without a seal there is nothing to prove, and nothing at fault."""
        assert faults(cast) == [] and chain.extent(cast.acme.id).at is None


class TestWhatMilepostTakesOut:
    @pytest.mark.parametrize("deed", DEEDS)
    def test_an_undo_keeps_the_chain_true(self, cast: Cast, okrs: Okrs, deed: str):
        """Whatever is done and undone, sealed in between: no row fits its seal the less for it."""
        deeds = Deeds(cast, okrs)
        getattr(deeds, deed)()
        sealed(cast)

        undos.undo(event=latest(cast), by=cast.ada, at=LATER)

        assert faults(cast) == []
        sealed(cast)
        assert faults(cast) == []

    def test_a_comment_taken_away_leaves_no_trace_of_what_it_said(self, cast: Cast, okrs: Okrs):
        """Its salt is gone, so that nobody can try what it may have been; the seal stays true."""
        said = comments.add(objective=okrs.helpful.id, text="We need a bench", by=cast.cleo, at=LATER).id
        sealed(cast)

        comments.withdraw(comment=said, by=cast.cleo, at=LATER)
        sealed(cast)

        [row] = Redaction.objects.of(cast.acme.id)
        first = Seal.objects.of(cast.acme.id).get(number=1)
        [place] = [one for one in leaves.places(first) if one.id == said]
        assert (row.table, row.row_id, row.seal, row.why) == ("comment", said, 1, "comment.withdrawn")
        assert not Comment.objects.of(cast.acme.id).exists() and bytes(first.seed) == b""
        assert leaves.salts(first, sum(first.counts.values()))[place.position] == leaves.NO_SALT
        assert faults(cast) == []

    def test_what_nobody_sealed_goes_without_a_word(self, cast: Cast, okrs: Okrs):
        """A comment taken away at once was never in the chain."""
        said = comments.add(objective=okrs.helpful.id, text="We need a bench", by=cast.cleo, at=LATER).id
        comments.withdraw(comment=said, by=cast.cleo, at=LATER)

        sealed(cast)

        assert not Redaction.objects.of(cast.acme.id).exists() and faults(cast) == []

    def test_forgetting_somebody_keeps_the_chain_true(self, cast: Cast, okrs: Okrs):
        """Rows that are gone are said to be, rows that were rewritten are sealed once more."""
        people.update(person=cast.cleo.person_id, name="Cleo Wong-Okri", by=cast.ada, at=LATER)
        people.leave(person=cast.cleo.person_id, by=cast.ada, at=LATER)
        sealed(cast)

        erasures.erase(person=cast.cleo.person_id, by=operator(cast.acme.id), at=LATER)
        between = faults(cast)
        sealed(cast)

        told = {row.is_gone for row in Redaction.objects.of(cast.acme.id)}
        assert between == [] and told == {True, False} and faults(cast) == []
        again = named(cast, "event")
        assert len(again) > len({*again})

    def test_what_was_rewritten_is_watched_again(self, cast: Cast, okrs: Okrs):
        """Having been rewritten once by Milepost excuses no later change."""
        people.leave(person=cast.cleo.person_id, by=cast.ada, at=LATER)
        sealed(cast)
        erasures.erase(person=cast.cleo.person_id, by=operator(cast.acme.id), at=LATER)
        sealed(cast)
        row = Redaction.objects.of(cast.acme.id).filter(is_gone=False, table="event").first()

        Event.objects.of(cast.acme.id).filter(id=row.row_id).update(data={})

        [told] = faults(cast)
        assert told.startswith(f"event {row.row_id}") and "was altered (seal 2" in told

    def test_what_was_deleted_does_not_come_back(self, cast: Cast, okrs: Okrs):
        """A row that Milepost took out and that is there again is at fault."""
        said = comments.add(objective=okrs.helpful.id, text="We need a bench", by=cast.cleo, at=LATER)
        sealed(cast)
        comments.withdraw(comment=said.id, by=cast.cleo, at=LATER)

        said.save(force_insert=True)

        assert any("is there again" in one for one in faults(cast))


class TestYear:
    def test_of_everything_there_is_to_do_keeps_the_chain_true(self, cast: Cast):
        """Files, undo, many at once, handovers, teams and people: whatever changes a sealed row says so."""
        days = 80
        year = Year(cast, 5, timezone.now().replace(hour=8) - (days + 1) * timedelta(days=1))
        found: list[str] = []

        def evening(day) -> None:
            found.extend(f"{day}: {fault}" for fault in faults(cast))
            sealed(cast, timezone.now())

        year.live(days, evening, busy=9)

        assert found == [] == faults(cast) and len(year.done) > 30


class TestFaults:
    @pytest.mark.parametrize(
        ("table", "change"),
        [
            ("alignment", {"until_at": NOW}),
            ("team_member", {"is_lead": True}),
            ("team", {"name": "Bakers"}),
            ("cycle", {"closed_on": NOW.date()}),
            ("person", {"role": "owner"}),
            ("workspace", {"time_zone": "Asia/Tokyo"}),
            ("objective", {"key": "another"}),
        ],
    )
    def test_names_a_row_of_today_that_nobody_changed(self, cast, okrs, table: str, change: dict):
        """Who was lead, when a link ended, what a team was called: what others changed is told."""
        sealed(cast)
        model = next(
            one for one in apps.get_app_config("milepost").get_models() if one._meta.db_table == table
        )
        here = {"id": cast.acme.id} if table == "workspace" else {"workspace_id": cast.acme.id}
        row = model._base_manager.filter(**here).exclude(**change).latest("id")

        model._base_manager.filter(pk=row.pk).update(**change)
        checked_in(cast, okrs)
        sealed(cast)

        [told] = faults(cast)
        assert told.startswith(f"{table} {row.pk} of ") and "was altered (seal 1 of " in told

    def test_names_a_row_of_today_that_is_gone(self, cast: Cast, okrs: Okrs):
        """Whoever takes a lead out of the past is found out."""
        sealed(cast)
        seat = TeamMember.objects.of(cast.acme.id).first()
        TeamMember.objects.of(cast.acme.id).filter(id=seat.id).delete()

        [told] = faults(cast)
        assert told.startswith(f"team_member {seat.id} of ") and "is gone" in told

    def test_forgives_no_second_change(self, cast: Cast, okrs: Okrs):
        """A row that Milepost changed once is sealed as it became, and watched on."""
        sealed(cast)
        teams.update(team=cast.product.id, changed={"name": "Bread"}, by=cast.ada, at=LATER)
        sealed(cast)

        Team.objects.of(cast.acme.id).filter(id=cast.product.id).update(name="Cakes")

        [told] = faults(cast)
        assert told.startswith(f"team {cast.product.id}") and "was altered (seal 2 of " in told

    def test_names_the_row_and_when_it_was_made(self, cast: Cast, okrs: Okrs):
        """“We always said 0.7”: the check-in is named, with its seal."""
        entry = checked_in(cast, okrs)
        sealed(cast)

        Checkin.objects.of(cast.acme.id).filter(id=entry).update(value=Decimal("0.7"))

        made = f"{leaves.moment(entry):%Y-%m-%d %H:%M:%S} UTC"
        assert faults(cast) == [
            f"checkin {entry} of {made}: was altered (seal 1 of {LATER:%Y-%m-%d %H:%M} UTC)"
        ]

    def test_names_the_first_at_fault_first(self, cast: Cast, okrs: Okrs):
        """Of two rows the one that was sealed earlier comes first."""
        early = checked_in(cast, okrs)
        sealed(cast)
        late = checked_in(cast, okrs)
        sealed(cast)

        Checkin.objects.of(cast.acme.id).filter(id__in=[early, late]).update(note="Always so.")

        assert [one.id for one in chain.faults(cast.acme.id)] == [early, late]

    def test_finds_a_chain_made_anew_in_part(self, cast: Cast, okrs: Okrs):
        """A seal written over, hash and all, no longer fits the one behind it."""
        entry = checked_in(cast, okrs)
        sealed(cast)
        checked_in(cast, okrs)
        sealed(cast)

        Checkin.objects.of(cast.acme.id).filter(id=entry).update(value=Decimal("0.7"))
        forged = Seal.objects.of(cast.acme.id).get(number=1)
        forged.rows = bytes(len(bytes(forged.rows)))
        forged.digest = leaves.digest(forged)
        forged.save()

        assert any("seal 2: does not follow" in one for one in faults(cast))

    def test_finds_an_end_that_was_cut_off(self, cast: Cast, okrs: Okrs):
        """The last seals cannot be taken away unnoticed."""
        sealed(cast)
        checked_in(cast, okrs)
        sealed(cast)

        Seal.objects.of(cast.acme.id).filter(number=2).delete()

        assert faults(cast) == ["the chain of seals: ends at seal 1, and had 2"]

    def test_finds_a_row_put_in_afterwards(self, cast: Cast, okrs: Okrs):
        """A check-in whose id is of a time that was sealed without it did not exist then."""
        sealed(cast)
        before = new_id() - (int((seals.LATE + timedelta(minutes=1)).total_seconds() * 1000) << COUNTER_BITS)
        Checkin.objects.create(
            id=before, workspace_id=cast.acme.id, key_result_id=okrs.growth.id, value=Decimal(50),
            effective_at=NOW, recorded_at=NOW,
        )  # fmt: skip

        sealed(cast)

        [told] = faults(cast)
        assert told.startswith(f"checkin {before}") and "no seal names it" in told


@pytest.mark.django_db(transaction=True)
class TestSealingAtWork:
    def test_misses_no_late_commit(self, cast: Cast, okrs: Okrs):
        """A row that was made before a seal and is committed after it is in the next one."""
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has one writer: nothing is made before a seal and committed after it")
        sealed(cast)
        is_made, is_sealed = Flag(), Flag()

        def late() -> None:
            with transaction.atomic():
                comments.add(objective=okrs.helpful.id, text="Late", by=cast.cleo, at=LATER)
                is_made.set()
                assert is_sealed.wait(PATIENCE)

        def seal() -> None:
            assert is_made.wait(PATIENCE)
            checked_in(cast, okrs)
            sealed(cast)
            is_sealed.set()

        at_once(2, lambda number: [late, seal][number]())
        comment = Comment.objects.of(cast.acme.id).get()
        missed = comment.id not in named(cast, "comment")
        sealed(cast)

        assert missed and comment.id < max(named(cast, "checkin"))
        assert comment.id in named(cast, "comment") and faults(cast) == []

    def test_skips_nobody_who_writes_meanwhile(self, cast: Cast, okrs: Okrs):
        """People check in while two processes seal: each row is sealed, and none twice."""
        done = Flag()
        finished: list[int] = []

        def work(number: int) -> None:
            if number < WRITERS:
                try:
                    for value in range(ENTRIES):
                        checked_in(cast, okrs, value)
                finally:
                    finished.append(number)
                    if len(finished) == WRITERS:
                        done.set()
                return
            while not done.is_set():
                sealed(cast)

        at_once(WRITERS + 2, work)
        sealed(cast)

        assert Checkin.objects.of(cast.acme.id).count() == WRITERS * ENTRIES + 2
        assert sorted(named(cast, "checkin")) == ids(cast, Checkin)
        assert sorted(named(cast, "event")) == ids(cast, Event)
        assert faults(cast) == []

    def test_a_comment_taken_away_meanwhile_is_no_fault(self, cast: Cast, okrs: Okrs):
        """Whoever withdraws while others seal waits for their turn, so the chain knows of it."""
        rounds = range(12)

        def work(number: int) -> None:
            for _ in rounds:
                if number:
                    sealed(cast)
                else:
                    said = comments.add(objective=okrs.helpful.id, text="No", by=cast.cleo, at=LATER)
                    comments.withdraw(comment=said.id, by=cast.cleo, at=LATER)

        at_once(2, work)
        sealed(cast)

        assert faults(cast) == []
