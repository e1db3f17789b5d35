"""Weighted roll-up of a whole tree, on arrays: what `core.scoring` says, for every node at once.

Arrays are floating point; they choose what to show only away from rounding ties. Wherever a figure is
shown near a tie, graded or stored, the exact path of `core.scoring` decides (house page), and a test
holds the two together.

A *node* is an objective or a key result. An *edge* says that a child counts in its parent's pool.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np

# How near a figure may come to a rounding tie before the exact path must decide. Sums of some thousand
# terms stay within a few hundred ulps; this is wide of that by five orders of magnitude.
TIE = 1e-9


class Family(IntEnum):
    """The shapes of progress that arrays can compute (method 2.2)."""

    GIVEN = 0  # computed exactly elsewhere: milestones, ratios, per period, declared directions
    LINEAR = 1  # (c - s) / (t - s)
    ABOVE = 2  # 1 where c >= t, else from the floor up
    BELOW = 3
    RANGE = 4  # 1 inside low..high, else 1 - distance / tolerance
    BINARY = 5


class Curve(IntEnum):
    LINEAR = 0
    S = 1
    BACK = 2
    FRONT = 3
    POINTS = 4


class Status(IntEnum):
    """Ordered from worst to best, so that a minimum is the weakest."""

    NO_DATA = 0
    NOT_STARTED = 1
    OFF_TRACK = 2
    AT_RISK = 3
    ON_TRACK = 4
    ACHIEVED = 5

    @property
    def word(self) -> str:
        return self.name.lower()


def progress(family, current, start, target, low, high, tolerance, given) -> np.ndarray:
    """Return the raw progress of every key result; NaN where there is no data (method 2.2).

    All arguments are float arrays of one length (`family` holds `Family` numbers). For ABOVE and BELOW,
    `start` is the floor (NaN where none is declared).
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        raw = np.where(family == Family.GIVEN, given, (current - start) / (target - start))
        # Nearly all are on a line; what the others came to is put over it.
        for kind, rule in _OTHERS.items():
            at = np.flatnonzero(family == kind)
            if len(at):
                each = (numbers[at] for numbers in (current, start, target, low, high, tolerance, raw))
                raw[at] = np.where(np.isnan(current[at]), np.nan, rule(*each))
    return raw


def _kept(met: np.ndarray, start: np.ndarray, share: np.ndarray) -> np.ndarray:
    return np.where(met, 1.0, np.where(np.isnan(start), 0.0, np.maximum(0.0, share)))


def _inside(current, start, target, low, high, tolerance, share) -> np.ndarray:
    distance = np.maximum(low - current, current - high)
    near = np.where(tolerance > 0, np.maximum(0.0, 1.0 - distance / tolerance), 0.0)
    return np.where(distance <= 0, 1.0, near)


_OTHERS = {
    Family.ABOVE: lambda current, start, target, low, high, tolerance, share: _kept(
        current >= target, start, share
    ),
    Family.BELOW: lambda current, start, target, low, high, tolerance, share: _kept(
        current <= target, start, share
    ),
    Family.RANGE: _inside,
    Family.BINARY: lambda current, *_: current,
}


def progress_of(
    family: int,
    current: float,
    start: float,
    target: float,
    low: float,
    high: float,
    tolerance: float,
    given: float,
) -> float:
    """Return what `progress` says of one key result: arrays of one cost a hundred times a number's price."""
    if family == Family.GIVEN:
        return given
    if current != current:
        return math.nan
    if family == Family.LINEAR:
        return (current - start) / (target - start)
    if family == Family.BINARY:
        return current
    if family == Family.RANGE:
        distance = max(low - current, current - high)
        if distance <= 0:
            return 1.0
        return max(0.0, 1.0 - distance / tolerance) if tolerance > 0 else 0.0
    if current >= target if family == Family.ABOVE else current <= target:
        return 1.0
    return 0.0 if start != start else max(0.0, (current - start) / (target - start))


