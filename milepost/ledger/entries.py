"""The check-ins of a workspace: what stands now of every key result, and the series of those asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

import numpy as np
from django.db import connection

from milepost.ledger.columns import Floats, Numbers, Rows, Words, positions

# A decimal of up to 15 significant digits survives the way through a float and back unchanged.
SAFE_LENGTH = 15
AT_ONCE = 500  # ids in one statement
STRETCH = 50_000  # rows
NAN = float("nan")


class Entry(NamedTuple):
    """A check-in in short. Moments are whole seconds since 1970; a missing value is NaN.

    Entries of one key result are ordered by their moments, to the microsecond as the database orders them
    (`micro` is what is beyond the second), then by id: ids rise as entries are made.
    """

    id: int
    effective: int
    recorded: int
    value: float
    confidence: int
    corrects: int | None = None
    is_withdrawn: bool = False
    micro: int = 0


class Latest(NamedTuple):
    """The entry that stands for a key result now; the name of its columns."""

    id: int  # the key result's
    entry: int
    effective: int
    recorded: int
    value: float
    confidence: int
    corrects: int | None
    is_withdrawn: bool
    micro: int


LATEST = {
    "id": Numbers, "entry": Numbers, "effective": Numbers, "recorded": Numbers, "value": Floats,
    "confidence": Words, "corrects": Numbers, "is_withdrawn": Words, "micro": Words,
}  # fmt: skip


def latest_row(_key_result: int, *entry) -> Entry:
    """Return the entry that a row of `LATEST` holds."""
    return Entry(*entry)


# Moments as whole seconds, counted by the database: turning each into a datetime costs more than reading it.
# SQLite rounds to milliseconds first, so what is beyond the second is taken off: 9.9999 s is in the ninth.
_SECONDS = {
    "sqlite": "CAST(strftime('%%s', substr({}, 1, 19)) AS integer)",
    "postgresql": "floor(extract(epoch FROM {}))::bigint",
}
_MICROSECONDS = {
    "sqlite": "CAST(substr(c.effective_at, 21) AS integer)",
    "postgresql": "extract(microseconds FROM c.effective_at)::integer %% 1000000",
}


def seconds_of(vendor: str) -> str:
    """Return how a database writes a moment in whole seconds since 1970: put the column in for {}."""
    return _SECONDS[vendor]


def columns(vendor: str) -> str:
    """Name the columns of a check-in `c` as `Entries.take` reads them."""
    effective, recorded = (_SECONDS[vendor].format(f"c.{name}_at") for name in ("effective", "recorded"))
    return (
        f"c.key_result_id, c.id, {effective}, {recorded}, CAST(c.value AS text), "
        f"coalesce(c.confidence, 0), c.parts, c.corrects_id, c.is_withdrawn, {_MICROSECONDS[vendor]}"
    )


# For each key result one step into the index, however long its history is.
_STEP = "FROM checkin l WHERE l.workspace_id = k.workspace_id AND l.key_result_id = k.id {}" + (
    "ORDER BY l.effective_at DESC, l.id DESC LIMIT 1"
)
# PostgreSQL would read every check-in to find those of the ids that the steps lead to.
_EACH_LATEST = {
    "sqlite": f"FROM key_result k JOIN checkin c ON c.id = (SELECT l.id {_STEP}) WHERE k.workspace_id = %s",
    "postgresql": f"FROM key_result k CROSS JOIN LATERAL (SELECT l.* {_STEP}) c WHERE k.workspace_id = %s",
}
# By what had been recorded before a moment: what was corrected since stays corrected.
_RECORDED_BEFORE = """AND l.recorded_at < %s AND NOT l.is_withdrawn AND NOT EXISTS (
  SELECT 1 FROM checkin x
  WHERE x.workspace_id = l.workspace_id AND x.key_result_id = l.key_result_id AND x.corrects_id = l.id)
