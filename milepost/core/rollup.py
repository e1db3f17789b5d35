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
FINEST = 2_000  # a percentage with one decimal, and a grade, turn at multiples of 1/2000 alone
MOST_KINDS = 32  # of windows and curves; with more, weights are not worth adding up ahead
FULL = 1e-12  # so near to 1, a plan is 1: sums of many shares are off by some 1e-15


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


# As plain numbers: a member is looked up in two calls of Python.
_LINEAR, _S, _BACK, _FRONT, _POINTS = map(int, Curve)


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
        return _WORDS[self]


_WORDS = tuple(status.name.lower() for status in Status)


class Shapes:
    """What key results measure, apart from what was said of them: made once for any number of days.

    All arguments are float arrays of one length (`family` holds `Family` numbers). For ABOVE and BELOW,
    `start` is the floor (NaN where none is declared).
    """

    def __init__(self, family, start, target, low, high, tolerance) -> None:
        is_said = family == Family.BINARY  # 0 or 1: a line from 0 to 1
        with np.errstate(invalid="ignore", over="ignore"):
            self._start = np.where(is_said, 0.0, start)
            self._span = np.where(is_said, 1.0, target - start)
        self._given = np.flatnonzero(family == Family.GIVEN)
        # Nearly all are on a line; what the others came to is put over it.
        self._others = [
            (at, rule, [numbers[at] for numbers in (start, target, low, high, tolerance)])
            for kind, rule in _OTHERS.items()
            if len(at := np.flatnonzero(family == kind))
        ]

    def progress(self, current: np.ndarray, given: np.ndarray) -> np.ndarray:
        """Return the raw progress of every key result; NaN where there is no data (method 2.2)."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            raw = current - self._start
            raw /= self._span
            raw[self._given] = given[self._given]
            for at, rule, each in self._others:
                said = current.take(at)
                found = rule(said, *each, raw.take(at))
                found[np.isnan(said)] = np.nan
                raw[at] = found
        return raw


def progress(family, current, start, target, low, high, tolerance, given) -> np.ndarray:
    """Return the raw progress of every key result; NaN where there is no data (method 2.2).

    Arguments are as of `Shapes`; `given` is what arrays cannot compute.
    """
    return Shapes(family, start, target, low, high, tolerance).progress(current, given)


def _kept(met: np.ndarray, share: np.ndarray) -> np.ndarray:
    return np.where(met, 1.0, np.fmax(share, 0.0))  # without a floor the share is NaN


def _inside(current, start, target, low, high, tolerance, share) -> np.ndarray:
    distance = np.maximum(low - current, current - high)
    near = np.where(tolerance > 0, np.maximum(0.0, 1.0 - distance / tolerance), 0.0)
    return np.where(distance <= 0, 1.0, near)


_OTHERS = {
    Family.ABOVE: lambda current, start, target, low, high, tolerance, share: _kept(current >= target, share),
    Family.BELOW: lambda current, start, target, low, high, tolerance, share: _kept(current <= target, share),
    Family.RANGE: _inside,
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

    Days are ordinals; an open window (its end is NaN) has no share, so 0. Nor has one that ends before it
    begins, as one may whose objective has moved to a later cycle.
    """
    days = ends - starts + 1
    return _capped((day + 1 - starts) / np.where(days > 0, days, np.nan))


def _capped(values: np.ndarray) -> np.ndarray:
    """Hold shares between 0 and 1; what is missing (NaN) is 0."""
    found = np.clip(values, 0.0, 1.0)
    found[np.isnan(found)] = 0.0
    return found


def expected(
    curve: np.ndarray, t: np.ndarray, points: dict[int, Sequence[tuple[float, float]]]
) -> np.ndarray:
    """Return the expected progress e(t) of each plan curve (method 2.6); `points` by index."""
    e, share = t.copy(), t
    bent = np.flatnonzero(curve)
    if len(bent):
        t, kind = t[bent], np.minimum(curve[bent], _FRONT) - 1
        e[bent] = np.choose(kind, [t * t * (3.0 - 2.0 * t), t * t, 1.0 - (1.0 - t) ** 2])
    for index, own in points.items():
        if curve[index] == _POINTS:
            e[index] = _between(share[index], own)
    return e


def elapsed_of(day: float, start: float, end: float) -> float:
    """Return what `elapsed_share` says of one window."""
    days = end - start + 1
    return min(max((day + 1 - start) / days, 0.0), 1.0) if days > 0 else 0.0


def expected_of(curve: int, t: float, points: Sequence[tuple[float, float]] = ()) -> float:
    """Return what `expected` says of one plan."""
    if curve == _LINEAR:
        return t
    if curve == _S:
        return t * t * (3.0 - 2.0 * t)
    if curve == _BACK:
        return t * t
    return _between(t, points) if curve == _POINTS and points else 1.0 - (1.0 - t) ** 2


