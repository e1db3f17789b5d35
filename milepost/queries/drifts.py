"""Drifts: what the passing of days alone changed. The same figures are judged otherwise as a plan goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from milepost.core import pace
from milepost.core.ids import encode
from milepost.ledger.columns import positions
from milepost.ledger.structure import COUNTING_KEY_RESULT_STATES
from milepost.queries.cards import Reader


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a day judged something, and by which figures."""

    on: date
    status: str
    because: str


@dataclass(frozen=True, slots=True)
class Drift:
    """Something that stands as it stood and is judged otherwise."""

    id: str
    title: str
    url: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Drifted:
    """An objective to which nothing was done: its own drift, if it has one, and those of its key results."""

    id: str
    title: str
    url: str
    own: Drift | None
    key_results: tuple[Drift, ...]


def verdicts(then: Reader, now: Reader, id: int) -> tuple[Verdict, Verdict] | None:
    """Return how each day judged something that is there on both; None where they agree."""
    if not (then.finds(id) and now.finds(id)):
        return None
    found = _verdict(then, id), _verdict(now, id)
    return None if found[0].status == found[1].status else found


def _verdict(reader: Reader, id: int) -> Verdict:
    word = reader.day.status_of(id).word
    progress, needed = reader.progress(id), float(reader.day.needed[reader.image.node[id]])
    raw = None if progress is None else Fraction(progress)
    return Verdict(reader.today, word, pace.because(word, raw, needed=Fraction(needed)))


class Drifts:
    """What drifted between two readers' days, of some objectives that are the same on both."""

    def __init__(self, then: Reader, now: Reader, same: Iterable[int]) -> None:
        self.then, self.now = then, now
        image, rows = now.image, now.image.objectives
        marked = _judged_otherwise(then, now)
        above = image.parent[marked[image.first_key_result :]]
        marked[above[above >= 0]] = True
        self.objectives = [
            id for id in same if marked[image.node[id]] and rows[id].counts and rows[id].is_open
        ]

    def told(self, most: int) -> Iterator[Drifted]:
        """Tell so many of them in full."""
        for id in self.objectives[:most]:
            rows = self.now.key_results_of(self.now.image.objectives[id])
            drifts = tuple(drift for one in rows if one.counts and (drift := self._drift(one.id)))
            yield Drifted(encode(id), *self.now.named(id), self._drift(id), drifts)

    def _drift(self, id: int) -> Drift | None:
        found = verdicts(self.then, self.now, id)
        return found and Drift(encode(id), *self.now.named(id), *found)


def _judged_otherwise(then: Reader, now: Reader) -> np.ndarray:
    """Mark the nodes of now, seen on both days, that these judge otherwise, key results that count."""
    before, after = then.image, now.image
    objectives = positions(before.objectives.ids, after.objectives.ids)
    key_results = positions(before.key_results.ids, after.key_results.ids)
    counts = after.key_results.array("state", COUNTING_KEY_RESULT_STATES.__contains__, bool)
    key_results = np.where(counts & (key_results >= 0), key_results + before.first_key_result, -1)
    place = np.concatenate([objectives, key_results])
    there = (place >= 0) & now.seen
    there[there] = then.seen[place[there]] & (then.day.status[place[there]] != now.day.status[there])
    return there
