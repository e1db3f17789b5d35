"""Sealing: what must be read again, yet not by whoever gets hold of the database alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def seal(text: str) -> str:
    """Encrypt a text with the installation's secret key."""
    return _box().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str | None:
    """Return the text; None where it was sealed with another secret key."""
    from cryptography.fernet import InvalidToken

    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box() -> Fernet:
    from cryptography.fernet import Fernet  # which is slow to come, and few need it

    key = hmac.digest(settings.SECRET_KEY.encode(), b"milepost.sealing", hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(key))
