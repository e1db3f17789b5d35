"""Where Milepost answers right now: written down by whoever serves, read by commands that print links."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

FILE_NAME = "serving"


@contextmanager
def told(base_url: str) -> Iterator[None]:
    """Let other commands on this data folder know the address, for as long as this holds."""
    path = _path()
    with path.open("a+", encoding="utf-8") as file:
        try:
            # The system gives the lock back however the server ends, so nobody trusts what it left behind.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield  # another server on this folder was first
            return
        file.truncate(0)
        file.write(f"{base_url}\n")
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def base_url() -> str:
    """Return the address that links begin with: as set, or where a server answers, or what is usual."""
    milepost = settings.MILEPOST
    if "base_url" in milepost.origins:
        return milepost.base_url
    return _served() or milepost.base_url


def assumed() -> str:
    """Say where a link just printed is a guess: no server answers here, and no address is set."""
    milepost = settings.MILEPOST
    if "base_url" in milepost.origins or is_serving():
        return ""
    return (
        "No server answers on this data folder now, so the link begins with"
        f" {milepost.base_url}. Where Milepost is reached at another address, set MILEPOST_BASE_URL"
        " or MILEPOST_PORT, or make a link while it serves."
    )


def is_serving() -> bool:
    """Say whether a server answers on this data folder."""
    return _served() is not None


def _served() -> str | None:
    try:
        with _path().open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().strip() or None
    except OSError:
        pass
    return None


def _path() -> Path:
    return settings.MILEPOST.data_dir / FILE_NAME
