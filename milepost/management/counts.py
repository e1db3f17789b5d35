"""Numbers of things in words: one objective, two objectives."""

from __future__ import annotations


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: “1 objective”, “12 objectives”, “2 people”."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
