"""Changing a password, and setting a new one when it is forgotten."""

from __future__ import annotations

import re
import threading

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from milepost.actions import access, people, tokens
from milepost.core.access import operator
from milepost.models import Session, User
from tests.cast import PASSWORD, Cast
from tests.web.account import browser, with_app, with_passkey

FRESH = "seven purple giraffes"
CHANGE = {"oldpassword": PASSWORD, "password1": FRESH}


def ada() -> User:
    return User.objects.get(email="ada@acme.example")


class TestChange:
    def test_changes_it_and_ends_other_sessions(self, signed_in):
        """Here one stays signed in, everywhere else one is out, and others are not touched."""
        here, elsewhere, other = signed_in("ada"), signed_in("ada"), signed_in("ben")

        answer = here.post("/account/password/", CHANGE)

        assert answer.headers["Location"] == "/account/"
        assert ada().check_password(FRESH)
        assert here.get("/w/acme/people/").status_code == 200
        assert elsewhere.get("/w/acme/people/").status_code == 302
        assert other.get("/w/acme/people/").status_code == 200

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            (CHANGE | {"oldpassword": "wrong"}, "This is not your password."),
            (CHANGE | {"password1": "short"}, "at least 10 characters"),
            (CHANGE | {"password1": "ada@acme.example"}, "too similar"),
            (CHANGE | {"password1": ""}, "A password is needed."),
        ],
    )
    def test_refuses_wrong_input(self, signed_in, sent: dict[str, str], says: str):
        """What is wrong is said beside the field, and nothing changes."""
        answer = signed_in("ada").post("/account/password/", sent)

        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert ada().check_password(PASSWORD)

    def test_is_for_whoever_is_signed_in(self, client: Client, cast: Cast):
        """A stranger is sent to sign in."""
        assert client.get("/account/password/").headers["Location"].startswith("/sign-in/")

    def test_asks_no_old_one_after_a_link(self, client: Client, cast: Cast):
        """Somebody who was locked out comes in by link and sets a new password without the old."""
        secret = people.sign_in_link(user_id=ada().id, by=operator(cast.acme.id), at=timezone.now())
        client.post(f"/sign-in/link/{secret}/")

        form = client.get("/account/password/")
        answer = client.post("/account/password/", {"password1": FRESH})

        assert "oldpassword" not in form.content.decode()
        assert answer.headers["Location"] == "/account/"
        assert ada().check_password(FRESH)

    @pytest.mark.parametrize(("more", "status"), [({}, 200), ({"tokens": "on"}, 401)])
    def test_ends_tokens_where_that_is_wished(self, cast: Cast, signed_in, more: dict, status: int):
        """Programs go on after a new password, unless one ticks that they shall not, in all workspaces."""
        _, secret = tokens.create(name="A program", by=cast.ada, at=timezone.now())
        browser = signed_in("ada")

        form = browser.get("/account/password/").content.decode()
        browser.post("/account/password/", CHANGE | more)

        assert "Revoke my token as well" in form
        asked = Client().get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})
        assert asked.status_code == status

    def test_asks_whoever_did_not_come_by_the_link(self, cast: Cast):
        """A link that stopped at somebody's second step spares nobody else the old password."""
        device, client = with_passkey("cleo"), browser()
        with_app()
        secret = people.sign_in_link(user_id=ada().id, by=operator(cast.acme.id), at=timezone.now())
        client.post(f"/sign-in/link/{secret}/")

        client.post("/sign-in/passkey/", {"credential": device.show(client.get("/sign-in/passkey/").json())})

        assert "cleo@acme.example" in client.get("/account/").content.decode()
        assert "oldpassword" in client.get("/account/password/").content.decode()

    def test_ends_a_sign_in_that_the_old_one_let_in(self, client: Client, cast: Cast, rf):
        """Whoever typed the old password while it was being changed is not left inside."""
        from allauth.account.adapter import get_adapter
        from allauth.core.context import request_context
        from allauth.core.exceptions import ImmediateHttpResponse
        from django.contrib.messages.storage import default_storage

        from milepost.models.sessions import SessionStore

        request = rf.post("/sign-in/")
        request.session, request._messages = SessionStore(), default_storage(request)
        user = ada()  # as the password was found right
        with request_context(request):
            get_adapter().pre_login(
                request, user, email_verification="none", signal_kwargs=None, email=None, signup=False,
                redirect_url=None,
            )  # fmt: skip
            access.set_password(user_id=user.pk, password=FRESH, at=timezone.now())

            with pytest.raises(ImmediateHttpResponse):
                get_adapter().login(request, user)

        assert not Session.objects.filter(user=user).exists()

    def test_a_first_one_needs_no_old_one(self, signed_in):
        """An account that never had a password chooses one."""
        user = ada()
        user.set_unusable_password()
        user.save()
        browser = signed_in("ada")

        form = browser.get("/account/password/", follow=True)
        browser.post(form.request["PATH_INFO"], {"password1": FRESH})

        assert ada().check_password(FRESH)


