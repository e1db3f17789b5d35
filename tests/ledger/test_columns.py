"""Rows in columns: whatever is changed, they are what a dictionary of rows would be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from milepost.ledger.columns import NOTHING, Groups, Numbers, Rows, Texts, Words

KINDS = {"id": Numbers, "name": Texts, "state": Words, "above": Numbers}


@dataclass(slots=True)
class Row:
    id: int
    name: str | None
    state: str | tuple | None
    above: int | None


row_texts = some.none() | some.text(
    some.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6
)
states = some.sampled_from(["draft", "active", None, ("a", "b")])
ids = some.integers(0, 2**63 - 1)


def rows(id):
    return some.builds(Row, id, row_texts, states, some.none() | some.integers(0, 5))


many = some.dictionaries(some.integers(0, 40), some.none(), max_size=12).flatmap(
    lambda found: some.tuples(*(rows(some.just(id)) for id in found))
)


def collected(found) -> Rows:
    return Rows.collect(Row, KINDS, sorted(found, key=lambda row: row.id))


class TestRows:
    @given(many)
    def test_gives_back_what_it_was_given(self, found):
        """One by one, all at once, and column by column."""
        held = collected(found)
        wanted = {row.id: row for row in sorted(found, key=lambda row: row.id)}

        assert {id: held[id] for id in wanted} == wanted
        assert dict(collected(found).items()) == wanted
        assert held.listed("name") == [row.name for row in wanted.values()]
        for each in (held, collected(found)):  # whether its rows were made or not
            assert [each.value(id, "above") for id in wanted] == [row.above for row in wanted.values()]
        assert held.value(41, "above") is None and held.value(None, "above") is None

    @given(many, some.lists(some.tuples(many, some.sets(some.integers(0, 40)))))
    def test_changes_as_a_dictionary_does(self, found, steps):
        """Rows exchanged, added and taken away; what was held before stays as it was."""
        held, wanted = collected(found), {row.id: row for row in found}

        for fresh, gone in steps:
            before, past = held, dict(wanted)
            held = held.changed(fresh, gone)
            wanted = {id: row for id, row in wanted.items() if id not in gone}
            wanted |= {row.id: row for row in fresh}

            assert dict(held.items()) == dict(sorted(wanted.items()))
            assert dict(before.items()) == past
            assert list(held) == sorted(wanted)
            assert all((id in held) == (id in wanted) and held.get(id) == wanted.get(id) for id in range(41))
            assert all(held.value(id, "name") == getattr(wanted.get(id), "name", None) for id in range(41))
            assert held.listed("state") == [wanted[id].state for id in sorted(wanted)]
            assert held.array("above").tolist() == [
                NOTHING if wanted[id].above is None else wanted[id].above for id in sorted(wanted)
            ]
            assert held.array("state", lambda state: state == "active", bool).tolist() == [
                wanted[id].state == "active" for id in sorted(wanted)
            ]

    @given(ids)
    def test_takes_every_id(self, id):
        """Ids have 63 bits."""
        assert collected([Row(id, "", None, None)])[id].id == id


class TestGroups:
    @given(many)
    def test_hold_what_belongs_to_each(self, found):
        """In the order of ids; of what belongs nowhere there is none."""
        held = collected(found)
        keys = held.array("above")

        groups = Groups(held, {key: key for key in range(6)}.get, np.where(keys == NOTHING, -1, keys), size=6)

        for key in range(7):
            assert groups[key] == [row for row in held.values() if row.above == key]
            assert (key in groups) == any(row.above == key for row in found)
        assert groups.counts().tolist() == [len(groups[key]) for key in range(6)]
