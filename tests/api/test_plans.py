"""OKRs as code over the API: the workspace as a file, with the rights and the sight of whoever asks."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from itertools import count
from queue import SimpleQueue

import orjson
import pytest
from django.db import transaction
from django.utils import timezone

from milepost.actions import alignments
from milepost.core import ids
from milepost.core.access import Role
from milepost.formats import okr_files
from milepost.ledger import image
from milepost.models import Alignment, Cycle, Initiative, KeyResult, Objective, Person, Team, Workspace
from milepost.queries import plans
from tests.okrs import SECRET_TITLE
from tests.running import PATIENCE
from tests.threads import at_once
from tests.worlds import World

pytestmark = pytest.mark.both_databases

SPRING = "milepost: 1\ncycles:\n- {id: spring, name: Spring, starts: 2031-03-01, ends: 2031-05-31}\n"


class TestExport:
    def test_is_a_file_that_changes_nothing_when_it_comes_back(self, world, program):
        """What was exported says what is so already."""
        ada = program("ada")

        file = ada.get("/plan")
        preview = ada.post("/plan/preview", {"text": file.content.decode(), "name": "okrs.json"})

        assert (file.status_code, preview.status_code) == (200, 200), preview.content
        assert [one for one in preview.json()["changes"] if one["action"] != "orphaned"] == []

    def test_is_yaml_for_whoever_likes_that_better(self, world, program):
        """The same file as people write it, with an entity tag of its own; JSON for everybody else."""
        ada = program("ada")
        as_json, as_yaml = (ada.get("/plan", Accept=kind) for kind in ("*/*", "application/yaml, */*;q=0.1"))

        assert (as_yaml.status_code, as_yaml.headers["Content-Type"]) == (200, "application/yaml")
        assert as_yaml.content.startswith(b"milepost: 1\n")
        assert okr_files.read(as_yaml.content, name="a.yaml") == okr_files.read(
            as_json.content, name="a.json"
        )
        assert as_yaml.headers["ETag"] != as_json.headers["ETag"]
        assert all("Accept" in answer.headers["Vary"] for answer in (as_json, as_yaml))
        for accepted in ("application/*", "application/yaml;q=0.5, application/json"):
            assert ada.get("/plan", Accept=accepted).headers["Content-Type"] == "application/json"
        known = ada.get("/plan", Accept="application/yaml", **{"If-None-Match": as_yaml.headers["ETag"]})
        assert known.status_code == 304

    def test_is_the_only_thing_that_is_yaml(self, world, program):
        """No other address gives it."""
        assert program("ada").get("/me", Accept="application/yaml").status_code == 406

    @pytest.mark.django_db(transaction=True)
    def test_is_of_one_moment(self, cast, program):
        """What changes together while the file is written stands in it together, or not at all."""
        ada, files = program("ada", scope="read"), []
        renamed, over = threading.Event(), threading.Event()

        def act(number: int) -> None:
            if number:
                try:
                    assert renamed.wait(PATIENCE), "nothing was renamed"
                    files.extend(ada.get("/plan").json() for _ in range(40))
                finally:
                    over.set()
                return
            for again in count():
                if over.is_set():
                    return
                with transaction.atomic():
                    Workspace.objects.filter(id=cast.acme.id).update(name=f"Acme {again}")
                    Team.objects.of(cast.acme.id).filter(id=cast.product.id).update(name=f"Team {again}")
                renamed.set()

        at_once(2, act)

        told = [(file["workspace"]["name"], [team["name"] for team in file["teams"]]) for file in files]
        assert told and all(f"Team {name.partition(' ')[2]}" in teams for name, teams in told), told

    @pytest.mark.django_db(transaction=True)
    def test_of_another_workspace_is_refused_before_anything_is_compared(self, world, program):
        """What is there need not be read for that: it would take as long as the workspace is large."""
        ada, answered = program("ada"), SimpleQueue()
        ada.get("/plan")
        file = {"text": "milepost: 1\nworkspace: {id: kettle, name: Kettle}\n"}

        with image.of(world.cast.acme.id).lock:  # whoever compares waits for it
            sending = threading.Thread(
                target=at_once, args=(1, lambda number: answered.put(ada.post("/plan/preview", file)))
            )
            sending.start()
            refused = answered.get(timeout=PATIENCE)
        sending.join()

        assert refused.status_code == 422
        assert "“kettle”, and this is “acme”" in refused.json()["detail"]

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

    def test_says_what_deserves_a_second_look(self, world, program):
        """A key result without a target goes in as it is; the preview and the application say so."""
        ada = program("ada")
        text = SPRING + (
            "objectives:\n- {id: rain, title: Rain, cycle: spring, key_results: "
            "[{id: drops, title: Drops, measure: {kind: increase, start: 1}}]}\n"
        )

        told = [ada.post(f"/plan/{verb}", {"text": text}) for verb in ("preview", "application")]

        assert [one.status_code for one in told] == [200, 201]
        for answer in told:
            (one,) = answer.json()["warnings"]
            assert (one["kind"], one["id"], one["title"]) == ("key_result", "drops", "Drops")
            assert "no target yet" in one["message"]

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
        """A hidden objective under the id that a file uses is not changed: it only gets another id."""
        secret = Objective.objects.of(world.cast.acme.id).get(title="Whispered to myself")
        cycle = plans.current(world.cast.acme.id).cycles[0].id
        text = f"milepost: 1\nobjectives:\n- {{id: {secret.key}, title: Taken over, cycle: {cycle}}}\n"
        used = secret.key

        told = program("ada").post("/plan/application", {"text": text})

        assert told.status_code == 201
        secret.refresh_from_db()
        assert secret.title == "Whispered to myself" and secret.key != used
        assert Objective.objects.of(world.cast.acme.id).get(key=used).title == "Taken over"

    def test_closes_no_ring_through_what_is_hidden(self, world, program):
        """A ring that the file's owner cannot know of (what is whispered serves the company) ends unseen."""
        cast, okrs = world.cast, world.okrs
        whispered = Objective.objects.of(cast.acme.id).get(title="Whispered to myself")
        by = replace(cast.ben, person_id=whispered.owner_id, role=Role.OWNER)
        hidden = alignments.align(child=okrs.draft.id, objective=whispered.id, by=by, at=timezone.now())
        file = program("ada").get("/plan").json()
        above = next(one for one in file["objectives"] if one["title"] == okrs.company.title)
        above["aligned_to"] = [{"objective": ids.encode(okrs.draft.id)}]

        told = program("ada").post("/plan/application", {"text": orjson.dumps(file).decode()})

        assert told.status_code == 201
        hidden.refresh_from_db(from_queryset=Alignment.objects.of(cast.acme.id))
        assert hidden.until_at is not None

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


