"""The check-ins of a key result as texts, each as a file says it.

Most of what a plan holds is check-ins, by the hundred thousand, and most of them go from a database into a
file without anybody asking what they amount to. So they stay texts, and become values one by one when asked
for. One value has one text: texts that differ say different things.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple, overload

from milepost.core.plan.values import CheckInPlan


class Told(NamedTuple):
    """One entry, field by field like CheckInPlan: moments and numbers are texts."""

    id: str
    at: str
    recorded: str
    value: str | None
    parts: tuple[str, ...] | None
    confidence: int | None
    note: str
    by: str | None
    corrects: str | None
    withdrawn: bool


_read = json.JSONDecoder(parse_float=str, parse_int=str).decode
_TAKEN = {name: itemgetter(place) for place, name in enumerate(Told._fields)}


class CheckIns(Sequence[CheckInPlan]):
    """Many entries: to whoever looks they are CheckInPlans; `told` are they as texts, in Told's order.

    `lines` are they as Milepost writes them into JSON, where they came that way: most go on into a file.
    """

    __slots__ = ("_told", "lines")

    def __init__(self, told: Iterable[tuple] = (), *, lines: Sequence[str] | None = None) -> None:
        self.lines = lines
        self._told = tuple(told) if lines is None else None

    @classmethod
    def of(cls, entries: Iterable[CheckInPlan]) -> CheckIns:
        """Return entries as texts."""
        return entries if isinstance(entries, cls) else cls(map(_told, entries))

    @property
    def told(self) -> tuple[tuple, ...]:
        """The entries as texts; of lines they are read when first asked for."""
        if self._told is None:
            self._told = tuple(map(_said, _read(f"[{','.join(self.lines)}]")))
        return self._told

    def each(self, name: str) -> list[Any]:
        """Return one field of every entry; its moments and numbers are texts."""
        return [*map(_TAKEN[name], self.told)]

    def __len__(self) -> int:
        return len(self.told if self.lines is None else self.lines)

    def __iter__(self) -> Iterator[CheckInPlan]:
        return map(_meant, self.told)

    @overload
    def __getitem__(self, place: int) -> CheckInPlan: ...
    @overload
    def __getitem__(self, place: slice) -> CheckIns: ...
    def __getitem__(self, place: int | slice) -> CheckInPlan | CheckIns:
        return CheckIns(self.told[place]) if isinstance(place, slice) else _meant(self.told[place])

    def __eq__(self, other: object) -> bool:
        if type(other) is CheckIns:
            if None not in (self.lines, other.lines):
                return self.lines == other.lines
            return self.told == other.told
        return isinstance(other, tuple) and len(self) == len(other) and tuple(self) == other

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def number_text(value: Decimal) -> str:
    """Return a number without exponent or zeros at its end."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) if value else "0"


def moment_text(value: datetime) -> str:
    """Return a moment in UTC: `2026-10-08T10:00:00Z`, with six places where it has any."""
    return f"{(value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat()[:-6]}Z"


def _told(entry: CheckInPlan) -> tuple:
    id, at, recorded, value, parts, confidence, note, by, corrects, withdrawn = entry
    return (
        id,
        moment_text(at),
        moment_text(recorded),
        None if value is None else number_text(value),
        None if parts is None else tuple(map(number_text, parts)),
        confidence,
        note,
        by,
        corrects,
        withdrawn,
    )


def _said(line: dict[str, Any]) -> tuple:
    at, parts, confidence = line["at"], line.get("parts"), line.get("confidence")
    return (
        line["id"],
        at,
        line.get("recorded", at),
        line.get("value"),
        None if parts is None else tuple(parts),
        None if confidence is None else int(confidence),
        line.get("note", ""),
        line.get("by"),
        line.get("corrects"),
        "withdrawn" in line,
    )


def _meant(told: tuple) -> CheckInPlan:
    id, at, recorded, value, parts, confidence, note, by, corrects, withdrawn = told
    return CheckInPlan(
        id,
        datetime.fromisoformat(at),
        datetime.fromisoformat(recorded),
        None if value is None else Decimal(value),
        None if parts is None else tuple(map(Decimal, parts)),
        confidence,
        note,
        by,
        corrects,
        withdrawn,
    )
