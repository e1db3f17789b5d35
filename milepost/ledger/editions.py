"""Editions: the rows an image is made of at one moment, and what was written out of them.

To write a hundred thousand rows out takes a second, and an edit touches a few of them: texts are kept from
edit to edit, and in snapshots, and only those are written anew whose rows are others now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from milepost.ledger.columns import Rows, positions

SEPARATOR = b","


class Edition(NamedTuple):
    """The rows of an image at one moment. Rows are exchanged, never written over, so they stay."""

    objectives: Rows
    key_results: Rows
    alignments: Rows

    def touched(self, then: Edition) -> set[int]:
        """Return the objectives that may differ from then: in their row, a key result, or whom they serve.

        A few, whatever the size of the whole, as long as both come from the same columns.
        """
        found = self.objectives.differing(then.objectives)
        own = self.key_results.differing(then.key_results)
        links = self.alignments.differing(then.alignments)
        serving = self._serving(
            [id for id in found if (id in self.objectives) != (id in then.objectives)],
            [id for id in own if (id in self.key_results) != (id in then.key_results)],
        )
        for edition in (self, then):
            found |= {row.objective_id for id in own if (row := edition.key_results.get(id))}
            found |= {row.child_id for id in links if (row := edition.alignments.get(id))}
        return found | serving

    def outdated(self, name: str, then: Edition) -> set[int] | None:
        """Return which of the `objectives` or `key_results` may differ from then; None: any of them may."""
        if any(now.base is not was.base for now, was in zip(self, then, strict=True)):
            return None
        return self.touched(then) if name == "objectives" else self.key_results.differing(then.key_results)

    def _serving(self, objectives: list[int], key_results: list[int]) -> set[int]:
        """Return the objectives that serve any of these."""
        if not objectives and not key_results:
            return set()
        links = self.alignments
        serving = np.isin(links.array("parent_objective_id"), objectives)
        serving |= np.isin(links.array("parent_key_result_id"), key_results)
        return set(links.array("child_id")[serving].tolist())


@dataclass(frozen=True)
class Written:
    """A text for each of some ids, in one string of bytes, each with a separator behind it.

    `edition` is what they were written from, but for those that were `behind` even then.
    """

    mark: str  # names the code that wrote them: texts of any other are worth nothing
    ids: np.ndarray
    ends: np.ndarray
    bytes: memoryview
    edition: Edition
    behind: frozenset[int] = frozenset()

    @classmethod
    def of(cls, mark: str, ids: np.ndarray, texts: Sequence[bytes], edition: Edition) -> Written:
        """Put texts together, one for each id, in their order."""
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        whole = memoryview(SEPARATOR.join([*texts, b""]))
        return cls(mark, ids, np.cumsum(lengths + len(SEPARATOR)), whole, edition)

    def outdated(self, name: str, edition: Edition) -> set[int] | None:
        """Return which texts may say something else in an edition; None: any of them may."""
        found = edition.outdated(name, self.edition)
        return None if found is None else found | self.behind

    def renewed(self, ids: np.ndarray, fresh: Mapping[int, bytes], edition: Edition) -> Written:
        """Return the texts of `ids`: the fresh ones, and those that stand here."""
        if not fresh and np.array_equal(ids, self.ids):
            return self
        places = positions(self.ids, ids)
        places[positions(ids, np.array(sorted(fresh), dtype=np.int64))] = -1
        news = np.flatnonzero(places < 0).tolist()
        texts = {place: fresh[ids.item(place)] + SEPARATOR for place in news}
        begins = self._begins
        lengths = np.diff(begins, append=0)[places]
        lengths[news] = [len(text) for text in texts.values()]
        # What stood side by side and still does is taken together.
        breaks = 1 + np.flatnonzero((np.diff(places) != 1) | (places[1:] < 0) | (places[:-1] < 0))
        pieces = [
            texts[begin]
            if begin in texts
            else self.bytes[begins.item(places.item(begin)) : begins.item(places.item(end - 1) + 1)]
            for begin, end in pairwise([0, *breaks.tolist(), len(places)])
            if begin < end
        ]
        whole = memoryview(b"".join(pieces))
        return Written(self.mark, ids, np.cumsum(lengths), whole, edition)

    @property
    def _begins(self) -> np.ndarray:
        return np.concatenate([[0], self.ends])

    def joined(self, seen: np.ndarray, instead: Mapping[int, bytes]) -> bytes:
        """Join the texts of the places that are `seen`; some places say something else `instead`."""
        plain, begins = seen.copy(), self._begins
        plain[list(instead)] = False
        edges = np.flatnonzero(np.diff(plain, prepend=False, append=False))
        cuts = begins[edges].reshape(-1, 2).tolist()
        pieces: dict[int, bytes | memoryview] = {
            place: self.bytes[begin:end]
            for place, (begin, end) in zip(edges[::2].tolist(), cuts, strict=True)
        }
        pieces |= {place: text + SEPARATOR for place, text in instead.items()}
        found = [pieces[place] for place in sorted(pieces)]
        if found:
            found[-1] = found[-1][: -len(SEPARATOR)]
        return b"".join(found)
