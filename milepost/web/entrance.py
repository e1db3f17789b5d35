"""Pages in front of a workspace: sign-in, set-up, invitations. One column, no rail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from milepost.actions import guesses
from milepost.actions.access import NOBODY_YET
from milepost.channels import links
from milepost.core import devices
from milepost.web import looks
from milepost.web.typed import Typed

# Such a page's own address is a secret. With "no-referrer" browsers would send their forms with the origin
# "null", which is refused; this tells nobody the address either.
SECRET_ADDRESS = "strict-origin"


def context(request: HttpRequest) -> dict[str, Any]:
    """Return what every page without a workspace needs."""
    return {"shell": looks.look(request), "csp_nonce": request.csp_nonce}


def whole(request: HttpRequest, path: str) -> str:
    """Return a whole address: below the one that is configured, else below the one this request came to."""
    return links.whole(path, came_to=request.build_absolute_uri("/"))


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


def form(
    request: HttpRequest, template: str, typed: Typed, labels: Mapping[str, str], more: dict[str, Any]
) -> HttpResponse:
    """Render such a page with a form on it, as it was typed and with what is wrong."""
    more = {"typed": typed, "problems": typed.listed(labels), **more}
    answer = page(request, template, more, status=typed.status)
    if typed.retry_after is not None:
        answer.headers["Retry-After"] = str(typed.retry_after)
    return answer
