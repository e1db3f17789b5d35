"""Many rows of one kind, kept in columns and made one by one when asked for.

A hundred thousand objectives as objects take a gigabyte and ten seconds to make; in columns they take what
they say, most of it once, and a page makes the few that it shows. Columns can be written to a file and read
back as they are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from itertools import count, islice
from operator import attrgetter
from typing import Any

import numpy as np

from milepost.core.rollup import in_order
from milepost.ledger.titles import Titles

NOTHING = np.iinfo(np.int64).min  # None in a column of whole numbers
AT_ONCE = 20_000  # rows turned into columns together


class Numbers:
    """Whole numbers; None may be among them."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    @classmethod
    def of(cls, parts: list[list]) -> Numbers:
        whole = [np.array([NOTHING if v is None else v for v in part], dtype=np.int64) for part in parts]
        return cls(np.concatenate(whole) if whole else np.zeros(0, dtype=np.int64))

    def at(self, place: int) -> int | None:
        value = self.values.item(place)
        return None if value == NOTHING else value

    def all(self) -> list:
        return [None if value == NOTHING else value for value in self.values.tolist()]


class Floats:
    """Binary floating point; what is missing is NaN."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    @classmethod
    def of(cls, parts: list[list]) -> Floats:
        return cls(np.array([value for part in parts for value in part], dtype=np.float64))

    def at(self, place: int) -> float:
        return self.values.item(place)

    def all(self) -> list[float]:
        return self.values.tolist()


class Words:
    """Values of which many are alike: each is kept once."""

    def __init__(self, codes: np.ndarray, values: list) -> None:
        self.codes, self.values = codes, values

    @classmethod
    def of(cls, parts: list[list]) -> Words:
        known: dict[Any, int] = defaultdict(count().__next__)
        whole = [np.array(list(map(known.__getitem__, part)), dtype=np.uint32) for part in parts]
        codes = np.concatenate(whole) if whole else np.zeros(0, dtype=np.uint32)
        return cls(codes.astype(np.min_scalar_type(len(known))), list(known))

    def at(self, place: int) -> Any:
        return self.values[self.codes.item(place)]

    def all(self) -> list:
        values = self.values
        return [values[code] for code in self.codes.tolist()]


class Texts:
    """Texts that are all different, in one string of bytes. A lone NUL, which no database keeps, is None."""

    def __init__(self, ends: np.ndarray, bytes: Any) -> None:
        self.ends, self.bytes = ends, memoryview(bytes)

    @classmethod
    def of(cls, parts: list[list]) -> Texts:
        lengths, pieces = [], []
        for part in parts:
            own = [b"\0" if text is None else text.encode() for text in part]
            lengths.append(np.array([len(one) for one in own], dtype=np.int64))
            pieces.append(b"".join(own))
        ends = np.cumsum(np.concatenate(lengths)) if lengths else np.zeros(0, dtype=np.int64)
        return cls(ends, b"".join(pieces))

    def at(self, place: int) -> str | None:
        begin = self.ends.item(place - 1) if place else 0
        text = str(self.bytes[begin : self.ends.item(place)], "utf-8")
        return None if text == "\0" else text

    def all(self) -> list:
        ends, found, begin = self.ends.tolist(), [], 0
        for end in ends:
            text = str(self.bytes[begin:end], "utf-8")
            found.append(None if text == "\0" else text)
            begin = end
        return found

    @cached_property
    def titles(self) -> Titles:
        """These texts as titles, in their order and by their words."""
        return Titles(self)


Column = Numbers | Floats | Words | Texts


class Rows(Mapping):
    """Rows by id, in the order of their ids. `own` are those that were replaced since the columns were made.

    A row that was made is kept, so that whoever asks again gets the same one.
    """

    def __init__(
        self,
        make: Callable,
        base: np.ndarray,
        columns: dict[str, Column],
        own: dict[int, Any] | None = None,
        gone: frozenset[int] = frozenset(),
    ) -> None:
        self.make, self.base, self.columns = make, base, columns
        self.own, self.gone = own or {}, gone
        self._made: dict[int, Any] = dict(self.own)
        self._search = memoryview(base)

    @classmethod
    def collect(
        cls, make: Callable, kinds: dict[str, type], rows: Iterable, look: Callable | None = None
    ) -> Rows:
        """Turn rows, in the order of their ids, into columns; `look` is shown each stretch on the way."""
        parts: dict[str, list[list]] = {name: [] for name in kinds}
        getters = {name: attrgetter(name) for name in kinds}
        rows = iter(rows)
        while stretch := list(islice(rows, AT_ONCE)):
            for name, getter in getters.items():
                parts[name].append(list(map(getter, stretch)))
            if look is not None:
                look(stretch)
        columns = {name: kind.of(parts.pop(name)) for name, kind in kinds.items()}
        return cls(make, columns["id"].values, columns)

    # -- reading ---------------------------------------------------------------------------------------

    def _place(self, id: int) -> int:
        place = bisect_left(self._search, id)
        return place if place < len(self._search) and self._search[place] == id else -1

    def get(self, id: int | None, default: Any = None) -> Any:
        row = self._made.get(id)
        if row is None:
            if id is None or id in self.gone or (place := self._place(id)) < 0:
                return default
            row = self._made[id] = self.make(*[column.at(place) for column in self.columns.values()])
        return row

    def value(self, id: int | None, name: str) -> Any:
        """Return one column of a row, without making the row for it; None where there is no such row."""
        row = self._made.get(id)
        if row is not None:
            return getattr(row, name)
        if id is None or id in self.gone or (place := self._place(id)) < 0:
            return None
        return self.columns[name].at(place)

    def __getitem__(self, id: int) -> Any:
        row = self.get(id)
        if row is None:
            raise KeyError(id)
        return row

    def __contains__(self, id: object) -> bool:
        return id in self._made or (id is not None and id not in self.gone and self._place(id) >= 0)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[int]:
        return iter(self.ids.tolist())

    def values(self) -> list:
        """Return every row, in the order of ids."""
        ids = self.ids.tolist()
        made = self._made
        if len(made) < len(ids):
            columns = [column.all() for column in self.columns.values()]
            for id, *row in zip(self.base.tolist(), *columns, strict=True):
                if id not in made and id not in self.gone:
                    made[id] = self.make(*row)
        return [made[id] for id in ids]

    def items(self):
        """Return every id with its row."""
        return zip(self.ids.tolist(), self.values(), strict=True)

    def listed(self, name: str) -> list:
        """Return one column of every row, in the order of ids."""
        whole = self.columns[name].all()
        ids, where = self._merged
        if where is None:
            return whole
        return [
            whole[place] if place >= 0 else getattr(self.own[id], name)
            for id, place in zip(ids.tolist(), where.tolist(), strict=True)
        ]

    def at(self, place: int, name: str) -> Any:
        """Return one column of the row at a place in the order of ids."""
        ids, where = self._merged
        base = place if where is None else where.item(place)
        return self.columns[name].at(base) if base >= 0 else getattr(self.own[ids.item(place)], name)

    # -- as arrays -------------------------------------------------------------------------------------

    @cached_property
    def _merged(self) -> tuple[np.ndarray, np.ndarray | None]:
        if not self.own and not self.gone:
            return self.base, None
        replaced = np.array([*self.own, *self.gone], dtype=np.int64)
        kept = np.flatnonzero(~np.isin(self.base, replaced))
        ids = np.concatenate([self.base[kept], np.array(list(self.own), dtype=np.int64)])
        order = np.argsort(ids, kind="stable")
        where = np.concatenate([kept, np.full(len(self.own), -1)])
        return ids[order], where[order]

    @property
    def ids(self) -> np.ndarray:
        """Every id, in order."""
        return self._merged[0]

    @property
    def places(self) -> np.ndarray:
        """Where in its column each row stands, in the order of ids; -1: it was replaced."""
        ids, where = self._merged
        return np.arange(len(ids)) if where is None else where

    def array(self, name: str, of: Callable[[Any], Any] | None = None, dtype: Any = np.int64) -> np.ndarray:
        """Return a column in the order of ids; of words, what `of` says of each."""
        column = self.columns[name]
        if isinstance(column, Words):
            table = np.array([of(value) for value in column.values], dtype=dtype)
            whole = table[column.codes] if len(table) else np.zeros(0, dtype=dtype)
        else:
            whole = column.values
        ids, where = self._merged
        if where is None:
            return whole
        found = whole.take(where) if len(whole) else np.zeros(len(ids), dtype=whole.dtype)
        for place in np.flatnonzero(where < 0).tolist():  # -1 took the last one
            value = getattr(self.own[ids.item(place)], name)
            if isinstance(column, Words):
                found[place] = of(value)
            else:
                found[place] = NOTHING if value is None else value
        return found

    def differing(self, other: Rows) -> set[int]:
        """Return the ids whose rows may differ here and there; few where both come from the same columns."""
        if self.base is not other.base:
            return {*self.ids.tolist(), *other.ids.tolist()}
        own = {id for id in self.own.keys() | other.own.keys() if self.own.get(id) is not other.own.get(id)}
        return own | (self.gone ^ other.gone)

    # -- changing --------------------------------------------------------------------------------------

    def changed(self, rows: Iterable[Any], gone: Iterable[int] = ()) -> Rows:
        """Return these rows with some in the place of others, or more; this one stays as it is."""
        rows, gone = {row.id: row for row in rows}, frozenset(gone)
        own = {id: row for id, row in self.own.items() if id not in gone} | rows
        new = Rows.__new__(Rows)
        new.make, new.base, new.columns, new._search = self.make, self.base, self.columns, self._search
        new.own, new.gone = own, (self.gone | gone) - rows.keys()
        new._made = {**self._made, **rows}
        for id in gone - rows.keys():
            new._made.pop(id, None)
        if not gone and all(id in self for id in rows):  # then each stands where it stood
            ids, where = self._merged
            where = np.arange(len(ids)) if where is None else where.copy()
            where[np.searchsorted(ids, list(rows))] = -1
            new.__dict__["_merged"] = ids, where
        return new

    def put(self, id: int, row: Any) -> None:
        """Put a row in the place of another, here."""
        self.own[id] = self._made[id] = row
        self.gone -= {id}
        self.__dict__.pop("_merged", None)

    def drop(self, id: int) -> None:
        """Take a row away, here."""
        self.own.pop(id, None)
        self._made.pop(id, None)
        self.gone |= {id}
        self.__dict__.pop("_merged", None)


def distinct(values: np.ndarray) -> np.ndarray:
    """Return whole numbers in order, each once: where there are many, in a tenth of the time of np.unique."""
    found = np.sort(values)
    first = np.ones(len(found), dtype=bool)
    first[1:] = found[1:] != found[:-1]
    return found[first]


def positions(ids: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return where each of the wanted stands among sorted ids; -1 for what is not there."""
    if not len(ids):
        return np.full(len(wanted), -1)
    places = np.searchsorted(ids, wanted)
    places[places == len(ids)] = 0
    return np.where(ids[places] == wanted, places, -1)


