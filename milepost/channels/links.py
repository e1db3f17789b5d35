"""Whole addresses, for whoever reads them somewhere else: in a mail, a terminal, another program."""

from __future__ import annotations

from django.conf import settings


def whole(path: str, *, came_to: str) -> str:
    """Return a whole address for whoever asks: below the configured one, else where they came to."""
    if "base_url" in settings.MILEPOST.origins:
        return settings.MILEPOST.base_url + path
    return came_to.rstrip("/") + path


def mailed(path: str) -> str:
    """Return a whole address for somebody else: what a request says of where it came to is no matter."""
    return settings.MILEPOST.base_url + path
