"""Entity tags: by what a reader who has an answer already can tell that it is still right."""

from __future__ import annotations

import hashlib


def of(body: bytes) -> str:
    """Return the tag of an answer that is its bytes and nothing else.

    Made of what is read, never of a counter that would move with what is hidden from the reader.
    """
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def is_known(tag: str, said: str | None) -> bool:
    """Say whether `If-None-Match` names a tag, among others or marked as weak; `*` names any."""
    return said is not None and (tag in said or said.strip() == "*")