def _between(t: float, points: Sequence[tuple[float, float]]) -> float:
    xs, ys = zip(*((0.0, 0.0), *points, (1.0, 1.0)), strict=True)
    return float(np.interp(t, xs, ys))


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
    found = _OFF_TRACK + _ones(ratio >= 0.6 - TIE) + _ones(ratio >= 0.9 - TIE)
    # Products and sums of marks: choosing by them one at a time takes three times as long.
    late = _ones(needed >= 0.05 - TIE)
    found = found * late + (_ON_TRACK - _ones(raw < 0)) * (1 - late)
    found = np.maximum(found, _ACHIEVED * _ones(raw >= 1.0 - TIE))
    silent = entries == 0
    found *= 1 - _ones(silent | np.isnan(raw))
    found += _ones(silent & (elapsed <= 0.15 + TIE))  # no data is 0, not started 1
    return found


# As plain numbers: members would make the bytes of an array wide.
_OFF_TRACK, _ON_TRACK, _ACHIEVED = (int(one) for one in (Status.OFF_TRACK, Status.ON_TRACK, Status.ACHIEVED))


def _ones(marked: np.ndarray) -> np.ndarray:
    """Return 1 where something is marked, else 0, in the bytes that marked it."""
    return marked.view(np.int8)


def status_of(raw: float, needed: float, elapsed: float, has_entries: bool) -> Status:
    """Return what `status` says of one node."""
    if not has_entries:
        return Status.NOT_STARTED if elapsed <= 0.15 + TIE else Status.NO_DATA
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
        """The whole weight of each pool, step by step; infinite where all weights are zero."""
        sums = (np.add.reduceat(self.weight[begin:end], first) for begin, end, _, first in self.steps)
        return tuple(np.where(total > 0, total, np.inf) for total in sums)

    @cached_property
    def parents(self) -> np.ndarray:
        """Every node that has a pool, step by step."""
        return np.concatenate([parents for *_, parents, _ in self.steps] or [np.zeros(0, dtype=np.int64)])

    @cached_property
    def weightless(self) -> np.ndarray:
        """The nodes in whose pools all weights are zero."""
        return self.parents[np.isinf(np.concatenate([*self.totals, np.zeros(0)]))]

    @cached_property
    def below(self) -> np.ndarray:
        """How much each node rests on, all the way down; what is reached in two ways counts twice."""
        found = np.zeros(self.size, dtype=np.int64)
        for begin, end, parents, first in self.steps:
            found[parents] = np.add.reduceat(found[self.child[begin:end]] + 1, first)
        return found


def in_order(keys: np.ndarray) -> np.ndarray:
    """Return the order of whole numbers from 0 up: where each stands, equal ones as they were given."""
    count = len(keys)
    if not count or int(keys.max()) >= (1 << 62) // count:
        return np.argsort(keys, kind="stable")
    # Numbers sorted by themselves take a tenth of the time of places sorted by them.
    return np.sort(keys.astype(np.int64) * count + np.arange(count)) % count


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
    order = in_order(height[parent].astype(np.int64) * size + parent)
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
    rolled, capped = values.copy(), _capped(values)
    for (begin, end, parents, _), total in zip(tree.steps, tree.totals, strict=True):
        weighed = capped.take(tree.child[begin:end])
        weighed *= tree.weight[begin:end]
        # Counted by node, sums take less than half the time that they take pool by pool.
        found = np.bincount(tree.parent[begin:end], weighed).take(parents)
        found /= total
        capped[parents] = np.minimum(found, 1.0, out=found)
    rolled[tree.parents] = capped.take(tree.parents)
    rolled[tree.weightless] = np.nan
    return rolled


