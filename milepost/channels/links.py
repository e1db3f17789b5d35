"""Whole addresses, for whoever reads them somewhere else: in a mail, a terminal, another program."""

from __future__ import annotations

from django.conf import settings


def whole(path: str, *, came_to: str) -> str:
    """Return a whole address: below the one that is configured, else below the one a request came to."""
    if "base_url" in settings.MILEPOST.origins:
        return settings.MILEPOST.base_url + path
    return came_to.rstrip("/") + path
