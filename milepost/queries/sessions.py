"""Sessions: where an account is signed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from milepost.core import devices
from milepost.core.tokens import hash_of
from milepost.models import Session
from milepost.models.sessions import kept_as
from milepost.queries.listed import Listed, behind


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
    mine = Session.objects.filter(user_id=user_id, expire_date__gt=at)
    own = None if this is None else kept_as(this)
    found = [_signed_in(row, own) for row in mine.order_by("-seen_at")]
    return sorted(found, key=lambda one: not one.is_this)


def listed(user_id: int, *, this: str | None, at: datetime, before: str = "") -> Listed[SignedIn]:
    """Return some of where an account is signed in, in the same order: the first, or those behind one."""
    mine = Session.objects.filter(user_id=user_id, expire_date__gt=at)
    own = None if this is None else kept_as(this)
    keys = sorted(mine.order_by("-seen_at").values_list("session_key", flat=True), key=lambda key: key != own)
    found = behind(keys, before, mark_of)
    rows = mine.in_bulk(found.entries)
    return replace(found, entries=tuple(_signed_in(rows[key], own) for key in found.entries if key in rows))


def _signed_in(row: Session, own: str | None) -> SignedIn:
    return SignedIn(
        mark_of(row.session_key), row.device, row.place, row.started_at, row.seen_at, row.session_key == own
    )
