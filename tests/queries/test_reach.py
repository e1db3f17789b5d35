"""Reads of check-ins reach for those they are about: none walks through everybody's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.actions import checkins as doing
from milepost.actions import undos
from milepost.ledger.structure import KeyResultRow
from milepost.models import Event
from milepost.queries import people
from milepost.queries.cards import Reader
from milepost.queries.records import checkins, personal_data
from milepost.queries.records.checkins import Asked
from milepost.queries.records.slices import Wanted
from tests.cast import LATER, NOW, TODAY

# On SQLite, which chooses by what the indexes are and not by how much is in them.
pytestmark = pytest.mark.django_db
# What finds check-ins of one key result, of one person, or by their ids.
NEAR = (" key_result_id=?", " by_id=?", " id=?", "(rowid=?")
LAST = Wanted(50, None)


def ways(read: Callable[[], object]) -> list[str]:
    """List how SQLite comes to the check-ins that a read asks for."""
    with CaptureQueriesContext(connection) as captured:
        read()
    asked = [each["sql"] for each in captured if '"checkin"' in each["sql"]]
    return [way for sql in asked for way in _ways(sql)]


def _ways(sql: str) -> Iterator[str]:
    alias = "U0" if 'FROM "checkin" U0' in sql else "checkin"
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
        said = [row[3] for row in cursor.fetchall()]
    yield from (way for way in said if way.split()[:2] in (["SEARCH", alias], ["SCAN", alias]))


@pytest.fixture
def reader(cast, okrs) -> Reader:
    """Ada, in a workspace where something was said, and corrected."""
    first = doing.record(key_result=okrs.waiting.id, value=Decimal(30), by=cast.cleo, at=NOW)
    doing.correct(checkin=first.id, value=Decimal(29), by=cast.cleo, at=LATER)
    return Reader(cast.ada, TODAY)


@pytest.fixture
def waiting(reader, okrs) -> KeyResultRow:
    return reader.image.key_results[okrs.waiting.id]


class TestReach:
    @pytest.mark.parametrize("begin", [lambda latest: None, lambda latest: latest + 1])
    def test_of_a_key_result_goes_by_the_key_result(self, reader, waiting, begin):
        """Its list, the next page of it, and that of its objective."""
        latest = reader.image.entries.current(waiting.id).id
        wanted = Wanted(50, begin(latest))

        for asked in (Asked(key_result=waiting.id), Asked(objective=waiting.objective_id)):
            found = checkins.slice_of(reader, wanted, asked)
            gone = ways(lambda asked=asked: checkins.slice_of(reader, wanted, asked))

            assert [one.state for one in found.items][:2] == ["standing", "corrected"]
            assert len(gone) == 2
            assert all("key_result_id=?" in way for way in gone), gone

    def test_of_a_person_goes_by_the_person(self, reader, cast):
        """What they said, and all that is held of them."""
        cleo = cast.cleo.person_id

        said = ways(lambda: checkins.slice_of(reader, LAST, Asked(by=cleo)))
        held = ways(lambda: personal_data.one(reader, cleo, at=LATER))

        assert "by_id=?" in said[0]
        for gone in (said, held):
            assert gone
            assert all(any(name in way for name in NEAR) for way in gone), gone

    def test_of_one_goes_by_its_id(self, reader, waiting):
        """One check-in, and whether it was corrected."""
        latest = reader.image.entries.current(waiting.id).id

        gone = ways(lambda: checkins.one(reader, latest))

        assert len(gone) == 2
        assert all(any(name in way for name in NEAR) for way in gone), gone

    def test_of_what_was_said_before_goes_by_the_key_result(self, reader, waiting, cast):
        """Whoever corrects, withdraws or undoes looks whether somebody did before, among its own entries."""
        said = doing.record(key_result=waiting.id, value=Decimal(3), by=cast.cleo, at=LATER)
        told = Event.objects.of(cast.acme.id).get(kind="checkin.recorded", subject_id=said.id).id

        gone = ways(lambda: undos.undo(event=told, by=cast.cleo, at=LATER))
        latest = reader.image.entries.current(waiting.id).id
        gone += ways(lambda: doing.correct(checkin=latest, value=Decimal(2), by=cast.cleo, at=LATER))

        assert len(gone) >= 4
        assert all(any(name in way for name in NEAR) for way in gone), gone

    def test_of_the_directory_goes_by_each_person(self, reader, cast):
        """When each on a page of people, and on a person's own, checked in last."""
        zone = reader.image.workspace.time_zone

        directory = people.directory(cast.ada, zone=zone, at=LATER + timedelta(days=1))
        page = ways(lambda: people.directory(cast.ada, zone=zone, at=LATER))
        profile = ways(lambda: people.profile(reader, cast.cleo.person_id, zone=zone, at=LATER))

        last = {entry.id: entry.last_checkin for entry in directory.entries}
        assert last[cast.cleo.person_id] == TODAY
        assert last[cast.ben.person_id] is None
        for gone in (page, profile):
            assert len(gone) == 1
            assert "by_id=? AND rowid>?" in gone[0], gone
