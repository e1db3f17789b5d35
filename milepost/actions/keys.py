"""Keys: the short readable ids by which people, teams and cycles are known in files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from django.utils.text import slugify

from milepost.models.workspaces import ScopedQuerySet

LONGEST = 56  # of 64, so that a number fits behind it


def free_key(rows: ScopedQuerySet, name: str, noun: str) -> str:
    """Make a key from a name that none of these rows has: ada-lovelace, ada-lovelace-2."""
    stem = slugify(name)[:LONGEST].strip("-") or noun
    taken = set(rows.filter(key__startswith=stem).values_list("key", flat=True))
    return next(key for key in numbered(stem) if key not in taken)


def numbered(stem: str) -> Iterator[str]:
    """Yield acme, acme-2, acme-3, … without end."""
    yield stem
    for number in count(2):
        yield f"{stem}-{number}"
