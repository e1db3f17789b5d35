"""A key result that a program checks in every hour: its page is as long as any other, and leads on."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models.signals import post_init
from django.test import Client
from django.utils import timezone

from milepost.actions import checkins
from milepost.core import addresses
from milepost.ledger import image
from milepost.models import Checkin, KeyResult
from milepost.queries.listed import LISTED
from milepost.web.words import NO_BREAK, day_to
from tests.cast import Cast
from tests.okrs import Okrs
from tests.web.reading import text
from tests.web.statements import count

pytestmark = pytest.mark.both_databases

FEW, MANY = 150, 3_000


def fill(cast: Cast, one: KeyResult, count: int, now: datetime) -> None:
    """Check in every hour, the last time an hour ago."""
    Checkin.objects.of(cast.acme.id).bulk_create(
        Checkin(
            workspace_id=cast.acme.id, key_result_id=one.id, value=Decimal(count - hour) / 10, confidence=6,
            by_id=cast.cleo.person_id, effective_at=now - timedelta(hours=hour),
            recorded_at=now - timedelta(hours=hour),
        )
        for hour in range(count, 0, -1)
    )  # fmt: skip
    image.forget()


def url(one: KeyResult, more: str = "") -> str:
    return addresses.key_result("acme", one.id) + more


def listed(page: str) -> list[str]:
    return re.findall(r'<li id="c-(\w+)"', page)


def earlier(page: str) -> str | None:
    found = re.search(r'href="([^"]*)#entries-t">Show earlier<span class="vh"> check-ins<', page)
    return found and found[1].replace("&amp;", "&")


@pytest.fixture
def cleo(signed_in) -> Client:
    return signed_in("cleo")


class TestPage:
    def test_says_which_days_it_lists(self, cleo: Client, cast: Cast, okrs: Okrs, now: datetime):
        """On screen and on paper: from the oldest to the newest that stands there; where all do, nothing."""
        whole = text(cleo.get(url(okrs.waiting)))
        fill(cast, okrs.waiting, FEW, now)

        newest = text(cleo.get(url(okrs.waiting)))
        for page in (newest, text(cleo.get(earlier(newest)))):
            days = re.findall(r'<li id="c-\w+"><time datetime="([^"]*)"', page)
            first, last = date.fromisoformat(days[-1]), date.fromisoformat(days[0])
            said = day_to(first, last, now.date()).replace(NO_BREAK, " ")
            assert f">here {said}<" in page

        assert ">here " not in whole

    def test_costs_the_same_however_many_there_are(self, cleo: Client, cast: Cast, okrs: Okrs, now: datetime):
        """Twenty times the check-ins: as many statements, rows made into objects, and bytes."""
        cost = []
        for one, many in ((okrs.growth, FEW), (okrs.waiting, MANY)):
            fill(cast, one, many, now)
            made: list[object] = []

            def note(instance: object, made: list[object] = made, **_) -> None:
                made.append(instance)

            statements = count(cleo, url(one))
            post_init.connect(note, sender=Checkin)
            answer = cleo.get(url(one))
            post_init.disconnect(note, sender=Checkin)
            cost.append((statements, len(made), len(answer.content)))

        (few_statements, few_rows, few_bytes), (statements, rows, size) = cost
        assert (statements, rows) == (few_statements, few_rows) and rows == LISTED + 1
        assert size < few_bytes + 30_000 and size < 120_000

    def test_leads_on_to_the_earliest(self, cleo: Client, cast: Cast, okrs: Okrs, now: datetime):
        """“Show earlier” lists each check-in once, newest first, whatever was recorded for one moment."""
        fill(cast, okrs.waiting, 2 * LISTED, now)
        rows = Checkin.objects.of(cast.acme.id).filter(key_result=okrs.waiting)
        for _ in range(3):
            checkins.record(
                key_result=okrs.waiting.id, value=Decimal(3), effective_at=now - timedelta(hours=LISTED),
                by=cast.cleo, at=timezone.now(),
            )  # fmt: skip

        found, here = [], url(okrs.waiting)
        while here:
            page = text(cleo.get(here))
            found += listed(page)
            assert ("Newest" in page) is (here != url(okrs.waiting))
            here = earlier(page)

        assert len(found) == len(set(found)) == rows.count()

    def test_tells_of_a_correction_on_another_page(self, cleo: Client, cast: Cast, okrs: Okrs, now: datetime):
        """An old entry that was corrected is struck where it stands; every page draws it."""
        fill(cast, okrs.waiting, 3 * LISTED, now)
        rows = Checkin.objects.of(cast.acme.id).filter(key_result=okrs.waiting).order_by("-effective_at")
        last = rows[2 * LISTED]
        checkins.correct(
            checkin=last.id, value=Decimal(77), effective_at=now - timedelta(minutes=1), by=cast.cleo,
            at=timezone.now(),
        )  # fmt: skip

        newest = text(cleo.get(url(okrs.waiting)))
        oldest = text(cleo.get(earlier(text(cleo.get(earlier(newest))))))

        assert "corrects " in newest and "corrected later</span>" not in newest
        assert "corrected later</span>" in oldest
        for page in (newest, oldest):
            assert page.count("pt fixed") == 2  # in both drawings

    def test_keeps_the_past_day(self, cleo: Client, cast: Cast, okrs: Okrs, now: datetime):
        """What leads on from a past day stays there, and is bounded as today is."""
        fill(cast, okrs.waiting, 3 * LISTED, now)
        yesterday = (now - timedelta(days=1)).date().isoformat()

        page = text(cleo.get(url(okrs.waiting, f"?on={yesterday}")))

        assert len(listed(page)) == LISTED
        assert f"on={yesterday}" in earlier(page)
        assert len(listed(text(cleo.get(earlier(page))))) > 0

    def test_begins_with_the_newest_where_there_is_no_such_entry(self, cleo: Client, okrs: Okrs):
        """A place in the list that is not of this key result is not understood, and the page says so."""
        page = text(cleo.get(url(okrs.waiting, "?before=0000000000000")))

        assert "it begins with the newest" in page and len(listed(page)) == 1

    def test_draws_a_thinned_line_and_says_so(self, cleo: Client, cast: Cast, okrs: Okrs, now: datetime):
        """The line goes through the lowest and the highest, not through every value, and has no dots."""
        fill(cast, okrs.waiting, MANY, now)

        page = text(cleo.get(url(okrs.waiting)))

        assert re.search(r"drawn through \d+ of 3,0\d\d check-ins", page)
        assert 'class="pt"' not in page
        assert max(path.count("L") for path in re.findall(r'class="act" d="([^"]*)"', page)) <= 200
