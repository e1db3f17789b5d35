"""Passkeys, spoken with the browser: what it is asked, and whether what it answers is right.

A challenge carries its own proof: when it was made, for what, for whom, and for which browser, signed. So
asking costs no row of a table, however often strangers ask, and no page takes what another one asked. That
each counts once is remembered with the passkey that answered it (milepost/actions/second_steps.py).
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.crypto import constant_time_compare, salted_hmac

from milepost.actions import second_steps
from milepost.actions.second_steps import PasskeyRefused
from milepost.core.tokens import hash_of
from milepost.web.actors import now
from milepost.web.typed import Typed

LONGEST = 20_000  # letters; a passkey's answer has some hundreds
NONCE = 16  # bytes
WRONG = (ValidationError, ValueError, KeyError, TypeError, AttributeError)


def offered(request: HttpRequest) -> dict[str, Any]:
    """Return what a browser needs to make a passkey for the account that is signed in."""
    auth = _spoken()
    options, _ = _server(request).register_begin(
        user=auth.build_user_payload(request.user),
        credentials=auth.get_credentials(request.user),
        resident_key_requirement="required",
        user_verification="required",
        challenge=_challenge(request, "make", request.user),
        extensions=auth.EXTENSIONS,
    )
    return _plain(options)


def asked(request: HttpRequest, user=None) -> dict[str, Any]:
    """Return what a browser needs to show a passkey: of this account, or of whomever it is."""
    options, _ = _server(request).authenticate_begin(
        credentials=_spoken().get_credentials(user) if user else [],
        user_verification=_verified(user),
        challenge=_challenge(request, "show", user),
    )
    return _plain(options)


def made(request: HttpRequest) -> tuple[dict[str, Any], int]:
    """Return the passkey that the browser has made, once it is found right, and how often it was used."""
    answer, auth = _answer(request), _spoken()
    try:
        said = auth.parse_registration_response(answer)
        state = _state(request, "make", request.user, said.response.client_data, "required")
        found = _server(request).register_complete(state, said)
    except WRONG:
        raise PasskeyRefused from None
    return answer, found.counter


def prove(request: HttpRequest, user=None, *, at: datetime) -> Any:
    """Look at what a passkey has signed; return the account's row of it.

    Without a user the passkey itself says whose it is.
    """
    answer, auth = _answer(request), _spoken()
    try:
        said = auth.parse_authentication_response(answer)
        client = said.response.client_data
        state = _state(request, "show", user, client, _verified(user))
        user = user or auth.extract_user_from_response(answer)
        used = _server(request).authenticate_complete(state, auth.get_credentials(user), said)
        found = auth.get_authenticator_by_credential_id(user, used.credential_id)
    except WRONG:
        raise PasskeyRefused from None
    second_steps.use_passkey(
        user_id=user.pk,
        passkey=found.pk,
        challenge=hash_of(client.challenge.hex()),
        count=said.response.authenticator_data.counter,
        at=at,
    )
    return found


def _spoken() -> ModuleType:
    from allauth.mfa.webauthn.internal import auth  # which is slow to come, and few pages need it

    return auth


def _server(request: HttpRequest) -> Any:
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    site = PublicKeyCredentialRpEntity(**get_adapter().get_public_key_credential_rp_entity())
    # A browser lets every name below ours ask for our passkeys; what is answered there is none of ours.
    return Fido2Server(site, verify_origin=lambda origin: origin in _origins(request))


def _origins(request: HttpRequest) -> tuple[str, ...]:
    if "base_url" not in settings.MILEPOST.origins:
        # A proxy may have taken HTTPS off; a browser gives passkeys over plain HTTP to this machine alone.
        return tuple(f"{scheme}://{request.get_host().lower()}" for scheme in ("http", "https"))
    ours = urlsplit(settings.MILEPOST.base_url)
    port = f":{ours.port}" if ours.port not in (None, {"http": 80, "https": 443}.get(ours.scheme)) else ""
    return (f"{ours.scheme}://{ours.hostname}{port}",)


def _verified(user) -> str:
    # Alone it is both steps in one, so it must know its person; after a password having it is enough.
    return "preferred" if user else "required"


def _challenge(request: HttpRequest, what: str, user) -> bytes:
    get_token(request)  # there is a cookie now, by which this browser is known again
    begun = int(now().timestamp()).to_bytes(8, "big") + secrets.token_bytes(NONCE)
    return begun + _proof(request, what, user, begun)


def _proof(request: HttpRequest, what: str, user, begun: bytes) -> bytes:
    browser = request.META.get("CSRF_COOKIE") or ""
    text = "\n".join((what, str(user.pk) if user else "", browser, begun.hex()))
    return salted_hmac("milepost.passkey", text, algorithm="sha256").digest()


def _state(request: HttpRequest, what: str, user, client: Any, verified: str) -> dict[str, str]:
    """Return what fido2 compares an answer with, where its challenge is ours, new, and of this browser."""
    from fido2.utils import websafe_encode

    begun, proof = client.challenge[: 8 + NONCE], client.challenge[8 + NONCE :]
    age = now().timestamp() - int.from_bytes(begun[:8], "big")
    if not constant_time_compare(proof, _proof(request, what, user, begun)):
        raise PasskeyRefused
    if age > second_steps.CHALLENGE_LASTS or client.cross_origin:
        raise PasskeyRefused
    return {"challenge": websafe_encode(client.challenge), "user_verification": verified}


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
    return json.loads(json.dumps(dict(options), default=dict))
