"""What several statements read is of one moment, and whoever writes meanwhile does not wait for it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from milepost.actions import checkins, objectives
from milepost.core.access import Visibility
from milepost.ledger import image, moments, stillness
from milepost.models import Checkin
from milepost.queries import plans
from milepost.queries.cards import Reader
from tests.threads import at_once

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
NOW = timezone.now()


class TestOne:
    def test_holds_while_others_write(self, cast, okrs):
        """What is committed meanwhile is seen afterwards; nobody waits for anybody."""
        before = Checkin.objects.everywhere().count()

        with moments.one():
            at_once(
                1,
                lambda _: checkins.record(key_result=okrs.growth.id, value=Decimal(44), by=cast.ada, at=NOW),
            )
            within = Checkin.objects.everywhere().count()

        assert (within, Checkin.objects.everywhere().count()) == (before, before + 1)

    def test_leaves_a_connection_that_writes(self, cast, okrs):
        """Afterwards the same connection writes as ever."""
        with moments.one():
            pass

        checkins.record(
            key_result=okrs.growth.id, value=Decimal(44), by=cast.ada, at=NOW + timedelta(minutes=1)
        )

        assert image.of(cast.acme.id).lacks_news() is False


class TestKnown:
    def test_is_to_an_image_what_was_restricted_meanwhile(self, cast, okrs):
        """Who saw something when they asked is told nothing that was written when it was restricted."""
        reader = Reader(cast.cleo, NOW.date())
        assert reader.sees(okrs.company.id)

        def restrict(_: int) -> None:
            objectives.update(
                objective=okrs.company.id,
                changed={
                    "title": "A merger",
                    "visibility": Visibility.PEOPLE,
                    "visible_to": [cast.ben.person_id],
                },
                by=cast.ada,
                at=NOW,
            )

        with stillness.as_of(reader.image.token.still):  # as a request reads
            at_once(1, restrict)
            told = plans.as_seen(reader)

        assert "A merger" not in {one.title for one in told.objectives}

    def test_is_what_is_written_all_the_time(self, cast, okrs):
        """However much is written, a moment is found, and the image has heard of all that is in it."""
        reader = Reader(cast.ada, NOW.date())
        lacked: list[bool] = []

        def act(number: int) -> None:
            for minute in range(30):
                if number:
                    at = NOW + timedelta(minutes=minute)
                    checkins.record(key_result=okrs.growth.id, value=Decimal(minute), by=cast.ada, at=at)
                    continue
                with moments.known_to(reader.image):
                    lacked.append(reader.image.lacks_news())

        at_once(2, act)

        assert lacked == [False] * 30
