"""Too much at once: whatever is sent, the answer is small, and says what was wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from queue import SimpleQueue
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from milepost.api import limits
from milepost.api.document import document
from milepost.core import workload
from milepost.core.ids import encode
from milepost.core.problems import MOST_TOLD
from milepost.formats import exact_json
from milepost.ledger import image
from tests.api.borders import address
from tests.api.test_isolation import LISTED, Operation
from tests.running import PATIENCE, wait_until
from tests.threads import at_once

pytestmark = pytest.mark.both_databases
SMALL = 100_000  # bytes of an answer that refuses
HEAVY = 1_900_000  # bytes of a body; 2 MiB may be sent


def fields_of(operation: Operation) -> dict[str, Any]:
    """Return what the body of an operation may hold, as its document tells."""
    told = document()["paths"][operation.path][operation.method.lower()]
    schema = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema.get("properties", {})


def heavy_bodies(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield bodies that are each too much in another way, in every field that there is."""
    room = HEAVY // max(len(fields), 1)
    most = exact_json.MOST_VALUES // max(len(fields), 1) - 2

    def everywhere(value: Any) -> dict[str, Any]:
        return dict.fromkeys(fields, value)

    yield "names that nobody knows", {f"k{number}": 1 for number in range(150_000)}
    yield "as many names as are looked at", {f"k{number}": 1 for number in range(exact_json.MOST_NAMES)}
    yield "a name of two megabytes", {"k" * HEAVY: 1}
    yield "a list instead of an object", [0] * (HEAVY // 2)
    yield "nothing but brackets", b"[" * (HEAVY // 2) + b"]" * (HEAVY // 2)
    yield "long texts", everywhere("x" * room)
    yield "long texts that nobody sees", everywhere("\u202e" * (room // 3))
    yield "long lists of numbers", everywhere([0] * most)
    yield "long lists of objects", everywhere([{}] * most)
    yield "long lists of lists", everywhere([[]] * most)
    yield "lists of long texts", everywhere(["x" * (room // 100)] * 90)
    yield "long lists of what nobody knows", everywhere([{"k": 1}] * (most // 2))
    yield "objects of long names", everywhere({"x" * (room - 20): "y"})
    if fields:
        digits = "9" * room
        written = ",".join(f'"{name}":{digits}' for name in fields)
        yield "numbers of many digits", f"{{{written}}}".encode()


@pytest.fixture
def own(world) -> dict[str, str]:
    return world.acme


class TestBodies:
    @pytest.mark.parametrize("who", ["ada", "gus"])
    def test_of_two_megabytes_get_a_small_answer(self, world, program, who: str):
        """Each unsafe operation refuses what is too much, and its refusal holds no copy of it."""
        sender, wrong, tried = program(who), [], 0
        for operation in LISTED:
            if operation.method == "GET" or operation.name == "me_sign_out":
                continue
            where = address(operation.path, world.acme, operation.row.on)
            fields = fields_of(operation)
            for what, body in heavy_bodies(fields):
                limits._counts.clear()
                with transaction.atomic():
                    answer = sender.send(operation.method, where, body)
                    transaction.set_rollback(True)
                tried += 1
                is_refused = 400 <= answer.status_code < 500
                if answer.status_code >= 500 or len(answer.content) > SMALL or (fields and not is_refused):
                    wrong.append(f"{operation.name} with {what}: {answer.status_code}, {len(answer.content)}")
                if answer.status_code < 300:
                    image.forget()

        assert wrong == []
        assert tried > 400

    def test_are_told_of_in_part(self, world, program):
        """Of many faults the first fifty are told, and how many there are besides."""
        where = f"/key-results/{encode(world.okrs.waiting.id)}/checkins"

        answer = program("gus").post(where, {f"k{number}": 1 for number in range(90)})

        told = answer.json()
        assert (answer.status_code, len(told["errors"])) == (422, MOST_TOLD)
        assert "more)" in told["detail"]
        assert told["remedy"] == "See `errors`, the first 50."

    def test_are_counted_before_they_are_judged(self, world, program):
        """More names than anything takes are one refusal, not one for each."""
        where = f"/key-results/{encode(world.okrs.waiting.id)}/checkins"

        answer = program("gus").post(where, {f"k{number}": 1 for number in range(150_000)})

        assert (answer.status_code, answer.json()["code"], answer.json()["errors"]) == (422, "too_many", [])
        assert "150,000 names" in answer.json()["detail"]


class TestQuestions:
    def test_get_a_small_answer_however_long(self, world, program):
        """Thousands of parameters, of ids and of names of fields are refused in a few words."""
        ada, wrong = program("ada"), []
        many = "&".join(f"k{number}=1" for number in range(5_000))
        for operation in LISTED:
            if operation.method != "GET":
                continue
            where = address(operation.path, world.acme, operation.row.on)
            told = document()["paths"][operation.path]["get"].get("parameters", ())
            names = [each["name"] for each in told if each["in"] == "query"]
            asked = [many, "k" * 60_000, *(f"{name}={'a,' * 30_000}" for name in names)]
            for each in asked:
                limits._counts.clear()
                answer = ada.get(f"{where}?{each}")
                if answer.status_code not in (404, 422) or len(answer.content) > SMALL:
                    wrong.append(f"{operation.name}?{each[:30]}: {answer.status_code} {len(answer.content)}")

        assert wrong == []


class TestDepth:
    @pytest.mark.parametrize("depth", [exact_json.DEEPEST + 1, 990, 1_100, 100_000])
    def test_is_refused_as_such(self, world, program, depth: int):
        """Whichever reader it is too much for, the answer says that it is the nesting."""
        ada = program("ada")
        bodies = [b'{"name": ' + b"[" * depth + b"]" * depth + b"}", b'{"a": ' * depth + b"1" + b"}" * depth]

        told = [ada.patch("/workspace", body).json() for body in bodies]

        assert [one["detail"] for one in told] == [f"The body nests deeper than {exact_json.DEEPEST}."] * 2


class TestFiles:
    def test_that_are_long_are_read_one_at_a_time(self, world, program):
        """While one is worked on, another is told to come again; a short one waits for nobody."""
        zed = program("zed")
        short = "milepost: 1\n"
        long = short + "#" * workload.LONG_FILE

        with workload.one_long_file(len(long)):
            refused = [zed.post(f"/plan/{what}", {"text": long}) for what in ("preview", "application")]
            taken = zed.post("/plan/preview", {"text": short})
        then = zed.post("/plan/preview", {"text": long})

        assert [(one.status_code, one.json()["code"]) for one in refused] == [(503, "too_busy")] * 2
        assert all(one.headers["Retry-After"] == "10" for one in refused)
        assert (taken.status_code, then.status_code) == (200, 200)

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("what", ["export", "preview"])
    def test_of_a_large_workspace_leave_room_from_the_moment_they_come(
        self, world, program, monkeypatch, what
    ):
        """Of as many as there are threads half are worked on, whichever token of a person they come with."""
        monkeypatch.setattr(workload, "LARGE", 1)
        tokens, most = [program("ada"), program("ada")], settings.MILEPOST.api_at_once
        send = {
            "export": lambda number: tokens[number % 2].get("/plan"),
            "preview": lambda number: tokens[number % 2].post("/plan/preview", {"text": "milepost: 1\n"}),
        }[what]
        for number in range(2):
            send(number)
        answered, held = SimpleQueue(), image.of(world.cast.acme.id)

        with held.lock:  # so that those that are let in are not done yet
            all_of_them = Thread(target=at_once, args=(2 * most, lambda number: answered.put(send(number))))
            all_of_them.start()
            refused = [answered.get(timeout=PATIENCE) for _ in range(most)]
        all_of_them.join()
        done = [answered.get_nowait() for _ in range(most)]

        assert {(one.status_code, one.json()["code"]) for one in refused} == {(429, "too_many_at_once")}
        assert {one.status_code for one in done} == {200}

    @pytest.mark.django_db(transaction=True)
    def test_of_a_small_workspace_are_never_refused(self, world, program, monkeypatch):
        """There a burst of them is quick, and as long as it is, each is worked on."""
        monkeypatch.setattr(workload, "LONG", timedelta(days=1))  # whatever a busy machine takes
        ada, answered, held = program("ada"), [], image.of(world.cast.acme.id)
        ada.get("/plan")
        burst = 2 * settings.MILEPOST.api_at_once

        with held.lock:  # so that none is done before the last has come
            all_of_them = Thread(
                target=at_once, args=(burst, lambda number: answered.append(ada.get("/plan")))
            )
            all_of_them.start()
            have_come = wait_until(
                lambda: len(workload._under_way.get(world.cast.ada.person_id, ())) == burst
            )
        all_of_them.join()

        assert have_come
        assert len(held.key_results) < workload.LARGE
        assert [one.status_code for one in answered] == [200] * burst

    def test_tell_their_faults_in_part(self, world, program):
        """A file in which everything is wrong is refused with the first fifty, however long its texts."""
        items = "".join(f"- {{id: p{number}, nmae: {'x' * 300}}}\n" for number in range(3_000))

        answer = program("zed").post("/plan/preview", {"text": f"milepost: 1\npeople:\n{items}"})

        assert (answer.status_code, len(answer.json()["errors"])) == (422, MOST_TOLD)
        assert len(answer.content) < SMALL
