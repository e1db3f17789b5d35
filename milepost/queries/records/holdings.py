"""What somebody holds, as programs read it."""

from __future__ import annotations

from dataclasses import dataclass

from milepost.core.ids import encode
from milepost.queries import holdings
from milepost.queries.cards import Reader
from milepost.queries.holdings import Holding


@dataclass(frozen=True, slots=True)
class HoldingRecord:
    """One thing held: `holding` names it in a handover; `role` is what its person is to `id`."""

    holding: str
    role: str
    id: str
    title: str
    context: str
    may_give: bool


@dataclass(frozen=True, slots=True)
class HoldingsRecord:
    """Everything that somebody holds and that is still going on; their `tokens` end with them."""

    person: str
    name: str
    holdings: tuple[HoldingRecord, ...]
    tokens: int


def one(reader: Reader, person: int) -> HoldingsRecord:
    """Return what somebody holds, to those who may hand it over; raises NotFound, NotAllowed."""
    found = holdings.to_give(reader, person)
    return HoldingsRecord(encode(person), found.name, tuple(map(_record, found.listed)), found.tokens)


def _record(one: Holding) -> HoldingRecord:
    return HoldingRecord(one.ref, one.role, encode(one.id), one.title, one.context, one.may_give)
