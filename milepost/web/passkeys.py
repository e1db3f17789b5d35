"""Passkeys: added, renamed, removed, and signed in with."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from milepost.actions import guesses
from milepost.actions import second_steps as actions
from milepost.actions.access import NOBODY_YET
from milepost.core import devices
from milepost.core.problems import Conflict, Invalid
from milepost.web import account, accounts, entrance, recovery_codes, signing_in, webauthn
from milepost.web.actors import now
from milepost.web.confirming import confirmed
from milepost.web.methods import go, takes_form
from milepost.web.typed import Typed

LABELS = {"name": "Name"}


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a name, let the browser make a passkey, and keep it."""
    typed = Typed(request.POST)
    device = devices.in_words(request.headers.get("User-Agent", ""))
    if request.method == "POST" and "name" in request.POST:
        try:
            made, count = webauthn.made(request)
            # The browser keeps its half already: an empty name must not cost it.
            name = typed.text("name") or device
            actions.add_passkey(
                user_id=request.user.pk, name=name, credential=made, count=count, at=request.at
            )
        except (Invalid, Conflict) as wrong:
            typed.refuse(wrong)
        else:
            account.tell(request, f"The passkey “{name}” was added to your account.")
            return recovery_codes.first(request)
    more = {
        "name": typed.text("name") or device,
        "options": webauthn.offered(request),
    }
    return entrance.form(request, "account/passkey.html", typed, LABELS, more)


@takes_form
@confirmed
def update(request: HttpRequest, passkey: int) -> HttpResponse:
    """Give a passkey another name."""
    name = Typed(request.POST).text("name")
    actions.rename_passkey(user_id=request.user.pk, passkey=passkey, name=name, at=request.at)
    account.tell(request, f"A passkey is called “{name}” now.")
    return go("account")


@takes_form
@confirmed
def destroy(request: HttpRequest, passkey: int) -> HttpResponse:
    """Remove a passkey."""
    name = actions.remove_passkey(user_id=request.user.pk, passkey=passkey, at=request.at)
    account.tell(request, f"The passkey “{name}” was removed from your account.")
    return go("account")


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Tell the browser what to sign; then sign in whoever signed it, with both steps in one."""
    if request.user.is_authenticated:
        return go("home")
    if request.method != "POST":
        return JsonResponse(webauthn.asked(request))
    at, place = now(), accounts.place(request)
    try:
        found = webauthn.prove(request, at=at)
    except Invalid as wrong:
        guesses.miss(of="passkey", place=place, by=NOBODY_YET, at=at)
        return signing_in.refused(request, wrong)
    record_authentication(request, found.user, "mfa", id=found.pk, type=found.type, passwordless=True)
    then = request.POST.get("next", "")
    safe = accounts.Accounts(request).is_safe_url(then)
    return perform_login(
        request, Login(user=found.user, redirect_url=then if then and safe else reverse("home"))
    )
