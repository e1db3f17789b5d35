"""Slices: a long list, so much at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from milepost.core.ids import encode
from milepost.core.problems import Invalid
from milepost.ledger.columns import AT_ONCE, Rows
from milepost.queries.listed import Listed, T

Only = Sequence[str] | None  # the fields that are asked for, `id` among them; None: all


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of a list: `size` entries that follow the one with the id `after`, in the list's order."""

    size: int = 50
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Some entries of a list; `next` is the cursor with which the list goes on, None at its end.

    An entry is a record, or of one the fields that were asked for.
    """

    items: tuple[Any, ...]
    next: str | None


def ids_of(ids: Iterable[int], wanted: Wanted) -> tuple[list[int], str | None]:
    """Take a slice of ids that come in order; return them and the cursor."""
    return cut(list(islice(ids, wanted.size + 1)), wanted, lambda id: id)


def cut(found: Sequence[Any], wanted: Wanted, id_of: Any) -> tuple[list[Any], str | None]:
    """Split what was found, one more than was wanted if there is more; return it and the cursor."""
    if len(found) <= wanted.size:
        return list(found), None
    kept = list(found[: wanted.size])
    return kept, encode(id_of(kept[-1]))


def in_place(found: Listed[T]) -> Listed[T]:
    """Return what a list holds behind its cursor; raises Invalid where that is no place in it."""
    if found.begins is False:
        raise Invalid(
            "There is no such place in this list.",
            field="after",
            remedy="Send `next` of the answer before, or begin anew without it.",
        )
    return found


def written(id: int | None) -> str | None:
    """Write an id as it looks outside."""
    return None if id is None else encode(id)


def fits(*pairs: tuple[Any, Any]) -> bool:
    """Say whether everything is as it is asked for: pairs of the two; None asks for nothing."""
    return all(wanted is None or wanted == is_so for wanted, is_so in pairs)


def following(ids: Iterable[int], wanted: Wanted) -> Iterator[int]:
    """Yield the ids behind the cursor, the oldest first."""
    after = -1 if wanted.after is None else wanted.after
    if not isinstance(ids, Rows):
        yield from sorted(id for id in ids if id > after)
        return
    # A list of everything asks many times, so what lies before the cursor is not looked at again.
    whole = ids.ids
    for place in range(int(np.searchsorted(whole, after, side="right")), len(whole), AT_ONCE):
        yield from whole[place : place + AT_ONCE].tolist()


def made(record: type, fields: Mapping[str, Callable[[Any], Any]], facts: Any, only: Only) -> Any:
    """Make a record, or the fields that are asked for: each says how it comes from the facts."""
    if only is None:
        return record(**{name: find(facts) for name, find in fields.items()})
    return {name: fields[name](facts) for name in only}
