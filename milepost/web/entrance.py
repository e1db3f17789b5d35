"""Pages in front of a workspace: sign-in, set-up, invitations. One column, no rail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from milepost.actions import guesses
from milepost.actions.access import NOBODY_YET
from milepost.core import devices

# Such a page's own address is a secret. With "no-referrer" browsers would send their forms with the origin
# "null", which is refused; this tells nobody the address either.
SECRET_ADDRESS = "strict-origin"


@dataclass(frozen=True)
class Look:
    """How this browser wants pages to look."""

    theme: str
    status_colours: str


def look(request: HttpRequest) -> Look:
    """Return how this browser wants pages to look."""
    theme, colours = request.COOKIES.get("theme"), request.COOKIES.get("status_colours")
    return Look(
        theme if theme in ("light", "dark") else "system", "classic" if colours == "classic" else "standard"
    )


def context(request: HttpRequest) -> dict[str, Any]:
    """Return what every page without a workspace needs."""
    return {"shell": look(request), "csp_nonce": request.csp_nonce}


def missed(request: HttpRequest, at: datetime) -> None:
    """Count a link that leads nowhere; whoever tries many of them has to wait."""
    place = devices.caller(request.META, settings.MILEPOST.proxies)
    guesses.miss(of="link", place=place, by=NOBODY_YET, at=at)


def page(
    request: HttpRequest, template: str, more: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a page that stands in front of a workspace."""
    answer = render(request, template, {**context(request), **(more or {})}, status=status)
    answer.headers["Referrer-Policy"] = SECRET_ADDRESS
    return answer
