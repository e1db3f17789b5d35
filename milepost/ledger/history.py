"""Every check-in of a workspace in columns, and what stood at any past moment.

Read when a past day is first asked for, kept up to date with the image from then on. Five million entries
take 50 bytes each; as rows they would take ten times that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction

import numpy as np

from milepost.ledger import blocks
from milepost.ledger.changes import Token
from milepost.ledger.columns import positions
from milepost.ledger.entries import NAN, Entry, exact_of
from milepost.ledger.turns import NONE, Turns

NEVER = np.iinfo(np.int64).max


class Columns:
    """Entries ordered by key result, then by what they are for, then by id; never changed once made.

    `recorded` says from when on an entry was known, `ended` from when on it was corrected, of those that
    were. Moments are whole seconds since 1970; `micro` is what `effective` is beyond its second. The columns
    given are used up: there is no room for millions of entries twice.
    """

    def __init__(self, columns: dict[str, np.ndarray], corrections: np.ndarray) -> None:
        self.key_results, number = np.unique(columns.pop("key_result"), return_inverse=True)
        number = number.astype(np.int32)
        order = _in_order(number, columns)
        # What was logged while the rows were read comes a second time with the changes.
        ids = columns["id"][order]
        order = order[np.append(True, ids[1:] != ids[:-1])[: len(ids)]]
        number = number[order]
        found = {name: _narrow(columns.pop(name)[order]) for name in list(columns)}
        # One more value that is missing: what place -1 (no entry) says.
        self._hold(found | {"said": np.append(found.pop("value"), NAN)})
        del ids, order
        self._ends = np.cumsum(np.bincount(number, minlength=len(self.key_results)))
        self.corrections = np.unique(corrections, axis=0)
        self._among = np.flatnonzero(np.isin(self.id, self.corrections))
        self._find_corrected()
        since = np.maximum(self.recorded, self.effective)
        self.turns = Turns(len(self.key_results), number, since, ~self.is_withdrawn, self.ended)

    def _hold(self, held: dict[str, np.ndarray]) -> None:
        self._held = held
        self.__dict__.update(held)
        self.value = self.said[:-1]
        self._learned: tuple[int, tuple[list[int], dict[int, int]]] | None = None

    def arrays(self) -> dict[str, dict[str, np.ndarray]]:
        """Return what these are made of, to be kept in a file."""
        own = {name: getattr(self, name) for name in ("key_results", "_ends", "corrections", "_among")}
        return {"entries": self._held, "own": own, "turns": self.turns.arrays()}

    @classmethod
    def resumed(cls, arrays: dict[str, dict[str, np.ndarray]]) -> Columns:
        """Return the columns that `arrays` told of."""
        columns = cls.__new__(cls)
        columns._hold(arrays["entries"])
        columns.__dict__.update(arrays["own"])
        columns._find_corrected()
        columns.turns = Turns.resumed(arrays["turns"])
        return columns

    def _find_corrected(self) -> None:
        """Find out which entry corrects which, and when: the first one counts."""
        self.first = np.append(0, self._ends)[:-1]
        found = self._among
        places = dict(zip(self.id[found].tolist(), found.tolist(), strict=True))
        self.corrects: dict[int, int] = {}  # by place, the id of the entry corrected
        self.ended: dict[int, int] = {}
        for id, corrected in self.corrections.tolist():
            if id in places:
                place, moment = places[id], int(self.recorded[places[id]])
                self.corrects[place] = corrected
                if corrected in places:
                    old = places[corrected]
                    self.ended[old] = min(moment, self.ended.get(old, moment))
        mended = [(at, places.get(id, at), self._root(at, places)) for at, id in self.corrects.items()]
        self._mended = np.array(mended, dtype=np.int64).reshape(-1, 3)  # place, of the corrected, of the root
        self._ended_places = np.array(sorted(self.ended), dtype=np.int64)
        self._ended_at = np.array([self.ended[place] for place in sorted(self.ended)], dtype=np.int64)

    def _root(self, place: int, places: Mapping[int, int]) -> int:
        """Return where the check-in is that corrections led from, one after the other, up to a place."""
        while (old := places.get(self.corrects.get(place))) is not None:
            place = old
        return place

    def standing(self, begin: int, end: int, known: int) -> np.ndarray:
        """Mark those of a stretch of entries that stood by what was known before a moment, and were over."""
        stretch = slice(begin, end)
        found = (self.recorded[stretch] < known) & (self.effective[stretch] < known)
        found &= ~self.is_withdrawn[stretch]
        among = slice(*np.searchsorted(self._ended_places, [begin, end]))
        found[self._ended_places[among][self._ended_at[among] < known] - begin] = False
        return found

    def lifetimes(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return of entries after which moment each stood, and up to which: two arrays."""
        since = np.maximum(self.recorded[places], self.effective[places]).astype(np.int64)
        until = np.where(self.is_withdrawn[places], -NEVER, NEVER)
        if len(self._ended_places):
            at = np.minimum(np.searchsorted(self._ended_places, places), len(self._ended_places) - 1)
            ended = self._ended_places[at] == places
            until[ended] = np.minimum(until[ended], self._ended_at[at[ended]])
        return since, until

    def latest(self, marked: np.ndarray) -> np.ndarray:
        """Return the place of the latest marked entry of each key result; -1 where there is none."""
        if not len(marked):
            return np.zeros(0, dtype=np.int64)
        return np.maximum.reduceat(np.where(marked, np.arange(len(marked)), -1), self.first)

    def busy(self, begin: int, end: int) -> np.ndarray:
        """Return the key results of which something was recorded from one moment up to another."""
        between = (self.recorded >= begin) & (self.recorded < end)
        return self.key_results[np.logical_or.reduceat(between, self.first)] if len(between) else between

    def learned(self, known: int) -> tuple[list[int], dict[int, int]]:
        """Return what became known later of the time before a moment.

        First the key result of each check-in that came late, then of each that was corrected since, by the id
        of the check-in as it was first recorded.
        """
        if self._learned is None or self._learned[0] != known:
            self._learned = known, self._found_later(known)
        return self._learned[1]

    def _found_later(self, known: int) -> tuple[list[int], dict[int, int]]:
        came = np.flatnonzero((self.recorded >= known) & (self.effective < known))
        late = np.array([place for place in came.tolist() if place not in self.corrects], dtype=np.int64)
        place, old, root = self._mended[self.recorded[self._mended[:, 0]] >= known].T
        # It was for that time, or a correction has brought it there; if it came late, it is told as that.
        concerns = (self.effective[place] < known) | (self.effective[old] < known)
        concerns &= (self.recorded[root] < known) | (self.effective[root] >= known)
        mended = np.unique(root[concerns])
        return self._owners(late).tolist(), dict(
            zip(self.id[mended].tolist(), self._owners(mended).tolist(), strict=True)
        )

    def _owners(self, places: np.ndarray) -> np.ndarray:
        return self.key_results[np.searchsorted(self.first, places, side="right") - 1]

    def number(self, key_result_id: int) -> int | None:
        """Return which of the key results it is; None where it has no entries."""
        number = bisect_left(self.key_results, key_result_id)
        there = number < len(self.key_results) and self.key_results[number] == key_result_id
        return number if there else None

    def stretch(self, key_result_id: int) -> range:
        """Return the places of a key result's entries."""
        number = self.number(key_result_id)
        return range(0) if number is None else range(self.first.item(number), self._ends.item(number))

    def place(self, key_result_id: int, id: int) -> int | None:
        """Return the place of an entry of a key result; None where it is not among these."""
        stretch = self.stretch(key_result_id)
        found = np.flatnonzero(self.id[stretch.start : stretch.stop] == id)
        return stretch.start + found.item(0) if len(found) else None

    def joined(self, more: dict[str, np.ndarray], corrections: np.ndarray) -> Columns:
        """Return these entries and more."""
        held = {
            **self._held,
            "value": self.value,
            "key_result": np.repeat(self.key_results, self._ends - self.first),
        }
        return Columns(
            {name: np.concatenate([held[name], more[name]]) for name in more},
            np.concatenate([self.corrections, corrections]),
        )

    def entry(self, place: int) -> Entry:
        """Return one entry."""
        return Entry(
            int(self.id[place]),
            int(self.effective[place]),
            int(self.recorded[place]),
            float(self.value[place]),
            int(self.confidence[place]),
            self.corrects.get(place),
            bool(self.is_withdrawn[place]),
            int(self.micro[place]),
        )