def elapsed_share(day: float, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return the share of each window gone by at the end of a day, 0 to 1, as `cadence.elapsed` does.

    Days are ordinals; an open window (its end is NaN) has no share, so 0.
    """
    with np.errstate(invalid="ignore"):
        return _capped((day + 1 - starts) / (ends - starts + 1))


def _capped(values: np.ndarray) -> np.ndarray:
    """Hold shares between 0 and 1; what is missing (NaN) is 0."""
    return np.fmin(np.fmax(values, 0.0), 1.0)


def expected(
    curve: np.ndarray, t: np.ndarray, points: dict[int, Sequence[tuple[float, float]]]
) -> np.ndarray:
    """Return the expected progress e(t) of each plan curve (method 2.6); `points` by index."""
    e, share = t.copy(), t
    bent = np.flatnonzero(curve)
    if len(bent):
        t, kind = t[bent], np.minimum(curve[bent], Curve.FRONT) - 1
        e[bent] = np.choose(kind, [t * t * (3.0 - 2.0 * t), t * t, 1.0 - (1.0 - t) ** 2])
    for index, own in points.items():
        if curve[index] == Curve.POINTS:
            xs, ys = zip(*((0.0, 0.0), *own, (1.0, 1.0)), strict=True)
            e[index] = np.interp(share[index], xs, ys)
    return e


def overdue(day: float, checked: np.ndarray, starts: np.ndarray, ends: np.ndarray, every: int) -> np.ndarray:
    """Say whose check-in should have come before a day: `cadence.due_on`, for all at once.

    Days are ordinals; NaN is no check-in yet, and no end.
    """
    following = checked + every
    due = np.where(np.isnan(ends) | (following <= ends), following, np.where(checked < ends, ends, np.inf))
    return np.where(np.isnan(checked) | (checked < starts), starts, due) < day


def status(raw: np.ndarray, needed: np.ndarray, elapsed: np.ndarray, entries: np.ndarray) -> np.ndarray:
    """Return the pace status of each row (method 2.7 and section 0), as `Status` numbers.

    `needed` stays 0 where the window has no end: then only a regression or an achievement can be told.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = raw / needed
    # Ties of 0.9 and 0.6 count upwards; the slack keeps binary noise from deciding them.
    found = np.full(len(raw), Status.OFF_TRACK, dtype=np.int8)
    np.copyto(found, Status.AT_RISK, where=ratio >= 0.6 - TIE)
    np.copyto(found, Status.ON_TRACK, where=ratio >= 0.9 - TIE)
    early = ~(needed >= 0.05 - TIE)
    np.copyto(found, Status.ON_TRACK, where=early)
    np.copyto(found, Status.AT_RISK, where=early & (raw < 0))
    np.copyto(found, Status.ACHIEVED, where=raw >= 1.0 - TIE)
    silent = entries == 0
    np.copyto(found, Status.NO_DATA, where=silent | np.isnan(raw))
    np.copyto(found, Status.NOT_STARTED, where=silent & (elapsed < 0.15 - TIE))
    return found


def status_of(raw: float, needed: float, elapsed: float, has_entries: bool) -> Status:
    """Return what `status` says of one node."""
    if not has_entries:
        return Status.NOT_STARTED if elapsed < 0.15 - TIE else Status.NO_DATA
    if raw != raw:
        return Status.NO_DATA
    if raw >= 1.0 - TIE:
        return Status.ACHIEVED
    if not needed >= 0.05 - TIE:
        return Status.AT_RISK if raw < 0 else Status.ON_TRACK
    ratio = raw / needed
    if ratio >= 0.9 - TIE:
        return Status.ON_TRACK
    return Status.AT_RISK if ratio >= 0.6 - TIE else Status.OFF_TRACK


@dataclass(frozen=True)
class Tree:
    """The edges of a graph of `size` nodes, in the order in which pools are computed.

    `child`, `parent` and `weight` are parallel arrays sorted by the parent's height and the parent;
    `steps` says for each height which edges and which parents (with the place where each begins).
    """

    size: int
    child: np.ndarray
    parent: np.ndarray
    weight: np.ndarray
    height: np.ndarray
    steps: tuple[tuple[int, int, np.ndarray, np.ndarray], ...]

    @cached_property
    def totals(self) -> tuple[np.ndarray, ...]:
        """The whole weight of each pool, step by step."""
        return tuple(np.add.reduceat(self.weight[begin:end], first) for begin, end, _, first in self.steps)


def tree(size: int, child: np.ndarray, parent: np.ndarray, weight: np.ndarray) -> Tree:
    """Order the edges of an acyclic graph for rolling up.

    Raises ValueError where the edges form a loop. Linear in nodes + edges for each level.
    """
    height = np.zeros(size, dtype=np.int32)
    for _ in range(size + 1):
        lifted = height.copy()
        np.maximum.at(lifted, parent, height[child] + 1)
        if np.array_equal(lifted, height):
            break
        height = lifted
    else:
        raise ValueError("the edges form a loop")
    order = np.lexsort((np.arange(len(parent)), parent, height[parent]))
    child, parent, weight = child[order], parent[order], weight[order]
    steps = []
    levels = height[parent] if len(parent) else np.zeros(0, dtype=np.int32)
    for level in np.flatnonzero(np.bincount(levels)):
        begin, end = np.searchsorted(levels, [level, level + 1])
        parents, first = np.unique(parent[begin:end], return_index=True)
        steps.append((int(begin), int(end), parents, first))
    return Tree(size, child, parent, weight, height, tuple(steps))


def roll_up(tree: Tree, values: np.ndarray) -> np.ndarray:
    """Return every node's value after rolling up: sum(w * clip(v)) / sum(w) (method 2.5).

    `values` holds the leaves' raw progress (NaN: no data, counts 0). A pool whose weights are all zero
    leaves its parent NaN. Leaves keep their raw value.
    """
    rolled = values.copy()
    for (begin, end, parents, first), total in zip(tree.steps, tree.totals, strict=True):
        weight = tree.weight[begin:end]
        capped = _capped(rolled[tree.child[begin:end]])
        with np.errstate(divide="ignore", invalid="ignore"):
            rolled[parents] = np.where(total > 0, np.add.reduceat(weight * capped, first) / total, np.nan)
    return rolled


def pool_of(pool: Iterable[tuple[float, float]]) -> float:
    """Return what `roll_up` says of one pool of (value, weight); NaN where all weights are zero."""
    total = summed = 0.0
    for value, weight in pool:
        total += weight
        if value > 0:  # no data (NaN) and what fell below the start count 0
            summed += weight * (value if value < 1.0 else 1.0)
    return summed / total if total > 0 else math.nan


def needs_exact(value: float, places: int = 0) -> bool:
    """Say whether a share shown as a percentage with so many places lies too near a rounding tie.

    Being near 0 or 1 counts too: 100 % must be earned and a trace below zero must not read as zero.
    """
    scaled = value * 100 * 10**places
    return (
        abs(scaled - math.floor(scaled) - 0.5) < TIE * 100 * 10**places
        or abs(value - 1.0) < TIE
        or (1.0 - 0.005 / 10**places <= value < 1.0)
    )
