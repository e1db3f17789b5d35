"""Second steps: with what, besides a password, an account proves who it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES


@dataclass(frozen=True)
class Passkey:
    """One passkey: a phone, a computer or a security key."""

    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class SecondSteps:
    """All second steps of an account; `codes_left` is None where there are no recovery codes."""

    passkeys: tuple[Passkey, ...] = ()
    app_since: datetime | None = None
    app_used_at: datetime | None = None
    codes_left: int | None = None

    def __bool__(self) -> bool:
        return bool(self.passkeys) or self.app_since is not None


def of(user_id: int) -> SecondSteps:
    """Return the second steps of an account."""
    rows = list(Authenticator.objects.filter(user_id=user_id).order_by("id"))
    keys = [row for row in rows if row.type == PASSKEY]
    app = next((row for row in rows if row.type == APP), None)
    codes = next((row for row in rows if row.type == CODES), None)
    return SecondSteps(
        tuple(Passkey(row.id, row.data["name"], row.created_at, row.last_used_at) for row in keys),
        app and app.created_at,
        app and app.last_used_at,
        None if codes is None else len(codes.data["hashes"]),
    )
