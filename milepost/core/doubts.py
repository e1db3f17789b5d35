"""Doubts: what deserves a second look in a key result, and hinders nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from milepost.core.plan.changes import CHANGED, CREATED, Changes
from milepost.core.scoring import Kind
from milepost.core.states import State


def of(
    *,
    kind: str,
    target: Decimal | str | None,
    source: str,
    ends_on: date | None,
    closes_on: date | None,
    today: date,
    written: Callable[[date], str] = date.isoformat,
) -> tuple[str, ...]:
    """Say what is odd about a key result of a cycle that closes on a day (None: it is open).

    `written` writes a day as whoever reads the sentence is used to.
    """
    found = []
    if target is None and source == "check_ins" and Kind(kind).needs_target:
        found.append("It has no target yet, so no check-in can say how far it is.")
    if ends_on is not None and ends_on < today and (closes_on is None or closes_on >= today):
        found.append(f"Its last day, {written(ends_on)}, is over already, while its cycle runs on.")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is odd about a key result that a file would make or change; `id` is the file's."""

    kind: str
    id: str
    title: str
    message: str

    def as_json(self) -> dict[str, str]:
        """Return plain values for a program to read."""
        return asdict(self)


def of_changes(
    changes: Changes, today: date, *, written: Callable[[date], str] = date.isoformat
) -> tuple[Doubt, ...]:
    """Say what is odd about the key results that a file makes or changes and that are still worked on."""
    # What the file does not mention is among the changes as well, as what is kept.
    closes_on = {item.id: (item.want or item.have).ends for item in changes.of("cycle")}
    objectives = {item.id: item.want for item in changes.of("objective") if item.want is not None}
    found = []
    for item in changes.of("key_result", CREATED, CHANGED):
        one, above = item.want, objectives[item.under]
        if not State(above.state).is_open or one.state != "active":
            continue
        found += [
            Doubt("key_result", item.id, one.title, sentence)
            for sentence in of(
                kind=one.measure.kind, target=one.measure.target, source=one.source, ends_on=one.ends,
                closes_on=closes_on.get(above.cycle), today=today, written=written,
            )
        ]  # fmt: skip
    return tuple(found)