class TestHiddenIds:
    @pytest.mark.parametrize("kind", ["objective", "key_result", "initiative"])
    @pytest.mark.parametrize("beside", [True, False], ids=["in what all see", "in something new"])
    def test_answer_like_free_ones(self, world, program, kind: str, beside: bool):
        """Whether an id is that of something hidden or of nothing, all that is answered is alike."""
        ada, wrong = program("ada"), world.hidden["its owner"][kind]
        model = {"objective": Objective, "key_result": KeyResult, "initiative": Initiative}[kind]
        model.objects.of(world.cast.acme.id).filter(id=wrong).update(key="guessed-x")

        answers = [tried(ada, world, kind, key, beside) for key in ("guessed-x", "nothing-x")]

        assert answers[0] == answers[1]
        statuses = [answer[0] for answer in answers[0]]
        assert statuses == [200, 201, 200, 201]
        assert b'"created":1' in answers[0][0][1] and b'"created":1' not in answers[0][3][1]


class TestMovedIds:
    def test_are_told_to_whoever_kept_them(self, world, program):
        """What one owner's file took from something hidden, another one's older file does not write over."""
        have = plans.current(world.cast.acme.id)
        secret = next(one for one in have.objectives if one.title == SECRET_TITLE)

        def file(title: str) -> dict[str, str]:
            said = {"id": secret.id, "title": title, "cycle": secret.cycle}
            return {"text": orjson.dumps({"milepost": 1, "objectives": [said]}).decode(), "name": "a.json"}

        Person.objects.of(world.cast.acme.id).filter(id=world.cast.cleo.person_id).update(role="owner")
        assert program("cleo").post("/plan/application", file("Something else")).status_code == 201
        told = program("ada").post("/plan/preview", file(SECRET_TITLE))

        assert told.status_code == 422
        (error,) = told.json()["errors"]
        assert error["code"] == "id_moved"
        row = Objective.objects.of(world.cast.acme.id).get(title=SECRET_TITLE)
        assert row.key.startswith(f"{secret.id}-") and row.key in error["detail"]


