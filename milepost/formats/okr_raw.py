"""What a YAML or JSON reader hands over, before any field has said what it means, and how it is refused.

Only `str`, `Bare`, `Digits`, `bool`, `None`, `list` and `Mapped`: so a number is read from its own digits and
never passes through a float.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from milepost.core.characters import UNPRINTABLE
from milepost.core.plan.findings import Path


class Bare(str):
    """Text that stood without quotes in YAML: it may be meant as a number, a day or a word."""

    __slots__ = ()


class Digits(str):
    """A number as JSON spells it."""

    __slots__ = ()


class Mapped(dict):
    """A mapping of a file; `doubled` names the keys that stood there twice."""

    doubled: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, Any]]) -> Mapped:
        """Return the mapping that these pairs make."""
        made = cls(pairs)
        if len(made) != len(pairs):
            seen: set[str] = set()
            # add() returns None, so the test reads: seen already, or now noted.
            made.doubled = tuple(key for key, _ in pairs if key in seen or seen.add(key))
        return made


Row = tuple[str, ...]


class Rows(list[Row]):
    """The check-ins of a key result: their fields as they stood in the text, "" where they did not."""


class NotAsWritten(Exception):
    """A file is not what it looked like, and has to be read as it is."""


class Columns(NamedTuple):
    """Many entries on their way into a file, field by field: the key, and what each has there, or None."""

    fields: list[tuple[str, Sequence[Any]]]


class Entry(NamedTuple):
    """One piece of a file: the value of `key`, or entry `index` of the list there (−1 opens the list)."""

    key: str
    index: int | None
    value: Any
    done: int  # how far the reading has come, in the units of the whole text


UNREAD: Any = object()
"""What a compound value is where nothing of it could be read; what is wrong with it is noted already."""


class Wrong(Exception):
    """A value that cannot be what its field needs."""

    def __init__(self, message: str, code: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.remedy = message, code, remedy


class Misspelt(Exception):
    """Text that is not JSON or not YAML, or too much of it: where (from 1), what, and what to do."""

    def __init__(self, wrong: Wrong, line: int, column: int, path: Path = ()) -> None:
        super().__init__(wrong.message)
        self.wrong, self.line, self.column, self.path = wrong, line, column, path


def shown(raw: Any) -> str:
    """Say what stood in the file, shortly."""
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, list):
        return "a list"
    if isinstance(raw, dict):
        return "a mapping of names to values"
    text = raw if len(raw) <= 60 else f"{raw[:59]}…"
    return repr(text)[1:-1] if isinstance(raw, Digits) else f"“{UNPRINTABLE.sub('�', text)}”"
