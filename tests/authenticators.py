"""An authenticator in software: it makes passkeys and shows them, rightly, or as an attacker would."""

from __future__ import annotations

import hashlib
import json
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One passkey, of one account, on the site with this name and origin."""

    def __init__(self, *, origin: str = "http://localhost", name: str = "localhost") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.origin, self.name = origin, name
        self.handle = ""
        self.count = 0

    def make(self, options: dict) -> str:
        """Answer what a page for a new passkey asks."""
        asked = options["publicKey"]
        self.handle = asked["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        held = AttestedCredentialData.create(Aaguid(bytes(16)), self.id, public)
        site = hashlib.sha256(self.name.encode()).digest()
        data = AuthenticatorData.create(site, PRESENT | VERIFIED | ATTESTED, self.count, held)
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})
        said = self._said("webauthn.create", asked["challenge"], self.origin)
        return self._written(clientDataJSON=said, attestationObject=attested)

    def show(self, options: dict, **otherwise) -> str:
        """Answer what a page asks of a passkey; `otherwise`: origin, name, handle, count, …"""
        chosen = {
            "origin": self.origin, "name": self.name, "handle": self.handle, "count": self.count,
            "flags": PRESENT | VERIFIED, "kind": "webauthn.get", "more": {},
        } | otherwise  # fmt: skip
        site = hashlib.sha256(chosen["name"].encode()).digest()
        data = bytes(AuthenticatorData.create(site, chosen["flags"], chosen["count"]))
        asked = options["publicKey"]["challenge"]
        said = self._said(chosen["kind"], asked, chosen["origin"], chosen["more"])
        signed = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._written(
            clientDataJSON=said, authenticatorData=data, signature=signed, userHandle=chosen["handle"]
        )

    def _said(self, kind: str, challenge: str, origin: str, more: dict | None = None) -> bytes:
        facts = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
        return json.dumps(facts | (more or {})).encode()

    def _written(self, **response: bytes | str) -> str:
        answered = {
            name: value if isinstance(value, str) else websafe_encode(value)
            for name, value in response.items()
        }
        id = websafe_encode(self.id)
        told = {"credProps": {"rk": True}}
        return json.dumps(
            {
                "id": id,
                "rawId": id,
                "type": "public-key",
                "response": answered,
                "clientExtensionResults": told,
            }
        )
