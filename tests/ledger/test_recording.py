"""What a check-in writes: all of it or nothing, where one statement does it too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from milepost.actions import checkins
from milepost.core.problems import Invalid
from milepost.ledger import changes, image, recording, sight, stillness
from milepost.ledger.recording import Entry
from milepost.ledger.verify import differences
from milepost.models import Change, Checkin, Event, KeyResult, Objective, Submission
from tests.cast import NOW, Cast
from tests.okrs import Okrs

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def by_itself() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite the statements stand in a transaction.")


@pytest.fixture(params=[False, True], ids=["kept", "lent by a pooler"])
def teller(request, by_itself) -> sight.Teller:
    """What tells the connection which workspace it may show."""
    connection.ensure_connection()
    found = next(each for each in connection.execute_wrappers if isinstance(each, sight.Teller))
    raw = connection.connection
    kept = raw.prepare_threshold
    if request.param:
        found.is_lent, raw.prepare_threshold = True, None
    yield found
    found.is_lent, raw.prepare_threshold = False, kept


def counted(cast: Cast) -> list[int]:
    rows = (Checkin, Event, Submission)
    return [Change.objects.count(), *(model.objects.of(cast.acme.id).count() for model in rows)]


class TestWrite:
    def test_begins_no_transaction(self, cast: Cast, okrs: Okrs, by_itself):
        """One statement looks, one writes: a transaction around them would be two ways more to the server."""
        with CaptureQueriesContext(connection) as asked:
            checkins.record(
                key_result=okrs.waiting.id, value=Decimal(6), submission="s1", by=cast.cleo, at=NOW
            )

        said = [each["sql"].split()[0] for each in asked if "set_config" not in each["sql"]]
        assert said == ["SELECT", "WITH"]

    def test_leaves_nothing_of_what_fails(self, cast: Cast, okrs: Okrs, teller):
        """A submission that is there already takes the check-in, its change and its event with it."""
        by, entry = cast.cleo, Entry(Decimal(6), None, 5, "", NOW)
        with sight.within(cast.acme.id):
            facts = recording.facts(by.workspace_id, okrs.waiting.id, person_id=by.person_id, submission="s1")
            given = {"corrects": None, "is_withdrawn": False, "request": None, "by": by, "at": NOW}
            written = {"submission": "s1", "event": "checkin.recorded", "data": {}, **given}
            recording.write(facts, entry, **written)
            before = counted(cast)

            with pytest.raises(IntegrityError):
                recording.write(facts, replace(entry, value=Decimal(5)), **written)

            assert counted(cast) == before

    def test_starts_no_objective_that_takes_nothing(self, cast: Cast, okrs: Okrs):
        """An objective begins with its first check-in, or neither is there."""
        agreed = Objective.objects.of(cast.acme.id).filter(id=okrs.helpful.id)
        agreed.update(state="committed")
        before = counted(cast)

        with pytest.raises(Invalid):
            checkins.record(key_result=okrs.waiting.id, value=Decimal(6), confidence=11, by=cast.cleo, at=NOW)

        assert (agreed.get().state, counted(cast)) == ("committed", before)
        checkins.record(key_result=okrs.waiting.id, value=Decimal(6), by=cast.cleo, at=NOW)
        assert agreed.get().state == "active"


@contextmanager
def writing(workspace_id: int) -> Iterator[None]:
    """Log a change on another connection; it is committed at the end, not before."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            insert = "INSERT INTO change (workspace_id, kind, subject_id, entry_id) VALUES (%s, %s, %s, 0)"
            cursor.execute(insert, [workspace_id, int(changes.Kind.OBJECTIVE), 1])
            yield
        other.commit()
    finally:
        other.close()