def _in_order(number: np.ndarray, columns: dict[str, np.ndarray]) -> np.ndarray:
    """Return the places of entries ordered by key result, effective moment to the microsecond, id."""
    effective = columns["effective"]
    if not len(effective):
        return np.zeros(0, dtype=np.int64)
    low = int(effective.min())
    key = number.astype(np.int64) * (int(effective.max()) - low + 1) + effective - low
    order = np.argsort(key, kind="stable")
    key = key[order]
    same = np.flatnonzero(key[1:] == key[:-1])
    tied = np.union1d(same, same + 1)
    among = order[tied]
    order[tied] = among[np.lexsort((columns["id"][among], columns["micro"][among], key[tied]))]
    return order


def _narrow(values: np.ndarray) -> np.ndarray:
    """Return numbers as few bytes as they need."""
    if values.dtype != np.int64 or not len(values):
        return values
    half = np.iinfo(np.int32)
    fits = half.min < values.min() and values.max() < half.max
    return values.astype(np.int32) if fits else values


class Exacts:
    """What entries say where a float cannot, by id; kept as the database says it until asked for."""

    def __init__(self, said: dict[int, tuple] | None = None) -> None:
        self.said = said or {}
        self._read: dict[int, Fraction | tuple[Fraction, ...] | None] = {}

    def __contains__(self, id: int) -> bool:
        return id in self.said

    def get(self, id: int) -> Fraction | tuple[Fraction, ...] | None:
        """Return what an entry says; None where a float says it."""
        if id not in self.said:
            return None
        if id not in self._read:
            self._read[id] = exact_of(*self.said[id])
        return self._read[id]

    def written(self, id: int) -> str | None:
        """Return what an entry says as it is written, unread; None where a float says it."""
        return repr(self.said[id]) if id in self.said else None


