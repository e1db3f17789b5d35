"""What has a title in the image: which of it has some words, in sight or not, without asking the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from milepost.core import terms
from milepost.core.terms import Fit, Terms
from milepost.ledger.columns import Numbers, Rows, Texts
from milepost.ledger.image import Image
from milepost.ledger.titles import Titles

KINDS = ("team", "objective", "key_result", "person", "cycle")


class _Named(NamedTuple):
    """A team or a cycle, by its name alone."""

    id: int
    name: str


@dataclass(frozen=True)
class Titled:
    """The rows of one kind, by their titles; a place is one in the order of ids.

    `first_node`: the first one's number among the nodes of the image; None where everyone may see them all.
    """

    kind: str
    rows: Rows
    column: str = "name"
    first_node: int | None = None

    @classmethod
    def of(cls, image: Image, kind: str) -> Titled:
        """Return what an image holds of a kind."""
        if kind == "objective":
            return cls(kind, image.objectives, "title", 0)
        if kind == "key_result":
            return cls(kind, image.key_results, "title", image.first_key_result)
        return cls(kind, image.people if kind == "person" else _named(image, kind))

    @property
    def titles(self) -> Titles:
        return self.rows.columns[self.column].titles

    @cached_property
    def bases(self) -> np.ndarray:
        """Where in its column each row stands; -1: it was replaced since the column was made."""
        return self.rows.places

    @property
    def replaced(self) -> np.ndarray:
        """The places of rows that were replaced since the column was made."""
        return np.flatnonzero(self.bases < 0)

    def title(self, place: int) -> str:
        return self.rows.at(place, self.column)

    def having(self, wanted: Terms, *, whole: bool = False) -> np.ndarray:
        """Say of each row whether its title has every word: begun, or `whole`."""
        found = self.titles.having(wanted.words, whole=whole)
        if not self.rows.own and not self.rows.gone:
            return found
        # The last one stands in for rows that were replaced, whose titles are read one by one.
        found = np.append(found, False)[self.bases]
        for place in self.replaced.tolist():
            title = self.title(place)
            if whole:
                found[place] = set(wanted.words) <= set(terms.split(title))
            else:
                found[place] = terms.fit(wanted, title) is not Fit.TEXT
        return found

    def places(self, ids: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return where the ids stand that there are."""
        known, ids = self.rows.ids, np.sort(ids)
        if not len(known):
            return np.zeros(0, dtype=np.int64)
        places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        return places[known[places] == ids]


def _named(image: Image, kind: str) -> Rows:
    found = image.derived.get((_named, kind))
    if found is None:
        rows = image.teams if kind == "team" else image.cycles
        listed = sorted(rows.values(), key=lambda row: row.id)
        found = Rows.collect(_Named, {"id": Numbers, "name": Texts}, listed)
        image.derived[_named, kind] = found
    return found
