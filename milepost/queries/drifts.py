"""Drifts: what the passing of days alone changed. The same figures are judged otherwise as a plan goes on.

What time alone would have made of the earlier day is computed: what was known then, on the later day. What is
judged otherwise than that has another cause, below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from milepost.core.ids import encode
from milepost.ledger.columns import positions
from milepost.ledger.day import Day
from milepost.ledger.image import Image
from milepost.ledger.structure import COUNTING_KEY_RESULT_STATES, AlignmentRow
from milepost.queries import explanations
from milepost.queries.cards import Reader

_NOISE = 1e-9  # what one way of adding floats differs from another


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
    return Verdict(reader.today, reader.day.status_of(id).word, explanations.verdict(reader, id))


class ByTime:
    """What the later of two readers' days would say had nothing been done since the earlier."""

    def __init__(self, then: Reader, now: Reader) -> None:
        self.then, self.now = then, now

    @cached_property
    def _day(self) -> Day:
        return self.then.image.on(self.now.today)

    def explains(self, id: int) -> bool:
        """Say whether it judges an objective, and its key results, as the later day does."""
        key_results = self.now.key_results_of(self.now.image.objectives[id])
        judged = (id, *(one.id for one in key_results if self.then.finds(one.id)))
        return all(self._day.status_of(each).word == self.now.day.status_of(each).word for each in judged)

    def causes(self, id: int) -> list[int]:
        """List the contributors of an objective, seen by the reader, with other figures than by time."""
        now = self.now.image
        pools = (id, *(one.id for one in now.key_results_of.get(id, ())))
        links = (link for image in (self.then.image, now) for each in pools for link in _into(image, each))
        below = dict.fromkeys(link.child_id for link in links)
        return [child for child in below if self.now.finds(child) and not self._foresees(child)]

    def _foresees(self, id: int) -> bool:
        before, after = self.then.image.objectives.get(id), self.now.image.objectives[id]
        if before is None or before.counts != after.counts:
            return False
        places = self._day.image.node[id], self.now.image.node[id]
        return all(
            np.isclose(then.item(places[0]), now.item(places[1]), rtol=0, atol=_NOISE, equal_nan=True)
            for then, now in ((self._day.needed, self.now.day.needed), (self._day.raw, self.now.day.raw))
        )


class Drifts:
    """What drifted between two readers' days, of some objectives that are the same on both."""

    def __init__(self, then: Reader, now: Reader, same: Iterable[int]) -> None:
        self.then, self.now = then, now
        image, rows = now.image, now.image.objectives
        marked = _judged_otherwise(then, now)
        above = image.parent[marked[image.first_key_result :]]
        marked[above[above >= 0]] = True
        by_time, self.objectives, self.caused = ByTime(then, now), [], []
        for id in same:
            if marked[image.node[id]] and rows[id].counts and rows[id].is_open:
                # What is not by time alone has a cause below it: nothing was done to itself.
                (self.objectives if by_time.explains(id) else self.caused).append(id)

    def told(self, most: int) -> Iterator[Drifted]:
        """Tell so many of them in full."""
        for id in self.objectives[:most]:
            rows = self.now.key_results_of(self.now.image.objectives[id])
            drifts = tuple(drift for one in rows if one.counts and (drift := self._drift(one.id)))
            yield Drifted(encode(id), *self.now.named(id), self._drift(id), drifts)

    def _drift(self, id: int) -> Drift | None:
        found = verdicts(self.then, self.now, id)
        return found and Drift(encode(id), *self.now.named(id), *found)


def _into(image: Image, id: int) -> Iterator[AlignmentRow]:
    return (link for link in image.served_by.get(id, ()) if link.how == "contributes")


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
