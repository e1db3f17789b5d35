"""What would follow: a program sees it before anything is done, and nothing is done by looking."""

from __future__ import annotations

import pytest

from milepost.core.ids import encode
from milepost.models import Event

pytestmark = pytest.mark.both_databases


class TestEnd:
    def asked(self, program, key_result, ends_at: str):
        return program.get(f"/key-results/{encode(key_result.id)}/supposition?ends_at={ends_at}")

    def test_tells_what_follows_above(self, program, okrs):
        """A key result that ends at its target lifts what it counts in, and the answer says from where."""
        answer = self.asked(program("cleo"), okrs.waiting, "1").json()

        above = [one["title"] for one in answer["effects"]]
        assert above == [okrs.helpful.title, okrs.company.title]
        assert answer["key_result"]["supposed_progress"] == 1
        assert answer["value"] == "4"
        assert all(one["supposed_progress"] > one["progress"] for one in answer["effects"])

    def test_changes_nothing(self, program, okrs):
        """Looking leaves no trace."""
        cleo = program("cleo")
        before = Event.objects.everywhere().count()
        self.asked(cleo, okrs.waiting, "0.3")

        assert Event.objects.everywhere().count() == before

    def test_follows_only_what_one_sees(self, program, okrs):
        """Hidden work above is not told of, and hidden work itself is not there."""
        assert self.asked(program("cleo"), okrs.shares, "1").status_code == 404

    @pytest.mark.parametrize("share", ["3", "-2", "far", "NaN"])
    def test_refuses_what_is_no_share(self, program, okrs, share: str):
        """A share is a number from -1 to 2."""
        answer = self.asked(program("cleo"), okrs.waiting, share)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "ends_at"


class TestEnds:
    def asked(self, program, ends: str):
        return program.get(f"/map/supposition?ends={ends}")

    def test_tells_what_several_would_do_at_once(self, program, okrs):
        """Both ends are told on their own scales, and what stands above both once."""
        ends = f"{encode(okrs.waiting.id)}:1,{encode(okrs.growth.id)}:0.5"

        answer = self.asked(program("cleo"), ends).json()

        assert [(one["key_result"]["title"], one["value"]) for one in answer["ends"]] == [
            (okrs.waiting.title, "4"),
            (okrs.growth.title, "40"),
        ]
        assert [one["title"] for one in answer["effects"]] == [okrs.helpful.title, okrs.company.title]

    def test_knows_no_hidden_key_result(self, program, okrs):
        """One that may not be seen is answered like one that is not there."""
        hidden, missing = (
            self.asked(program("cleo"), f"{encode(id)}:0.3") for id in (okrs.shares.id, okrs.shares.id + 1)
        )

        assert (hidden.status_code, hidden.content) == (422, missing.content)

    def test_refuses_two_ends_of_one(self, program, okrs):
        """A key result ends in one place: named twice, neither counts."""
        waiting = encode(okrs.waiting.id)

        answer = self.asked(program("cleo"), f"{waiting}:0.3,{waiting}:0.4")

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "ends"

    def test_refuses_what_is_no_share(self, program, okrs):
        """A share is a number from -1 to 2."""
        assert self.asked(program("ada"), f"{encode(okrs.waiting.id)}:9").status_code == 422
        assert self.asked(program("ada"), encode(okrs.waiting.id)).status_code == 422


class TestPlace:
    def asked(self, program, objective, **where):
        said = "&".join(f"{name}={encode(row.id)}" for name, row in where.items())
        return program.get(f"/objectives/{encode(objective.id)}/supposition?{said}")

    def test_tells_what_leaving_would_do(self, program, okrs):
        """An objective that would stand by itself changes what it served."""
        answer = self.asked(program("ada"), okrs.helpful, leaves=okrs.company).json()

        assert [one["title"] for one in answer["effects"]] == [okrs.company.title]
        assert answer["loop"] == []

    def test_names_the_loop(self, program, okrs):
        """What would serve itself cannot be done, and the answer says round which way."""
        answer = self.asked(program("ada"), okrs.company, serves=okrs.helpful).json()

        assert okrs.helpful.title in answer["loop"]

    def test_knows_no_place_that_one_does_not_see(self, program, okrs):
        """A hidden place is answered like one that is not there."""
        answer = self.asked(program("cleo"), okrs.helpful, serves=okrs.secret)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "serves"
