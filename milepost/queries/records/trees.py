"""The shape of the tree that `queries/tree.py` encodes ahead, said so that it can be read and checked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TreeParent:
    """What an objective serves."""

    id: str
    kind: str  # objective, key_result
    how: str
    weight: str


@dataclass(frozen=True, slots=True)
class TreeObjective:
    """An objective of the tree; `key_results` counts those that the reader sees."""

    id: str
    key: str
    title: str
    state: str
    commitment: str
    level: str
    cycle: str
    team: str | None
    owner: str | None
    parents: tuple[TreeParent, ...]
    key_results: int
    status: str
    progress: float | None
    percent: str | None
    expected: float


@dataclass(frozen=True, slots=True)
class TreeKeyResult:
    """A key result of the tree. `value` is for drawing; the exact one stands in the key result itself."""

    id: str
    key: str
    objective: str
    title: str
    state: str
    kind: str
    unit: str
    start: str | None
    target: str | None
    low: str | None
    high: str | None
    weight: str
    owner: str | None
    value: float | None
    confidence: int | None
    checked_at: int | None
    status: str
    progress: float | None
    percent: str | None
    expected: float


@dataclass(frozen=True, slots=True)
class TreeRecord:
    """The whole; `key_results` stand there where they were asked for. `checked_at`: seconds since 1970."""

    objectives: tuple[TreeObjective, ...]
    key_results: tuple[TreeKeyResult, ...] = ()