class TestTakenIn:
    def record(self, cast: Cast, okrs: Okrs, value: str, mark: str) -> checkins.Recorded:
        return checkins.record(
            key_result=okrs.waiting.id, value=Decimal(value), note="Well", confidence=7, submission=mark,
            by=cast.cleo, at=NOW,
        )  # fmt: skip

    def quietly(self, cast: Cast, okrs: Okrs) -> checkins.Recorded:
        """Record until nobody else wrote meanwhile: others may be at work on the same server."""
        for number in range(100):
            made = self.record(cast, okrs, "6.50", f"q{number}")
            if made.still is not None:
                return made
            image.of(cast.acme.id)
        pytest.skip("Somebody else writes on this server all the time, so the log is read as ever.")

    def test_is_known_without_being_asked_for(self, cast: Cast, okrs: Okrs):
        """The process that recorded a check-in shows what it says, as the tables do, without asking."""
        image.of(cast.acme.id)
        made = self.quietly(cast, okrs)

        with stillness.as_of(made.still), CaptureQueriesContext(connection) as asked:
            now = image.of(cast.acme.id)
            found = now.entries.current(okrs.waiting.id)

        assert (found.id, found.value, found.confidence, len(asked)) == (made.id, 6.5, 7, 0)
        assert list(differences(cast.acme.id, date(2026, 11, 20))) == []
        assert str(now.token) == str(changes.now(cast.acme.id))

    @pytest.mark.parametrize("value", ["0.000001", "-12.50", "123456789.123456789012", "7"])
    def test_is_taken_in_as_it_will_be_read(self, cast: Cast, okrs: Okrs, value: str):
        """What the image takes in is what the log would have told it, to the last digit and moment."""
        token, taken = changes.now(cast.acme.id), []
        watched = image.of(cast.acme.id).entries.watchers
        watched.append(taken.extend)
        self.record(cast, okrs, value, "s1")
        image.of(cast.acme.id)
        watched.remove(taken.extend)

        (told,) = changes.changes_since(cast.acme.id, token)[0]
        assert len(taken) == 1
        assert tuple(map(as_read, taken[0])) == tuple(map(as_read, told.entry))

    def test_takes_milestones_in_as_they_will_be_read(self, cast: Cast, okrs: Okrs):
        """Their shares too are what the log would have told, on either database."""
        made = KeyResult.objects.of(cast.acme.id).filter(id=okrs.waiting.id)
        made.update(kind="milestones", milestones=[{"title": each, "weight": "1"} for each in "ab"])
        token, taken = changes.now(cast.acme.id), []
        image.of(cast.acme.id).entries.watchers.append(taken.extend)
        shares = [Decimal("0.5"), Decimal(1)]
        checkins.record(key_result=okrs.waiting.id, value=None, parts=shares, by=cast.cleo, at=NOW)
        image.of(cast.acme.id)

        (told,) = changes.changes_since(cast.acme.id, token)[0]
        assert [row[6] for row in taken] == [told.entry[6]]
        assert taken[0][6] is not None

    def test_leaves_nothing_out_that_others_logged_before(self, cast: Cast, okrs: Okrs):
        """Where something else was logged since one last looked, both are looked for."""
        image.of(cast.acme.id)
        Objective.objects.of(cast.acme.id).filter(id=okrs.helpful.id).update(title="Renamed elsewhere")
        changes.append(cast.acme.id, changes.Kind.OBJECTIVE, okrs.helpful.id)

        made = self.record(cast, okrs, "6", "s1")

        assert made.still is None
        now = image.of(cast.acme.id)
        assert now.objectives[okrs.helpful.id].title == "Renamed elsewhere"
        assert now.entries.current(okrs.waiting.id).id == made.id

    def test_waits_for_who_is_still_writing(self, cast: Cast, okrs: Okrs):
        """On PostgreSQL what began before and is committed after is not passed over."""
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has one writer.")
        living = image.of(cast.acme.id)
        with writing(cast.acme.id):
            made = self.record(cast, okrs, "6", "s1")
            living = image.of(cast.acme.id)
            assert living.entries.current(okrs.waiting.id).id == made.id

        found, _ = changes.changes_since(cast.acme.id, living.token)
        assert (made.still, [change.subject_id for change in found]) == (None, [1])

    def test_is_not_shown_before_it_is_committed(self, cast: Cast, okrs: Okrs):
        """What is taken back with the transaction around it was never in the image."""
        before = image.of(cast.acme.id).entries.current(okrs.waiting.id)

        with suppress(Invalid), transaction.atomic():
            made = self.record(cast, okrs, "6", "s1")
            raise Invalid("Given up.")

        assert made.still is None
        assert image.of(cast.acme.id).entries.current(okrs.waiting.id) == before


def as_read(value: object) -> object:
    return int(value) if isinstance(value, bool) else value
