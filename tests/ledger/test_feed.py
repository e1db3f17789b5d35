"""The feed is told of rows that were written many at once as it is told of each that is entered by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from milepost.core.plan.ledgers import moment_text
from milepost.ledger import feed
from milepost.models import Checkin, Comment, Event
from milepost.models.ids import new_id
from tests.cast import NOW, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases


def check_in(cast: Cast, okrs: Okrs, days: int, **more) -> Checkin:
    """Write a check-in on Ada's key result, so many days ago."""
    at = NOW - timedelta(days=days)
    return Checkin.objects.create(
        id=new_id(), workspace_id=cast.acme.id, key_result_id=okrs.growth.id, effective_at=at, recorded_at=at,
        by_id=cast.ada.person_id, **more,
    )  # fmt: skip


def made(*rows: Checkin | Comment) -> feed.Made:
    """Name rows, and when each was made."""
    named = feed.Made()
    at = (row.at if isinstance(row, Comment) else row.recorded_at for row in rows)
    named.add([*map(moment_text, at)], [row.id for row in rows])
    return named


def told(cast: Cast, before: set[int]) -> list[Event]:
    return [event for event in Event.objects.of(cast.acme.id).order_by("id") if event.id not in before]


class TestTell:
    def test_tells_what_happened_in_the_order_in_which_it_did(self, cast: Cast, okrs: Okrs):
        """Whatever the order of the rows, the ids of the events rise with the moments told."""
        late, early = (check_in(cast, okrs, days, value=Decimal(days)) for days in (1, 9))
        comment = Comment.objects.create(
            id=new_id(), workspace_id=cast.acme.id, objective_id=okrs.growth.objective_id, key_result_id=None,
            by_id=cast.ben.person_id, at=NOW - timedelta(days=5), text="Go on",
        )  # fmt: skip
        before = {event.id for event in Event.objects.of(cast.acme.id)}

        with transaction.atomic():
            feed.tell(made(late, early), made(comment), [])

        events = told(cast, before)
        assert [event.subject_id for event in events] == [early.id, comment.id, late.id]
        assert [event.at for event in events] == [early.recorded_at, comment.at, late.recorded_at]
        assert [event.actor_id for event in events] == [
            cast.ada.person_id, cast.ben.person_id, cast.ada.person_id
        ]  # fmt: skip
        assert {event.door for event in events} == {"file"}
        assert {event.objective_id for event in events} == {okrs.growth.objective_id}
        assert [event.key_result_id for event in events] == [okrs.growth.id, None, okrs.growth.id]

    def test_says_what_an_entry_says_and_no_more(self, cast: Cast, okrs: Okrs):
        """Numbers digit by digit, notes in any words but not endless, and nothing where nothing was said."""
        title = okrs.growth.title
        rows = [
            check_in(cast, okrs, 9, value=Decimal("-0.50"), confidence=7, note="“Früh”\n\\{a,\t'b'}"),
            check_in(cast, okrs, 8, value=None, note="é" * 300),
        ]
        rows.append(check_in(cast, okrs, 7, value=Decimal(100), corrects=rows[0]))
        rows.append(check_in(cast, okrs, 6, value=None, corrects=rows[1], is_withdrawn=True))
        before = {event.id for event in Event.objects.of(cast.acme.id)}

        with transaction.atomic():
            feed.tell(made(*rows), made(), [])

        assert [(event.kind, event.data) for event in told(cast, before)] == [
            (
                "checkin.recorded",
                {"title": title, "value": "-0.5", "confidence": 7, "note": "“Früh”\n\\{a,\t'b'}"},
            ),
            ("checkin.recorded", {"title": title, "value": None, "note": "é" * 280}),
            ("checkin.corrected", {"title": title, "value": "100"}),
            ("checkin.withdrawn", {"title": title, "value": None}),
        ]

    def test_tells_of_nothing_else(self, cast: Cast, okrs: Okrs):
        """Entries that are not named are not told of, and where none is, nothing is."""
        check_in(cast, okrs, 3, value=Decimal(3))
        before = {event.id for event in Event.objects.of(cast.acme.id)}

        with transaction.atomic():
            feed.tell(made(), made(), [])

        assert told(cast, before) == []
