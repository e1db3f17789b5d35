"""What static files say beside what they are; WhiteNoise, who answers with them, asks once for each."""

from __future__ import annotations

from wsgiref.headers import Headers

from django.conf import settings


def add(headers: Headers, path: str, url: str) -> None:
    """Add what every answer says."""
    for name, value in settings.SAFE_HEADERS.items():
        headers[name] = value
