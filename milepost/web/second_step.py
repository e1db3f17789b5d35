"""The second step at sign-in: a code of the app, a recovery code, or a passkey."""

from __future__ import annotations

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.internal.constants import LoginStageKey
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from milepost.actions import second_steps as actions
from milepost.actions.guesses import TooManyGuesses
from milepost.core.problems import Invalid
from milepost.queries import second_steps
from milepost.web import accounts, entrance, webauthn
from milepost.web.actors import now
from milepost.web.methods import go
from milepost.web.typed import Typed

LABELS = {"code": "Code"}


@sensitive_post_parameters("code", "credential")
@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=LoginStageKey.MFA_AUTHENTICATE.value, redirect_urlname="signing_in")
def new(request: HttpRequest) -> HttpResponse:
    """Ask whoever knew the password for their second step, or let them start over."""
    if "start_over" in request.POST:
        request.session.flush()  # what the first step began ends with it
        return go("signing_in")
    stage, typed = request._login_stage, Typed(request.POST)
    user = stage.login.user
    if request.method == "POST" and _proves(request, user, typed):
        return stage.exit()
    ways = second_steps.of(user.pk)
    more = {
        "has_app": ways.app_since is not None,
        "has_codes": bool(ways.codes_left),
        "options": webauthn.asked(request, user) if ways.passkeys else None,
    }
    return entrance.form(request, "signing_in/second_step.html", typed, LABELS, more)


def _proves(request: HttpRequest, user, typed: Typed) -> bool:
    at = now()
    try:
        if request.POST.get("credential"):
            found = webauthn.prove(request, user, at=at)
            kind, id = found.type, found.pk
        else:
            place = accounts.place(request)
            kind, id = actions.prove(user_id=user.pk, typed=typed.text("code"), place=place, at=at)
    except (Invalid, TooManyGuesses) as wrong:
        typed.refuse(wrong)
        return False
    record_authentication(request, user, "mfa", id=id, type=str(kind))
    if kind == second_steps.CODES:
        left = second_steps.of(user.pk).codes_left
        messages.info(request, f"That recovery code is used up; you have {left} left.")
    return True
