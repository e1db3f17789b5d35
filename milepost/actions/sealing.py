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
    return _box(settings.SECRET_KEY).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str | None:
    """Return the text; None where it was sealed with another secret key than ours and those before."""
    return next(filter(None, (_opened(sealed, key) for key in _keys())), None)


def is_sealed_anew(sealed: str) -> bool:
    """Say whether it is the secret key of today that opens it, rather than one before."""
    return _opened(sealed, settings.SECRET_KEY) is not None


def _keys() -> tuple[str, ...]:
    return settings.SECRET_KEY, *settings.MILEPOST.secret_key_fallbacks


def _opened(sealed: str, key: str) -> str | None:
    from cryptography.fernet import InvalidToken

    try:
        return _box(key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(key: str) -> Fernet:
    from cryptography.fernet import Fernet  # which is slow to come, and few need it

    derived = hmac.digest(key.encode(), b"milepost.sealing", hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(derived))
