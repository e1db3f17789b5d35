"""Outlines: what arrays say of a tree is what one finds by walking it."""

from __future__ import annotations

import pytest

from milepost.core.access import Visibility
from milepost.core.states import KeyResultState
from milepost.ledger import image as images
from milepost.ledger.image import Image
from milepost.queries import outlines
from milepost.queries.cards import Reader
from milepost.queries.outlines import SET_ASIDE, Branches, Outline
from tests.cast import TODAY, Cast
from tests.ledger.test_image import Walk
from tests.okrs import Okrs

STEPS, ROUNDS = 10, 3


def own_key_results(image: Image, id: int) -> list[int]:
    return [one.id for one in image.key_results_of.get(id, ()) if one.state != KeyResultState.CANCELLED]


def serves(image: Image, id: int) -> list[int]:
    return [link.parent_id for link in image.serves.get(id, ()) if link.parent_id in image.node]


def above(image: Image, id: int) -> list[int]:
    one = image.key_results.get(id)
    return [one.objective_id] if one else serves(image, id)


def shown_by_walking(image: Image, cycles: frozenset[int] | None) -> set[int]:
    found: set[int] = set()
    for row in image.objectives.values():
        if row.state not in SET_ASIDE and (cycles is None or row.cycle_id in cycles):
            found |= {row.id, *own_key_results(image, row.id)}
    waiting = list(found)
    while waiting:
        new = [id for id in above(image, waiting.pop()) if id not in found]
        found.update(new)
        waiting += new
    return found


def below_by_walking(image: Image, shown: set[int], id: int) -> list[int]:
    own = [one for one in own_key_results(image, id) if one in shown]
    return own + [
        row.id for row in image.objectives.values() if row.id in shown and id in serves(image, row.id)
    ]


def under_by_walking(image: Image, outline: Outline, reader: Reader, id: int) -> set[int]:
    found, waiting = set(), [id]
    while waiting:
        at = waiting.pop()
        if at not in found and reader.sees(at):
            found.add(at)
            waiting += outline.below(image, at)
    return {one for one in found if one in image.objectives}


class TestOutline:
    @pytest.mark.parametrize("seed", range(8))
    def test_is_what_one_finds_by_walking(self, cast: Cast, okrs: Okrs, seed: int):
        """Whatever was drafted, aligned, cancelled, restricted and set aside before, in every cycle."""
        walk = Walk(cast, okrs, seed)

        for _ in range(ROUNDS):
            for _ in range(STEPS):
                walk.step()
            image = images.of(cast.acme.id)
            for cycles in (None, *(frozenset([id]) for id in image.cycles)):
                outline, shown = outlines.of(image, cycles), shown_by_walking(image, cycles)
                objectives = [row for row in image.objectives.values() if row.id in shown]
                free = [row.id for row in objectives if not serves(image, row.id)]
                apart = [id for id in free if image.objectives[id].visibility == Visibility.PRIVATE]

                assert {id for id in image.ids if id in outline.shown} == shown
                for id in shown:
                    assert outline.below(image, id) == below_by_walking(image, shown, id)
                    wanted = serves(image, id) if id in image.objectives else []
                    assert [parent.id for parent in outline.parents(image, id)] == wanted
                assert sorted([*outline.tops, *outline.unaligned, *apart]) == sorted(free)
                assert outline.hanging == [
                    row.id
                    for row in objectives
                    if serves(image, row.id) and all(image.audience(id) for id in serves(image, row.id))
                ]

    @pytest.mark.parametrize("seed", range(4))
    def test_branches_are_what_one_finds_by_walking(self, cast: Cast, okrs: Okrs, seed: int):
        """Of everyone: what hangs below what one does not see is not below."""
        walk = Walk(cast, okrs, seed)
        for _ in range(STEPS * ROUNDS):
            walk.step()

        for actor in (cast.ada, cast.ben, cast.cleo):
            reader = Reader(actor, TODAY)
            image, outline = reader.image, outlines.of(reader.image, None)
            branches = Branches(image, outline, outline.shown.mask & reader.seen)
            for row in image.objectives.values():
                if row.id in outline.shown and reader.sees(row.id):
                    found = outlines.ids_of(image, branches.under(image.node[row.id]))
                    assert set(found) == under_by_walking(image, outline, reader, row.id)
