"""Secrets that stand in an address: only their hash is kept, so whoever reads the database cannot use one."""

from __future__ import annotations

from hashlib import sha256


def hash_of(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256 in hexadecimal.

    A plain hash is enough where the secret has 256 random bits, for nobody can guess those.
    """
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
