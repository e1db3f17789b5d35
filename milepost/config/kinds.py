"""Kinds of settings: each reader takes what was written and returns the value.

A reader that cannot raises ValueError with what the value must be, to stand after "must be".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from os.path import expanduser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

TRUE = ("true", "yes", "on", "1")
FALSE = ("false", "no", "off", "0")


def text(written: Any) -> str:
    """Read a text."""
    if not isinstance(written, str):
        raise ValueError("a text in quotation marks")
    return written


def path(written: Any) -> Path:
    """Read a path; ~ is the user's own folder."""
    return Path(expanduser(text(written))).absolute()


def flag(written: Any) -> bool:
    """Read yes or no."""
    word = str(written).strip().lower()
    if word not in TRUE + FALSE:
        raise ValueError("true or false")
    return word in TRUE


def names(written: Any) -> tuple[str, ...]:
    """Read a list of names: separated by commas, or a list in a file."""
    listed = written.split(",") if isinstance(written, str) else written
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        raise ValueError("names separated by commas, such as okr.acme.example, localhost")
    return tuple(name.strip() for name in listed if name.strip())


def keys(written: Any) -> tuple[str, ...]:
    """Read a list of keys: separated by commas or line breaks, or a list in a file."""
    listed = re.split(r"[,\s]+", written.strip()) if isinstance(written, str) else written
    if not isinstance(listed, list) or not all(isinstance(key, str) and len(key) >= 32 for key in listed):
        raise ValueError("keys of 32 characters or more, separated by commas")
    return tuple(listed)


def whole(least: int, most: int) -> Callable[[Any], int]:
    """Read a whole number within these bounds."""

    def read(written: Any) -> int:
        try:
            number = written if type(written) is int else int(text(written), 10)
        except ValueError:
            number = None
        if number is None or not least <= number <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return number

    return read


def one_of(*choices: str) -> Callable[[Any], str]:
    """Read one of these words."""

    def read(written: Any) -> str:
        word = str(written).strip().lower()
        if word not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return word

    return read


def address(written: Any) -> str:
    """Read the address of a site: scheme, host, perhaps a port, and no path."""
    wrong = ValueError("an address without a path, such as https://okr.acme.example")
    try:
        parts = urlsplit(text(written).strip())
        is_site = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        raise wrong from None
    if not is_site or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise wrong
    return f"{parts.scheme}://{parts.netloc}"


def time_zone(written: Any) -> str:
    """Read the name of a time zone."""
    if text(written) not in _zones():
        raise ValueError("the name of a time zone, such as Europe/Berlin")
    return written


@cache
def _zones() -> set[str]:
    return available_timezones()
