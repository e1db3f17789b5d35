"""When the database cannot, a person is told what happened, nothing is half saved, and reading goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from milepost.core import ids
from milepost.ledger import faults, traces
from milepost.models import Checkin, Session
from tests.okrs import Okrs
from tests.outages import full, locked, read_only

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

Browser = Callable[..., Client]


def say(ada: Client, okrs: Okrs, **headers: str):
    """Check a key result in, with a note that needs room of its own."""
    return ada.post(
        f"/w/acme/key-results/{ids.encode(okrs.growth.id)}/checkins/",
        {"value": "42", "note": "x" * 15_000},
        headers=headers,
    )


class TestPages:
    def test_a_full_disk_is_said_kindly(self, signed_in: Browser, cast, okrs):
        """The answer is 507, says that nothing was saved, and what to do; no row is half there."""
        if connection.vendor != "sqlite":
            pytest.skip("SQLite has a limit that a test can set; PostgreSQL's code is looked at below.")
        ada, before = signed_in("ada"), Checkin.objects.everywhere().count()

        with full():
            answers = [say(ada, okrs)]
            while answers[-1].status_code == 303:  # until no page is free any more
                answers.append(say(ada, okrs))
            reading = ada.get("/w/acme/")

        page = answers[-1].content.decode()
        assert answers[-1].status_code == 507
        assert "disk is full" in page and "Nothing was saved" in page and "Traceback" not in page
        assert reading.status_code == 200
        saved = [answer for answer in answers if answer.status_code == 303]
        assert Checkin.objects.everywhere().count() == before + len(saved)

    def test_room_again_means_writing_again(self, signed_in: Browser, cast, okrs):
        """Nothing has to be started anew once there is room."""
        if connection.vendor != "sqlite":
            pytest.skip("SQLite has a limit that a test can set; PostgreSQL's code is looked at below.")
        ada = signed_in("ada")
        with full():
            while say(ada, okrs).status_code != 507:
                pass

        assert say(ada, okrs).status_code == 303

    def test_a_database_that_only_reads_says_so(self, signed_in: Browser, cast, okrs):
        """Reading goes on; a check-in is refused with 503 and when to try again, and works afterwards."""
        ada = signed_in("ada")

        with read_only():
            refused = say(ada, okrs)
            toast = say(ada, okrs, **{"HX-Request": "true"})
            reading = ada.get("/w/acme/")

        assert refused.status_code == toast.status_code == 503
        assert "takes no changes" in refused.content.decode() and refused.headers["Retry-After"]
        assert "takes no changes" in toast.content.decode() and "<html" not in toast.content.decode()
        assert reading.status_code == 200
        assert say(ada, okrs).status_code == 303

    def test_a_locked_database_says_try_again(self, signed_in: Browser, cast, okrs):
        """Who waited in vain for another writer is told that it was busy."""
        ada = signed_in("ada")

        with locked():
            refused = say(ada, okrs)

        assert refused.status_code == 503
        assert "busy" in refused.content.decode()
        assert say(ada, okrs).status_code == 303

    def test_that_somebody_is_there_is_noted_later(self, signed_in: Browser, cast, okrs):
        """Pages go on while a session's use cannot be written down; a minute later it is tried again."""
        ada = signed_in("ada")
        Session.objects.update(seen_at=timezone.now() - timedelta(hours=1))
        with read_only():
            assert ada.get("/w/acme/").status_code == 200
        ada.get("/w/acme/")
        unkept = Session.objects.get().seen_at

        traces.try_again()  # a minute has passed
        ada.get("/w/acme/")

        assert unkept < timezone.now() - timedelta(minutes=59)
        assert Session.objects.get().seen_at > timezone.now() - timedelta(minutes=1)


class TestTold:
    @pytest.mark.parametrize(
        ("state", "code"),
        [
            ("53100", "disk_is_full"),
            ("25006", "database_is_read_only"),
            ("40P01", "database_is_busy"),
            ("57014", "database_is_busy"),
            ("53300", "database_is_away"),
            ("57P01", "database_is_away"),
            ("08006", "database_is_away"),
            ("23505", None),
            ("42P01", None),
        ],
    )
    def test_reads_the_codes_of_postgresql(self, db, state, code):
        """Each code of PostgreSQL that is no defect of ours has its words, and no other has."""
        if connection.vendor != "postgresql":
            pytest.skip("These are PostgreSQL's.")
        with pytest.raises(DatabaseError) as raised, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '{state}'; END $$")

        fault = faults.told(raised.value)

        assert (fault and fault.code) == code

    def test_leaves_other_errors_alone(self):
        """What is not the database's is not explained by it."""
        assert faults.told(ValueError("disk is full")) is None
        assert faults.told(DatabaseError("disk is full")) is None
