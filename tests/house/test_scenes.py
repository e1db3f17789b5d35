"""Scenes: what is written again is what was made, but for its ids; where others wrote, it is made anew."""

from __future__ import annotations

import re

import pytest
from django.db import transaction

from milepost.actions import teams
from milepost.core.ids import decode
from milepost.ledger import image
from milepost.models import Change, Objective
from milepost.queries import verification
from tests import cast as the_cast
from tests import scenes
from tests.cast import NOW, Cast
from tests.okrs import Okrs, written
from tests.worlds import everything_kept

pytestmark = pytest.mark.both_databases

AN_ID = re.compile(r"\b\d{17,19}\b")  # not a part of what was hashed
WRITTEN = re.compile(r"\b[0-7][0-9a-hjkmnp-tv-z]{12}\b")


def played() -> tuple[Cast, Okrs]:
    """Let the cast and their OKRs stand."""
    image.forget()
    cast = scenes.stand("cast", the_cast.assemble)
    return cast, scenes.stand("okrs", lambda: written(cast, NOW), on=cast, at=NOW)


@pytest.fixture
def first(db) -> tuple[Cast, Okrs, dict[str, list]]:
    """What there was when the scenes were last played, of which nothing is left."""
    with transaction.atomic():
        cast, okrs = played()
        kept = everything_kept()
        transaction.set_rollback(True)
    return cast, okrs, kept


def masked(kept: dict[str, list]) -> dict[str, list]:
    """Let ids read as places in their order, and leave out the numbers that a database gives."""
    kept = {
        table: [WRITTEN.sub(lambda id: str(decode(id[0])), row) for row in rows]
        for table, rows in kept.items()
    }
    every = {id for rows in kept.values() for row in rows for id in AN_ID.findall(row)}
    places = {id: f"#{place}" for place, id in enumerate(sorted(every))}
    return {
        table: sorted(AN_ID.sub(lambda id: places[id[0]], re.sub(r"^\(\d{1,9}, ", "(", row)) for row in rows)
        for table, rows in kept.items()
    }


class TestScene:
    def test_is_written_as_it_was_made(self, first):
        """Row by row the same, and so is what the fixtures return."""
        cast, okrs = played()

        assert masked(everything_kept()) == masked(first[2])
        assert okrs.helpful.title == first[1].helpful.title
        assert (cast.ben.leads, cast.ben.name) == (frozenset({cast.product.id}), first[0].ben.name)
        assert Objective.objects.of(cast.acme.id).get(id=okrs.helpful.id).team_id == cast.product.id

    def test_has_ids_of_its_own(self, first):
        """No id of one test is an id in the next, wherever it stands."""
        played()

        before, now = ({*AN_ID.findall(str(kept))} for kept in (first[2], everything_kept()))

        assert now and before
        assert now & before == set()

    def test_is_whole(self, first):
        """What Milepost derives from the rows agrees with them."""
        cast, _ = played()

        assert list(verification.differences(cast.acme.id, NOW)) == []
        assert Change.objects.filter(workspace_id=cast.acme.id).exists()

    def test_is_made_anew_where_others_wrote(self, first):
        """A scene stands on the one below it as that was; on anything else the actions decide."""
        made: list[Okrs] = []

        def make() -> Okrs:
            made.append(written(cast, NOW))
            return made[-1]

        with transaction.atomic():
            cast = scenes.stand("cast", the_cast.assemble)
            teams.create(name="Workshop", by=cast.ada, at=NOW)
            assert scenes.stand("okrs", make, on=cast, at=NOW) is made[0]
            transaction.set_rollback(True)
        cast = scenes.stand("cast", the_cast.assemble)
        scenes.stand("okrs", make, on=cast, at=NOW)

        assert len(made) == 1
