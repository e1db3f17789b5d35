"""Editions: texts that are kept from edit to edit say what texts written anew would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.ledger import image as images
from milepost.ledger.columns import Numbers, Rows
from milepost.ledger.editions import Edition, Written
from tests.cast import Cast
from tests.okrs import Okrs

TEXTS = st.dictionaries(st.integers(0, 60), st.binary(max_size=9), max_size=25)


def rows(*ids: int) -> Rows:
    return Rows(tuple, np.array(ids, dtype=np.int64), {"id": Numbers(np.array(ids, dtype=np.int64))})


def edition(*ids: int) -> Edition:
    return Edition(rows(*ids), rows(), rows())


def sorted_ids(texts: dict[int, bytes]) -> np.ndarray:
    return np.array(sorted(texts), dtype=np.int64)


def written(texts: dict[int, bytes]) -> Written:
    ids = sorted_ids(texts)
    return Written.of("", ids, [texts[id] for id in ids.tolist()], edition())


class TestEdition:
    def test_touches_whoever_served_what_is_gone(self, cast: Cast, okrs: Okrs):
        """Where an objective or a key result goes, those that served it say so no longer."""
        now = images.of(cast.acme.id).edition
        gone = now.objectives.changed([], [okrs.company.id])

        touched = now._replace(objectives=gone).touched(now)

        assert touched == {okrs.company.id, okrs.helpful.id, okrs.secret.id}

    def test_touches_nobody_where_nothing_changed(self, cast: Cast, okrs: Okrs):
        """The same rows are the same."""
        now = images.of(cast.acme.id).edition

        assert now.touched(now) == set()
        assert (now.outdated("objectives", now), now.outdated("key_results", now)) == (set(), set())


class TestWritten:
    @given(TEXTS, st.data())
    def test_joins_what_is_seen(self, texts: dict[int, bytes], data: st.DataObject):
        """Any places may be left out, and any of the others may say something else."""
        ids = sorted(texts)
        seen = np.array([data.draw(st.booleans()) for _ in ids], dtype=bool)
        instead = {
            place: data.draw(st.binary(max_size=5))
            for place in np.flatnonzero(seen).tolist()
            if data.draw(st.booleans())
        }

        joined = written(texts).joined(seen, instead)

        assert joined == b",".join(
            instead.get(place, texts[id]) for place, id in enumerate(ids) if seen[place]
        )

    @given(TEXTS, TEXTS, st.sets(st.integers(0, 60)))
    def test_takes_over_what_stands(self, before: dict[int, bytes], fresh: dict[int, bytes], gone: set[int]):
        """Some are replaced, some come, some go: the whole is as though it were written at once."""
        now = {id: text for id, text in (before | fresh).items() if id not in gone}
        fresh = {id: text for id, text in fresh.items() if id in now}

        renewed = written(before).renewed(sorted_ids(now), fresh, edition())

        whole = written(now)
        assert (bytes(renewed.bytes), renewed.ends.tolist()) == (bytes(whole.bytes), whole.ends.tolist())

    def test_is_outdated_whole_by_other_columns(self):
        """What was read from the tables again may differ anywhere."""
        old = Written.of("", np.zeros(0, dtype=np.int64), [], edition(1, 2))

        assert old.outdated("objectives", edition(1, 2)) is None
        assert old.outdated("objectives", old.edition) == set()

    @pytest.mark.parametrize("name", ["objectives", "key_results"])
    def test_does_not_forget_what_it_was_behind_with(self, name: str):
        """Texts from a snapshot may have been outdated when they were put there."""
        texts = written({1: b"one", 2: b"two"})
        behind = Written(texts.mark, texts.ids, texts.ends, texts.bytes, texts.edition, frozenset({2}))

        assert behind.outdated(name, texts.edition) == {2}
