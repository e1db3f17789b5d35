"""The shape of the tree that `queries/tree.py` encodes ahead, said so that it can be read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TreeObjectives:
    """Objectives. `columns` names what stands in each row; `status` and the others hold one figure a row.

    A status is a place in `statuses`; what `parents` in a row holds is named by the tree's own `parents`.
    `is_match` is there in a narrowed tree: whether a row fits by itself, or stands above one that does.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    status: tuple[int, ...]
    progress: tuple[float | None, ...]
    expected: tuple[float, ...]
    is_match: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class TreeKeyResults:
    """Key results, in the same way. `value` is for drawing: the exact one stands in the key result itself.

    `checked_at`: seconds since 1970.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    status: tuple[int, ...]
    progress: tuple[float | None, ...]
    expected: tuple[float, ...]
    value: tuple[float | None, ...]
    confidence: tuple[int | None, ...]
    checked_at: tuple[int | None, ...]
    is_match: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class TreeRecord:
    """The whole, in columns, so that a company of thousands comes in one answer."""

    statuses: tuple[str, ...]
    parents: tuple[str, ...]
    objectives: TreeObjectives
    key_results: TreeKeyResults | None = None
