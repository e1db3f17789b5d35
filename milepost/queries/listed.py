"""Lists on pages: so much of one at a time, from a place in it on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

LISTED = 50

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[T]):
    """Some entries of a list; `onwards` is the cursor with which it goes on, None at its end.

    `total` counts the whole list, where that is shown. `begins` says whether this begins where it was asked
    to: None, nobody asked; False, there is no such place, so it begins where the list does.
    """

    entries: tuple[T, ...]
    total: int | None = None
    onwards: str | None = None
    begins: bool | None = None

    @property
    def is_whole(self) -> bool:
        """Say whether it is the whole list."""
        return self.onwards is None and not self.begins


def cut(found: Iterable[T], name_of: Callable[[T], str], size: int = LISTED) -> tuple[list[T], str | None]:
    """Split what was found, one more than fits if there is more; return it and the cursor."""
    found = list(found)
    kept = found[:size]
    return kept, name_of(kept[-1]) if len(found) > size else None


def behind(rows: Sequence[T], place: str, name_of: Callable[[T], str], size: int = LISTED) -> Listed[T]:
    """Return the first of a whole list, or those that follow the one of this name."""
    first, begins = 0, None
    if place:
        first = next((number for number, one in enumerate(rows, 1) if name_of(one) == place), 0)
        begins = first > 0
    kept, onwards = cut(rows[first : first + size + 1], name_of, size)
    return Listed(entries=tuple(kept), total=len(rows), onwards=onwards, begins=begins)
