"""OKRs as code over the API: the workspace as a file, with the rights and the sight of whoever asks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from milepost.models import Cycle, Objective, Person
from milepost.queries import plans
from tests.web.test_isolation import World, at_work, hide, visible, zenith_at_work

pytestmark = pytest.mark.both_databases

SPRING = "milepost: 1\ncycles:\n- {id: spring, name: Spring, starts: 2031-03-01, ends: 2031-05-31}\n"


@pytest.fixture
def world(cast) -> World:
    now = timezone.now()
    okrs = at_work(cast, now)
    hidden = hide(cast, okrs, now)
    return World(cast, okrs, visible(cast, okrs), zenith_at_work(cast, now), hidden)


class TestExport:
    def test_is_a_file_that_changes_nothing_when_it_comes_back(self, world, program):
        """What was exported says what is so already."""
        ada = program("ada")

        file = ada.get("/plan")
        preview = ada.post("/plan/preview", {"text": file.content.decode(), "name": "okrs.json"})

        assert (file.status_code, preview.status_code) == (200, 200), preview.content
        assert [one for one in preview.json()["changes"] if one["action"] != "orphaned"] == []

    def test_holds_what_its_reader_sees(self, world, program):
        """There is no restricted work in it, an admin's role or not, and nobody's personal OKRs."""
        Person.objects.of(world.cast.acme.id).filter(id=world.cast.cleo.person_id).update(role="admin")

        text = program("cleo").get("/plan").content.decode()

        assert "Whisper" not in text
        assert "Buy the rival" not in text
        assert "Learn to say no" not in text
        assert "Riders choose us twice" in text

    def test_tells_guests_no_addresses(self, world, program):
        """Guests see nobody's e-mail, here neither."""
        assert "@acme.example" in program("cleo").get("/plan").content.decode()
        assert "@" not in program("gus").get("/plan").content.decode()


class TestPreview:
    def test_changes_nothing(self, world, program):
        """It says what would come, and nothing comes."""
        told = program("ada").post("/plan/preview", {"text": SPRING}).json()

        assert told["summary"]["cycle"]["created"] == 1
        assert told["is_applied"] is False
        assert not Cycle.objects.of(world.cast.acme.id).filter(key="spring").exists()

    def test_names_every_mistake_with_its_line(self, world, program):
        """A file is refused whole, each reason with where it stands, in one round."""
        text = 'milepost: 1\nobjectives:\n- id: rock\n  title: ""\n  cycle: nowhere\n  ownr: ben\n'

        told = program("ada").post("/plan/preview", {"text": text, "name": "mine.yaml"})

        assert (told.status_code, told.json()["code"]) == (422, "file_refused")
        spots = [each["detail"].partition(" ")[0] for each in told.json()["errors"]]
        assert spots == ["mine.yaml:4:10", "mine.yaml:5:10", "mine.yaml:6:9"]

    def test_mentions_nothing_hidden(self, world, program):
        """What the owner does not see is neither compared, nor listed as left out of the file."""
        told = program("ada").post("/plan/preview", {"text": SPRING}).content.decode()

        assert "Whispered to myself" not in told
        assert "Learn to say no" not in told

    def test_is_for_owners(self, world, program):
        """A file speaks for others and gives roles: an admin's token is not enough."""
        Person.objects.of(world.cast.acme.id).filter(id=world.cast.cleo.person_id).update(role="admin")

        answer = program("cleo").post("/plan/preview", {"text": SPRING})

        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


class TestApplication:
    def test_is_done_once(self, world, program):
        """With a key, the same request is applied once and answered twice."""
        ada, body = program("ada"), {"text": SPRING}

        first = ada.post("/plan/application", body, Idempotency_Key="spring")
        again = ada.post("/plan/application", body, Idempotency_Key="spring")

        assert (first.status_code, again.status_code) == (201, 200)
        assert (first.json()["again"], again.json()["again"]) == (False, True)
        assert Cycle.objects.of(world.cast.acme.id).filter(key="spring").count() == 1

    def test_names_what_undoes_it(self, world, program):
        """The answer names the event, by which all of it is taken back; applied once more it names none."""
        ada, body = program("ada"), {"text": SPRING}
        event = ada.post("/plan/application", body).json()["event"]
        unchanged = ada.post("/plan/application", body).json()["event"]

        undone = ada.post(f"/events/{event}/undoing", {})

        assert (undone.status_code, undone.json()["kind"]) == (201, "plan.taken_back")
        assert unchanged is None
        assert not Cycle.objects.of(world.cast.acme.id).filter(key="spring").exists()

    def test_leaves_what_is_hidden_as_it_is(self, world, program):
        """A hidden objective under the id that a file uses is not changed: the id is taken."""
        secret = Objective.objects.of(world.cast.acme.id).get(title="Whispered to myself")
        cycle = plans.current(world.cast.acme.id).cycles[0].id
        text = f"milepost: 1\nobjectives:\n- {{id: {secret.key}, title: Taken over, cycle: {cycle}}}\n"

        told = program("ada").post("/plan/application", {"text": text})

        assert (told.status_code, told.json()["errors"][0]["code"]) == (422, "id_taken")
        secret.refresh_from_db()
        assert secret.title == "Whispered to myself"

    def test_is_for_the_tokens_own_workspace(self, world, program):
        """A file that names another workspace is refused, and neither is renamed."""
        named = SPRING + "workspace: {id: zenith, name: Zenith}\n"

        told = program("ada").post("/plan/application", {"text": named})

        assert told.status_code == 422
        assert "“zenith”" in told.json()["detail"]

    def test_keeps_an_owner(self, world, program):
        """A file that would leave nobody in charge is refused whole."""
        have = plans.current(world.cast.acme.id)
        people = [replace(one, role="member") for one in have.people]
        rows = "".join(f"- {{id: {one.id}, name: {one.name}, role: {one.role}}}\n" for one in people)

        told = program("ada").post("/plan/application", {"text": f"milepost: 1\npeople:\n{rows}"})

        assert (told.status_code, told.json()["code"]) == (409, "last_owner")
        assert Person.objects.of(world.cast.acme.id).filter(role="owner").exists()