"""
_SERIES = "SELECT {} FROM checkin c WHERE c.workspace_id = %s AND "
_IN_ORDER = " ORDER BY c.key_result_id, c.effective_at, c.id"
_CORRECTED = (
    "c.key_result_id IN (SELECT x.key_result_id FROM checkin x WHERE x.workspace_id = %s "
    "AND x.corrects_id IS NOT NULL)"
)
_OF_KINDS = "c.key_result_id IN (SELECT k.id FROM key_result k WHERE k.workspace_id = %s AND k.kind IN ({}))"


def _rows(sql: str, parameters: Sequence) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(columns(connection.vendor)), parameters)
        return cursor.fetchall()


def _in_stretches(sql: str, parameters: Sequence) -> Iterator[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(columns(connection.vendor)), parameters)
        while rows := cursor.fetchmany(STRETCH):
            yield from rows


def _each_latest(among: str = "") -> str:
    return _EACH_LATEST[connection.vendor].format(among)


def exact_of(value: str | None, parts: str | list | None) -> Fraction | tuple[Fraction, ...] | None:
    """Return what a row says where a float cannot: milestones, and numbers of many digits."""
    if parts not in (None, "null"):
        listed = json.loads(parts) if isinstance(parts, str) else parts
        return tuple(Fraction(part) for part in listed)
    if value is not None and len(value) > SAFE_LENGTH:
        return Fraction(value)
    return None


@dataclass(frozen=True)
class Before:
    """The latest entry of each key result, by its id, of those that had been recorded before a moment."""

    moment: datetime
    key_results: np.ndarray
    entries: np.ndarray
    values: np.ndarray

    def of(self, key_result_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the ids of these key results' entries (0: none), and their values."""
        places = positions(self.key_results, key_result_ids)
        return np.append(self.entries, 0)[places], np.append(self.values, NAN)[places]

    def revise(self, key_result_id: int, series: Sequence[Entry]) -> None:
        """Take in what stands now of a key result of which something was corrected."""
        at = positions(self.key_results, np.array([key_result_id])).item()
        if at >= 0:
            moment = self.moment.timestamp()
            known = [entry for entry in series if entry.recorded < moment]
            self.entries[at] = known[-1].id if known else 0
            self.values[at] = known[-1].value if known else NAN