def tried(ada, world: World, kind: str, key: str, beside: bool) -> list[tuple[int, bytes]]:
    """Preview a file that names a key, apply it, export, apply it again, and take it all back."""
    have = plans.current(world.cast.acme.id)
    one = next(each for each in have.objectives if each.title == world.okrs.helpful.title)
    objective = {"id": one.id if beside else "mine", "title": one.title, "cycle": one.cycle}
    inner = {"id": key, "title": "A guess"}
    if kind == "objective":
        objective["id"] = key
    elif kind == "key_result":
        objective["key_results"] = [inner | {"measure": {"start": 0, "target": 1}}]
    else:
        objective["initiatives"] = [inner]
    said = {"text": orjson.dumps({"milepost": 1, "objectives": [objective]}).decode(), "name": "mine.json"}
    with transaction.atomic():
        answers = [
            ada.post("/plan/preview", said),
            ada.post("/plan/application", said),
            ada.get("/plan"),
            ada.post("/plan/application", said),
        ]
        transaction.set_rollback(True)
    image.forget()
    return [
        (each.status_code, MADE.sub(b"SOME", each.content.replace(key.encode(), b"KEY"))) for each in answers
    ]


# Ids that were given out, and when.
MADE = re.compile(rb"\b[0-7][0-9a-hjkmnp-tv-z]{12}\b|\b2\d{3}-\d\d-\d\dT[0-9:.+Z]+")


class TestTelling:
    """What others hear of a file: what they see of it, and nothing where that is nothing."""

    def heard(self, program, who: str) -> list[str]:
        told = program(who).get("/events?fields=kind,text").json()["items"]
        return [one["text"].partition("applied a file")[2] for one in told if one["kind"].startswith("plan.")]

    def file(self, okrs, *more: str) -> str:
        restricted = "visibility: people, visible_to: [ben-okri], owner: ada-lovelace, "
        return (
            "milepost: 1\nobjectives:\n"
            f"- {{id: quiet, title: Quiet, cycle: {okrs.cycle.key}, {restricted}"
            "key_results: [{id: quieter, title: Quieter}]}\n" + "".join(more)
        )

    def loud(self, okrs) -> str:
        return f"- {{id: loud, title: Loud, cycle: {okrs.cycle.key}, owner: ada-lovelace}}\n"

    def test_counts_what_each_sees(self, okrs, program):
        """Who sees all of it hears of all, and others of what is open."""
        program("ada").post("/plan/application", {"text": self.file(okrs, self.loud(okrs))})

        assert self.heard(program, "ben") == [": 2 objectives, 1 key result created"]
        for who in ("cleo", "gus"):
            assert self.heard(program, who) == [": 1 objective created"]

    def test_leaves_out_who_sees_nothing_of_it(self, okrs, cast, program):
        """An admin outside the audience finds no event, by its id neither, and can undo none."""
        Person.objects.of(cast.acme.id).filter(id=cast.cleo.person_id).update(role="owner")
        event = program("ada").post("/plan/application", {"text": self.file(okrs)}).json()["event"]
        cleo = program("cleo")

        answers = [
            cleo.get(f"/events/{event}"),
            cleo.post(f"/events/{event}/undoing", {}),
            cleo.get("/events?group=settings"),
        ]

        assert [one.status_code for one in answers[:2]] == [404, 404]
        assert event not in answers[2].content.decode()
        assert self.heard(program, "cleo") == self.heard(program, "gus") == []
        assert self.heard(program, "ben") == [": 1 objective, 1 key result created"]

    def test_tells_that_it_was_taken_back_to_the_same(self, okrs, program):
        """Whoever heard nothing of it hears nothing of its end, and who did it hears of both."""
        ada = program("ada")
        event = ada.post("/plan/application", {"text": self.file(okrs)}).json()["event"]

        undone = ada.post(f"/events/{event}/undoing", {})

        assert undone.status_code == 201, undone.content
        assert self.heard(program, "cleo") == []
        assert len(self.heard(program, "ada")) == 2
