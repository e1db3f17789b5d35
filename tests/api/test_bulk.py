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
        assert done[0].json() == done[1].json()
        assert done[0].json()["items"] == change["items"]
        assert done[1].headers["Idempotent-Replayed"] == "true"
        # One each, and one by which both are undone.
        assert Event.objects.of(cast.acme.id).count() == before + 3
        assert KeyResult.objects.of(cast.acme.id).get(id=okrs.guides.id).owner_id == cast.cleo.person_id

    def test_is_undone_by_the_event_it_answers_with(self, program, cast: Cast, okrs: Okrs):
        """One event takes all of it back, the others tell of each; of one thing there is one event."""
        ben = program("ben", scope="write")
        change = {"items": [encode(okrs.guides.id)], "change": "owner", "owner": encode(cast.cleo.person_id)}

        one = ben.post("/bulk-changes", change).json()
        nothing = ben.post("/bulk-changes", change).json()
        several = ben.post(
            "/bulk-changes",
            change | {"owner": None, "items": [encode(okrs.helpful.id), encode(okrs.guides.id)]},
        ).json()
        undone = ben.post(f"/events/{several['event']}/undoing", {})

        assert one["events"] == [one["event"]]
        assert (nothing["event"], nothing["events"]) == (None, [])
        assert len(several["events"]) == 3 and several["events"][-1] == several["event"]
        assert [ben.get(f"/events/{id}").json()["kind"] for id in several["events"]] == [
            "objective.changed", "key_result.changed", "objective.changed_together",
        ]  # fmt: skip
        assert undone.status_code == 201
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).owner_id == cast.ben.person_id

    @pytest.mark.parametrize(
        ("item", "change", "was", "becomes"),
        [
            (
                "draft",
                {"change": "cycle", "cycle": "@next_cycle"},
                {"cycle": "@cycle"},
                {"cycle": "@next_cycle"},
            ),
            ("helpful", {"change": "park", "reason": "Later"}, None, None),
            ("helpful", {"change": "cancel", "reason": "No"}, {"state": "active"}, {"state": "cancelled"}),
            (
                "helpful",
                {"change": "commitment", "commitment": "learning"},
                {"commitment": "committed"},
                {"commitment": "learning"},
            ),
            (
                "draft",
                {"change": "align", "serves": {"key_result": "@growth", "weight": "0.50"}},
                {"serves": None},
                {"serves": {"key_result": "@growth", "how": "contributes", "weight": "0.5"}},
            ),
        ],
    )
    def test_shows_what_was_and_what_becomes(self, program, okrs: Okrs, item, change, was, becomes):
        """The preview names the fields as a body does, and none where it cannot be."""

        def named(value):
            if isinstance(value, dict):
                return {name: named(each) for name, each in value.items()}
            is_named = isinstance(value, str) and value.startswith("@")
            return encode(getattr(okrs, value[1:]).id) if is_named else value

        answer = program("ada").post(
            "/bulk-changes/preview", {"items": [encode(getattr(okrs, item).id)], **named(change)}
        )

        (line,) = answer.json()["items"]
        assert (line["was"], line["becomes"]) == (named(was), named(becomes))

    def test_shows_the_days_of_key_results(self, program, okrs: Okrs):
        """Days are told together; null is as the cycle has it."""
        change = {
            "items": [encode(okrs.guides.id)],
            "change": "dates",
            "ends_on": okrs.cycle.ends_on.isoformat(),
        }

        (line,) = program("ada").post("/bulk-changes/preview", change | {"reason": "So"}).json()["items"]

        assert line["was"] == {"starts_on": None, "ends_on": None}
        assert line["becomes"] == {"starts_on": None, "ends_on": change["ends_on"]}

    @pytest.mark.parametrize("verb", ["owner", "team", "cycle", "visibility", "commitment", "align"])
    @pytest.mark.parametrize("path", ["/bulk-changes/preview", "/bulk-changes"])
    def test_refuses_a_change_whose_field_was_forgotten(self, program, okrs: Okrs, verb, path):
        """What was left out is not taken for null, which would be nobody's, or the whole company's."""
        change = {"items": [encode(okrs.helpful.id)], "change": verb, "reason": "So"}

        answer = program("ada").post(path, change)

        field = "serves" if verb == "align" else verb
        assert answer.status_code == 422
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, "missing")]
        assert Objective.objects.of(okrs.helpful.workspace_id).get(id=okrs.helpful.id).team_id

    def test_takes_null_for_the_company(self, program, okrs: Okrs):
        """Whoever says so means it."""
        change = {"items": [encode(okrs.helpful.id)], "change": "team", "team": None, "reason": "So"}

        answer = program("ada").post("/bulk-changes", change)

        assert answer.status_code == 200
        assert Objective.objects.of(okrs.helpful.workspace_id).get(id=okrs.helpful.id).team_id is None

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
