"""How pages look and whether keys act in one browser: chosen there, and kept in its cookies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.http import HttpRequest

from milepost.web import cookies

# What there is to choose; the first is meant where nothing else was chosen.
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"theme": ("system", "light", "dark"), "status_colours": ("standard", "classic"), "keys": ("on", "off")}
)


@dataclass(frozen=True, slots=True)
class Look:
    """What this browser has chosen."""

    theme: str
    status_colours: str
    keys: str


def look(request: HttpRequest) -> Look:
    """Return what this browser has chosen."""
    return Look(**{name: _chosen(cookies.read(request, name), known) for name, known in CHOICES.items()})


def _chosen(value: str | None, known: tuple[str, ...]) -> str:
    return value if value in known else known[0]
