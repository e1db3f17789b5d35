"""What key results came to by a past day where arrays alone do not say it: series, milestones, odd ones.

A series is counted in whole numbers: what comes out is what the exact path says, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from milepost.core.rollup import Family
from milepost.core.scoring import Kind
from milepost.ledger.calendar import Calendar
from milepost.ledger.history import EntriesThen
from milepost.ledger.image import Image
from milepost.ledger.structure import KeyResultRow

MOST_DECIMALS = 6
EXACT = 2**53  # up to here floats are whole numbers, and their quotient is rounded once
KEPT_SCORES = 50_000

Numbered = tuple[int, KeyResultRow]  # which of the key results of the arrays, and what it is
Exact = Callable[[KeyResultRow], float]


class Given:
    """The key results of a structure that are given to its arrays, and how each is found."""

    def __init__(self, whole: Image, entries: EntriesThen) -> None:
        self.columns = entries.held
        single: list[Numbered] = []
        series: list[Numbered] = []
        for number in np.flatnonzero((whole.family == Family.GIVEN) & ~whole.from_contributors).tolist():
            one = whole.key_results[whole.ids[whole.first_key_result + number]]
            if self.columns.stretch(one.id):
                (series if Kind(one.kind).is_series else single).append((number, one))
        self._single = Single(single, entries)
        self._counted = Counted(series, entries, whole.workspace.calendar)
        self._named = Named(self._counted.left, entries)

    def into(self, given: np.ndarray, day: Image, exact: Exact) -> None:
        """Put in what each came to by a day; `exact` computes one as it stood then."""
        for kind in (self._single, self._counted, self._named):
            kind.into(given, day, exact)


class Single:
    """Those that one entry decides: of the same measure, where entries say the same, one stands for all."""

    def __init__(self, rows: list[Numbered], entries: EntriesThen) -> None:
        measures: dict = {}
        self._rows = [(*row, measures.setdefault(row[1].measure, len(measures))) for row in rows]
        self._numbers = np.array([number for number, _ in rows], dtype=np.int64)
        self._whose = np.array([entries.held.number(one.id) for _, one in rows], dtype=np.int64)
        self._known: dict[tuple, float] = {}
        whole = Stretches(rows, entries)
        self._before = whole.first - whole.place[whole.first] if rows else whole.first
        self._said = np.full(len(whole.place), np.nan)  # by the entry's place among these
        self._is_said = np.zeros(len(whole.place), dtype=bool)

    def into(self, given: np.ndarray, day: Image, exact: Exact) -> None:
        latest = day.entries.latest[self._whose]
        there = np.flatnonzero(latest >= 0)
        at = latest[there] + self._before[there]
        for row, place in zip(there[new := ~self._is_said[at]].tolist(), at[new].tolist(), strict=True):
            _, one, measure = self._rows[row]
            name = measure, day.entries.said(latest.item(row))
            if name not in self._known:
                self._known[name] = exact(one)
            self._said[place], self._is_said[place] = self._known[name], True
        given[self._numbers[there]] = self._said[at]


class Stretches:
    """The entries of some key results, one stretch after the other."""

    def __init__(self, rows: list[Numbered], entries: EntriesThen) -> None:
        columns = entries.held
        found = [columns.stretch(one.id) for _, one in rows]
        sizes = np.array([len(stretch) for stretch in found], dtype=np.int64)
        self.first = np.cumsum(sizes) - sizes
        self.owner = np.repeat(np.arange(len(rows)), sizes)
        begin = np.array([stretch.start for stretch in found], dtype=np.int64)
        self.place = np.arange(len(self.owner)) + (begin - self.first)[self.owner]
        self.id = columns.id[self.place]


class Counted:
    """Series that count in whole numbers; `left` are those whose numbers are too long for that.

    Per period: the sum of min(value, target) over periods × target. Kept above or below: the periods in which
    it was, over all. A period is a day of the workspace; the last entry of a day is that day's (method 2.2).
    """

    def __init__(self, rows: list[Numbered], entries: EntriesThen, calendar: Calendar) -> None:
        goals = [_goal(one) for _, one in rows]
        whole = Stretches(rows, entries)
        value = entries.held.value[whole.place]
        is_missing = np.isnan(value)
        value[is_missing] = 0.0
        most = np.array([decimals for _, decimals in goals], dtype=np.int64)
        np.maximum.at(most, whole.owner, _decimals(value))
        np.maximum.at(most, whole.owner[_among(whole.id, entries.history.exact)], MOST_DECIMALS + 1)
        far = np.array([max(abs(float(target)), 1.0) for target, _ in goals])
        np.maximum.at(far, whole.owner, np.abs(value))
        sizes = np.bincount(whole.owner, minlength=len(rows))
        fits = (most <= MOST_DECIMALS) & (far * 10.0**most * sizes < EXACT)
        self.left = [row for row, fit in zip(rows, fits.tolist(), strict=True) if not fit]

        kept = fits[whole.owner]
        scale = 10.0 ** most[whole.owner[kept]]
        value = np.rint(value[kept] * scale)
        target = np.rint(np.array([float(target) for target, _ in goals])[whole.owner[kept]] * scale)
        kind = np.array([_SIGN[Kind(one.kind)] for _, one in rows], dtype=np.int8)[whole.owner[kept]]
        per_period = np.minimum(value, target)
        share = np.where(kind == 0, per_period, np.where(kind > 0, value >= target, value <= target))
        self._share = np.where(is_missing[kept], 0.0, share)
        owner = whole.owner[kept]
        self._numbers = np.array([number for number, _ in rows], dtype=np.int64)[fits]
        self._first = np.flatnonzero(np.append(True, owner[1:] != owner[:-1])[: len(owner)])
        self._whole = np.where(kind == 0, target, 1.0)[self._first]
        place = whole.place[kept]
        self._since, self._until = entries.held.lifetimes(place)
        day = calendar.days_of(entries.held.effective[place])
        begins = np.append(True, (owner[1:] != owner[:-1]) | (day[1:] != day[:-1]))[: len(owner)]
        self._days = np.flatnonzero(begins)
        self._first_days = np.searchsorted(self._days, self._first)
        self._is_one_a_day = len(self._days) == len(self._share)

    def into(self, given: np.ndarray, day: Image, exact: Exact) -> None:
        if not len(self._first):
            return
        stood = (self._since < day.entries.known) & (self._until >= day.entries.known)
        if self._is_one_a_day:
            there, share = stood, self._share
        else:
            last = np.maximum.reduceat(np.where(stood, np.arange(len(stood)), -1), self._days)
            there, share = last >= 0, self._share[last]
        periods = np.add.reduceat(there, self._first_days, dtype=np.int64)
        shares = np.add.reduceat(np.where(there, share, 0.0), self._first_days)
        said = periods > 0
        given[self._numbers[said]] = shares[said] / (periods * self._whole)[said]


class Named:
    """Other series: what one came to is kept under a name of the entries that stood."""

    def __init__(self, rows: list[Numbered], entries: EntriesThen) -> None:
        self._rows = rows
        found = Stretches(rows, entries)
        self._first, self._ids = found.first, found.id
        self._since, self._until = entries.held.lifetimes(found.place)

    def into(self, given: np.ndarray, day: Image, exact: Exact) -> None:
        scores = day.entries.history.scores
        if len(scores) > KEPT_SCORES:
            scores.clear()
        for number, one, name in self._names(day.entries.known):
            found = scores.get(name)
            # The same entries under another definition are another score.
            if found is None or (found[0] is not one and found[0] != one):
                found = scores[name] = one, exact(one)
            given[number] = found[1]

    def _names(self, known: int) -> Iterator[tuple[int, KeyResultRow, tuple[int, int, int]]]:
        """Yield each that had entries, with a name of them: where it is the same, so are the figures."""
        if not self._rows:
            return
        stood = (self._since < known) & (self._until >= known)
        counts = np.add.reduceat(stood, self._first, dtype=np.int64).tolist()
        sums = np.add.reduceat(np.where(stood, self._ids, 0), self._first).tolist()
        for (number, one), count, total in zip(self._rows, counts, sums, strict=True):
            if count:
                yield number, one, (one.id, count, total)


_SIGN = {Kind.PER_PERIOD: 0, Kind.MAINTAIN_ABOVE_RATIO: 1, Kind.MAINTAIN_BELOW_RATIO: -1}


def _goal(one: KeyResultRow) -> tuple:
    """Return the target of a series, and how many decimals it takes to write it, many where none will do."""
    target = one.measure.target
    if target is None or (target <= 0 and one.kind == Kind.PER_PERIOD):
        return 0, MOST_DECIMALS + 1
    return target, _decimals_of(target)


def _decimals_of(target) -> int:
    return next((n for n in range(MOST_DECIMALS + 1) if not 10**n % target.denominator), MOST_DECIMALS + 1)


def _decimals(values: np.ndarray) -> np.ndarray:
    """Return how many decimals it takes to write each value, many where none will do."""
    found = np.full(len(values), MOST_DECIMALS + 1)
    for count in range(MOST_DECIMALS, -1, -1):
        scale = 10.0**count
        found[np.rint(values * scale) / scale == values] = count
    return found


def _among(ids: np.ndarray, known: dict) -> np.ndarray:
    return np.array([id in known for id in ids.tolist()], dtype=bool)
