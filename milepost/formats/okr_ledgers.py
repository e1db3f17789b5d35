"""The check-ins of a file, read into texts and written from them: a file has them by the hundred thousand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Any

from milepost.core.plan.findings import Path
from milepost.core.plan.ledgers import CheckIns, Told
from milepost.formats.okr_raw import Digits, Mapped, NotAsWritten, Row, Rows, Wrong
from milepost.formats.okr_reading import Reading
from milepost.formats.okr_records import Field, Record
from milepost.formats.okr_values import ListOf


class Ledger(Record):
    """A check-in; many of them stay texts where they stand as Milepost writes them."""

    def tell(self, owners: Sequence[Mapped], key: str, reading: Reading) -> None:
        """Put, for the lists that many owners have at `key`, all of them read; nothing where any is odd.

        A list is short, and what it takes to begin with one costs more than what it holds.
        """
        for kind in (Rows, list):
            lists = [(owner, raws) for owner in owners if type(raws := owner.get(key)) is kind and raws]
            every = [*chain.from_iterable(raws for _, raws in lists)]
            told = self._told_of_rows(every, reading) if kind is Rows else self._told(every, reading)
            if told is not None:
                for owner, raws in lists:
                    owner[key] = CheckIns(islice(told, len(raws)))

    def take_all(self, raws: list, reading: Reading, path: Path) -> Any:
        told = self._told(raws, reading)
        return super().take_all(raws, reading, path) if told is None else CheckIns(told)

    def write_all(self, values: Sequence[Any]) -> CheckIns:
        return CheckIns.of(values)

    def _told_of_rows(self, rows: list[Row], reading: Reading) -> Iterator[tuple] | None:
        """Return all rows as texts; raise NotAsWritten where any takes a closer look."""
        if not rows:
            return None
        try:
            return self._in_order(_columns(rows), len(rows), reading)
        except Wrong:
            raise NotAsWritten from None

    def _told(self, raws: list, reading: Reading) -> Iterator[tuple] | None:
        """Return all entries as texts, or None where any takes a closer look."""
        said = self._said_plainly(raws, self.by_key.keys()) if raws else None
        if said is None:
            return None
        try:
            found = {key: [*map(Mapped.get, raws, repeat(key))] for key in said}
            return self._in_order(found, len(raws), reading)
        except Wrong:
            return None

    def _in_order(self, found: Mapping[str, list[Any]], count: int, reading: Reading) -> Iterator[tuple]:
        """Return entries as texts from what stands in them by field; raise Wrong for a closer look."""
        columns: dict[str, Sequence[Any]] = {}
        for one in self.fields:
            usual = one.default if one.like is None else None
            columns[one.key] = _column(one, found.get(one.key) or [None] * count, usual, reading)
        for one in self.fields:
            if one.like is not None:
                pairs = zip(columns[one.key], columns[one.like], strict=True)
                columns[one.key] = [other if text is None else text for text, other in pairs]
        return zip(*columns.values(), strict=True)


class Ledgers(ListOf):
    """A list of check-ins, which may have been read together with others before its turn came."""

    def take(self, raw: Any, reading: Reading, path: Path) -> Any:
        return raw if type(raw) is CheckIns else super().take(raw, reading, path)


def _column(one: Field, found: list[Any], usual: Any, reading: Reading) -> Sequence[Any]:
    if None not in found:
        return one.type.as_told(found, reading)
    if one.is_required or one.key == "id":  # an entry without an id is named by its day
        raise Wrong(f"“{one.key}” is missing.", "missing_field")
    if found.count(None) == len(found):
        return [usual] * len(found)
    told = iter(one.type.as_told([raw for raw in found if raw is not None], reading))
    return [usual if raw is None else next(told) for raw in found]


def _columns(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Return what stood in the rows by field, as a parser hands it over: None where there was nothing."""
    columns = dict(zip(Told._fields, zip(*rows, strict=True), strict=True))
    return {key: _made(column, _FROM_A_ROW.get(key, str)) for key, column in columns.items() if any(column)}


def _made(texts: Sequence[str], make: Callable[[str], Any]) -> list[Any]:
    """Return what texts stand for, each text made once: of numbers there are far fewer than check-ins."""
    if make is str:
        return [one or None for one in texts] if "" in texts else [*texts]
    known = {one: make(one) if one else None for one in {*texts}}
    return [known[one] for one in texts]


_FROM_A_ROW: dict[str, Callable[[str], Any]] = {
    "value": Digits,
    "parts": lambda text: [*map(Digits, text.split(", "))],
    "confidence": Digits,
    "withdrawn": bool,
}
