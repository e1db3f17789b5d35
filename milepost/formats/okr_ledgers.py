"""The check-ins of a file, read into texts and written from them: a file has them by the hundred thousand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from typing import Any

from milepost.core.plan.findings import Path
from milepost.core.plan.ledgers import CheckIns
from milepost.formats.okr_raw import Mapped, Wrong
from milepost.formats.okr_reading import Reading
from milepost.formats.okr_records import Field, Record
from milepost.formats.okr_values import ListOf


class Ledger(Record):
    """A check-in; many of them stay texts where they stand as Milepost writes them."""

    def tell(self, owners: Iterable[Mapped], key: str, reading: Reading) -> None:
        """Put, for the lists that many owners have at `key`, all of them read; nothing where any is odd.

        A list is short, and what it takes to begin with one costs more than what it holds.
        """
        lists = [(owner, raws) for owner in owners if type(raws := owner.get(key)) is list and raws]
        told = self._told([*chain.from_iterable(raws for _, raws in lists)], reading)
        if told is not None:
            for owner, raws in lists:
                owner[key] = CheckIns(islice(told, len(raws)))

    def take_all(self, raws: list, reading: Reading, path: Path) -> Any:
        told = self._told(raws, reading)
        return super().take_all(raws, reading, path) if told is None else CheckIns(told)

    def write_all(self, values: Sequence[Any]) -> CheckIns:
        return CheckIns.of(values)

    def _told(self, raws: list, reading: Reading) -> Iterator[tuple] | None:
        """Return all entries as texts, or None where any takes a closer look."""
        said = self._said_plainly(raws, self.by_key.keys()) if raws else None
        if said is None:
            return None
        columns: dict[str, Sequence[Any]] = {}
        try:
            for one in self.fields:
                usual = one.default if one.like is None else None
                if one.key in said:
                    columns[one.key] = _column(one, raws, usual, reading)
                elif one.is_required or one.key == "id":  # an entry without an id is named by its day
                    return None
                else:
                    columns[one.key] = [usual] * len(raws)
        except Wrong:
            return None
        for one in self.fields:
            if one.like is not None:
                pairs = zip(columns[one.key], columns[one.like], strict=True)
                columns[one.key] = [other if text is None else text for text, other in pairs]
        return zip(*columns.values(), strict=True)


class Ledgers(ListOf):
    """A list of check-ins, which may have been read together with others before its turn came."""

    def take(self, raw: Any, reading: Reading, path: Path) -> Any:
        return raw if type(raw) is CheckIns else super().take(raw, reading, path)


def _column(one: Field, raws: list[Mapped], usual: Any, reading: Reading) -> Sequence[Any]:
    found = [*map(Mapped.get, raws, repeat(one.key))]
    if None not in found:
        return one.type.as_told(found, reading)
    if one.is_required or one.key == "id":
        raise Wrong(f"“{one.key}” is missing.", "missing_field")
    told = iter(one.type.as_told([raw for raw in found if raw is not None], reading))
    return [usual if raw is None else next(told) for raw in found]
