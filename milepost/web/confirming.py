"""Asking once more who is there, before anything about signing in is changed or lasting power is given.

Whoever signed in, or proved it, in the last quarter of an hour goes on at once. Others see a page at the
same address that asks for the password, a code or a passkey, and goes on with what they had sent.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from milepost.actions import second_steps
from milepost.actions.guesses import TooManyGuesses
from milepost.core import membership
from milepost.core.problems import Invalid
from milepost.queries import second_steps as known
from milepost.web import accounts, entrance, webauthn
from milepost.web.actors import now, to_sign_in
from milepost.web.methods import go
from milepost.web.typed import Typed

LASTS = 15 * 60  # seconds
OURS = ("csrfmiddlewaretoken", "confirming", "password", "code", "credential")
LABELS = {"password": "Password", "code": "Code"}


def is_recent(request: HttpRequest) -> bool:
    """Say whether this browser has proved lately whose it is."""
    proved = get_authentication_records(request, request.user)
    return bool(proved) and now().timestamp() - proved[-1]["at"] < LASTS


def signed_in(view: Callable) -> Callable:
    """Let a view run for an account; sets `request.at` (now)."""

    @wraps(view)
    def asked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        request.at = now()
        return view(request, *args, **kwargs)

    return asked


def confirmed(view: Callable) -> Callable:
    """Let a view run for an account that has just proved itself, else ask."""

    @signed_in
    @wraps(view)
    def asked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return first(request, back=reverse("account")) or view(request, *args, **kwargs)

    return asked


def first(request: HttpRequest, *, back: str) -> HttpResponse | None:
    """Return the page that asks who is there; None for whoever has just proved it, whose view goes on.

    `back` is where one goes who would rather not say.
    """
    request.sensitive_post_parameters = ("password", "code", "credential")
    if is_recent(request):
        return None
    ways = known.of(request.user.pk)
    has_password = request.user.has_usable_password()
    if not ways and not has_password:
        return None
    typed = Typed(request.POST)
    if "confirming" not in request.POST or not _proves(request, typed):
        return _page(request, typed, ways, has_password, back)
    # What one may do grows here, so the old key of the session is worth nothing any more.
    request.session.cycle_key()
    return go(request.get_full_path()) if request.POST["confirming"] == "GET" else None


def for_role(request: HttpRequest, role: str, *, back: str) -> HttpResponse | None:
    """Ask who is there before somebody gets a role that runs the workspace; others are given at once."""
    return first(request, back=back) if membership.runs(role) and request.actor.is_admin else None


def _proves(request: HttpRequest, typed: Typed) -> bool:
    user, kind = request.user, ""
    try:
        if request.POST.get("credential"):
            webauthn.prove(request, user, at=request.at)
            kind = "passkey"
        elif typed.text("code"):
            place = accounts.place(request)
            second_steps.prove(user_id=user.pk, typed=typed.text("code"), place=place, at=request.at)
            kind = "code"
        elif get_adapter().reauthenticate(user, request.POST.get("password", "")):
            kind = "password"
        else:
            typed.say("password", "This is not your password.")
    except (Invalid, TooManyGuesses) as wrong:
        typed.refuse(wrong)
    except accounts.Throttled as wait:
        typed.refuse(wait.problem)
    if kind:
        record_authentication(request, user, method=kind, reauthenticated=True)
    return bool(kind)


def _page(
    request: HttpRequest, typed: Typed, ways: known.SecondSteps, has_password: bool, back: str
) -> HttpResponse:
    method = request.POST.get("confirming") or request.method
    more = {
        "method": method,
        "carried": [
            (name, value) for name, values in request.POST.lists() if name not in OURS for value in values
        ],
        "back": back,
        "has_password": has_password,
        "has_code": ways.app_since is not None,
        "options": webauthn.asked(request, request.user) if ways.passkeys else None,
        "here": request.path + ("?" + urlencode(request.GET, doseq=True) if request.GET else ""),
    }
    return entrance.form(request, "account/confirm.html", typed, LABELS, more)
