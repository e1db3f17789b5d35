"""One-time codes of authenticator apps: TOTP as RFC 6238 has it (SHA-1, 6 digits, a new one every 30 s)."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP = 30  # seconds
DIGITS = 6
SECRET_BYTES = 20
# A code is taken one step early or late: clocks differ, and people type slowly.
TOLERANCE = 1


def new_secret() -> str:
    """Make a secret as apps take it: 32 letters of base32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def step_at(at: datetime) -> int:
    """Return the number of the 30-second step that a moment lies in."""
    return int(at.timestamp()) // STEP


def code(secret: str, step: int) -> str:
    """Return the code of one step (RFC 4226, section 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: str, typed: str, *, at: datetime, after: int = -1) -> int | None:
    """Return the step whose code was typed; None where it is wrong, or not later than one used before."""
    typed = "".join(typed.split())
    now, found = step_at(at), None
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if (
            hmac.compare_digest(code(secret, step).encode(), typed.encode("utf-8", "replace"))
            and step > after
        ):
            found = step
    return found


def address(secret: str, *, account: str, issuer: str) -> str:
    """Return what an app reads from a QR code."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"


def spaced(secret: str) -> str:
    """Write a secret in groups of four, to be typed."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
