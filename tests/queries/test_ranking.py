"""The likeliest of many: found by arrays, the same as by reading every title."""

from __future__ import annotations

from itertools import product

import pytest

from milepost.actions import objectives, teams
from milepost.core import terms
from milepost.core.ids import decode
from milepost.ledger import image
from milepost.models import Cycle, KeyResult, Objective, Person, Team
from milepost.queries import search
from milepost.queries.cards import Reader
from milepost.queries.hits import KINDS
from tests.cast import NOW, TODAY, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases

TITLES = ("Rye", "RYE!", "Rye first", "All about rye", "Ryes for all", "About ryes", "Wheat", "Éclair rye")
TYPED = ("rye", "ry", "r", "a rye", "all", "rye f", "ecl", "wheat", "e", "of", "wait", "ben", "a")


@pytest.fixture
def okrs(cast: Cast, okrs: Okrs) -> Okrs:
    texts, owners = ("", "Of rye and all wheat"), (cast.ada, cast.ben)
    for number, (title, text, by) in enumerate(product(TITLES, texts, owners)):
        objectives.draft(
            title=title, cycle=(okrs.cycle, okrs.next_cycle)[number % 3 == 0].id, owner=by.person_id,
            description=text, visibility=("workspace", "private")[number % 5 == 0],
            team=cast.product.id if by is cast.ben or number % 7 == 0 else None, by=by, at=NOW,
        )  # fmt: skip
    image.forget()
    return okrs


def by_reading(reader: Reader, typed: str) -> list[tuple[str, int]]:
    """Return the kind and id of all that has the words, the likeliest first, by reading every row."""
    wanted, me, teams = terms.terms(typed), reader.actor.person_id, reader.actor.teams
    found = []

    def take(kind: str, row, title: str, text: str = "", age: int = 0, near: int = 2) -> None:
        words = terms.folded(f"{title} {text}").split()
        if all(any(word.startswith(one) for word in words) for one in wanted.words):
            fit = terms.fit(wanted, title)
            found.append((fit, age, near, KINDS.index(kind), terms.folded(title), row.id))

    def age(cycle: Cycle) -> int:
        return 2 if cycle.ends_on and cycle.ends_on < TODAY else int(cycle.starts_on > TODAY)

    def near(row: Objective, *owners: int | None) -> int:
        return 0 if me in (row.owner_id, *owners) else 1 if row.team_id in teams else 2

    workspace = reader.actor.workspace_id
    for row in Team.objects.of(workspace):
        take("team", row, row.name, row.purpose, near=0 if row.id in teams else 2)
    for row in Person.objects.of(workspace):
        take("person", row, row.name, age=2 if row.left_on else 0, near=0 if row.id == me else 2)
    for row in Cycle.objects.of(workspace):
        take("cycle", row, row.name, age=age(row))
    for row in Objective.objects.of(workspace).select_related("cycle"):
        if reader.sees(row.id):
            take("objective", row, row.title, row.description, age(row.cycle), near(row))
    for row in KeyResult.objects.of(workspace).select_related("objective__cycle"):
        if reader.sees(row.id):
            cycle, nearness = row.objective.cycle, near(row.objective, row.owner_id)
            take("key_result", row, row.title, row.description, age(cycle), nearness)
    return [(KINDS[kind], id) for *_, kind, _, id in sorted(found)]


def by_arrays(reader: Reader, typed: str, most: int) -> list[tuple[str, int]]:
    found = search.find(reader, typed, most=most)
    return [(hit.kind, decode(hit.id)) for hit in found.hits if hit.kind not in ("initiative", "comment")]


class TestRanking:
    @pytest.mark.parametrize("most", [1, 3, 100])
    @pytest.mark.parametrize("who", ["ada", "ben", "cleo"])
    def test_is_that_of_reading_everything(self, cast, okrs, who, most):
        """However few are wanted, they are the first of all, in the same order."""
        reader = Reader(getattr(cast, who), TODAY)

        for typed in TYPED:
            found = by_arrays(reader, typed, most)

            assert found == by_reading(reader, typed)[: len(found)]
            assert len(found) == most or search.find(reader, typed, most=most).total <= most

    def test_knows_what_was_renamed_since(self, cast, okrs):
        """A title that changed after the order was made is found and ranked as it is now."""
        search.find(Reader(cast.ada, TODAY), "rye")

        objectives.draft(title="Rye", cycle=okrs.cycle.id, owner=cast.ada.person_id, by=cast.ada, at=NOW)
        objectives.update(objective=okrs.company.id, changed={"title": "Rye again"}, by=cast.ada, at=NOW)
        teams.update(team=cast.product.id, changed={"name": "Ryes"}, by=cast.ada, at=NOW)
        reader = Reader(cast.ada, TODAY)

        for typed in TYPED:
            assert by_arrays(reader, typed, 50) == by_reading(reader, typed)
        assert by_arrays(reader, "rye again", 50) == [("objective", okrs.company.id)]
