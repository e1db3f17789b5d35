"""Files that come through a browser take a place among the long work of their sender, as programs' do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.utils import timezone

from milepost.actions import tokens
from milepost.actions.plans import apply_as_owner
from milepost.core import workload
from milepost.core.ids import encode
from milepost.core.workload import TooManyAtOnce
from milepost.formats import okr_files
from milepost.models import Event, Team
from milepost.queries import plans
from milepost.web import long_work
from tests.cast import Cast

pytestmark = pytest.mark.both_databases

TEAM = "milepost: 1\nteams:\n- {id: couriers, name: Couriers}\n"


@pytest.fixture
def ada(signed_in) -> Client:
    return signed_in("ada")


@contextmanager
def busy(cast: Cast) -> Iterator[None]:
    """Keep as much of Ada's long work under way as may be."""
    most, began = settings.MILEPOST.api_at_once, timezone.now() - 5 * workload.LONG
    with ExitStack() as others:
        for _ in range(most):
            others.enter_context(workload.under_way(cast.ada.person_id, began, most=most, now=timezone.now))
        yield


def upload(browser: Client, text: str = TEAM):
    sent = {"file": SimpleUploadedFile("okrs.yaml", text.encode())}
    return browser.post("/w/acme/start/file/", sent)


def has_couriers(cast: Cast) -> bool:
    return Team.objects.of(cast.acme.id).filter(name="Couriers").exists()


def applied(cast: Cast) -> int:
    """Apply the file as Ada; return the event that tells of it."""
    plan = okr_files.read(TEAM.encode(), name="okrs.yaml", have=plans.current(cast.acme.id))
    apply_as_owner(plan=plan, by=cast.ada, at=timezone.now())
    return Event.objects.of(cast.acme.id).filter(kind="plan.applied").latest("id").id


class TestFiles:
    def test_of_a_large_workspace_wait_for_a_place(self, cast: Cast, ada: Client, monkeypatch):
        """Neither is the file looked at nor applied; a moment later both is done."""
        monkeypatch.setattr(workload, "LARGE", 0)
        with busy(cast):
            refused = upload(ada)
        shown = upload(ada)
        with busy(cast):
            not_applied = ada.post("/w/acme/start/file/application/")
        assert not has_couriers(cast)

        taken = ada.post("/w/acme/start/file/application/")

        for each in (refused, not_applied):
            assert each.status_code == 429 and int(each["Retry-After"]) >= 5
        assert (shown.status_code, taken.status_code) == (200, 303) and has_couriers(cast)

    def test_that_are_long_wait_for_a_place_anywhere(self, cast: Cast, ada: Client):
        """However small the workspace is; a short file of it waits for nothing."""
        with busy(cast):
            long, short = upload(ada, TEAM + "#" * workload.LONG_FILE), upload(ada)

        assert (long.status_code, short.status_code) == (429, 200)

    def test_are_taken_back_when_there_is_a_place(self, cast: Cast, ada: Client, monkeypatch):
        """Asking whether to do it takes none."""
        there = f"/w/acme/events/{encode(applied(cast))}/undoing/"
        monkeypatch.setattr(workload, "LARGE", 0)
        with busy(cast):
            asked, refused = ada.get(there), ada.post(there)
        assert has_couriers(cast)

        undone = ada.post(there)

        assert (asked.status_code, refused.status_code, undone.status_code) == (200, 429, 303)
        assert not has_couriers(cast)

    def test_are_long_work_when_a_program_takes_them_back(self, cast: Cast, monkeypatch):
        """From the arrival on, as exports are: so it is remembered how long that took."""
        there = f"/api/v1/events/{encode(applied(cast))}/undoing"
        monkeypatch.setattr(workload, "LARGE", 0)
        monkeypatch.setattr(workload, "_lasted", {})
        _, secret = tokens.create(name="It", scope="admin", by=cast.ada, at=timezone.now())
        program = Client(headers={"Authorization": f"Bearer {secret}"})
        program.get("/api/v1/me")
        assert workload._lasted == {}

        undone = program.post(there, {}, content_type="application/json")

        assert undone.status_code == 201 and list(workload._lasted) == [cast.ada.person_id]


class TestReserved:
    def test_leaves_no_more_to_the_programs_of_its_person(self, cast: Cast, monkeypatch):
        """What a browser has under way counts for a token as well; it is over with it."""
        monkeypatch.setattr(workload, "LARGE", 0)
        request = RequestFactory().post("/")
        request.actor, request.at = cast.ada, timezone.now()
        most = settings.MILEPOST.api_at_once

        with ExitStack() as others:
            for _ in range(most):
                others.enter_context(long_work.reserved(request))
            with pytest.raises(TooManyAtOnce), another(cast, most):
                pass
        with another(cast, most):
            pass


def another(cast: Cast, most: int):
    return workload.under_way(cast.ada.person_id, timezone.now(), most=most, now=timezone.now)