@pytest.mark.usefixtures("mail_server")
class TestForgotten:
    def test_sends_a_link_that_works_once(self, client: Client, cast: Cast):
        """The link of the mail sets a new password and is over after that; old sessions end."""
        elsewhere = Client()
        elsewhere.force_login(ada())
        client.post("/account/password/forgotten/", {"email": "Ada@acme.example"})
        link = re.search(r"http://localhost:\d+(/account/\S+)", _sent()[0].body).group(1)

        form = client.get(link, follow=True)
        answer = client.post(form.request["PATH_INFO"], {"password1": FRESH})

        assert answer.headers["Location"] == "/sign-in/"
        assert ada().check_password(FRESH)
        assert not Session.objects.filter(user=ada()).exists()
        assert "This link is over" in Client().get(link, follow=True).content.decode()

    @pytest.mark.parametrize(("more", "status"), [({}, 200), ({"tokens": "on"}, 401)])
    def test_ends_tokens_where_that_is_wished(self, client: Client, cast: Cast, more: dict, status: int):
        """Whoever sets a new password because somebody stole the old one ends the thief's tokens as well."""
        _, secret = tokens.create(name="A program", by=cast.ada, at=timezone.now())
        client.post("/account/password/forgotten/", {"email": "ada@acme.example"})
        link = re.search(r"http://localhost:\d+(/account/\S+)", _sent()[0].body).group(1)

        form = client.get(link, follow=True)
        client.post(form.request["PATH_INFO"], {"password1": FRESH} | more)

        assert "Revoke my token as well" in form.content.decode()
        asked = client.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})
        assert asked.status_code == status

    def test_answers_the_same_for_everybody(self, client: Client, cast: Cast):
        """Nothing says whether an address has an account; the unknown one gets no mail."""
        known = client.post("/account/password/forgotten/", {"email": "ada@acme.example"})
        unknown = client.post("/account/password/forgotten/", {"email": "nobody@acme.example"})

        assert (known.status_code, known.headers["Location"]) == (
            unknown.status_code,
            unknown.headers["Location"],
        )
        assert [message.to for message in _sent()] == [["ada@acme.example"]]

    def test_goes_to_our_own_address(self, client: Client, cast: Cast, settings):
        """A forged host name does not get into the mail."""
        settings.ALLOWED_HOSTS = ["*"]

        client.post(
            "/account/password/forgotten/", {"email": "ada@acme.example"}, headers={"host": "evil.example"}
        )

        assert "evil.example" not in _sent()[0].body

    def test_refuses_a_made_up_link(self, client: Client, cast: Cast):
        """A key that was never given opens nothing."""
        answer = client.get("/account/password/forgotten/1-abc/", follow=True)

        assert "This link is over" in answer.content.decode()


class TestForgottenWithoutMail:
    def test_says_what_to_do(self, client: Client, cast: Cast):
        """Where no mail can be sent, the page names the command that makes a link."""
        page = client.get("/account/password/forgotten/")
        sent = client.post("/account/password/forgotten/", {"email": "ada@acme.example"})

        assert "milepost link" in page.content.decode()
        assert sent.status_code == 200
        assert not mail.outbox


def _sent() -> list:
    # Each leaves on a thread of its own, so that nobody can tell by the time whether one was sent.
    for thread in threading.enumerate():
        if thread.name == "milepost-mail":
            thread.join()
    return mail.outbox
