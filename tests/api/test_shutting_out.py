"""Shutting oneself out by program: asked with a code, answered in full once, and undone where `Link` says."""

from __future__ import annotations

import re

import pytest

from milepost.core.ids import encode
from tests.cast import Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases
NARROW = {"visibility": "people", "reason": "x"}


class TestLeaving:
    def test_is_asked(self, program, cast: Cast, okrs: Okrs):
        """What would end out of one's own sight is refused with a remedy, and nothing is written."""
        ada, there = program("ada"), f"/objectives/{encode(okrs.helpful.id)}"

        answer = ada.patch(there, NARROW)

        assert (answer.status_code, answer.json()["code"]) == (422, "shuts_you_out")
        assert answer.json()["errors"][0]["field"] == "visibility"
        assert "`leave`: true" in answer.json()["remedy"]
        assert ada.get(there).json()["visibility"] == "workspace"

    @pytest.mark.parametrize("noun", ["objectives", "key-results"])
    def test_is_answered_in_full_and_undone(self, program, cast: Cast, okrs: Okrs, noun: str):
        """Acknowledged, it is answered once as it is now; afterwards it is as if it were not there."""
        ada = program("ada")
        thing = okrs.helpful if noun == "objectives" else okrs.waiting
        there = f"/{noun}/{encode(thing.id)}"
        before = ada.get(there).json()

        answer = ada.patch(there, NARROW | {"leave": True})

        told = answer.json()
        assert answer.status_code == 200
        same = before.keys() - {"visibility", "revision", "counts", "serves"}  # what is hidden counts nowhere
        assert {name: told[name] for name in same} == {name: before[name] for name in same}
        assert told["visibility"] == "people" and told["revision"] == before["revision"] + 1
        assert ada.get(there).status_code == 404
        undoing = re.fullmatch(r'</api/v1(/events/\w+/undoing)>; rel="undo"', answer.headers["Link"])[1]
        assert ada.post(undoing, {}).status_code == 201
        assert ada.get(there).json()["visibility"] == before["visibility"]

    def test_of_a_place_in_a_team(self, program, cast: Cast, okrs: Okrs):
        """Whoever ends their own is asked, and goes with `leave`; others are removed without."""
        ben, there = program("ben"), f"/teams/{encode(cast.product.id)}/members"
        said = {
            "title": "Hush", "cycle": encode(okrs.cycle.id), "team": encode(cast.product.id),
            "owner": encode(cast.cleo.person_id), "visibility": "team",
        }  # fmt: skip
        hush = ben.post("/objectives", said).json()["id"]
        me = f"{there}/{encode(cast.ben.person_id)}"

        asked = ben.delete(me)

        assert (asked.status_code, asked.json()["code"]) == (422, "shuts_you_out")
        assert "“Hush”" in asked.json()["detail"] and "let you in again" in asked.json()["remedy"]
        assert ben.get(f"/objectives/{hush}").status_code == 200
        assert program("ada").delete(f"{there}/{encode(cast.cleo.person_id)}").status_code == 204
        assert ben.delete(f"{me}?leave=true").status_code == 204
        assert ben.get(f"/objectives/{hush}").status_code == 404

    def test_of_something_new(self, program, cast: Cast, okrs: Okrs):
        """A draft for others is answered with its key results, and is then theirs alone."""
        said = {
            "title": "Hush", "cycle": encode(okrs.cycle.id), "owner": encode(cast.ben.person_id),
            "visibility": "people", "key_results": [{"title": "One", "start": 0, "target": 5}],
        }  # fmt: skip
        ada = program("ada")
        assert ada.post("/objectives", said).json()["code"] == "shuts_you_out"

        answer = ada.post("/objectives", said | {"leave": True})

        assert answer.status_code == 201 and len(answer.json()["key_results"]) == 1
        assert ada.get(f"/objectives/{answer.json()['id']}").status_code == 404
        assert program("ben").get(f"/objectives/{answer.json()['id']}").status_code == 200

    def test_of_a_file_is_warned_of(self, program, cast: Cast, okrs: Okrs):
        """A preview warns of it; without `leave` the file is refused."""
        ada = program("ada")
        text = ada.get("/plan").content.decode()
        title = f'"title": "{okrs.helpful.title}"'
        assert title in text
        said = {"name": "okrs.json", "text": text.replace(title, f'{title}, "visibility": "people"', 1)}

        warnings = ada.post("/plan/preview", said).json()["warnings"]

        assert [one["message"] for one in warnings if one["kind"] == "objective"] == [
            "You will not see it any more."
        ]
        assert ada.post("/plan/application", said).json()["code"] == "shuts_you_out"
        assert ada.post("/plan/application", said | {"leave": True}).status_code == 201
