"""The likeliest of many: found by arrays, the same as by reading every title."""

from __future__ import annotations

from itertools import product

import pytest

from milepost.actions import objectives
from milepost.ledger import image
from milepost.queries import ranking, search
from milepost.queries.cards import Reader
from tests.cast import NOW, TODAY, Cast
from tests.okrs import Okrs, written

pytestmark = pytest.mark.both_databases

TITLES = ("Rye", "RYE!", "Rye first", "All about rye", "Ryes for all", "About ryes", "Wheat", "Éclair rye")
TYPED = ("rye", "ry", "r", "a rye", "all", "rye f", "ecl", "wheat", "e", "of", "wait", "ben", "a")


@pytest.fixture
def okrs(cast: Cast) -> Okrs:
    found = written(cast, NOW)
    texts, owners = ("", "Of rye and all wheat"), (cast.ada, cast.ben)
    for number, (title, text, by) in enumerate(product(TITLES, texts, owners)):
        objectives.draft(
            title=title, cycle=(found.cycle, found.next_cycle)[number % 3 == 0].id, owner=by.person_id,
            description=text, visibility=("workspace", "private")[number % 5 == 0],
            team=cast.product.id if by is cast.ben or number % 7 == 0 else None, by=by, at=NOW,
        )  # fmt: skip
    image.forget()
    return found


class TestRanking:
    @pytest.mark.parametrize("most", [1, 3, 20])
    @pytest.mark.parametrize("who", ["ada", "ben", "cleo"])
    def test_of_many_is_that_of_few(self, cast, okrs, who, most, monkeypatch):
        """However many have the words, the same things come first, and as many are counted."""
        reader = Reader(getattr(cast, who), TODAY)
        few = [search.find(reader, typed, most=most) for typed in TYPED]

        monkeypatch.setattr(ranking, "MANY", 2)

        assert [search.find(reader, typed, most=most) for typed in TYPED] == few

    def test_knows_what_was_renamed_since(self, cast, okrs, monkeypatch):
        """A title that changed after the order was made is found and ranked as it is now."""
        monkeypatch.setattr(ranking, "MANY", 2)
        search.find(Reader(cast.ada, TODAY), "rye")

        objectives.draft(title="Rye", cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=NOW)
        objectives.update(objective=okrs.company.id, changed={"title": "Rye again"}, by=cast.ada, at=NOW)
        found = search.find(Reader(cast.ada, TODAY), "rye", most=50)

        monkeypatch.setattr(ranking, "MANY", 1_000)
        assert search.find(Reader(cast.ada, TODAY), "rye", most=50) == found
        assert "Rye again" in [hit.title for hit in found.hits]
