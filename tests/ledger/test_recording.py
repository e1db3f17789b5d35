"""What a check-in writes: all of it or nothing, where one statement does it too."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from milepost.actions import checkins
from milepost.core.problems import Invalid
from milepost.ledger import recording, sight
from milepost.ledger.recording import Entry
from milepost.models import Change, Checkin, Event, Objective, Submission
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
    found.is_lent = request.param
    yield found
    found.is_lent = False


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