class History:
    """All entries, and what they hold that columns cannot.

    `token` is the place in the log up to which the columns hold everything; None where that is not known.
    """

    def __init__(self, workspace_id: int, token: Token | None = None) -> None:
        exact = Exacts()
        joined = _joined(blocks.columns(workspace_id, exact.said)) or _columns([])
        # Read after the entries, these may know of some that are not there yet: those come as changes.
        self._begin(Columns(joined, blocks.corrections(workspace_id)), exact, token)

    def _begin(self, settled: Columns, exact: Exacts, token: Token | None) -> None:
        self.settled, self.exact, self.token = settled, exact, token
        self.is_kept = False  # whether a file holds these columns
        self.scores: dict[tuple, tuple] = {}  # what series came to, by their names
        self._waiting: dict[int, tuple] = {}

    @classmethod
    def resumed(cls, settled: Columns, exact: Exacts, token: Token, since: Iterable[tuple]) -> History:
        """Go on from what a file holds, with the rows that came since."""
        history = cls.__new__(cls)
        history._begin(settled, exact, token)
        history.is_kept = True
        history.add(since)
        return history

    def add(self, rows: Iterable[tuple]) -> None:
        """Take in rows as `Entries.take` reads them; taking one in twice changes nothing."""
        for row in rows:
            if self.settled.place(row[0], row[1]) is not None:
                continue
            self._waiting[row[1]] = row
            if exact_of(row[4], row[6]) is not None:
                self.exact.said[row[1]] = row[4], row[6]

    def columns(self, known: int, token: Token | None = None) -> Columns:
        """Return columns that hold all entries recorded before a moment.

        What came in later waits: it neither stood before then nor corrected anything. `token` is the place in
        the log up to which everything has been added.
        """
        if any(row[3] < known for row in self._waiting.values()):
            rows, self._waiting = list(self._waiting.values()), {}
            corrects = np.array([(row[1], row[7]) for row in rows if row[7]], dtype=np.int64)
            self.settled = self.settled.joined(_columns(rows), corrects.reshape(-1, 2))
            self.token, self.is_kept = token, False
        return self.settled

    def learned(self, known: int) -> tuple[list[int], list[int]]:
        """Return the key results of check-ins that came later for before a moment, and of corrected ones."""
        late, corrected = self.settled.learned(known)
        late, corrected = [*late], dict(corrected)
        for row in list(self._waiting.values()):  # whoever reads today may take one in meanwhile
            if row[3] < known:
                continue
            chain = list(self._chain(row))
            if row[7] is None:
                late += [row[0]] * (row[2] < known)
            elif any(effective < known for _, effective, _ in chain[:2]):
                root, effective, recorded = chain[-1]
                if recorded < known or effective >= known:
                    corrected[root] = row[0]
        return late, [*corrected.values()]

    def _chain(self, row: tuple) -> Iterator[tuple[int, int, int]]:
        """Yield an entry and what it corrects, one after the other: id, effective, recorded."""
        key_result, id, effective, recorded, *_, corrects = row[:8]
        yield id, effective, recorded
        while corrects is not None:
            if (waiting := self._waiting.get(corrects)) is not None:
                yield from self._chain(waiting)
                return
            place = self.settled.place(key_result, corrects)
            if place is None:
                return
            entry = self.settled.entry(place)
            yield entry.id, entry.effective, entry.recorded
            corrects = entry.corrects

    def busy(self, begin: int, end: int) -> np.ndarray:
        """Return the key results of which something was recorded from one moment up to another."""
        came = [row[0] for row in self._waiting.values() if begin <= row[3] < end]
        return np.append(self.settled.busy(begin, end), np.array(came, dtype=np.int64))