def planned(
    tree: Tree,
    day: float,
    starts: np.ndarray,
    ends: np.ndarray,
    curve: np.ndarray,
    points: dict[int, Sequence[tuple[float, float]]],
    grades: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return of every node the share of its window gone by, its expected progress, and what it needs.

    A node with a pool expects what its pool expects, a pool in which nothing counts nothing (0, method 0); a
    leaf what its own curve says.
    """
    elapsed = elapsed_share(day, starts, ends)
    plan = expected(curve, elapsed, points)
    return elapsed, _settled(_plan_of_all(tree, plan)), _settled(_plan_of_all(tree, plan * grades))


def _settled(plan: np.ndarray) -> np.ndarray:
    """Leave out what comes from the order of adding where it would show: what is planned in full is 1."""
    plan[np.abs(plan - 1.0) < FULL] = 1.0
    return plan


def settled_of(plan: float) -> float:
    """Return a plan, 1 where it is planned in full."""
    return 1.0 if abs(plan - 1.0) < FULL else plan


def _plan_of_all(tree: Tree, plan: np.ndarray) -> np.ndarray:
    return np.nan_to_num(roll_up(tree, plan), nan=0.0)


class Plan:
    """What `planned` says of every node on any day, made once for any number of days.

    Nodes of one kind (window, curve and grade) expect the same, and what a pool expects is a weighted mean of
    what these few kinds do: after the first day each kind's share of a pool is known.
    """

    def __init__(
        self,
        tree: Tree,
        starts: np.ndarray,
        ends: np.ndarray,
        curve: np.ndarray,
        points: dict[int, Sequence[tuple[float, float]]],
        grades: np.ndarray,
    ) -> None:
        self._tree, self._days = tree, 0
        first, kind = _kinds(starts, ends, curve, points, grades)
        self._kind, self._starts, self._ends = kind, starts[first], ends[first]
        self._curve, self._grades = curve[first], grades[first]
        self._points = {at: points[node] for at, node in enumerate(first.tolist()) if node in points}

    def on(self, day: float, most: int | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what `planned` says of a day, an ordinal: of all nodes, or of so many, the first ones."""
        self._days += 1
        if self._days == 1 or len(self._grades) > MOST_KINDS:
            elapsed = elapsed_share(day, self._starts, self._ends)
            plan = expected(self._curve, elapsed, self._points)
            each = [
                _settled(_plan_of_all(self._tree, one[self._kind])) for one in (plan, plan * self._grades)
            ]
            return elapsed.take(self._kind[:most]), each[0][:most], each[1][:most]
        # So few that arrays of them would cost ten times what they take one by one.
        elapsed = [elapsed_of(day, start, end) for start, end, *_ in self._few]
        plan = [expected_of(kind[2], t, kind[4]) for kind, t in zip(self._few, elapsed, strict=True)]
        each = np.array([plan, [e * kind[3] for kind, e in zip(self._few, plan, strict=True)]])
        pools, which = self._mixes
        told = _settled(np.concatenate([each, _capped(each) @ pools], axis=1))
        place = which[:most]
        return np.array(elapsed).take(self._kind[:most]), told[0].take(place), told[1].take(place)

    @cached_property
    def _few(self) -> list[tuple[float, float, int, float, Sequence[tuple[float, float]]]]:
        columns = (each.tolist() for each in (self._starts, self._ends, self._curve, self._grades))
        return [(*kind, self._points.get(at, ())) for at, kind in enumerate(zip(*columns, strict=True))]

    @cached_property
    def _mixes(self) -> tuple[np.ndarray, np.ndarray]:
        """How much of what pools are made of is of each kind, every mix once, and what each node's plan is.

        That is its kind, or after the kinds its mix; a pool without weight has none of any.
        """
        kinds, parents = len(self._grades), self._tree.parents
        shares = np.zeros((kinds, len(parents)))
        for kind in range(kinds):
            of_kind = (self._kind == kind).astype(np.float64)
            shares[kind] = _plan_of_all(self._tree, of_kind)[parents]
        # One number for each mix: sorting rows of columns takes thirty times as long.
        _, first, mix = np.unique(
            np.sqrt(np.arange(2, kinds + 2)) @ shares, return_index=True, return_inverse=True
        )
        if not np.allclose(shares[:, first[mix]], shares, rtol=0, atol=FULL):  # two have the same number
            first = mix = np.arange(len(parents))
        which = self._kind.copy()
        which[parents] = kinds + mix
        return shares[:, first], which


def _kinds(starts, ends, curve, points, grades) -> tuple[np.ndarray, np.ndarray]:
    """Return the first node of each kind, and which kind each node is of. Whoever has points is a kind."""
    # One number says all of it: sorting rows of columns takes thirty times as long.
    days = [np.where(np.isnan(day), 0, day).astype(np.int64) for day in (starts, ends)]
    named = (
        (days[0] << 22 | days[1]) << 16 | curve.astype(np.int64) << 12 | np.rint(grades * 1000).astype(int)
    )
    named[list(points)] = -1 - np.array(list(points), dtype=np.int64)
    _, first, kind = np.unique(named, return_index=True, return_inverse=True)
    return first, kind


def pool_of(pool: Iterable[tuple[float, float]], *, weightless: float = math.nan) -> float:
    """Return what `roll_up` says of one pool of (value, weight); `weightless` where all weights are zero."""
    total = summed = 0.0
    for value, weight in pool:
        total += weight
        if value > 0:  # no data (NaN) and what fell below the start count 0
            summed += weight * (value if value < 1.0 else 1.0)
    return summed / total if total > 0 else weightless


def is_clear(value: float) -> bool:
    """Say whether a share lies clear of every figure at which what is shown of it would turn."""
    scaled = value * FINEST
    return abs(scaled - round(scaled)) > 2 * TIE * FINEST


def needs_exact(value: float) -> bool:
    """Say whether a share shown as a whole percentage lies too near a rounding tie, or too near 1.

    100 % must be earned, so whatever rounds to it counts.
    """
    scaled = value * 100
    return (
        abs(scaled - math.floor(scaled) - 0.5) < TIE * 100 or abs(value - 1.0) < TIE or 0.995 <= value < 1.0
    )
