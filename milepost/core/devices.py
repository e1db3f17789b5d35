"""Browsers in words, and network addresses without their last part: enough to know one's own again."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from ipaddress import IPv6Address, ip_address, ip_network

# Under which names a session keeps what it knows of its browser: words and a shortened address.
DEVICE, PLACE = "device", "place"

# In this order: most browsers say that they are others, too.
_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"), ("Opera", r"OPR/|Opera"), ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"), ("Chromium", r"Chromium/"), ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", r"iPhone"), ("iPad", r"iPad"), ("Android", r"Android"), ("Windows", r"Windows"),
    ("Chromebook", r"CrOS"), ("Mac", r"Macintosh|Mac OS X"), ("Linux", r"Linux|X11"),
)  # fmt: skip


def in_words(user_agent: str) -> str:
    """Name browser and system, such as “Firefox on Linux”; “Unknown browser” where nothing tells."""
    browser, system = (_first(names, user_agent) for names in (_BROWSERS, _SYSTEMS))
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"Browser on {system}" if system else "Unknown browser")


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for name, mark in names if re.search(mark, user_agent)), "")


def caller(headers: Mapping[str, str], proxies: Collection[str]) -> str:
    """Return the address a request came from, of its WSGI headers; "" where it is this machine or unknown.

    What a proxy adds to X-Forwarded-For stands last, and is believed of proxies that one trusts alone.
    """
    address = headers.get("REMOTE_ADDR", "")
    said = [part.strip() for part in headers.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while address in proxies and said:
        address = said.pop()
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return "" if found.is_loopback else str(found)


def shortened(address: str | None) -> str:
    """Return a network address without what tells one machine from its neighbours; "" where it is none."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return shortened(str(found.ipv4_mapped))
        return str(ip_network((found, 48), strict=False).network_address) + "…"
    return str(found).rpartition(".")[0] + ".…"
