"""Secrets that open something: long, never twice, kept as hashes, and in no mail to anybody else."""

from __future__ import annotations

import math
import re
import string
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from milepost.actions import access, people, sealing, tokens
from milepost.core import one_time
from milepost.core.access import operator
from milepost.models import User
from milepost.models.sessions import SessionStore
from tests.cast import Cast
from tests.web.account import enter, mails

pytestmark = pytest.mark.both_databases

BITS = 128  # the least that nobody can guess
KINDS = ("token", "invitation", "link", "session", "app")


def made(kind: str, cast: Cast) -> str:
    """Make one more secret of a kind."""
    at, by = timezone.now(), operator(cast.acme.id)
    match kind:
        case "token":
            return tokens.create(name="Program", by=cast.ada, at=at)[1]
        case "invitation":
            number = at.timestamp()
            return access.let_in(name="Eve", email=f"e{number}@acme.example", role="member", by=by, at=at)[1]
        case "link":
            user = User.objects.get(email="ada@acme.example")
            return people.sign_in_link(user_id=user.pk, by=by, at=at)
        case "session":
            store = SessionStore()
            store.create()
            return store.session_key
    return one_time.new_secret()


class TestSecrets:
    @pytest.mark.parametrize("kind", KINDS)
    def test_cannot_be_guessed(self, cast: Cast, kind: str):
        """Each has 128 random bits and more, of letters that all come, and none comes twice."""
        several = [made(kind, cast).removeprefix("mp_") for _ in range(40)]

        used = {letter for secret in several for letter in secret}
        assert used <= {*string.ascii_letters, *string.digits, "-", "_"}
        assert len({*several}) == len(several)
        assert min(map(len, several)) * math.log2(len(used)) >= BITS


class TestSealed:
    def test_opens_for_its_own_key_alone(self, settings):
        """What is sealed is open to this installation's key, and to nobody who changed a letter of it."""
        text = sealing.seal("JBSWY3DPEHPK3PXP")
        flipped = [text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :] for at in range(0, 100, 7)]

        assert sealing.unseal(text) == "JBSWY3DPEHPK3PXP"
        assert sealing.seal("JBSWY3DPEHPK3PXP") != text
        assert {sealing.unseal(other) for other in flipped} == {None}
        settings.SECRET_KEY = "another" * 10
        assert sealing.unseal(text) is None

    def test_opens_for_the_keys_before_as_well(self, settings):
        """Where earlier secret keys are named, what they sealed opens, and is told from what ours sealed."""
        text, before = sealing.seal("JBSWY3DPEHPK3PXP"), settings.SECRET_KEY
        settings.SECRET_KEY = "another" * 10
        settings.MILEPOST = replace(settings.MILEPOST, secret_key_fallbacks=("a third" * 10, before))

        assert sealing.unseal(text) == "JBSWY3DPEHPK3PXP"
        assert not sealing.is_sealed_anew(text)
        assert sealing.is_sealed_anew(sealing.seal("JBSWY3DPEHPK3PXP"))


class TestMail:
    def test_takes_no_lines_from_a_name(self, signed_in, mail_server):
        """A name cannot add a reader, a subject or a text of its own to the mail that invites somebody."""
        signed_in("ada").post(
            "/w/acme/people/new/",
            {
                "name": "Eve\r\nBcc: zed@zenith.example\r\n\r\nHello",
                "email": "eve@acme.example",
                "role": "member",
            },
        )
        signed_in("ada").post(
            "/w/acme/people/new/",
            {"name": "Eve", "email": "eve@acme.example\r\nBcc: zed@zenith.example", "role": "member"},
        )

        sent = mails()
        assert {reader for mail in sent for reader in mail.recipients()} <= {"eve@acme.example"}
        assert not any(mail.message()["Bcc"] for mail in sent)
        assert all("\n" not in mail.subject for mail in sent)

    def test_leads_where_the_operator_said(self, client: Client, cast: Cast, settings, mail_server):
        """Links in mails begin with the configured address, whatever host and port a request names."""
        ada = enter(Client(SERVER_NAME="localhost", SERVER_PORT="6666"))

        ada.post("/w/acme/people/new/", {"name": "Eve", "email": "eve@acme.example", "role": "member"})
        ada.post("/account/email/confirmation/")
        ada.post("/account/email/change/", {"email": "new@acme.example"})
        ada.post("/account/password/forgotten/", {"email": "ben@acme.example"})

        links = [link for mail in mails() for link in re.findall(r"https?://\S+", mail.body)]
        assert len(links) == 4
        assert all(link.startswith(f"{settings.MILEPOST.base_url}/") for link in links)

    def test_is_asked_for_by_one_address_alone(self, client: Client, cast: Cast, mail_server):
        """Two addresses in one field are none: nobody has somebody else's link sent along."""
        for typed in ("ada@acme.example,zed@zenith.example", "ada@acme.example\nzed@zenith.example"):
            client.post("/account/password/forgotten/", {"email": typed})

        assert mails() == []