def _place_of(values: memoryview, value: int | None) -> int | None:
    if value is None:
        value = NOTHING
    place = bisect_left(values, value)
    return place if place < len(values) and values[place] == value else None


class Groups:
    """Rows by what they belong to, each group in the order in which its rows were given."""

    def __init__(
        self,
        rows: Mapping,
        place: Callable[[Any], int | None],
        keys: np.ndarray,
        *,
        size: int,
        within: np.ndarray | None = None,
        ids: np.ndarray | None = None,
    ) -> None:
        """Group rows by `keys`, the places of what they belong to (-1: nowhere); `within` orders a group.

        Keys are those of all rows, in order, or of `ids`, where a row belongs to several groups.
        """
        self.rows, self._place = rows, place
        ids = rows.ids if ids is None else ids
        there = np.flatnonzero(keys >= 0)
        keys = wanted = keys[there]
        if within is not None and len(keys):
            least, most = int(within.min()), int(within.max())
            wanted = keys * (most - least + 1) + (within[there] - least)
        self._ids = ids[there[in_order(wanted)]]
        self._ends = np.cumsum(np.bincount(keys, minlength=size))

    @classmethod
    def by(cls, rows: Rows, values: np.ndarray, **more) -> Groups:
        """Group rows by what a column says; NOTHING stands for None."""
        found, keys = np.unique(values, return_inverse=True)
        return cls(rows, partial(_place_of, memoryview(found)), keys, size=len(found), **more)

    def following(self, rows: Mapping) -> Groups:
        """Return the same groups of rows of which some have been replaced."""
        new = Groups.__new__(Groups)
        new.__dict__.update(self.__dict__)
        new.rows = rows
        return new

    def ids(self, key: Any) -> list[int]:
        """Return the ids in a group."""
        place = self._place(key)
        if place is None or place >= len(self._ends):
            return []
        begin = self._ends.item(place - 1) if place else 0
        return self._ids[begin : self._ends.item(place)].tolist()

    def __getitem__(self, key: Any) -> list:
        rows = self.rows
        return [rows[id] for id in self.ids(key)]

    def get(self, key: Any, default: Any = ()) -> Any:
        return self[key] or default

    def __contains__(self, key: Any) -> bool:
        return bool(self.ids(key))

    def counts(self) -> np.ndarray:
        """Return how many are in each group."""
        return np.diff(self._ends, prepend=0)
