"""The check-ins of a workspace as arrays: what is known now, and every series."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from django.db import connection

NO_CONFIDENCE = 0


class Entry(NamedTuple):
    """A check-in in short. Moments are whole seconds since 1970; a missing value is NaN."""

    id: int
    effective: int
    recorded: int
    value: float
    confidence: int
    corrects: int | None
    is_withdrawn: bool


def _columns() -> str:
    if connection.vendor == "postgresql":
        moments = (
            "extract(epoch FROM c.effective_at)::bigint, extract(epoch FROM c.recorded_at)::bigint, "
            "c.value::float8"
        )
    else:
        moments = (
            "CAST(strftime('%s', c.effective_at) AS INTEGER), CAST(strftime('%s', c.recorded_at) AS INTEGER), "
            "CAST(c.value AS REAL)"
        )
        moments = moments.replace("%", "%%")
    return f"c.key_result_id, c.id, {moments}, c.confidence, c.corrects_id, c.is_withdrawn"


def _read(where: str, parameters: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_columns()} FROM checkin c WHERE {where} "
            "ORDER BY c.key_result_id, c.effective_at, c.recorded_at, c.id",
            parameters,
        )
        return cursor.fetchall()


def _entry(row: tuple) -> tuple[int, Entry]:
    return row[0], Entry(
        row[1], row[2], row[3], np.nan if row[4] is None else row[4], row[5] or NO_CONFIDENCE, row[6], bool(row[7])
    )


def _read_exact(where: str, parameters: list) -> list[tuple]:
    """Read what a float cannot hold: milestones' parts, and values of more than 15 digits.

    A decimal of up to 15 significant digits survives the way through a float and back unchanged.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id, CAST(c.value AS text), c.parts FROM checkin c WHERE {where} AND "
            "(c.parts IS NOT NULL OR length(CAST(c.value AS text)) > 15)",
            parameters,
        )
        return cursor.fetchall()


def read_some(workspace_id: int, ids: list[int]) -> list[tuple[int, Entry]]:
    """Read the named check-ins: (key result, entry)."""
    if not ids:
        return []
    marks = ", ".join(["%s"] * len(ids))
    return [_entry(row) for row in _read(f"c.workspace_id = %s AND c.id IN ({marks})", [workspace_id, *ids])]


class Entries:
    """All entries of a workspace, by key result.

    What was there at the start lies in flat arrays sorted by key result and time; what came since lies
    in small lists beside them.
    """

    def __init__(self) -> None:
        self._first: dict[int, tuple[int, int]] = {}
        self._ids = np.zeros(0, dtype=np.int64)
        self._effective = self._recorded = self._ids
        self._values = np.zeros(0)
        self._confidences = np.zeros(0, dtype=np.int8)
        self._later: dict[int, list[Entry]] = {}
        self._replaced: set[int] = set()  # corrected entries, and entries that withdraw one
        self._exact: dict[int, Fraction | tuple[Fraction, ...]] = {}

    @classmethod
    def load(cls, workspace_id: int) -> Entries:
        """Read everything, once."""
        entries = cls()
        entries._take_exact(_read_exact("c.workspace_id = %s", [workspace_id]))
        rows = _read("c.workspace_id = %s", [workspace_id])
        if not rows:
            return entries
        owners, ids, effective, recorded, values, confidences, corrects, withdrawn = zip(*rows, strict=True)
        entries._ids = np.array(ids, dtype=np.int64)
        entries._effective = np.array(effective, dtype=np.int64)
        entries._recorded = np.array(recorded, dtype=np.int64)
        entries._values = np.array(values, dtype=np.float64)  # None becomes NaN
        entries._confidences = np.array([c or NO_CONFIDENCE for c in confidences], dtype=np.int8)
        for number, one in enumerate(corrects):
            if one is not None:
                entries._replaced.add(one)
                if withdrawn[number]:
                    entries._replaced.add(ids[number])
        owner = np.array(owners, dtype=np.int64)
        starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        ends = np.r_[starts[1:], len(owner)]
        entries._first = dict(
            zip(owner[starts].tolist(), zip(starts.tolist(), ends.tolist(), strict=True), strict=True)
        )
        return entries

    def take_exact(self, workspace_id: int, ids: list[int]) -> None:
        """Read what floats cannot hold of the named entries."""
        marks = ", ".join(["%s"] * len(ids))
        self._take_exact(_read_exact(f"c.workspace_id = %s AND c.id IN ({marks})", [workspace_id, *ids]))

    def _take_exact(self, rows: list[tuple]) -> None:
        for id, value, parts in rows:
            if parts not in (None, "null"):
                listed = json.loads(parts) if isinstance(parts, str) else parts
                self._exact[id] = tuple(Fraction(part) for part in listed)
            elif value is not None:
                self._exact[id] = Fraction(value)

    def exact(self, entry: Entry) -> Fraction | tuple[Fraction, ...] | None:
        """Return an entry's value exactly as it was written; milestones as the done fraction of each."""
        found = self._exact.get(entry.id)
        if found is not None:
            return found
        return None if entry.value != entry.value else Fraction(repr(float(entry.value)))

    def add(self, key_result_id: int, entry: Entry) -> None:
        """Take in an entry; taking it in twice changes nothing."""
        begin, end = self._first.get(key_result_id, (0, 0))
        later = self._later.setdefault(key_result_id, [])
        if any(one.id == entry.id for one in later) or entry.id in self._ids[begin:end]:
            return
        later.append(entry)
        later.sort(key=lambda one: (one.effective, one.recorded, one.id))
        if entry.corrects is not None:
            self._replaced.add(entry.corrects)
            if entry.is_withdrawn:
                self._replaced.add(entry.id)

    def _at(self, place: int) -> Entry:
        return Entry(
            int(self._ids[place]),
            int(self._effective[place]),
            int(self._recorded[place]),
            float(self._values[place]),
            int(self._confidences[place]),
            None,
            False,
        )

    def _all(self, key_result_id: int) -> Iterator[Entry]:
        begin, end = self._first.get(key_result_id, (0, 0))
        for at in range(begin, end):
            yield self._at(at)
        yield from self._later.get(key_result_id, ())

    def series(self, key_result_id: int) -> list[Entry]:
        """Return what stands, oldest first: corrected and withdrawn entries left out."""
        found = [one for one in self._all(key_result_id) if one.id not in self._replaced]
        if key_result_id in self._later:
            found.sort(key=lambda one: (one.effective, one.recorded, one.id))
        return found

    def current(self, key_result_id: int) -> Entry | None:
        """Return the latest entry that stands."""
        begin, end = self._first.get(key_result_id, (0, 0))
        if key_result_id not in self._later:
            for at in range(end - 1, begin - 1, -1):
                if int(self._ids[at]) not in self._replaced:
                    return self._at(at)
            return None
        later = [one for one in self._later[key_result_id] if one.id not in self._replaced]
        best = later[-1] if later else None
        for at in range(end - 1, begin - 1, -1):
            if int(self._ids[at]) in self._replaced:
                continue
            if best is None or int(self._effective[at]) > best.effective:
                return self._at(at)
            break
        return best

    def count(self, key_result_id: int) -> int:
        """Return how many entries stand."""
        begin, end = self._first.get(key_result_id, (0, 0))
        standing = sum(1 for one in self._later.get(key_result_id, ()) if one.id not in self._replaced)
        if not self._replaced:
            return end - begin + standing
        return standing + sum(1 for one in self._ids[begin:end].tolist() if one not in self._replaced)
