"""A day: every node's progress, plan and status, kept up to date check-in by check-in."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cached_property
from math import floor, isnan
from typing import TYPE_CHECKING

import numpy as np

from milepost.core import rollup
from milepost.core.rollup import Status
from milepost.core.scoring import percent
from milepost.core.scoring.figures import MINUS, SPACE

if TYPE_CHECKING:
    from milepost.ledger.image import Image


MOST_BELOW = 300  # nodes on which a figure rests that is computed exactly wherever it is one of several
FINE = 10**10  # and to how many parts of 1, any other

_STATUSES = tuple(Status)  # by their numbers: an enumeration looks one up in two calls of Python


class Day:
    """Every node's figures on one day, kept up to date check-in by check-in."""

    def __init__(self, image: Image, day: date) -> None:
        self.image, self.day = image, day
        tree = image.tree
        contributed = image.first_key_result + np.flatnonzero(image.from_contributors)
        raw = np.full(len(image.ids), np.nan)
        raw[image.first_key_result :] = image.measured()
        raw[contributed] = np.nan
        self.raw = rollup.roll_up(tree, raw)
        self.reported = image.has_entries.copy()
        # What is said by hand of a key result that its contributors make up does not count.
        self.reported[contributed] = False
        counts = self.reported & ~np.isnan(self.raw)
        for begin, end, parents, first in tree.steps:
            self.reported[parents] = found = np.logical_or.reduceat(counts.take(tree.child[begin:end]), first)
            counts[parents] = found
            if len(tree.weightless):
                counts[tree.weightless] = False
        self._look_ahead()
        self.derived: dict = {}  # what others make of these figures and keep with them
        # What changed since this day's figures were made, for those who keep something made of them; and what
        # of it was edited. `followed` holds what is brought up to date with both.
        self.touched: list[int] = []
        self.edited: list[int] = []
        self.followed: dict = {}

    def _look_ahead(self) -> None:
        self.elapsed, self.expected, self.needed = self.image.planned(self.day)
        self.status = rollup.status(self.raw, self.needed, self.elapsed, self.reported)

    def of_objectives(self) -> tuple[np.ndarray, np.ndarray]:
        """Return every objective's status and expected progress."""
        most = self.image.first_key_result
        return self.status[:most], self.expected[:most]

    def revise(self, numbers: list[int]) -> None:
        """Recompute these nodes, their windows and plans too, and what stands above them."""
        image, first = self.image, self.image.first_key_result
        self.derived = {}  # it may hold titles and names
        today = self.day.toordinal()
        for node in numbers:
            elapsed = rollup.elapsed_of(today, image.starts.item(node), image.ends.item(node))
            expected = rollup.expected_of(image.curve.item(node), elapsed, image.points.get(node, ()))
            self.elapsed[node], self.expected[node] = elapsed, expected
            self.needed[node] = expected * image.expected_grade.item(node)
            self.raw[node] = np.nan
            if node >= first and not image.from_contributors[node - first]:
                self.raw[node] = rollup.progress_of(*(each.item(node - first) for each in image.measures))
        above = {image.node[up] for node in numbers for up in image.ancestors(image.ids[node])}
        touched = sorted({*numbers, *above}, key=image.tree.height.item)
        for node in touched:
            pool = image.pool[node]
            if pool:
                self.raw[node] = rollup.pool_of((self.raw.item(child), weight) for child, weight in pool)
                for values in (self.expected, self.needed):
                    planned = ((values.item(child), weight) for child, weight in pool)
                    values[node] = rollup.settled_of(rollup.pool_of(planned, weightless=0.0))
            self.reported[node] = self._is_reported(node, pool)
        self._judge(touched)
        self.edited.extend(numbers)

    def _judge(self, touched: list[int]) -> None:
        for node in touched:
            self.status[node] = rollup.status_of(
                self.raw.item(node), self.needed.item(node), self.elapsed.item(node), self.reported.item(node)
            )
        self.touched.extend(touched)

    def update(self, number: int) -> None:
        """Recompute one key result and what stands above it."""
        image, raw = self.image, self.raw
        at = number - image.first_key_result
        id = image.ids[number]
        if not image.from_contributors[at]:
            raw[number] = rollup.progress_of(*(numbers.item(at) for numbers in image.measures))
        self.reported[number] = self._is_reported(number, image.pool[number])
        touched = [number, *(image.node[above] for above in image.ancestors(id))]
        for node in touched[1:]:
            pool = image.pool[node]
            raw[node] = rollup.pool_of((raw.item(child), weight) for child, weight in pool)
            self.reported[node] = self._is_reported(node, pool)
        self._judge(touched)

    def _is_reported(self, node: int, pool: list[tuple[int, float]]) -> bool:
        """Say whether a key result was checked in; where others are rolled up, whether any has a figure."""
        image, at = self.image, node - self.image.first_key_result
        if pool or (at >= 0 and image.from_contributors[at]):
            return any(self.reported.item(child) and not isnan(self.raw.item(child)) for child, _ in pool)
        return bool(image.has_entries[node])

    def progress(self, id: int) -> float | None:
        """Return raw progress; None without data (a pool in which nothing is reported has none either)."""
        node = self.image.node[id]
        value = self.raw.item(node)
        return None if isnan(value) or not self.reported.item(node) else value

    def near(self, id: int) -> Fraction | None:
        """Return raw progress as `Image.exact` does; where it rests on very much, to ten decimals.

        The exact path walks over all of that, and keeps it. It still decides wherever so little could turn a
        percentage with one decimal, or a grade.
        """
        image = self.image
        node = image.node[id]
        if image.tree.below.item(node) <= MOST_BELOW:
            return image.exact(id)
        value = self.raw.item(node)
        if isnan(value):
            return None
        # Nothing below zero counts in a pool: it is zero where all of it is.
        if value and not rollup.is_clear(value):
            return image.exact(id)
        return Fraction(round(value * FINE), FINE)

    def percent(self, id: int) -> str | None:
        """Return progress as shown ("64 %"), by the exact path near a tie; None without data."""
        value = self.progress(id)
        if value is None:
            return None
        if rollup.needs_exact(value):
            exact = self.image.exact(id)
            return None if exact is None else percent(exact)
        shown = floor(value * 100 + 0.5)
        return f"{MINUS if shown < 0 else ''}{abs(shown)}{SPACE}%"

    def status_with(self, id: int, raw: float) -> Status:
        """Return the pace status that it would have with other progress."""
        node = self.image.node[id]
        return rollup.status_of(raw, self.needed.item(node), self.elapsed.item(node), has_entries=True)

    def status_of(self, id: int) -> Status:
        """Return the pace status."""
        return _STATUSES[self.status.item(self.image.node[id])]


class DayThen(Day):
    """A day whose figures never change: the plans of key results, and how they stand, wait for a reader."""

    def _look_ahead(self) -> None:
        pass

    def of_objectives(self) -> tuple[np.ndarray, np.ndarray]:
        """Return every objective's status and expected progress, without looking at key results."""
        most = self.image.first_key_result
        elapsed, expected, needed = self.image.planned(self.day, most)
        return rollup.status(self.raw[:most], needed, elapsed, self.reported[:most]), expected

    @cached_property
    def _planned(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.image.planned(self.day)

    @property
    def elapsed(self) -> np.ndarray:
        """The share of each window gone by."""
        return self._planned[0]

    @property
    def expected(self) -> np.ndarray:
        """What progress is expected of each node."""
        return self._planned[1]

    @property
    def needed(self) -> np.ndarray:
        """What each node needs to be where it should."""
        return self._planned[2]

    @cached_property
    def status(self) -> np.ndarray:
        """How each node stands."""
        return rollup.status(self.raw, self.needed, self.elapsed, self.reported)