# Where a history may come from other than the tables: `annals.read_from` sets it.
opened_from: Callable[[int], History | None] | None = None


def of(workspace_id: int, token: Token) -> History:
    """Return the history of a workspace, for whoever takes in by itself what came after `token`."""
    kept = opened_from(workspace_id) if opened_from else None
    return kept or History(workspace_id, token)


def _joined(found: Iterable[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Put blocks of columns one after the other, in arrays that grow: what is freed between is used again."""
    whole: dict[str, np.ndarray] = {}
    count = 0
    for block in found:
        more = len(block["id"])
        for name, values in block.items():
            array = whole.setdefault(name, np.empty(more, dtype=values.dtype))
            if count + more > len(array):
                array.resize(2 * (count + more), refcheck=False)
            array[count : count + more] = values
        count += more
    for array in whole.values():
        array.resize(count, refcheck=False)
    return whole


def _columns(rows: list[tuple]) -> dict[str, np.ndarray]:
    """Turn rows as `Entries.take` reads them into columns."""

    def column(place: int, kind: type) -> np.ndarray:
        return np.fromiter((row[place] or 0 for row in rows), kind, len(rows))

    value = (NAN if row[4] is None else float(row[4]) for row in rows)
    return {
        "key_result": column(0, np.int64),
        "id": column(1, np.int64),
        "effective": column(2, np.int64),
        "recorded": column(3, np.int64),
        "value": np.fromiter(value, np.float64, len(rows)),
        "confidence": column(5, np.int8),
        "is_withdrawn": column(8, np.bool_),
        "micro": column(9, np.int32),
    }


class EntriesThen:
    """The check-ins as they stood at a past moment, read as `Entries` are."""

    def __init__(self, history: History, known: int) -> None:
        self.history, self.known = history, known
        # These very columns: entries that come in later stand elsewhere.
        self.held = history.columns(known)
        # Of which number a key result is not (-1), the last says that nothing stood.
        self.latest = np.append(self.held.turns.at(known), NONE)

    def current(self, key_result_id: int) -> Entry | None:
        """Return the latest entry that stood."""
        number = self.held.number(key_result_id)
        place = -1 if number is None else int(self.latest[number])
        return None if place < 0 else self.held.entry(place)

    def series(self, key_result_id: int) -> list[Entry]:
        """Return what stood, oldest first."""
        stretch = self.held.stretch(key_result_id)
        stood = np.flatnonzero(self.held.standing(stretch.start, stretch.stop, self.known))
        return [self.held.entry(place) for place in (stood + stretch.start).tolist()]

    def columns(self, key_result_ids: np.ndarray, *names: str) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return which of the key results have entries, and of each latest one what is asked for."""
        places = self.latest[positions(self.held.key_results, np.asarray(key_result_ids))]
        there = places >= 0
        return there, [getattr(self.held, name)[places[there]] for name in names]

    def before(self, moment: datetime, key_result_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the latest entries that stood of those recorded before a moment: ids (0: none), values."""
        columns = self.held
        stood = columns.standing(0, len(columns.id), self.known)
        latest = columns.latest(stood & (columns.recorded < int(moment.timestamp())))
        places = np.append(latest, NONE)[positions(columns.key_results, key_result_ids)]
        return np.append(columns.id, 0)[places], columns.said[places]

    def said(self, place: int) -> str:
        """Return what the entry at a place says as it is written; what is written alike says the same."""
        return self.history.exact.written(self.held.id.item(place)) or repr(self.held.value.item(place))

    def exact(self, entry: Entry) -> Fraction | tuple[Fraction, ...] | None:
        """Return an entry's value exactly as it was written; milestones as the done fraction of each."""
        found = self.history.exact.get(entry.id)
        if found is not None:
            return found
        return None if entry.value != entry.value else Fraction(repr(entry.value))

    def fetch(self, key_result_ids: Iterable[int]) -> None:
        """Do nothing: everything is here."""
