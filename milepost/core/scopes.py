"""How far a token reaches: each scope holds those before it, and none holds more than its person may."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    READ = "read"
    CHECKIN = "checkin"
    WRITE = "write"
    ADMIN = "admin"


ORDER = tuple(Scope)

SENTENCES = {
    Scope.READ: "Sees what you see, and changes nothing.",
    Scope.CHECKIN: "Also checks in and comments.",
    Scope.WRITE: "Also drafts, edits and closes OKRs.",
    Scope.ADMIN: "Everything that you may do, people and settings too.",
}


def holds(scope: str, needed: str) -> bool:
    """Say whether a scope reaches as far as is needed."""
    return ORDER.index(Scope(scope)) >= ORDER.index(Scope(needed))
