"""Passkeys, spoken with the browser: what it is asked, and whether what it answers is right."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from milepost.actions import second_steps
from milepost.core.problems import Invalid
from milepost.web.typed import Typed

LONGEST = 20_000  # letters; a passkey's answer has some hundreds


class PasskeyRefused(Invalid):
    """What the browser sent does not fit what it was asked, or the passkey is nobody's here."""

    code = "passkey_refused"

    def __init__(self) -> None:
        super().__init__("This passkey was not accepted.", field="", remedy="Try again, or use another way.")


def offered(request: HttpRequest) -> dict[str, Any]:
    """Return what a browser needs to make a passkey for the account that is signed in."""
    return _plain(_spoken().begin_registration(request.user, passwordless=True))


def asked(request: HttpRequest, user=None) -> dict[str, Any]:
    """Return what a browser needs to show a passkey: of this account, or of whomever it is."""
    return _plain(_spoken().begin_authentication(user))


def made(request: HttpRequest) -> dict[str, Any]:
    """Return the passkey that the browser has made, once it is found right."""
    answer, auth = _answer(request), _spoken()
    try:
        auth.complete_registration(auth.parse_registration_response(answer))
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        raise PasskeyRefused from None
    return answer


def prove(request: HttpRequest, user=None, *, at) -> Any:
    """Look at what a passkey has signed; return the account's row of it.

    Without a user the passkey itself says whose it is.
    """
    answer, auth = _answer(request), _spoken()
    try:
        user = user or auth.extract_user_from_response(answer)
        found = auth.complete_authentication(user, answer)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        raise PasskeyRefused from None
    second_steps.use_passkey(user_id=user.pk, passkey=found.pk, at=at)
    return found


def _spoken() -> ModuleType:
    from allauth.mfa.webauthn.internal import auth  # which is slow to come, and few pages need it

    return auth


def _answer(request: HttpRequest) -> dict[str, Any]:
    text = Typed(request.POST).text("credential")
    try:
        answer = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or not isinstance(answer.get("response"), dict):
        raise PasskeyRefused
    return answer


def _plain(options: Any) -> dict[str, Any]:
    """Turn fido2's own kinds of mappings into plain ones, which JSON can hold."""
    return json.loads(json.dumps(options, default=dict))
