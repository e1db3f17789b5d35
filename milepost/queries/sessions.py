"""Sessions: where an account is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from milepost.core import devices
from milepost.core.tokens import hash_of
from milepost.models import Session
from milepost.models.sessions import kept_as


@dataclass(frozen=True)
class SignedIn:
    """One browser in which an account is signed in; `mark` names it without being its key."""

    mark: str
    device: str
    place: str
    since: datetime
    seen_at: datetime
    is_this: bool

    @property
    def is_handheld(self) -> bool:
        """Whether it is a phone or a tablet, as far as its browser tells."""
        return devices.is_handheld(self.device)


def mark_of(kept: str) -> str:
    """Return the name of a session that may stand on a page: whoever has it has no key."""
    return hash_of(f"session {kept}")[:20]


def of(user_id: int, *, this: str | None, at: datetime) -> list[SignedIn]:
    """List where an account is signed in: this browser first, then those seen last."""
    rows = Session.objects.filter(user_id=user_id, expire_date__gt=at).order_by("-seen_at")
    found = [
        SignedIn(
            mark_of(row.session_key),
            row.device,
            row.place,
            row.started_at,
            row.seen_at,
            this is not None and row.session_key == kept_as(this),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.is_this)
