"""Every check-in of a workspace in columns: what stood at any past moment is a mask and a search.

Read when a past day is first asked for, kept up to date with the image from then on. Five million entries
take 45 bytes each; as rows they would take ten times that.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction

import numpy as np

from milepost.ledger.entries import NAN, Entry, exact_of, stretches

NEVER = np.iinfo(np.int64).max


class Columns:
    """Entries ordered by key result, then by what they are for, then by id; never changed once made.

    `recorded` says from when on an entry was known, `ended` from when on it was corrected (NEVER: it
    stands). Moments are whole seconds since 1970; `micro` is what `effective` is beyond its second.
    """

    def __init__(self, columns: dict[str, np.ndarray]) -> None:
        order = np.lexsort([columns[name] for name in ("id", "micro", "effective", "key_result")])
        columns = {name: values[order] for name, values in columns.items()}
        # What was logged while the rows were read comes a second time with the changes.
        fresh = np.ones(len(order), dtype=bool)
        if len(order):
            fresh[1:] = columns["id"][1:] != columns["id"][:-1]
        columns = {name: values[fresh] for name, values in columns.items()}
        self.__dict__.update(columns)
        self.all = columns
        self.ended = np.full(len(self.id), NEVER, dtype=np.int64)
        corrections = np.flatnonzero(self.corrects)
        if len(corrections):
            by_id = np.argsort(self.id)
            places = by_id[np.searchsorted(self.id[by_id], self.corrects[corrections])]
            self.ended[places] = self.recorded[corrections]
        self.key_results, self.first = np.unique(self.key_result, return_index=True)
        self.place = {id: number for number, id in enumerate(self.key_results.tolist())}
        self._places = np.arange(len(self.id))
        self._stands = ~self.is_withdrawn

    def standing(self, known: int, then: int) -> np.ndarray:
        """Mark the entries for no later than `then` that stood by what was known before `known`."""
        return (self.recorded < known) & (self.ended >= known) & (self.effective < then) & self._stands

    def latest(self, standing: np.ndarray) -> np.ndarray:
        """Return the place of the latest marked entry of each key result; -1 where there is none."""
        if not len(standing):
            return np.zeros(0, dtype=np.int64)
        return np.maximum.reduceat(np.where(standing, self._places, -1), self.first)

    def busy(self, begin: int, end: int) -> set[int]:
        """Return the key results of which something was recorded from one moment up to another."""
        between = (self.recorded >= begin) & (self.recorded < end)
        return set(self.key_result[between].tolist())

    def stretch(self, key_result_id: int) -> range:
        """Return the places of a key result's entries."""
        number = self.place.get(key_result_id)
        if number is None:
            return range(0)
        end = self.first[number + 1] if number + 1 < len(self.first) else len(self.id)
        return range(int(self.first[number]), int(end))

    def entry(self, place: int) -> Entry:
        """Return one entry."""
        return Entry(
            int(self.id[place]),
            int(self.effective[place]),
            int(self.recorded[place]),
            float(self.value[place]),
            int(self.confidence[place]),
            int(self.corrects[place]) or None,
            bool(self.is_withdrawn[place]),
            int(self.micro[place]),
        )


class History:
    """All entries, and what they hold that columns cannot."""

    def __init__(self, workspace_id: int) -> None:
        self.exact: dict[int, Fraction | tuple[Fraction, ...]] = {}
        self.scores: dict[tuple, tuple] = {}  # what series came to, by their names
        self._waiting: list[tuple] = []
        found = [self._columns(rows) for rows in stretches(workspace_id)] or [self._columns([])]
        self._settled = Columns({name: np.concatenate([each[name] for each in found]) for name in found[0]})

    def add(self, rows: Iterable[tuple]) -> None:
        """Take in rows as `Entries.take` reads them; taking one in twice changes nothing."""
        self._waiting.extend(rows)

    @property
    def columns(self) -> Columns:
        """The entries in columns, up to date; others than before where something came in."""
        if self._waiting:
            more, self._waiting = self._columns(self._waiting), []
            held = self._settled.all
            self._settled = Columns({name: np.concatenate([held[name], more[name]]) for name in held})
        return self._settled

    def _columns(self, rows: list[tuple]) -> dict[str, np.ndarray]:
        count = len(rows)
        for row in rows:
            found = exact_of(row)
            if found is not None:
                self.exact[row[1]] = found

        def column(place: int, kind: type, missing: int = 0) -> np.ndarray:
            return np.fromiter((row[place] or missing for row in rows), kind, count)

        return {
            "key_result": column(0, np.int64),
            "id": column(1, np.int64),
            "effective": column(2, np.int64),
            "recorded": column(3, np.int64),
            "value": np.fromiter(
                (NAN if row[4] is None else float(row[4]) for row in rows), np.float64, count
            ),
            "confidence": column(5, np.int8),
            "corrects": column(7, np.int64),
            "is_withdrawn": column(8, np.bool_),
            "micro": column(9, np.int32),
        }


class EntriesThen:
    """The check-ins as they stood at a past moment, read as `Entries` are."""

    def __init__(self, history: History, *, known: int, then: int) -> None:
        self.history = history
        # These very columns: entries that come in later stand elsewhere.
        self.held = history.columns
        self.standing = self.held.standing(known, then)
        self.latest = self.held.latest(self.standing)

    def current(self, key_result_id: int) -> Entry | None:
        """Return the latest entry that stood."""
        number = self.held.place.get(key_result_id)
        place = -1 if number is None else int(self.latest[number])
        return None if place < 0 else self.held.entry(place)

    def series(self, key_result_id: int) -> list[Entry]:
        """Return what stood, oldest first."""
        stretch = self.held.stretch(key_result_id)
        return [self.held.entry(place) for place in stretch if self.standing[place]]

    def columns(self, key_result_ids: np.ndarray, *names: str) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return which of the key results have entries, and of each latest one what is asked for."""
        held, wanted = self.held, np.asarray(key_result_ids)
        if not len(held.key_results):
            return np.zeros(len(wanted), dtype=bool), [getattr(held, name) for name in names]
        at = np.minimum(np.searchsorted(held.key_results, wanted), len(held.key_results) - 1)
        places = np.where(held.key_results[at] == wanted, self.latest[at], -1)
        there = places >= 0
        return there, [getattr(held, name)[places[there]] for name in names]

    def before(self, moment: datetime) -> dict[int, Entry]:
        """Return, by key result, the latest of the entries that stood and had been recorded before then."""
        columns = self.held
        places = columns.latest(self.standing & (columns.recorded < int(moment.timestamp())))
        known = zip(columns.key_results.tolist(), places.tolist(), strict=True)
        return {id: columns.entry(place) for id, place in known if place >= 0}

    def exact(self, entry: Entry) -> Fraction | tuple[Fraction, ...] | None:
        """Return an entry's value exactly as it was written; milestones as the done fraction of each."""
        found = self.history.exact.get(entry.id)
        if found is not None:
            return found
        return None if entry.value != entry.value else Fraction(repr(entry.value))

    def fetch(self, key_result_ids: Iterable[int]) -> None:
        """Do nothing: everything is here."""
