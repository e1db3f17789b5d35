"""Many at once and saved views, by program."""

from __future__ import annotations

import pytest

from milepost.core.ids import encode
from milepost.models import Event, KeyResult, Objective, SavedView
from tests.cast import Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases


class TestBulk:
    def test_does_what_its_preview_said(self, program, cast: Cast, okrs: Okrs):
        """The preview changes nothing; the change does, once for each key, with an event for each."""
        ben = program("ben", scope="write")
        change = {
            "items": [encode(okrs.helpful.id), encode(okrs.guides.id)],
            "change": "owner",
            "owner": encode(cast.cleo.person_id),
            "reason": "Ben is away.",
        }
        before = Event.objects.of(cast.acme.id).count()

        shown = ben.post("/bulk-changes/preview", change)
        untouched = Event.objects.of(cast.acme.id).count()
        done = [
            ben.post("/bulk-changes", change | {"seen": shown.json()["seen"]}, Idempotency_Key="away")
            for _ in range(2)
        ]

        assert [line["is_changed"] for line in shown.json()["items"]] == [True, True]
        assert untouched == before
        assert [answer.status_code for answer in done] == [200, 200]
        assert done[0].json() == done[1].json() == {"items": change["items"]}
        assert done[1].headers["Idempotent-Replayed"] == "true"
        # One each, and one by which both are undone.
        assert Event.objects.of(cast.acme.id).count() == before + 3
        assert KeyResult.objects.of(cast.acme.id).get(id=okrs.guides.id).owner_id == cast.cleo.person_id

    def test_names_each_that_cannot(self, program, cast: Cast, okrs: Okrs):
        """Refused as a whole, with a place and a code for each that stood in the way."""
        change = {"items": [encode(row.id) for row in (okrs.helpful, okrs.company)], "change": "cancel"}

        answer = program("ben", scope="write").post("/bulk-changes", change | {"reason": "No more."})

        assert (answer.status_code, answer.json()["code"]) == (422, "some_cannot")
        assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [
            ("items.1", "not_allowed")
        ]
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).state == "active"


class TestViews:
    def test_are_kept_chosen_and_deleted(self, program, cast: Cast):
        """A program keeps a view, lets its person begin with it, and takes it away again."""
        ben = program("ben", scope="write")

        made = ben.post("/views", {"name": "Due", "settings": "?sort=due&open=x", "shared": "everyone"})
        there = f"/views/{made.json()['id']}"
        chosen = ben.put(f"{there}/choice", {})
        renamed = ben.patch(there, {"name": "Due first"})
        seen = program("cleo").get("/views").json()["items"]
        gone = ben.delete(there)

        assert (made.status_code, made.json()["settings"], made.json()["is_default"]) == (
            201,
            "sort=due",
            False,
        )
        assert chosen.json()["is_default"] is True
        assert renamed.json()["name"] == "Due first"
        assert [(one["name"], one["is_default"]) for one in seen] == [("Due first", False)]
        assert gone.status_code == 204
        assert not SavedView.objects.of(cast.acme.id).exists()
