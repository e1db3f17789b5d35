"""Recovery codes: made anew, and shown this once."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from milepost.actions import second_steps as actions
from milepost.queries import second_steps
from milepost.web import account, entrance
from milepost.web.confirming import confirmed
from milepost.web.methods import go, takes_form


@takes_form
@confirmed
def create(request: HttpRequest) -> HttpResponse:
    """Make new codes, in place of the old."""
    codes = actions.make_codes(user_id=request.user.pk, at=request.at)
    account.tell(request, "New recovery codes were made; the old ones are worth nothing now.")
    return _page(request, codes)


def first(request: HttpRequest) -> HttpResponse:
    """Go on after a second step was added: to the codes where there were none yet."""
    if second_steps.of(request.user.pk).codes_left is not None:
        return go("account")
    return _page(request, actions.make_codes(user_id=request.user.pk, at=request.at))


def _page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    text = f"Recovery codes for Milepost, {request.get_host()}, {request.user.email}\n"
    text += f"Made on {request.at:%Y-%m-%d}. Each works once.\n\n" + "\n".join(codes) + "\n"
    more = {"codes": codes, "whose": request.user.email, "host": request.get_host()}
    more |= {"file": f"data:text/plain;charset=utf-8,{quote(text)}"}
    return entrance.page(request, "account/codes.html", more)
