"""Browsers in words, and network addresses without their last part: enough to know one's own again."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

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
_HANDHELD = ("iPhone", "iPad", "Android")


def in_words(user_agent: str) -> str:
    """Name browser and system, such as “Firefox on Linux”; “Unknown browser” where nothing tells."""
    browser, system = (_first(names, user_agent) for names in (_BROWSERS, _SYSTEMS))
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"Browser on {system}" if system else "Unknown browser")


def is_handheld(device: str) -> bool:
    """Say whether a device, named in words, is a phone or a tablet."""
    return device.endswith(_HANDHELD)


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for name, mark in names if re.search(mark, user_agent)), "")


def caller(headers: Mapping[str, str], proxies: Collection[str]) -> str:
    """Return the network a request came from, of its WSGI headers; "" where it is this machine or unknown.

    What a proxy adds to X-Forwarded-For stands last, and is believed of proxies that one trusts alone. Of an
    IPv6 address it is the first 64 bits: the others are its owner's to choose, anew for each request.
    """
    found = _read(headers.get("REMOTE_ADDR", ""))
    said = headers.get("HTTP_X_FORWARDED_FOR", "").split(",")
    trusted = {_read(proxy) for proxy in proxies}
    while found is not None and found in trusted and said:
        found = _read(said.pop())
    if found is None or found.is_loopback:
        return ""
    if isinstance(found, IPv6Address):
        return str(ip_network((int(found), 64), strict=False).network_address)
    return str(found)


def shortened(address: str | None) -> str:
    """Return a network address without what tells one machine from its neighbours; "" where it is none."""
    found = _read(address or "")
    if found is None:
        return ""
    if isinstance(found, IPv6Address):
        return str(ip_network((int(found), 48), strict=False).network_address) + "…"
    return str(found).rpartition(".")[0] + ".…"


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """Read a network address; an IPv4 address in the form of IPv6 is what it stands for."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