class Entries:
    """What is known of the check-ins of a workspace.

    The latest entry that stands is held for every key result; a whole series is read when it is first asked
    for. So an image is loaded in a moment, and holds what its readers look at.
    """

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id
        self.latest = Rows.collect(latest_row, LATEST, ())
        self.mended: set[int] = set()  # key results of which something was corrected
        self._series: dict[int, list[Entry]] = {}
        self.exacts: dict[int, Fraction | tuple[Fraction, ...]] = {}
        self.history = None  # every entry in columns, once a past day was asked for
        self._before: Before | None = None
        self.watchers: list[Callable[[Sequence[tuple]], None]] = []  # who else takes in what comes

    @classmethod
    def load(cls, workspace_id: int, *, series_of: Iterable[str] = ()) -> Entries:
        """Read what stands now; the whole series of the kinds named, and where something was corrected."""
        entries = cls(workspace_id)
        latest = f"SELECT {{}} {_each_latest()} ORDER BY k.id"
        found = (Latest(row[0], *entries._entry(row)) for row in _in_stretches(latest, [workspace_id]))
        entries.latest = Rows.collect(latest_row, LATEST, found)
        entries._take_series(_rows(f"{_SERIES}{_CORRECTED}{_IN_ORDER}", [workspace_id, workspace_id]))
        kinds = list(series_of)
        if kinds:
            where = _OF_KINDS.replace("{}", ", ".join(["%s"] * len(kinds)))
            entries._take_series(_rows(f"{_SERIES}{where}{_IN_ORDER}", [workspace_id, workspace_id, *kinds]))
        return entries

    @classmethod
    def resumed(cls, workspace_id: int, latest: Rows, exacts: dict, mended: set[int]) -> Entries:
        """Go on from what another process knew; series are read again when they are asked for."""
        entries = cls(workspace_id)
        entries.latest, entries.exacts, entries.mended = latest, exacts, mended
        return entries

    def _entry(self, row: tuple) -> Entry:
        _, id, effective, recorded, value, confidence, parts, corrects, is_withdrawn, micro = row
        exact = exact_of(value, parts)
        if exact is not None:
            self.exacts[id] = exact
        number = NAN if value is None else float(value)
        return Entry(id, effective, recorded, number, confidence, corrects, bool(is_withdrawn), micro)

    def _take_series(self, rows: Iterable[tuple]) -> None:
        for key_result_id, own in groupby(rows, key=lambda row: row[0]):
            self._settle(key_result_id, [self._entry(row) for row in own])

    def _settle(self, key_result_id: int, entries: list[Entry]) -> None:
        """Hold a whole series, and what of it stands now."""
        self._series[key_result_id] = entries
        standing = _standing(entries)
        if len(standing) < len(entries):
            self.mended.add(key_result_id)
        if standing:
            if self.latest.get(key_result_id) != standing[-1]:
                self.latest.put(key_result_id, standing[-1])
        elif key_result_id in self.latest:
            self.latest.drop(key_result_id)

    def fetch(self, key_result_ids: Iterable[int]) -> None:
        """Read the series of these key results at once, those that are not held yet."""
        wanted = [id for id in key_result_ids if id not in self._series]
        for begin in range(0, len(wanted), AT_ONCE):
            ids = wanted[begin : begin + AT_ONCE]
            marks = ", ".join(["%s"] * len(ids))
            for id in ids:
                self._series[id] = []
            where = f"c.key_result_id IN ({marks})"
            self._take_series(_rows(f"{_SERIES}{where}{_IN_ORDER}", [self.workspace_id, *ids]))

    def take(self, rows: Sequence[tuple]) -> set[int]:
        """Take in rows of check-ins and return whose they are; taking one in twice changes nothing."""
        touched = set()
        for watcher in self.watchers:
            watcher(rows)
        for row in rows:
            key_result_id, entry = row[0], self._entry(row)
            touched.add(key_result_id)
            is_mended = key_result_id in self.mended and key_result_id not in self._series
            if entry.corrects is not None or is_mended:
                self._series.pop(key_result_id, None)
                self.fetch([key_result_id])
                if self._before is not None:
                    self._before.revise(key_result_id, self.series(key_result_id))
            elif key_result_id in self._series:
                series = self._series[key_result_id]
                if all(one.id != entry.id for one in series):
                    self._settle(key_result_id, sorted([*series, entry], key=_order))
            else:
                latest = self.latest.get(key_result_id)
                if latest is None or _order(entry) > _order(latest):
                    self.latest.put(key_result_id, entry)
        return touched

    def series(self, key_result_id: int) -> list[Entry]:
        """Return what stands, oldest first: corrected and withdrawn entries left out."""
        if key_result_id not in self._series:
            self.fetch([key_result_id])
        return _standing(self._series[key_result_id])

    def until(self, key_result_ids: Iterable[int], moment: int) -> dict[int, list[Entry]]:
        """Return, by key result, what stands of the time before a moment (in seconds), oldest first."""
        ids = sorted(key_result_ids)
        self.fetch(ids)
        return {id: [entry for entry in self.series(id) if entry.effective < moment] for id in ids}

    def held(self) -> list[int]:
        """Return the key results whose whole series is held."""
        return list(self._series)

    def current(self, key_result_id: int) -> Entry | None:
        """Return the latest entry that stands."""
        return self.latest.get(key_result_id)

    def columns(self, key_result_ids: np.ndarray, *names: str) -> tuple[np.ndarray, list[np.ndarray]]:
        """Say which of these key results have an entry that stands, and return columns of those entries."""
        latest = self.latest
        places = np.searchsorted(latest.ids, key_result_ids)
        there = places < len(latest.ids)
        there[there] = latest.ids[places[there]] == key_result_ids[there]
        of = {"confidence": int}
        return there, [latest.array(name, of.get(name))[places[there]] for name in names]

    def before(self, moment: datetime, key_result_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the latest entries that stand of those recorded before a moment: ids (0: none), values.

        Those of the moment asked for last are kept: they are read once a day, not whenever somebody looks.
        """
        if self._before is None or self._before.moment != moment:
            self._before = self._read_before(moment)
        return self._before.of(key_result_ids)

    def _read_before(self, moment: datetime) -> Before:
        then = connection.ops.adapt_datetimefield_value(moment)
        sql = f"SELECT k.id, c.id, c.value {_each_latest(_RECORDED_BEFORE)} ORDER BY k.id"
        with connection.cursor() as cursor:
            cursor.execute(sql, [then, self.workspace_id])
            rows = cursor.fetchall()
        ids, entries = (np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 1))
        values = np.array([NAN if row[2] is None else float(row[2]) for row in rows], dtype=np.float64)
        return Before(moment, ids, entries, values)

    def exact(self, entry: Entry) -> Fraction | tuple[Fraction, ...] | None:
        """Return an entry's value exactly as it was written; milestones as the done fraction of each."""
        found = self.exacts.get(entry.id)
        if found is not None:
            return found
        return None if entry.value != entry.value else Fraction(Decimal(repr(entry.value)))


def _order(entry: Entry) -> tuple[int, int, int]:
    return entry.effective, entry.micro, entry.id


def _standing(entries: list[Entry]) -> list[Entry]:
    replaced = {entry.corrects for entry in entries if entry.corrects is not None}
    return [entry for entry in entries if entry.id not in replaced and not entry.is_withdrawn]
